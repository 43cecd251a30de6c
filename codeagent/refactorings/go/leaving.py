"""Go files that leave their package: what ties them to those that stay, and who else uses which of both."""

from collections.abc import Collection, Iterable, Iterator

from codeagent.domain.code import Symbol
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal


def check_apart(code: Code, leaving: Collection[str], staying: Collection[str]) -> None:
    """Refuse where files that leave a package and such that stay use each other, or may."""
    for path in leaving:
        for symbol in code.graph.symbols(path):
            if symbol.name == "init" and is_top(symbol):
                raise Refusal(f"{path} has an init, which runs for whoever imports its package", "move the package")
    for files, others in ((leaving, staying), (staying, leaving)):
        names = {one.name.rpartition(".")[2]: one.path for other in others for one in code.graph.symbols(other)}
        for path in sorted(files):
            for start, end, targets in _uses(code, path):
                name = code.read(path)[start:end].decode("utf-8", "replace")
                met = sorted(target for target in targets if target.partition("::")[0] in others and "::" in target)
                if met or (not targets and name in names):
                    there = met[0].partition("::")[0] if met else names[name]
                    line = code.graph.place(path, start, end).line
                    raise Refusal(
                        f"{path}:{line} uses {name} of {there}, which is of the same package and would not go with it",
                        "a package is a folder: move all of it, or what is used first",
                    )


def users(code: Code, importers: Iterable[str], leaving: Collection[str], staying: Collection[str]) -> Iterator[str]:
    """Yield those importers of a package that use what leaves it; Refusal where one uses what stays, too."""
    for path in importers:
        used = {
            target.partition("::")[0] for _, _, targets in _uses(code, path) for target in targets if _named(target)
        }
        if used.isdisjoint(leaving):
            continue
        if not used.isdisjoint(staying):
            raise Refusal(f"{path} uses what leaves the package and what stays in it", "divide it first")
        yield path


def is_top(symbol: Symbol) -> bool:
    """Whether a definition is one of its package, not of a type or function."""
    return "." not in symbol.id.partition("::")[2]


def _uses(code: Code, path: str) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield (start, end, targets) of what a file refers to."""
    names = code.naming.file(path)
    for start, end in names.spans():
        meaning = names.meaning(start, end)
        if meaning is not None:
            yield start, end, meaning.targets


def _named(target: str) -> bool:
    """Whether a target is a definition of a package itself, which its importers name through it."""
    return "." not in (target.partition("::")[2] or ".")
