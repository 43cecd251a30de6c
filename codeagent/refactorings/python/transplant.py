"""Names of a piece of Python that is to stand elsewhere: what they are called there, and what must be imported."""

import builtins
from dataclasses import dataclass, field

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.import_edits import New
from codeagent.refactorings.python.imports import Imported, ImportStatement, absolute
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.scopes import Scope, Use
from codeagent.refactorings.refactoring import Refusal

_OWN_PLACE = frozenset(
    "__name__ __file__ __package__ __spec__ __doc__ __path__ locals globals vars dir eval exec".split()
)


@dataclass(slots=True)
class Transplant:
    """`texts` maps bytes of the source file to what must stand there instead; `imports` are new ones."""

    texts: dict[tuple[int, int], bytes] = field(default_factory=dict)
    imports: list[New] = field(default_factory=list)


def transplant(
    modules: PythonModules, path: str, start: int, end: int, own: Scope | None, to: str, scope: Scope
) -> Transplant:
    """Tell how bytes `start` to `end` of `path` read in `scope` of the file `to`; names that `own` or a scope within
    the bytes binds are left to the caller. Refusal where a name would stand for something else."""
    done = Transplant()
    scopes = modules.scopes(path)
    for use in scopes.between(start, end):
        owner = scopes.owner(use.name, use.scope)
        if owner is not None and (owner is own or (start <= owner.node.start_byte < end and owner.kind != "module")):
            continue
        if to == path:
            _same(modules, path, use, owner, scope)
        else:
            _elsewhere(modules, path, use, owner, to, scope, done)
    return done


def _same(modules: PythonModules, path: str, use: Use, owner: Scope | None, scope: Scope) -> None:
    if modules.scopes(path).owner(use.name, scope) is not owner:
        raise Refusal(f"{use.name} stands for something else in one of the places", "rename one of the two first")


def _elsewhere(
    modules: PythonModules, path: str, use: Use, owner: Scope | None, to: str, scope: Scope, done: Transplant
) -> None:
    there = modules.scopes(to)
    if use.name in _OWN_PLACE:
        raise Refusal(f"{use.name} depends on the module that it stands in", "keep it where it is")
    if owner is None:
        if not hasattr(builtins, use.name):
            raise Refusal(f"nobody can see where {use.name} in {path} comes from", "import it by name first")
        if there.owner(use.name, scope) is not None:
            raise Refusal(f"{use.name} is something else in {to}", "rename it there first")
        return
    if owner.kind != "module":
        raise Refusal(f"{use.name} is a local name of {path}", "it cannot be reached from other modules")
    if use.binds:
        raise Refusal(f"{use.name} is a variable of {path} that is assigned there", "keep it where it is")
    new = _import_for(modules, path, use, to, scope, done)
    if new is None:
        return
    bound = new.alias or (new.name if new.module is not None else new.name.partition(".")[0])
    if there.owner(bound, scope) is not None and not _means_it(modules, to, new, scope):
        raise Refusal(f"{bound} is something else in {to}", "rename it there first")
    if there.owner(bound, scope) is None:
        done.imports.append(new)


def _import_for(modules: PythonModules, path: str, use: Use, to: str, scope: Scope, done: Transplant) -> New | None:
    """The import that gives the other file what a name is; None where it is that file's own."""
    bindings = [one for one in modules.scopes(path).uses.values() if one.name == use.name and one.binds]
    bindings = [
        one for one in bindings if modules.scopes(path).owner(one.name, one.scope) is modules.scopes(path).module
    ]
    told = [
        (statement, one)
        for statement in modules.imports(path)
        for one in statement.names
        if statement.binds(one) == use.name and not statement.local
    ]
    dotted = modules.layout.dotted(path)
    if not told:
        if len(bindings) > 1:
            raise Refusal(f"{use.name} is assigned more than once in {path}", "keep it where it is")
        return New(dotted, use.name)
    if len(told) > 1 or len(bindings) > 1 or told[0][0].guard:
        raise Refusal(f"{use.name} is imported in several ways in {path}", "import it once, at the top")
    return _imported(modules, path, use, to, scope, *told[0], done)


def _imported(
    modules: PythonModules,
    path: str,
    use: Use,
    to: str,
    scope: Scope,
    statement: ImportStatement,
    one: Imported,
    done: Transplant,
) -> New | None:
    origin = modules.imported(path, statement, one)
    if origin is not None and origin.path == to:
        parent = _node(modules, path, use).parent
        if not origin.name and (parent is None or parent.type != "attribute"):
            raise Refusal(f"{use.name} is the module itself in {to}", "keep it where it is")
        if origin.name or parent is None:
            start, end, name = use.start, use.end, origin.name
        else:
            start, end, name = parent.start_byte, parent.end_byte, text_of(child(parent, "attribute"))
        if modules.scopes(to).owner(name, scope) is not modules.scopes(to).module:
            raise Refusal(f"{name} is something else in one of the places", "rename one of the two first")
        done.texts[start, end] = name.encode()
        return None
    if statement.module is None:
        if (
            origin is not None
            and not modules.layout.package(path) == ""
            and modules.layout.dotted(origin.path) != (one.name if one.alias else one.name.partition(".")[0])
        ):
            raise Refusal(f"{use.name} is found beside {path} alone", "import it by its full name first")
        return New(None, one.name, one.alias)
    return New(absolute(statement.module, modules.layout.package(path)), one.name, one.alias)


def text_of(node: Node) -> str:
    """Return the text of a node."""
    return (node.text or b"").decode("utf-8", "surrogateescape")


def _node(modules: PythonModules, path: str, use: Use) -> Node:
    found = modules.code.tree(path).descendant_for_byte_range(use.start, use.end)
    assert found is not None
    return found


def _means_it(modules: PythonModules, to: str, new: New, scope: Scope) -> bool:
    """Whether the other file has the same import already, where the place sees it."""
    bound = new.alias or (new.name if new.module is not None else new.name.partition(".")[0])
    if modules.scopes(to).owner(bound, scope) is not modules.scopes(to).module:
        return False
    package = modules.layout.package(to)
    bindings = [one for one in modules.scopes(to).uses.values() if one.name == bound and one.binds]
    same = [
        one
        for statement in modules.imports(to)
        for one in statement.names
        if statement.plain
        and statement.binds(one) == bound
        and one.name == new.name
        and (absolute(statement.module, package) if statement.module is not None else None) == new.module
    ]
    return bool(same) and len(bindings) == len(same)
