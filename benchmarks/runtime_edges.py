"""Recall of the call graph on edges that really run: trace a project's own tests, compare.

Usage: python benchmarks/runtime_edges.py REPO [--below src/flask] [--show N] [-- PYTEST ARGUMENTS]
       python benchmarks/runtime_edges.py REPO --record FILE -- SCRIPT [ARGUMENTS]

Run it with an interpreter in which the project's tests pass; `--codeagent` names the program to ask.
An edge is a Python function of the tree called by another one directly (no frame between them), or by
a module's own code; functions are matched by file and first line. What a thread or a process runs first
is called by who made it; a generator that is closed because nobody holds it any more is not called.
With `--record` a script runs in place of the tests, and the edges that ran are added to the JSON file,
for `call_graph.py --observed`.
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
import dis, inspect, json, multiprocessing, os, sys, threading
ROOT = {root!r} + os.sep
OUT = os.open({out!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
edges = set()
places = {{}}
makers = {{}}
STARTS = {{threading.Thread.__init__.__code__, multiprocessing.Process.__init__.__code__}}
RUNS = {{threading.Thread.run.__code__, multiprocessing.Process.run.__code__}}
def place(code):
    known = places.get(code)
    if known is None:
        path = os.path.realpath(code.co_filename)
        inside = path.startswith(ROOT) and code.co_filename[0] != "<"
        known = places[code] = (path[len(ROOT):], code.co_firstlineno, code.co_name) if inside else ()
    return known
GENERATORS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
YIELD = dis.opmap["YIELD_VALUE"]
codes = {{}}
def dropped(frame):  # resumed where it stood, only to be closed
    code = frame.f_code
    if not code.co_flags & GENERATORS or frame.f_lasti < 0:
        return False
    if code not in codes:
        codes[code] = code.co_code
    return codes[code][frame.f_lasti] == YIELD
def profile(frame, event, argument):
    if event == "call" and frame.f_back is not None and not dropped(frame):
        back = frame.f_back
        callee, caller = place(frame.f_code), place(back.f_code)
        if back.f_code in RUNS:
            caller = makers.get(id(back.f_locals["self"]))
        elif frame.f_code in STARTS and caller:
            makers[id(frame.f_locals["self"])] = caller
        if callee and caller and (caller, callee) not in edges:
            edges.add((caller, callee))  # written at once: a process may end without a word
            os.write(OUT, json.dumps((caller, callee)).encode() + b"\\n")
threading.setprofile(profile)
sys.setprofile(profile)
"""


def traced(root: pathlib.Path, program: list[str], *here: str) -> list:
    """The edges that run, with folders to import from: pairs of (path, first line, name)."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "edges.jsonl")
        pathlib.Path(folder, "tracer_plugin.py").write_text(TRACER.format(root=str(root), out=out))
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([folder, *here]), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([sys.executable, *program], cwd=root, env=environment, check=False, stdout=sys.stderr)
        lines = pathlib.Path(out).read_text().splitlines() if os.path.exists(out) else []
        return sorted(set(map(tuple_of, lines)))


def tuple_of(line: str) -> tuple:
    return tuple(map(tuple, json.loads(line)))


_TESTS = ("-m", "pytest", "-q", "-p", "tracer_plugin", "-p", "no:cacheprovider")
_SCRIPT = "import sys, runpy, tracer_plugin; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


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
    parser.add_argument("--record", type=pathlib.Path)
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    known, behind = sys.argv[1:at], sys.argv[at + 1 :]
    options = parser.parse_args(known)
    root = options.root.resolve()
    if options.record:
        all_ran = traced(root, ["-c", _SCRIPT, *(os.path.abspath(word) for word in behind[:1]), *behind[1:]], str(root))
    else:
        all_ran = traced(root, [*_TESTS, *behind])
    ran = [edge for edge in all_ran if all(place[0].startswith(options.below) for place in edge)]
    ids = {path: callables(options.codeagent, root, path) for path in {p[0] for edge in ran for p in edge}}
    want = set()
    for (path, line, name), (callee_path, callee_line, callee_name) in ran:
        source = path if name == "<module>" else ids[path].get(line)
        target = ids[callee_path].get(callee_line)
        if source and target and (callee_name == "<lambda>" or not callee_name.startswith("<")):
            want.add((source, target))
    if options.record:
        before = json.loads(options.record.read_text()) if options.record.exists() else []
        edges = sorted({*map(tuple, before), *want})
        options.record.write_text(json.dumps(edges, indent=0) + "\n")
        print(f"{len(want)} edges ran, {len(edges)} in {options.record}")
        return 0
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
