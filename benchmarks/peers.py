"""Time a cold index beside what other tools take for a repository, in one run.

Usage: python benchmarks/peers.py REPO [--aider PROGRAM] [--scip-python PROGRAM] [--runs N]

Each tool works on a fresh copy of the tree, so nothing is warm. aider prints its repository map (tags of
definitions and references, ranked); scip-python writes its resolved index; codeagent finds, parses,
resolves and stores everything (`codeagent index --rebuild` with an empty cache). The floor is parsing the
same Python files with the same grammar in two processes and nothing else. Medians and ratios are printed.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FLOOR = """
import os, sys
import tree_sitter, tree_sitter_python
files = sorted((p for p in sys.stdin.read().split("\\n") if p), key=lambda p: -os.path.getsize(p))
half = os.fork()
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
for path in files[bool(half) :: 2]:
    with open(path, "rb") as file:
        parser.parse(file.read())
if half:
    os.waitpid(half, 0)
else:
    os._exit(0)
"""


def timed(command, cwd, environment, stdin=""):
    """Seconds of one command; its exit code must be 0."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, input=stdin, text=True, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return seconds


def main():
    """Run each tool in turn, as often as asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--codeagent", default="codeagent")
    parser.add_argument("--aider")
    parser.add_argument("--scip-python")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    sources = [str(path) for path in options.root.resolve().rglob("*.py")]
    aider = ["--show-repo-map", "--map-tokens", "1024", "--no-check-update", "--no-analytics", "--yes-always"]
    aider += ["--no-auto-commits", "--no-gitignore", "--no-show-model-warnings", "--model", "gpt-4o"]
    tools = {
        "floor": [sys.executable, "-c", FLOOR],
        "codeagent index": [options.codeagent, "index", "--rebuild"],
        "aider repo map": options.aider and [options.aider, *aider],
        "scip-python index": options.scip_python and [options.scip_python, "index", ".", "--project-name", "corpus"],
    }
    seconds = {name: [] for name, command in tools.items() if command}
    for _ in range(options.runs):
        for name in seconds:
            with tempfile.TemporaryDirectory() as folder:
                tree = pathlib.Path(folder, "tree")
                shutil.copytree(options.root, tree, symlinks=True)
                environment = os.environ | {"CODEAGENT_CACHE_DIR": folder + "/cache", "OPENAI_API_KEY": "none"}
                environment["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
                seconds[name].append(
                    timed(tools[name], tree, environment, "\n".join(sources) if name == "floor" else "")
                )
                print(f"{name}: {seconds[name][-1]:.2f} s", flush=True)
    ours = statistics.median(seconds["codeagent index"])
    for name, times in seconds.items():
        print(f"{name}: median {statistics.median(times):.2f} s, {statistics.median(times) / ours:.2f} x codeagent")


if __name__ == "__main__":
    main()
