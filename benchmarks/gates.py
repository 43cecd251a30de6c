"""How long `check`, the bindings gate and `review` take on staged changes of a Python repository, beside the floor.

Usage: python benchmarks/gates.py REPO [--rounds 3] [--widely PATH:OLD:NEW]

Works on a clone of REPO with a cache of its own, whose index is of HEAD before each change. A change edits so many
files of the middle sizes: *bodies* adds two lines to one function of each, *signatures* gives every function that fits
on a line another parameter. `--widely` replaces one text in one file, for an edit whose name flows everywhere. Times
are of whole processes; processor time counts the workers. The floor is tree-sitter parsing the same bytes in two
processes, as `speed.py` measures it.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from speed import Bench, floor

from codeagent.graph.update import open_graph

_BODY = re.compile(r'^( *)def \w+\(.*?\)(?: -> .*?)?:\n(?:\s*"""(?:.|\n)*?"""\n)?( +)(?=\S)', re.MULTILINE)
_HEAD = re.compile(r"(^ *def \w+\()([^()*]+?)\):", re.MULTILINE)


def bodies(text):
    """The text with two more lines in its first function."""
    found = _BODY.search(text)
    if not found:
        return text
    at, indent = found.start(2), found[2]
    return f"{text[:at]}{indent}noted = 1 + 2\n{indent}print(noted)\n{text[at:]}"


def signatures(text):
    """The text with another parameter in every function that has one and fits on a line."""
    return _HEAD.sub(lambda m: f"{m[1]}{m[2].rstrip().rstrip(',')}, extra_option=None):", text)


class Staged(Bench):
    """A clone whose index is of HEAD, with a change staged."""

    def stage(self, count, edit):
        """Stage an edit of so many files."""
        names = [name for name in self.git("ls-files", "*.py").splitlines() if not name.endswith("__init__.py")]
        sizes = {name: os.path.getsize(self.root / name) for name in names}
        middle = [name for name in names if 2_000 < sizes[name] < 40_000 and "/test" not in f"/{name}"]
        for name in middle[:: max(1, 2 * len(middle) // (3 * count))]:
            before = (self.root / name).read_text(encoding="utf-8")
            after = edit(before)
            if after != before:
                (self.root / name).write_text(after, encoding="utf-8")
                count -= 1
            if not count:
                break
        self.git("add", "-A")

    def replace(self, path, old, new):
        text = (self.root / path).read_text(encoding="utf-8")
        if old not in text:
            raise SystemExit(f"{path} does not hold {old!r}")
        (self.root / path).write_text(text.replace(old, new, 1), encoding="utf-8")
        self.git("add", "-A")

    def clean(self):
        """Take the change back, and bring the index up to date."""
        self.git("reset", "-q", "--hard")
        self.run("index")

    def timed(self, *arguments):
        """Wall and processor seconds of one command, and what it says of its gates or phases."""
        started = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "codeagent", "-q", *arguments, "--format", "json"],
            cwd=self.root, env=self.environment, stdout=subprocess.PIPE,
        )  # fmt: skip
        said = child.stdout.read()
        _, _, usage = os.wait4(child.pid, 0)
        child.stdout.close()
        return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, json.loads(said)


def gate_seconds(said, name):
    return next(result["seconds"] for result in said["results"] if result["gate"] == name)


def changes(bench, widely):
    """Name and maker of each change that `check` judges."""
    yield "10 files, bodies", lambda: bench.stage(10, bodies)
    if widely:
        yield "one file, an edit that flows everywhere", lambda: bench.replace(*widely)
    yield "100 files, signatures", lambda: bench.stage(100, signatures)


def measure(repo, rounds, widely):
    """Rows of (what, wall seconds, processor seconds), a list of rounds each."""
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Staged(repo, Path(folder))
        os.environ["CODEAGENT_CACHE_DIR"] = str(bench.cache)
        graph = open_graph(bench.root)

        def note(what, wall, spent):
            rows.setdefault(what, []).append((wall, spent))

        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall, files, size = floor(bench.root, graph)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            note("floor", wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            for name, make in changes(bench, widely):
                bench.clean()
                make()
                for which in ("first", "second"):
                    wall, spent, said = bench.timed("check", "--hook")
                    note(f"check --hook, {name}, {which}", wall, spent)
                    note(f"  its gate bindings, {name}, {which}", gate_seconds(said, "bindings"), float("nan"))
                bench.run("index")
                note(f"check --hook, {name}, index of the change", *bench.timed("check", "--hook")[:2])
            for count in (10, 50):
                bench.clean()
                bench.stage(count, bodies)
                note(f"review --staged, {count} files", *bench.timed("review", "--staged")[:2])
    return rows, files, size


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repo", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--widely", metavar="PATH:OLD:NEW", default="")
    asked = parser.parse_args()
    widely = (
        tuple(part.encode().decode("unicode_escape") for part in asked.widely.split(":", 2)) if asked.widely else ()
    )
    rows, files, size = measure(asked.repo.resolve(), asked.rounds, widely)
    print(f"{asked.repo.resolve().name}: {files:,} files parsed, {size / 1e6:.1f} MB, {os.cpu_count()} cores")
    median = {
        name: [statistics.median(column) for column in zip(*values, strict=True)] for name, values in rows.items()
    }
    for name, (wall, spent) in median.items():
        ratios = f"{wall / median['floor'][0]:6.2f} × floor{spent / median['floor'][1]:8.2f} × its processor time"
        print(f"{name:66} {wall:7.2f} s {spent:7.2f} s processor {ratios}")
    print(json.dumps({"repository": asked.repo.name, "files": files, "bytes": size, "rounds": rows}), file=sys.stderr)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
