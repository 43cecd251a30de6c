"""Java files and packages that move: clauses, imports and qualified names follow, and new imports where they must."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, dirname

from codeagent.domain.facts import EXPORTED
from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.java.import_lines import plain_import, without_imports
from codeagent.refactorings.java.packages import clause, following, java_files, package_of, source_root, spelled
from codeagent.refactorings.refactoring import Refusal


def java_companions(code: Code, moves: Mapping[str, str]) -> dict[str, str]:
    """Return the moves, and those of the same packages under other source folders, such as their tests."""
    found = dict(moves)
    for old, new in moves.items():
        inside = [path for path in java_files(code) if path.startswith(f"{old}/")]
        roots = {root for path in inside if (root := source_root(code, path)) is not None}
        package = old.removeprefix(f"{min(roots)}/") if len(roots) == 1 and min(roots) else old
        if not inside or old == min(roots, default="") or not new.startswith(f"{min(roots, default='')}"):
            continue
        target = new.removeprefix(f"{min(roots)}/") if min(roots, default="") else new
        others = {root for path in java_files(code) if (root := source_root(code, path)) is not None} - roots
        for root in sorted(others):
            there = f"{root}/{package}" if root else package
            if any(path.startswith(f"{there}/") for path in code.graph.paths):
                found[there] = f"{root}/{target}" if root else target
    return found


def java_edits(code: Code, files: Mapping[str, str]) -> list[Edit]:
    """Return the edits of all Java files for files that move.

    Raises Refusal where a file would not lie in its package's folder, or could no longer see what it uses."""
    move = _Move(code, {old: new for old, new in files.items() if old.endswith(".java")})
    return list(move.edits())


@dataclass
class _Move:
    code: Code
    files: Mapping[str, str]
    imports: dict[str, set[str]] = field(default_factory=dict)  # path -> what it must import anew

    @cached_property
    def roots(self) -> list[str]:
        """The source folders, the longest first."""
        found = {source_root(self.code, path) for path in java_files(self.code)}
        return sorted((one for one in found if one is not None), key=len, reverse=True)

    def edits(self) -> Iterator[Edit]:
        packages = {
            path: (package_of(self.code, path), self._package_at(path, new)) for path, new in self.files.items()
        }
        for old, new in self.files.items():
            self._check_name(old, new)
        moved = {path: pair for path, pair in packages.items() if pair[0] != pair[1]}
        for path, (_, after) in moved.items():
            yield self._clause(path, after)
        for before in sorted({pair[0] for pair in moved.values()}):
            members = {path: after for path, (old, after) in moved.items() if old == before}
            self._see(members, before)
            yield from self._names(members, before)
        for path, names in self.imports.items():
            yield self._import(path, sorted(names))

    def _package_at(self, old: str, new: str) -> str:
        """The package of a place, by the source folder that it lies in."""
        own = source_root(self.code, old)
        if own is None:
            raise Refusal(f"{old} does not lie in the folder of its package", "put it there first")
        for root in (own, *self.roots):
            if not root or new.startswith(f"{root}/"):
                folder = dirname(new)[len(root) :].strip("/")
                return folder.replace("/", ".")
        raise Refusal(f"{new} is in no source folder", "choose a folder under one that holds packages")

    def _check_name(self, old: str, new: str) -> None:
        stem, fresh = basename(old).removesuffix(".java"), basename(new).removesuffix(".java")
        if stem != fresh and any(one.name == stem for one in self.code.graph.symbols(old)[1:]):
            raise Refusal(f"{new} could not hold the public type {stem}", f"rename the type: {old}::{stem}")

    def _clause(self, path: str, after: str) -> Edit:
        node = clause(self.code, path)
        if node is None or not after:
            raise Refusal(f"{path} would move from or to the unnamed package", "nothing can be imported from there")
        return Edit(path, node.start_byte, node.end_byte, after.encode())

    def _names(self, members: Mapping[str, str], before: str) -> Iterator[Edit]:
        """Imports and qualified names that go through the package, in all files."""
        gone = {
            symbol.name: after
            for path, after in members.items()
            for symbol in self.code.graph.symbols(path)[1:]
            if "." not in symbol.id.partition("::")[2]
        }
        whole = all(path in members for path in java_files(self.code) if package_of(self.code, path) == before)
        ways = set(members.values())
        for path in java_files(self.code):
            if before.encode() not in self.code.read(path):
                continue
            here, needless = members.get(path, package_of(self.code, path)), list[Node]()
            for node in spelled(self.code, path, before):
                if node.parent is not None and node.parent.type == "package_declaration":
                    continue
                word = following(node)
                if (statement := plain_import(node)) is not None and gone.get(word) == here:
                    needless.append(statement)  # it shares the package of what it names then
                elif word in gone:
                    yield Edit(path, node.start_byte, node.end_byte, gone[word].encode())
                elif word == "*" and whole and len(ways) == 1:
                    yield Edit(path, node.start_byte, node.end_byte, min(ways).encode())
            yield from without_imports(path, self.code.tree(path), self.code.read(path), needless)

    def _see(self, members: Mapping[str, str], before: str) -> None:
        """Find what must be imported anew, where files that shared a package no longer do."""
        graph = self.code.graph
        stay = {path for path in java_files(self.code) if package_of(self.code, path) == before and path not in members}
        starred = {
            path
            for path in java_files(self.code)
            if path not in stay
            and before.encode() in self.code.read(path)
            and any(following(node) == "*" for node in spelled(self.code, path, before))
        }
        whole = not stay and len(set(members.values())) == 1
        for path, after in members.items():
            for symbol in graph.symbols(path)[1:]:
                for one in graph.outgoing(symbol.id):
                    target = (one.target or "").partition("::")[0]
                    if target in stay or (target in members and members[target] != after):
                        self._cross(path, one.target or "", members.get(target, before))
                for one in graph.incoming(symbol.id):
                    if one.path in stay or (one.path in starred and not whole and one.path not in members):
                        self._cross(one.path, symbol.id, after)

    def _cross(self, user: str, target: str, package: str) -> None:
        """A file uses something of what is another package now: it must be public, and its type imported."""
        path, _, dotted = target.partition("::")
        known = {symbol.id: symbol for symbol in self.code.graph.symbols(path)}
        parts = dotted.split(".")
        for count in range(1, len(parts) + 1):
            symbol = known.get(f"{path}::{'.'.join(parts[:count])}")
            if symbol is not None and symbol.kind not in ("parameter", "local") and not symbol.flags & EXPORTED:
                raise Refusal(
                    f"{user} uses {symbol.id}, which only its own package sees", "make it public, or move both"
                )
        if len(parts) == 1:
            self.imports.setdefault(user, set()).add(f"{package}.{parts[0]}")

    def _import(self, path: str, names: list[str]) -> Edit:
        root, source = self.code.tree(path), self.code.read(path)
        ending = b"\r\n" if b"\r\n" in source else b"\n"
        last = [one for one in root.named_children if one.type in ("import_declaration", "package_declaration")][-1:]
        lines = ending.join(f"import {name};".encode() for name in names)
        if not last:
            return Edit(path, 0, 0, lines + ending)
        gap = ending if last[0].type == "import_declaration" else ending * 2
        return Edit(path, last[0].end_byte, last[0].end_byte, gap + lines)
