"""Seeded wrong refactorings: how many do the static gates catch, and how often do they cry wolf on correct ones?

    python benchmarks/seeded_refactorings.py REPOSITORY... [--each N] [--right N]

Correct ones are renames that `codeagent refactor` makes. Wrong ones are made by ten kinds of slip that people and
models make (stale reference, dropped import, swapped, dropped and re-typed parameters, lost branch, changed default,
move without a helper, shadowed name, wrong override), each drawn at random with a fixed seed. Nothing is written."""

import argparse
import ast
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from codeagent.config import load_config
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.finding import Severity
from codeagent.domain.patch import Patch
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.quality.gates.judge import judge
from codeagent.quality.gates.settings import built_in_gates
from codeagent.refactorings import load_operation
from codeagent.refactorings.code import Code

GATES = ("parse", "bindings", "purity")
Contents = dict[str, bytes | None]
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


def renames(code: Code, chance: random.Random, count: int) -> Iterator[Patch]:
    """Correct renames of functions, methods and classes, drawn at random."""
    ids = [
        symbol.id
        for path in code.graph.files
        if code.graph.files[path].language == "python" and not code.graph.files[path].test
        for symbol in code.graph.symbols(path)
        if symbol.kind in ("function", "method", "class") and not symbol.name.startswith("__")
    ]
    chance.shuffle(ids)
    rename = load_operation("rename")
    made = 0
    for one in ids:
        if made >= count:
            return
        try:
            patch = rename(code, one, f"renamed_{chance.randrange(1000)}").patch
        except CodeAgentError:
            continue
        made += 1
        yield patch


def caught(root: Path, graph: CodeGraph, after: Contents) -> list[str]:
    """The errors of the static gates, told in short."""
    change = proposed(root, load_config(root), Claims(refactor=True), after, graph=graph)
    gates = {name: built_in_gates()[name] for name in GATES}
    verdict = judge(change, gates)
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


def main() -> int:
    """Run the benchmark and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=4, help="wrong ones of each kind and repository")
    parser.add_argument("--right", type=int, default=17, help="correct ones of each repository")
    parser.add_argument("--show", action="store_true", help="show what was missed and what was false")
    options = parser.parse_args()
    total, hits, false, right = Counter[str](), Counter[str](), 0, 0
    for folder in options.repositories:
        root = folder.resolve()
        graph = open_graph(root, None, None, load_config(root))
        code, chance = Code(graph), random.Random(7)
        for patch in renames(code, chance, options.right):
            files = {edit.path: code.read(edit.path) for edit in patch.edits}
            told = caught(root, graph, patch.apply(files))
            right += 1
            false += bool(told)
            if told and options.show:
                print("FALSE ALARM", root.name, sorted(files)[:2], told[:3], flush=True)
        wrong: dict[str, list[Contents]] = defaultdict(list)
        known = modules(graph)
        for kind, slip in SLIPS.items():
            possible = [after for module in known.values() for after in slip(module, known)]
            wrong[kind] = chance.sample(possible, min(options.each, len(possible)))
        wrong["stale reference"] = list(stale_references(code, chance, options.each))
        for kind, seeds in wrong.items():
            for after in seeds:
                told = caught(root, graph, after)
                total[kind] += 1
                hits[kind] += bool(told)
                if not told and options.show:
                    path = next(iter(after))
                    before = graph.read(path).splitlines()
                    lines = [
                        n for n, (a, b) in enumerate(zip(before, after[path].splitlines(), strict=False), 1) if a != b
                    ]
                    print("MISSED", kind, f"{root.name}/{path}:{lines[:1]}", flush=True)
    for kind in sorted(total):
        print(f"{kind:26} {hits[kind]:>4} of {total[kind]}")
    print(f"{'all':26} {hits.total():>4} of {total.total()}: {100 * hits.total() / max(1, total.total()):.1f} %")
    print(f"false alarms on correct refactorings: {false} of {right}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
