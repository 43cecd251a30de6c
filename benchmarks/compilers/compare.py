"""How far the call graph says what a compiler says: for each call that a compiler leads to one function of the tree.

    python benchmarks/compilers/compare.py REPOSITORY CALLS.jsonl

CALLS is what one of the programs beside this file prints: `calls.js` (the TypeScript compiler), `calls.go` (go/types),
`Calls.java` (javac). Counted are calls whose name a compiler leads to functions, methods or constructors that stand in
the tree and have a body; calls of variables, parameters and abstract methods are not, since there the graph tells what
may run, and a compiler what is declared. Found: the graph has an edge from that line to that declaration (by name
alone does not count). Too much: it also leads the same name on that line to others of that name."""

import argparse
import collections
import json
import subprocess
from pathlib import Path

from codeagent.graph.update import open_graph

_RUNS = frozenset(
    "FunctionDeclaration MethodDeclaration Constructor GetAccessor ArrowFunction FunctionExpression "
    "func METHOD CONSTRUCTOR".split()
)


def edges(codeagent: str, root: Path) -> dict[tuple[str, int], set[str]]:
    """The targets of call edges by path and line, those by name alone left out."""
    found = collections.defaultdict(set)
    command = [codeagent, "query", "edges", "--kind", "calls", "--format", "jsonl", "--repo", str(root)]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        edge = json.loads(line)
        if edge["certainty"] != "name-only":
            found[edge["path"], edge["line"]].add(edge["target"])
    return found


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("calls", type=Path)
    parser.add_argument("--codeagent", default="codeagent")
    parser.add_argument("--show", type=int, default=0, help="how many calls that are not found to print")
    options = parser.parse_args()
    root = options.repository.resolve()
    graph = open_graph(root)
    places = {one.id: (path, one.line) for path in graph.files for one in graph.symbols(path)}
    ours = edges(options.codeagent, root)
    asked = [json.loads(line) for line in options.calls.read_text().splitlines()]
    declared = collections.defaultdict(set)  # by path, line and name: whatever the compiler leads that name to
    for path, line, name, _, targets in asked:
        declared[path, line, name].update((target[0], target[1]) for target in targets)
    calls = found = extra = 0
    for path, line, name, kind, targets in asked:
        wanted = {(target[0], target[1]) for target in targets if target[2] in _RUNS and target[0] in graph.files}
        if path not in graph.files or not wanted or any(target[2] not in _RUNS for target in targets):
            continue
        calls += 1
        targets_of_line = ours[path, line] & places.keys()
        hit = any(places[one] in wanted for one in targets_of_line)
        found += hit
        named = {one for one in targets_of_line if one.rpartition("::")[2].rpartition(".")[2].partition("#")[0] == name}
        more = sorted(one for one in named if places[one] not in declared[path, line, name])
        extra += len(more)
        if options.show and (more or not hit):
            options.show -= 1
            here = ("too much:", *more) if hit else ("not found; here:", *sorted(ours[path, line]))
            print(f"{path}:{line} {kind} {name}, declared in", *sorted(wanted), *here)
    print(f"{calls} calls, {found} found: {100 * found / max(1, calls):.1f} %; too much: {extra}")


if __name__ == "__main__":
    main()
