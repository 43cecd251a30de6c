"""How long codeagent takes on a repository, beside the floor: parsing the same bytes and nothing else.

Usage: python benchmarks/speed.py REPO [--symbol NAME] [--rounds 3]

Works on a clone of REPO with a cache of its own; every figure is the median of the rounds,
floor and codeagent take turns in each round, and only their ratio compares between machines. Times are of
whole processes, as a user waits for them, except where "in process" is said. POSIX only: the floor forks.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codeagent.config import load_config
from codeagent.graph.update import open_graph
from codeagent.languages import BY_NAME
from codeagent.languages.grammars import parser_for

PROCESSES = 2


def floor(root, graph):
    """Seconds that two processes take to parse every file that has facts; bytes are in memory before."""
    jobs = []
    for path, record in graph.files.items():
        language = BY_NAME.get(record.language)
        if language and language.grammar:
            jobs.append((language, (root / path).read_bytes()))
    jobs.sort(key=lambda job: -len(job[1]))
    parsers = {language.name: parser_for(language) for language, _ in jobs}
    started = time.perf_counter()
    children = []
    for number in range(PROCESSES):
        child = os.fork()
        if child == 0:
            for language, source in jobs[number::PROCESSES]:
                parsers[language.name].parse(source)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return time.perf_counter() - started, len(jobs), sum(len(source) for _, source in jobs)


class Bench:
    """One clone of a repository and one cache."""

    def __init__(self, repo, folder):
        self.root, self.cache = folder / repo.name, folder / "cache"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", repo, self.root], check=True)
        self.environment = {**os.environ, "CODEAGENT_CACHE_DIR": str(self.cache)}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process compiles all modules anew

    def run(self, *arguments):
        """Seconds and peak memory (MB) of one command."""
        before = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "codeagent", "-q", *arguments],
            cwd=self.root, env=self.environment, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"codeagent {' '.join(arguments)} failed: {status}")
        return time.perf_counter() - before, usage.ru_maxrss / 1024

    def forget(self):
        """Empty the cache."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def git(self, *arguments):
        command = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0", *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def unchanged(self):
        """Seconds that bringing a current index up to date takes, in process."""
        os.environ["CODEAGENT_CACHE_DIR"] = str(self.cache)
        config = load_config(self.root)
        open_graph(self.root, config=config)
        started = time.perf_counter()
        open_graph(self.root, config=config)
        return time.perf_counter() - started


def edit(path, text):
    path.write_bytes(path.read_bytes() + text.encode())


def python_files(bench):
    """Code files that git tracks, middle-sized ones first."""
    names = [name for name in bench.git("ls-files").splitlines() if Path(name).suffix in (".py", ".ts", ".go", ".rs")]
    sizes = sorted((os.path.getsize(bench.root / name), name) for name in names)
    return [name for _, name in sizes[len(sizes) // 2 :]]


def switch_of_branches(bench, query):
    """Seconds of a question after a switch to a branch on which 100 files differ, for the first time."""
    start = bench.git("rev-parse", "HEAD").strip()
    bench.git("checkout", "-q", "--detach")
    for name in python_files(bench)[:100]:
        edit(bench.root / name, "\n")
    bench.git("commit", "-qam", "a hundred files")
    bench.git("checkout", "-q", start)
    bench.run(*query)
    bench.git("checkout", "-q", "-")
    return bench.run(*query)[0]


def measure(repo, symbol, rounds):
    """Every figure of every round."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(repo, Path(folder))
        os.environ["CODEAGENT_CACHE_DIR"] = str(bench.cache)
        graph = open_graph(bench.root)
        query = ("query", "callers", symbol) if symbol else ("query", "find", "main")
        edited = bench.root / python_files(bench)[0]
        for number in range(rounds):
            seconds, files, size = floor(bench.root, graph)
            bench.forget()
            row = {"floor": seconds}
            row["cold index"], row["cold index, MB"] = bench.run("index")
            row["nothing changed, in process"] = bench.unchanged()
            row["a question, nothing changed"] = bench.run(*query)[0]
            edit(edited, f"\n# {number}\n")
            row["a question, one file edited"] = bench.run(*query)[0]
            row["analyze, history new"] = bench.run("analyze")[0]
            row["analyze again"] = bench.run("analyze")[0]
            bench.forget()
            row["analyze, all cold"], row["analyze, all cold, MB"] = bench.run("analyze")
            bench.git("checkout", "-q", ".")
            for name, value in row.items():
                figures.setdefault(name, []).append(value)
        figures["a question after a switch, 100 files differ"] = [switch_of_branches(bench, query)]
    return figures, files, size


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repo", type=Path)
    parser.add_argument("--symbol", default="")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    figures, files, size = measure(asked.repo.resolve(), asked.symbol, asked.rounds)
    median = {name: statistics.median(values) for name, values in figures.items()}
    print(f"{asked.repo.resolve().name}: {files:,} files parsed, {size / 1e6:.1f} MB, {os.cpu_count()} cores")
    for name, value in median.items():
        unit = "MB" if name.endswith("MB") else "s"
        ratio = f"{value / median['floor']:6.2f} × floor" if unit == "s" else ""
        print(f"{name:45} {value:8.2f} {unit:2} {ratio}")
    print(
        json.dumps({"repository": asked.repo.name, "files": files, "bytes": size, "rounds": figures}), file=sys.stderr
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
