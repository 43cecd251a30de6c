"""Precision and recall of `codeagent query edges` on programs whose call edges other people wrote down.

Usage: python benchmarks/call_graph.py FOLDER [--show] [--only WORD] [--internal] [--observed] [--codeagent PROGRAM]

FOLDER holds cases, at any depth, in either of two forms:

* `callgraph.json` beside Python files (github.com/vitsalis/PyCG, `micro-benchmark/snippets`): dotted names, module
  code belongs to the module, a construction is an edge to the `__init__` that runs. Edges to builtins are left out.
* `expected-edges.json` beside files of one language (github.com/optave/codegraph, `tests/benchmarks/resolution`):
  a name and a file's name each; only calls made by functions and methods, of things in the folder; a construction
  is an edge to the class, except in Go and Rust, where a literal of a struct runs no code.

Edges of certainty `name-only` are no claim and not counted. A case is exact when nothing is missing or too much.
With `--observed` a second row leaves out, neither right nor wrong, what is not in a truth and was seen to run: what
`observed.json` beside it holds, which `runtime_edges.py --record` writes.
"""

import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

Edge = tuple[str, str]
NO_CODE_RUNS = ("go", "rust")  # languages in which making a value of a type calls nothing
CODE = ("function", "method", "constructor")
NOT_SOURCE = ("expected-edges.json", "driver.mjs")  # the answers, and what runs the fixture for another tracer


def asked(codeagent: str, root: pathlib.Path) -> list[dict]:
    """Every claimed edge of a folder."""
    command = [codeagent, "query", "edges", "--format", "jsonl", "--repo", str(root)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [edge for edge in map(json.loads, output.splitlines()) if edge["certainty"] != "name-only"]


def symbols(codeagent: str, root: pathlib.Path, paths: list[str]) -> dict[str, str]:
    """The kind of every symbol of some files."""
    kinds = {}
    for path in paths:
        command = [codeagent, "query", "outline", path, "--format", "jsonl", "--repo", str(root)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        kinds |= {one["symbol"]: one["kind"] for one in map(json.loads, output.splitlines())}
    return kinds


def dotted(symbol: str) -> str:
    """`pkg/mod.py::Cls.f` as `pkg.mod.Cls.f`."""
    path, _, name = symbol.partition("::")
    if not path.endswith(".py"):
        return symbol
    module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return f"{module}.{name}" if name else module


def python_case(codeagent: str, truth: pathlib.Path) -> tuple[set[Edge], set[Edge]]:
    """What a `callgraph.json` wants, and what is answered."""
    want = {(source, target) for source, targets in json.loads(truth.read_text()).items() for target in targets}
    edges = [edge for edge in asked(codeagent, truth.parent) if edge["kind"] == "calls"]
    have = {(dotted(edge["source"]), dotted(edge["target"])) for edge in edges}
    return ({edge for edge in want if edge[1][0] != "<"}, {edge for edge in have if edge[1][0] != "<"})


def internal(folder: pathlib.Path, edges: set[Edge]) -> set[Edge]:
    """The edges both of whose ends lie in modules of a folder."""
    modules = {dotted(path.relative_to(folder).as_posix()) for path in folder.rglob("*.py")}

    def inside(name: str) -> bool:
        parts = name.split(".")
        return any(".".join(parts[:n]) in modules for n in range(1, len(parts) + 1))

    return {edge for edge in edges if inside(edge[0]) and inside(edge[1])}


def placed(name: str, file: str) -> str:
    return f"{pathlib.PurePath(file).name} {name.replace('::', '.')}"


def other_case(codeagent: str, truth: pathlib.Path) -> tuple[set[Edge], set[Edge]] | None:
    """What an `expected-edges.json` wants, and what is answered on a copy without it; None: in a language not read."""
    document = json.loads(truth.read_text())
    want = {(placed(**edge["source"]), placed(**edge["target"])) for edge in document["edges"]}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        files = [path for path in truth.parent.iterdir() if path.name not in NOT_SOURCE and path.is_file()]
        for path in files:
            shutil.copy(path, root)
        edges, kinds = asked(codeagent, root), symbols(codeagent, root, [path.name for path in files])
    if not kinds:
        return None
    counted = {"calls", "instantiates"} if document["language"] not in NO_CODE_RUNS else {"calls"}
    have = {
        (placed(*reversed(edge["source"].split("::", 1))), placed(*reversed(edge["target"].split("::", 1))))
        for edge in edges
        if edge["kind"] in counted and kinds.get(edge["source"]) in CODE and edge["target"] in kinds
        if not (edge["kind"] == "calls" and runs_at_construction(edge["target"], kinds))
    }
    return want, have


def runs_at_construction(symbol: str, kinds: dict[str, str]) -> bool:
    """Whether a call of it is told by the edge to its class already."""
    return kinds[symbol] == "constructor" or symbol.endswith((".__init__", ".__construct"))


def report(name: str, cases: list[tuple[str, set[Edge], set[Edge]]], show: int) -> None:
    """Print what is wrong and one row of the table."""
    right = sum(len(want & have) for _, want, have in cases)
    missing, extra = (sum(len(one[i] - one[3 - i]) for one in cases) for i in (1, 2))
    exact = sum(want == have for _, want, have in cases)
    for case, want, have in cases:
        for sign, edges in (("missing", want - have), ("too much", have - want)):
            for source, target in sorted(edges) if show else ():
                print(f"  {case}: {sign}: {source} -> {target}")
    precision, recall = (100 * right / max(right + wrong, 1) for wrong in (extra, missing))
    print(f"| {name} | {len(cases)} | {exact} | {precision:.1f} % | {recall:.1f} % | {right} / {extra} / {missing} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--show", action="store_true", help="tell each edge that is missing or too much")
    parser.add_argument("--only", default="", help="only cases whose path holds this word")
    parser.add_argument("--internal", action="store_true", help="only edges within the folder (Python)")
    parser.add_argument("--observed", action="store_true", help="leave out what observed.json says ran")
    parser.add_argument("--codeagent", default="codeagent", help="the program to ask")
    arguments = parser.parse_args()
    groups = collections.defaultdict(list)
    for truth in sorted(arguments.folder.rglob("*.json")):
        ask = {"callgraph.json": python_case, "expected-edges.json": other_case}.get(truth.name)
        case = truth.parent.relative_to(arguments.folder).as_posix()
        if ask is None or arguments.only not in case:
            continue
        group = "python programs" if ask is python_case else json.loads(truth.read_text())["language"]
        answer = ask(arguments.codeagent, truth)
        if answer is not None and arguments.internal:
            answer = tuple(internal(truth.parent, edges) for edges in answer)
        if answer is not None and arguments.observed:
            ran = truth.with_name("observed.json")
            seen = {tuple(map(dotted, edge)) for edge in json.loads(ran.read_text())} if ran.exists() else set()
            groups[f"{group}, but for what was seen to run"].append((case, answer[0], answer[1] - (seen - answer[0])))
        if answer is None:
            print(f"{group}: not a language that is read as code", file=sys.stderr)
        else:
            groups[group].append((case, *answer))
    if not groups:
        sys.exit(f"no callgraph.json or expected-edges.json below {arguments.folder}")
    print("| | cases | exact | precision | recall | right / too much / missing |")
    print("|---|---|---|---|---|---|")
    for name, cases in groups.items():
        report(name, cases, arguments.show)


if __name__ == "__main__":
    main()
