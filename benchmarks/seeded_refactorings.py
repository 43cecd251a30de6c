"""Seeded wrong refactorings: how many do the gates catch, and how often do they cry wolf on correct ones?

    python benchmarks/seeded_refactorings.py REPOSITORY... [--each N] [--right N] [--python PYTHON]

Correct ones are renames, moves, signature changes, extracts and inlines that `codeagent refactor` makes and proves.
Wrong ones are made by ten kinds of slip that people and models make (stale reference, dropped import, swapped,
dropped and re-typed parameters, lost branch, changed default, move without a helper, shadowed name, wrong override),
each drawn at random with a fixed seed. With --python, an interpreter in which the tests of the one repository pass,
what the static gates let through is judged by the gate `tests` as well. Nothing is written."""

import argparse
import ast
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from codeagent.config import load_config
from codeagent.domain.code import Symbol
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.finding import Severity
from codeagent.domain.patch import Patch
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.languages import syntax
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.parameters import parameters_of
from codeagent.workflows.gate import Request, gate_change
from codeagent.workflows.refactor import refactor

STATIC = ("parse", "bindings", "purity")
Contents = dict[str, bytes | None]
Wish = tuple[str, dict[str, Any]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One Python file with the byte offsets of its nodes."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.tree = ast.parse(source)
        self.starts = [0, *(found.end() for found in re.finditer(b"\n", source))]

    def span(self, node: ast.AST) -> tuple[int, int]:
        first, last = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        return self.starts[first[0] - 1] + first[1], self.starts[last[0] - 1] + last[1]

    def text(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.source[start:end]

    def replaced(self, *changes: tuple[ast.AST, bytes]) -> Contents:
        source = self.source
        for node, text in sorted(changes, key=lambda one: -self.span(one[0])[0]):
            start, end = self.span(node)
            source = source[:start] + text + source[end:]
        return {self.path: source}

    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]


def names_in(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def plain(function: Function) -> list[ast.arg]:
    return [one for one in (*function.args.posonlyargs, *function.args.args) if one.arg not in ("self", "cls")]


# --- slips: each yields what files become; nothing where it cannot be made there


def dropped_import(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    for node in module.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and len(node.names) == 1 and node.lineno == node.end_lineno:
            name = (node.names[0].asname or node.names[0].name).partition(".")[0]
            uses = sum(isinstance(one, ast.Name) and one.id == name for one in ast.walk(module.tree))
            if uses and name != "annotations":
                start, end = module.span(node)
                yield {module.path: module.source[:start] + module.source[end + 1 :]}


def swapped_parameters(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    for function in module.functions():
        arguments = plain(function)
        called = rf"\b{function.name}\(\s*(?!self)[^()=]+,[^()=]+".encode()
        without = len(function.args.args) - len(function.args.defaults)
        uses = sum(len(re.findall(called, other.source)) for other in others.values())
        if len(arguments) >= 2 and uses > 1 and arguments[1] in function.args.args[:without]:
            first, second = arguments[:2]
            yield module.replaced((first, module.text(second)), (second, module.text(first)))


def dropped_parameter(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    for function in module.functions():
        arguments = plain(function)
        used = names_in(ast.Module(function.body, []))
        if len(arguments) >= 2 and not function.args.defaults and arguments[-1].arg in used:
            before = module.span(arguments[-2])[1]
            end = module.span(arguments[-1])[1]
            yield {module.path: module.source[:before] + module.source[end:]}


def retyped_parameter(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    for function in module.functions():
        for one in plain(function):
            if isinstance(one.annotation, ast.Name) and one.annotation.id in ("str", "int", "bool", "float"):
                yield module.replaced((one.annotation, b"int" if one.annotation.id == "str" else b"str"))


def lost_branch(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    for function in module.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.If) and len(function.body) > 1 and node in function.body and not node.orelse:
                yield module.replaced((node, b"pass"))
            elif isinstance(node, ast.If) and node.orelse and not isinstance(node.orelse[0], ast.If):
                start, end = module.span(node.body[-1])[1], module.span(node)[1]
                yield {module.path: module.source[:start] + module.source[end:]}


def changed_default(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    for function in module.functions():
        for default in (*function.args.defaults, *function.args.kw_defaults):
            if isinstance(default, ast.Constant):
                yield module.replaced((default, b"None" if default.value is not None else b"0"))


def moved_without_helper(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    own = {one.name for one in module.tree.body if isinstance(one, Function | ast.ClassDef)}
    for function in module.tree.body:
        if isinstance(function, Function) and names_in(function) & (own - {function.name}):
            target = next((one for one in others.values() if one.path != module.path and len(one.source) > 200), None)
            if target and not function.decorator_list:
                start, end = module.span(function)
                text = module.source[start:end]
                home = target.path.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
                link = f"from {home} import {function.name}\n".encode()
                yield {
                    module.path: module.source[:start] + link + module.source[end:],
                    target.path: target.source.rstrip() + b"\n\n\n" + text + b"\n",
                }


def shadowed_name(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    """A parameter renamed to a global that the function uses."""
    top = {one.name for one in module.tree.body if isinstance(one, Function | ast.ClassDef)}
    for function in module.functions():
        used = names_in(ast.Module(function.body, [])) & top
        for one in plain(function):
            if used and one.arg in names_in(ast.Module(function.body, [])) and one.annotation is None:
                new = min(used).encode()
                nodes = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == one.arg]
                yield module.replaced((one, new), *((node, new) for node in nodes))


def wrong_override(module: Module, others: dict[str, Module]) -> Iterator[Contents]:
    """A method of a base renamed with its users in the file, its override in a subclass not."""
    classes = {one.name: one for one in module.tree.body if isinstance(one, ast.ClassDef)}
    for below in classes.values():
        for base in below.bases:
            above = classes.get(base.id) if isinstance(base, ast.Name) else None
            mine = {one.name for one in below.body if isinstance(one, Function)}
            for method in above.body if above else ():
                if isinstance(method, Function) and method.name in mine and not method.name.startswith("__"):
                    start, _ = module.span(method)
                    at = module.source.index(b"def " + method.name.encode(), start) + 4
                    new = f"{method.name}_renamed".encode()
                    yield {module.path: module.source[:at] + new + module.source[at + len(method.name) :]}


SLIPS: dict[str, Callable[[Module, dict[str, Module]], Iterator[Contents]]] = {
    "dropped import": dropped_import,
    "swapped parameters": swapped_parameters,
    "dropped parameter": dropped_parameter,
    "re-typed parameter": retyped_parameter,
    "lost branch": lost_branch,
    "changed default": changed_default,
    "moved without its helper": moved_without_helper,
    "shadowed name": shadowed_name,
    "wrong override": wrong_override,
}


# --- correct refactorings: each draws one, or nothing where it cannot be made there


def python_symbols(code: Code, *kinds: str) -> list[Symbol]:
    files = code.graph.files
    paths = [path for path in files if files[path].language == "python" and not files[path].test]
    found = [symbol for path in paths for symbol in code.graph.symbols(path) if symbol.kind in kinds]
    return [symbol for symbol in found if not symbol.name.startswith("__")]


def rename(code: Code, chance: random.Random) -> Wish:
    symbol = chance.choice(python_symbols(code, "function", "method", "class", "variable"))
    return "rename", {"target": symbol.id, "new": f"renamed_{chance.randrange(1000)}"}


def move(code: Code, chance: random.Random) -> Wish:
    top = [one for one in python_symbols(code, "function", "class", "variable") if one.parent == one.path]
    symbol = chance.choice(top)
    return "move", {"target": [symbol.id], "to": f"{symbol.path.removesuffix('.py')}_{chance.randrange(1000)}.py"}


def signature(code: Code, chance: random.Random) -> Wish:
    symbol = chance.choice(python_symbols(code, "function", "method"))
    given = syntax.enclosing(
        syntax.around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end), "function_definition"
    )
    names = (
        [one.name for one in parameters_of(given, code.read(symbol.path)) if one.name and not one.star] if given else []
    )
    names = [one for one in names if one not in ("self", "cls")]
    ways: list[dict[str, Any]] = [{"add": ["added: int = 0"]}, {"add": ["added: str = ''"], "call_value": ["'x'"]}]
    ways += [{"rename_parameter": [f"{one}={one}_new"]} for one in names[:1]]
    ways += [{"reorder": ",".join(names[::-1])}] if len(names) > 1 else []
    return "change-signature", {"target": symbol.id, **chance.choice(ways)}


def extract(code: Code, chance: random.Random) -> Wish:
    symbol = chance.choice(python_symbols(code, "function", "method"))
    first, last = symbol.line + 1, symbol.end_line
    start = chance.randint(first, max(first, last))
    name = f"extracted_{chance.randrange(1000)}"
    return "extract-function", {
        "target": f"{symbol.path}:{start}-{min(last, start + chance.randrange(4))}",
        "name": name,
    }


def inline(code: Code, chance: random.Random) -> Wish:
    symbol = chance.choice(python_symbols(code, "function", "method"))
    bound = code.naming.file(symbol.path).defined()
    inside = sorted(key for key in bound if key.startswith(f"{symbol.id}."))
    return "inline", {"target": chance.choice([symbol.id, *inside])}


RIGHT: dict[str, Callable[[Code, random.Random], Wish]] = {
    "rename": rename,
    "move": move,
    "change-signature": signature,
    "extract-function": extract,
    "inline": inline,
}


def right_ones(graph: CodeGraph, chance: random.Random, count: int) -> Iterator[tuple[str, Contents]]:
    """Correct refactorings of all kinds in turn, proven by ourselves; what is refused is drawn again."""
    code, made = Code(graph), 0
    kinds = list(RIGHT)
    for _ in range(count * 60):
        if made >= count:
            return
        operation, arguments = RIGHT[kinds[made % len(kinds)]](code, chance)
        try:
            done = refactor(graph, operation, arguments)
        except CodeAgentError:
            continue
        made += 1
        yield operation, done.proposal.patch.apply(done.files)


def renames(code: Code, chance: random.Random, count: int) -> Iterator[Patch]:
    """Correct renames alone, of which others lose an edit."""
    made = 0
    for _ in range(count * 60):
        if made >= count:
            return
        try:
            patch = refactor(code.graph, *rename(code, chance)).proposal.patch
        except CodeAgentError:
            continue
        made += 1
        yield patch


def caught(root: Path, graph: CodeGraph, after: Contents, gates: tuple[str, ...] = STATIC) -> list[str]:
    """The errors of some gates, told in short; what is broken is told as well."""
    config = load_config(root)
    claims = Claims(refactor=True, tests="impacted" if "tests" in gates else "none", trust="tests" in gates)
    change = proposed(root, config, claims, after, graph=graph)
    verdict = gate_change(change, Request(claims=claims, only=gates), config)
    told = [f"{r.gate} broken: {r.reason}" for r in verdict.results if r.status == "broken"]
    errors = (one for r in verdict.results for one in r.findings if one.severity is Severity.ERROR)
    return told + [f"{one.path}:{one.line} [{one.rule}] {one.message}" for one in errors]


def stale_references(code: Code, chance: random.Random, count: int) -> Iterator[Contents]:
    """Correct renames that lost one edit of several."""
    made = 0
    for patch in renames(code, chance, count * 6):
        edits = [edit for edit in patch.edits if not code.read(edit.path)[: edit.start].endswith((b"def ", b"class "))]
        words = [e for e in edits if code.read(e.path)[e.start - 1 : e.start] not in (b'"', b"'", b"`")]
        if made < count and words and len(patch.edits) > 1:
            lost = chance.choice(words)
            part = Patch(edits=tuple(edit for edit in patch.edits if edit != lost))
            made += 1
            yield part.apply({edit.path: code.read(edit.path) for edit in part.edits})


def modules(graph: CodeGraph) -> dict[str, Module]:
    found = {}
    for path, record in graph.files.items():
        if record.language == "python" and not record.test and record.errors == 0:
            try:
                found[path] = Module(path, graph.read(path))
            except SyntaxError:
                continue
    return found


def judged(root: Path, graph: CodeGraph, after: Contents, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """What the static gates say, and where they say nothing and tests can run, what the tests say."""
    told = caught(root, graph, after)
    return told, told or (caught(root, graph, after, ("tests",)) if options.python else [])


def line_of(graph: CodeGraph, after: Contents) -> str:
    path = next(iter(after))
    pairs = zip(graph.read(path).splitlines(), (after[path] or b"").splitlines(), strict=False)
    return f"{path}:{[number for number, (a, b) in enumerate(pairs, 1) if a != b][:1]}"


def main() -> int:
    """Run the benchmark and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=4, help="wrong ones of each kind and repository")
    parser.add_argument("--right", type=int, default=17, help="correct ones of each repository")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--python", type=Path, help="an interpreter in which the tests of the repository pass")
    parser.add_argument("--show", action="store_true", help="show what was missed and what was false")
    options = parser.parse_args()
    if options.python:
        os.environ["VIRTUAL_ENV"] = str(options.python.absolute().parent.parent)
    total, hits, more, false, right = Counter[str](), Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for folder in options.repositories:
        root = folder.resolve()
        graph = open_graph(root, None, None, load_config(root))
        chance = random.Random(options.seed)
        for kind, after in right_ones(graph, chance, options.right):
            _, told = judged(root, graph, after, options)
            right[kind] += 1
            false[kind] += bool(told)
            if told and options.show:
                print("FALSE ALARM", kind, root.name, sorted(after)[:2], told[:3], flush=True)
        wrong: dict[str, list[Contents]] = defaultdict(list)
        known = modules(graph)
        for kind, slip in SLIPS.items():
            possible = [after for module in known.values() for after in slip(module, known)]
            wrong[kind] = chance.sample(possible, min(options.each, len(possible)))
        wrong["stale reference"] = list(stale_references(Code(graph), chance, options.each))
        for kind, seeds in wrong.items():
            for after in seeds:
                static, told = judged(root, graph, after, options)
                total[kind] += 1
                hits[kind] += bool(static)
                more[kind] += bool(told)
                if not static and options.show:
                    print("CAUGHT BY TESTS" if told else "MISSED", kind, root.name, line_of(graph, after), flush=True)
    for kind in sorted(total):
        print(f"{kind:26} {hits[kind]:>4} of {total[kind]}" + (f", with tests {more[kind]}" if options.python else ""))
    every = max(1, total.total())
    print(f"{'static gates':26} {hits.total():>4} of {total.total()}: {100 * hits.total() / every:.1f} %")
    if options.python:
        print(f"{'all gates':26} {more.total():>4} of {total.total()}: {100 * more.total() / every:.1f} %")
    told = ", ".join(f"{false[kind]} of {right[kind]} {kind}" for kind in RIGHT)
    print(f"false alarms on correct refactorings: {false.total()} of {right.total()} ({told})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
