"""What a rename is about: from what people type to the keys that must change together, and what stands in the way."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.facts import STATIC, TYPE_KINDS
from codeagent.graph.ids import last_word
from codeagent.graph.naming import Meaning, key_of
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.census import make_ready, mention_at
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import family_of, is_type, owner_of
from codeagent.refactorings.go.embedding import embeds, fields_of_type
from codeagent.refactorings.java.leftovers import is_nameless
from codeagent.refactorings.java.overloads import overloaded, standing_at, together
from codeagent.refactorings.python.conventions import is_hook
from codeagent.refactorings.python.fixtures import together_with
from codeagent.refactorings.python.special_methods import goes_by_name
from codeagent.refactorings.refactoring import Named, Refusal
from codeagent.refactorings.shapes import united
from codeagent.refactorings.variants import variants_of

_WORDS: Final = ("identifier", "type_identifier", "property_identifier", "field_identifier", "package_identifier")


@dataclass(frozen=True)
class Subject:
    """`keys` are named alike and change together; `paths` limits where the name can stand (None: anywhere)."""

    name: str
    path: str
    keys: frozenset[str] = frozenset()
    module: str = ""  # a file or folder: the subject is a module or package
    alias: bool = False  # a name that only an import brings
    aliased: frozenset[str] = frozenset()  # what that stands for
    member: bool = False
    parameter: str = ""  # the name of the function whose parameter it is
    unseen: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    methods: frozenset[str] = field(default_factory=frozenset)  # the functions whose parameter it is
    overloads: frozenset[str] = frozenset()  # of several methods of the name those that are meant; none: all are

    @property
    def named(self) -> Named:
        """The subject as accounts speak of it."""
        return Named(self.name, self.keys, self.paths)


def subject_of(code: Code, target: str) -> Subject:
    """Return what a target means; UsageError where it means nothing, Refusal where it is not ours to rename."""
    return _with_variants(code, _meant(code, target))


def _with_variants(code: Code, subject: Subject) -> Subject:
    """A subject, and what takes its place in other builds, with all that must change together with that."""
    if subject.alias or subject.paths is not None or subject.overloads:
        return subject
    keys, pending = subject.keys, variants_of(code, subject.keys)
    while pending:
        more = keys.union(*(_of_key(code, key).keys for key in sorted(pending)))
        keys, pending = more, variants_of(code, more - keys) - more
    return subject if keys == subject.keys else replace(subject, keys=keys)


def _meant(code: Code, target: str) -> Subject:
    place = code.position(target)
    if place is not None:
        return _at(code, *place)
    path, mark, dotted = target.partition("::")
    if not mark and _is_module(code, target.rstrip("/")):
        return Subject("", "", module=target.rstrip("/").removeprefix("./"))
    if mark and path in code.graph.files:
        found = _by_key(code, path, dotted)
        if found is not None:
            return found
    symbol = code.symbol(target)
    if "::" not in symbol.id:
        return Subject("", "", module=symbol.path)
    key = key_of(symbol.id)
    alone = symbol.id != key or not any(one.id == f"{key}#2" for one in code.graph.symbols(symbol.path))
    return _of_overload(code, _of_key(code, key), {symbol.id} if alone else set(), key)


def _is_module(code: Code, target: str) -> bool:
    return target in code.graph.files or any(path.startswith(f"{target}/") for path in code.graph.files)


def _by_key(code: Code, path: str, dotted: str) -> Subject | None:
    """A parameter or local by its key: `shop.py::total.price`."""
    above, _, name = dotted.rpartition(".")
    names = code.naming.file(path)
    symbols = names.facts.symbols
    scope = next((i for i in range(len(symbols)) if i and names.view.symbol_id(i) == f"{path}::{above}"), None)
    if not above or scope is None or symbols[scope].kind in TYPE_KINDS or names.scope_of(scope, name) != scope:
        return None
    return _of_key(code, names.key(scope, name))


def _at(code: Code, path: str, offset: int) -> Subject:
    root = code.tree(path)
    node = _word_at(root, offset)
    if node is None:
        place = code.graph.place(path, offset, offset)
        where = f"{path}:{place.line}:{place.column}"
        raise UsageError(f"no name stands at {where}", "put the position on a name, or just after it")
    mention = mention_at(code, path, node.start_byte, node.end_byte)
    meaning = mention.meaning
    if meaning.targets == frozenset({"<module>"}):
        return Subject("", path, module=_imported_module(code, path, node))
    if meaning.binding and _is_alias(code, path, node, meaning):
        return _of_alias(code, path, code.text(node, path), meaning)
    inside = sorted(target for target in meaning.targets if target.partition("::")[0] in code.graph.files)
    outside = sorted(meaning.targets - set(inside))
    if not inside:
        name = code.text(node, path)
        what = f"{outside[0]} is defined outside the tree" if outside else f"nothing is known of {name} there"
        raise Refusal(what, "name the definition itself, by its symbol id or its place")
    subject = _together([_of_target(code, target) for target in inside], inside)
    meant = standing_at(code, path, node.start_byte, node.end_byte, subject.keys)
    return _of_overload(code, subject, meant, inside[0])


def _of_overload(code: Code, subject: Subject, meant: AbstractSet[str], key: str) -> Subject:
    """A subject that is less than all methods of its name, where the language tells them apart."""
    methods = overloaded(code, subject.keys) if subject.member else {}
    if not methods:
        return subject
    found = together(code, methods, frozenset(meant), key)
    return subject if len(found) == sum(map(len, methods.values())) else replace(subject, overloads=found)


def _together(subjects: list[Subject], targets: list[str]) -> Subject:
    """Members that one place may all reach must be named alike; of anything else only one can be meant."""
    first = subjects[0]
    if all(other.keys == first.keys for other in subjects):
        return first
    if not all(subject.member for subject in subjects):
        raise Refusal(f"that name may stand for {', '.join(targets[:4])}", "name one of them by its symbol id")
    keys = frozenset().union(*(subject.keys for subject in subjects))
    unseen = tuple(dict.fromkeys(base for subject in subjects for base in subject.unseen))
    return replace(first, keys=keys, unseen=unseen)


def _word_at(root: Node, offset: int) -> Node | None:
    """The name that holds a byte, or that ends just before it."""
    for start in (offset, offset - 1):
        if start >= 0:
            node = around(root, start, start + 1)
            if node.child_count == 0 and node.is_named and ("identifier" in node.type or node.type in _WORDS):
                return node
    return None


def _is_alias(code: Code, path: str, node: Node, meaning: Meaning) -> bool:
    name = code.text(node, path)
    bound = meaning.binding.rpartition("::")[2].rpartition(".")[2] == name
    return bound and all(_last(target) != name for target in meaning.targets)


def _last(target: str) -> str:
    path, mark, dotted = target.partition("::")
    if mark:
        return dotted.rpartition(".")[2]
    stem = path.removesuffix("/__init__.py").rpartition("/")[2]
    return stem.rpartition(".")[0] or stem if "/" in path or path.endswith(".py") else path.rpartition(".")[2]


def _imported_module(code: Code, path: str, node: Node) -> str:
    """The file of the part of a dotted import that a name is: `b` of `import a.b.c`."""
    dotted = enclosing(node, "dotted_name", "relative_import")
    if dotted is not None:
        start = dotted.parent.start_byte if dotted.parent and dotted.parent.type == "relative_import" else None
        spec = code.read(path)[dotted.start_byte if start is None else start : node.end_byte].decode()
        world = code.naming.flow.world
        places = world.find(world.view(path), spec)
        if places:
            return places[0].path.removesuffix("/__init__.py").rstrip("/")
    raise Refusal("that import leads out of the tree", "name the path of a module or package of the tree")


def _of_target(code: Code, target: str) -> Subject:
    return _of_key(code, target) if "::" in target else Subject("", target, module=target)


def _of_alias(code: Code, path: str, name: str, meaning: Meaning) -> Subject:
    keys, pending = {meaning.binding}, [path]
    if "." not in meaning.binding.partition("::")[2]:  # other modules may import the alias from here
        world = code.naming.flow.world
        users = sorted(world.facts.mentioning(name))
        while pending:
            source = pending.pop()
            for user in users:
                names = code.naming.file(user)
                for fact in names.facts.imports:
                    key = names.key(fact.scope, name)
                    found = world.find(names.view, fact.spec) if fact.name == name and key not in keys else ()
                    if any(place.path == source for place in found):
                        keys.add(key)
                        pending.append(user)
    return Subject(name, path, frozenset(keys), alias=True, aliased=meaning.targets)


def _of_key(code: Code, key: str) -> Subject:
    path, _, dotted = key.partition("::")
    above, _, last = dotted.rpartition(".")
    name, names, flow = last_word(last).partition("@")[0], code.naming.file(path), code.naming.flow
    if "@" in last:
        return Subject(name, path, frozenset({key}), paths=(path,))
    asking = together_with(code, key) if names.view.language.name == "python" else None
    if asking:
        return Subject(name, path, asking | {key})
    member = owner_of(flow, key)
    if member is not None:
        return _of_member(code, key, member)
    own = f"{path}::{above}"
    alike = [i for i in names.view.functions if key_of(names.view.symbol_id(i)) == key_of(own)]
    scope = next((i for i in alike if names.view.symbol_id(i) == own), next(iter(alike), None))
    constructor = {f"{key}.{name}"} if names.view.language.scoping.constructor_is_type_name else set()
    if scope is None or not above:
        return Subject(name, path, frozenset({key, *fields_of_type(code, key), *constructor}))
    if name not in [param.name for param in names.view.functions[scope].params]:
        return Subject(name, path, frozenset({key, *constructor}), paths=(path,))
    return _of_parameter(code, key, key_of(own), name)


def _of_member(code: Code, key: str, member: tuple[str, int, str]) -> Subject:
    path, owner, name = member
    if (language := code.language(path)) == "python" and name.startswith("__") and name.endswith("__"):
        raise Refusal(f"{name} is a special method: the language calls it by that name", "rename another method")
    names = code.naming.file(path)
    structural = names.view.language.scoping.structural_interfaces
    if structural and embeds(names, owner, name):
        raise Refusal(f"{name} is an embedded type, and called as that type is", "rename the type")
    make_ready(code, name)
    family = family_of(code.naming.flow, path, owner, name)
    if language == "java" and is_nameless(code, key):
        raise Refusal("value is what annotations give without a name", "it must keep its name")
    if family.outside:
        how = f"{'may satisfy' if structural else 'overrides'} {family.outside}"
        raise Refusal(f"{name} {how}, which is outside the tree", "it must keep its name")
    keys = united(code, name, family.keys | {key})
    if names.view.language.scoping.constructor_is_type_name and is_type(names, key):
        keys |= {f"{one}.{name}" for one in keys}
    return Subject(name, key.partition("::")[0], keys, member=True, unseen=family.unseen)


def _of_parameter(code: Code, key: str, function: str, name: str) -> Subject:
    """A parameter, and the parameters of that name of whatever overrides its method."""
    path = key.partition("::")[0]
    if code.language(path) == "python" and is_hook(code, path, function.partition("::")[2]):
        raise Refusal(f"pytest gives {name} to {function} by its name", "it must keep its name")
    member = owner_of(code.naming.flow, function)
    methods = {function}
    if member is not None and goes_by_name(function.rpartition(".")[2]):
        methods |= family_of(code.naming.flow, member[0], member[1], member[2]).keys
    keys = {f"{one}.{name}" for method in methods for one in _with_parameter(code, method, name)}
    called = function.rpartition("::")[2].split(".")
    shown = called[-2] if called[-1] == "__init__" and len(called) > 1 else called[-1]
    return Subject(name, path, frozenset(keys | {key}), parameter=shown, methods=frozenset(methods))


def _with_parameter(code: Code, function: str, name: str) -> Iterator[str]:
    """The definitions of a function that have a parameter: of Python all of them, as one may take another's place."""
    view = code.naming.file(function.partition("::")[0]).view
    for index, fact in view.functions.items():
        symbol = view.symbol_id(index)
        if key_of(symbol) == function and any(param.name == name for param in fact.params):
            yield symbol if view.language.name == "python" else function


# --- what stands in the way ----------------------------------------------------------------------------------------


def receiver_of(code: Code, subject: Subject) -> str:
    """Return the name of the receiver where the subject is a local of a method; "" anywhere else."""
    path, _, dotted = min(subject.keys, default="").partition("::")
    method = f"{path}::{dotted.rpartition('.')[0]}"
    if subject.member or subject.parameter or subject.alias or not path or owner_of(code.naming.flow, method) is None:
        return ""
    view = code.naming.file(path).view
    for index, function in view.functions.items():
        static = view.facts.symbols[index].flags & STATIC
        if view.symbol_id(index) == method and function.params and not static:
            return function.params[0].name
    return ""


def escapes(code: Code, path: str) -> bool:
    """Tell whether a module is used as a value anywhere: then anything unknown may be that module."""
    for reference in code.graph.incoming(path, ("references",)):
        node = around(code.tree(reference.path), reference.span.start, reference.span.end)
        parent = node.parent
        reads = parent is not None and parent.type in ("attribute", "member_expression", "selector_expression")
        of_it = reads and parent is not None and parent.children[0] == node
        if not of_it and enclosing(node, "import_statement", "import_from_statement") is None:
            return True
    return False
