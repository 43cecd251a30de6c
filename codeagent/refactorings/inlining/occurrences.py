"""Where a definition of Python is bound, imported and used, over the whole tree, aliases of imports included."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.handed_objects import handed_objects
from codeagent.refactorings.python.imports import Imported, ImportStatement
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.scopes import Role, Scope
from codeagent.refactorings.python.strings import is_attribute_name
from codeagent.refactorings.refactoring import Occurrence, Refusal
from codeagent.refactorings.renaming import Subject, escapes
from codeagent.refactorings.spoken import gone_by
from codeagent.refactorings.stand_ins import stand_ins

_TARGETS = ("pattern_list", "tuple_pattern", "list_pattern", "delete_statement", "list_splat_pattern")
_IMPORTS = ("import_statement", "import_from_statement")


@dataclass(frozen=True, slots=True)
class Place:
    """One name token that stands for the definition."""

    path: str
    node: Node

    @property
    def expression(self) -> Node:
        """The whole expression that the token ends: `mod.f` for its `f`."""
        parent = self.node.parent
        if parent is not None and parent.type == "attribute" and parent.child_by_field_name("attribute") == self.node:
            return parent
        return self.node

    @property
    def occurrence(self) -> Occurrence:
        """The place as it is reported."""
        return Occurrence(self.path, self.node.start_byte, self.node.end_byte)


@dataclass(slots=True)
class Occurrences:
    """Every place of one definition by what it does there; `exports` are its names in `__all__`."""

    bindings: list[Place] = field(default_factory=list)
    imports: list[tuple[Place, ImportStatement, Imported]] = field(default_factory=list)
    reads: list[Place] = field(default_factory=list)
    exports: list[Occurrence] = field(default_factory=list)
    other: list[Occurrence] = field(default_factory=list)
    text: list[Occurrence] = field(default_factory=list)
    unresolved: list[Occurrence] = field(default_factory=list)


def occurrences_of(code: Code, modules: PythonModules, subject: Subject) -> Occurrences:
    """Return where a subject of one key stands; in its own file bare names are told by the rules of scopes."""
    found = Occurrences()
    for mention in take_census(code, subject.name, subject.paths):
        _file(code, modules, subject, mention, found)
    for place, _, one in tuple(found.imports):
        if one.alias is not None:
            for mention in take_census(code, one.alias, (place.path,)):
                if mention.start >= one.end and mention.meaning.targets and mention.meaning.targets <= subject.keys:
                    _file(code, modules, subject, mention, found)
    if subject.member:
        found.unresolved += handed_objects(code, subject.keys, subject.name)
        found.unresolved += stand_ins(code, subject.keys, subject.name)
    return found


def _file(code: Code, modules: PythonModules, subject: Subject, mention: Mention, found: Occurrences) -> None:
    bucket = _bucket(code, modules, subject, mention)
    here = Occurrence(mention.path, mention.start, mention.end)
    if bucket != "mine" or mention.node is None:
        getattr(found, bucket).append(here)
        return
    place = Place(mention.path, mention.node)
    imported = next(iter(_imported(modules, place)), None)
    if imported is not None:
        found.imports.append((place, *imported))
    elif _binds(modules, place):
        found.bindings.append(place)
    else:
        found.reads.append(place)


def _bucket(code: Code, modules: PythonModules, subject: Subject, mention: Mention) -> str:
    targets = mention.meaning.targets
    if mention.prose:
        return _of_prose(code, subject, mention)
    if mention.node is not None and not mention.member and mention.path == subject.path and not subject.member:
        use = modules.scopes(mention.path).uses.get(mention.start)
        if use is not None:
            mine = modules.scopes(mention.path).owner(use.name, use.scope) is home_of(modules, subject)
            return "mine" if mine else "other"
    if targets and targets <= subject.keys:
        return "mine"
    if targets & subject.keys:
        return "unresolved"
    if targets or not mention.member:
        return "other"
    return "unresolved" if subject.member or escapes(code, subject.path) else "other"


def _of_prose(code: Code, subject: Subject, mention: Mention) -> str:
    if mention.meaning.targets and mention.meaning.targets <= subject.keys:
        return "exports"
    node = mention.node
    if node is not None and subject.member and is_attribute_name(code, mention.path, node, mention.start, mention.end):
        return "unresolved"
    return "unresolved" if gone_by(code, subject.keys, mention) else "text"


def home_of(modules: PythonModules, subject: Subject) -> Scope | None:
    """Return the scope that binds a subject that is no member: the module, or the function of a local."""
    scopes = modules.scopes(subject.path)
    dotted = min(subject.keys).partition("::")[2].partition("@")[0].split(".")
    at = scopes.module
    for part in dotted[:-1]:
        inner = (one for one in scopes.of_node.values() if one.parent is at and _name(one.node) == part)
        found = next(inner, None)
        if found is None:
            raise Refusal(f"{subject.name} stands in a scope that is defined twice", "rename one of the two first")
        at = found
    return at


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return (name.text or b"").decode("utf-8", "surrogateescape") if name is not None else ""


def _imported(modules: PythonModules, place: Place) -> Iterator[tuple[ImportStatement, Imported]]:
    if enclosing(place.node, *_IMPORTS) is None:
        return
    for statement in modules.imports(place.path):
        for one in statement.names:
            if one.start <= place.node.start_byte < one.end:
                yield statement, one


def _binds(modules: PythonModules, place: Place) -> bool:
    use = modules.scopes(place.path).uses.get(place.node.start_byte)
    if use is not None:
        return use.role is not Role.READ
    whole, parent = place.expression, place.expression.parent
    if parent is None or whole == place.node:
        return False
    return parent.child_by_field_name("left") == whole or parent.type in _TARGETS
