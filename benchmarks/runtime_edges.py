"""Recall of the call graph on edges that really run: trace a project's own tests, compare.

Usage: python benchmarks/runtime_edges.py REPO [--below src/flask] [--show N] [-- PYTEST ARGUMENTS]

Run it with an interpreter in which the project's tests pass; `--codeagent` names the program to ask.
An edge is a Python function of the tree called by another one directly (no frame between them), or by
a module's own code; functions are matched by file and first line.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TRACER = """
import atexit, json, os, sys, threading
ROOT = {root!r} + os.sep
edges = set()
places = {{}}
def place(code):
    known = places.get(code)
    if known is None:
        path = os.path.realpath(code.co_filename)
        known = places[code] = (path[len(ROOT):], code.co_firstlineno, code.co_name) if path.startswith(ROOT) else ()
    return known
def profile(frame, event, argument):
    if event == "call" and frame.f_back is not None:
        callee, caller = place(frame.f_code), place(frame.f_back.f_code)
        if callee and caller:
            edges.add((caller, callee))
def save():
    sys.setprofile(None)
    with open({out!r}, "w") as out:
        json.dump(sorted(edges), out)
atexit.register(save)
threading.setprofile(profile)
sys.setprofile(profile)
"""


def traced(root: pathlib.Path, pytest: list[str]) -> list:
    """The edges that run: pairs of (path, first line, name)."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "edges.json")
        pathlib.Path(folder, "tracer_plugin.py").write_text(TRACER.format(root=str(root), out=out))
        environment = os.environ | {"PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tracer_plugin", "-p", "no:cacheprovider", *pytest]
        subprocess.run(command, cwd=root, env=environment, check=False, stdout=sys.stderr)
        return json.loads(pathlib.Path(out).read_text())


def ask(codeagent: str, root: pathlib.Path, *arguments: str) -> list[dict]:
    """The answers of one query."""
    command = [codeagent, "query", *arguments, "--format", "jsonl", "--repo", str(root)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def callables(codeagent: str, root: pathlib.Path, path: str) -> dict[int, str]:
    """First line (decorators included) of every callable of a file to its symbol id."""
    found = {}
    for hit in ask(codeagent, root, "outline", path):
        if hit["kind"] in ("function", "method", "lambda"):
            line = hit["line"]
            lines = (root / path).read_bytes().split(b"\n")
            while line > 1 and lines[line - 2].strip().startswith((b"@", b"#")):
                line -= 1
            for first in range(line, hit["line"] + 1):
                found.setdefault(first, hit["symbol"])
    return found


def main() -> int:
    """Trace, ask, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--below", default="")
    parser.add_argument("--codeagent", default="codeagent")
    parser.add_argument("--show", type=int, default=0)
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    known, behind = sys.argv[1:at], sys.argv[at + 1 :]
    options = parser.parse_args(known)
    root = options.root.resolve()
    ran = [edge for edge in traced(root, behind) if all(place[0].startswith(options.below) for place in edge)]
    ids = {path: callables(options.codeagent, root, path) for path in {p[0] for edge in ran for p in edge}}
    want = set()
    for (path, line, name), (callee_path, callee_line, callee_name) in ran:
        source = path if name == "<module>" else ids[path].get(line)
        target = ids[callee_path].get(callee_line)
        if source and target and (callee_name == "<lambda>" or not callee_name.startswith("<")):
            want.add((source, target))
    have = collections.defaultdict(set)
    for edge in ask(options.codeagent, root, "edges", "--kind", "calls"):
        have[edge["source"], edge["target"]].add(edge["certainty"])
    sure = {edge for edge in want if have.get(edge, set()) & {"exact", "likely"}}
    named = {edge for edge in want if have.get(edge)}
    for edge in sorted(want - sure)[: options.show]:
        print(*edge, "name-only" if edge in named else "missing")
    share, loose = (100 * len(part) / max(len(want), 1) for part in (sure, named))
    print(f"{len(sure)} of {len(want)} edges that ran: {share:.1f} % (with name-only ones {loose:.1f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
