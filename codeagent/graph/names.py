"""The words of a file's facts: which names it mentions, and which dotted names it defines."""

from collections.abc import Iterable, Iterator
from typing import Final

from codeagent.domain.arity import bare
from codeagent.domain.facts import (
    ATTR,
    CALL,
    CLASS,
    DECORATE,
    DEF,
    GIVEN,
    IMPORT,
    ITEM,
    LITERAL,
    LIVE,
    MAP,
    NAME,
    NONE,
    PROJECT_WIDE,
    TAKES,
    TYPED,
    WITHIN,
    Expr,
    FileFacts,
)
from codeagent.graph.ids import dotted_names
from codeagent.languages import BY_NAME

EVERYWHERE: Final = "* everywhere"  # what files mention whose imports hold in others of their project, too
CALLED: Final = "{}()"  # what files mention that call something by a name
INHERITED: Final = "class {}"  # and files with a type whose base has a name; without one it may have any
OF_RECEIVER: Final = "<class>"  # the name of what calls such as `cls()` and `type(self)()` call
_NAMED: Final = frozenset((NAME, ATTR, LIVE, GIVEN))  # the third member of these is the name


def mentioned_names(facts: FileFacts) -> set[str]:
    """Return every name whose meaning elsewhere could matter to this file's references.

    Dotted import specs are split, so that a file that appears or vanishes is found by its stem. What a file calls and
    what it inherits from is mentioned once more as `CALLED` and `INHERITED`: many files mention a name, few do that."""
    names: set[str] = {expr[2] for expr in facts.exprs if expr[0] in _NAMED}
    specs: set[str] = {item.spec for item in facts.imports}
    for expr in facts.exprs:
        kind = expr[0]
        if kind == CALL:
            if expr[3]:
                names.update(name for name, _ in expr[3])
        elif kind in (ITEM, MAP):
            names.update(_keys(expr))
        elif kind == IMPORT:
            specs.add(expr[1])  # Rust's paths need no import
            names.add(expr[2] or "")
    declared = BY_NAME.get(facts.language)
    objects = declared.scoping.global_objects if declared else {}
    names.update([objects[name] for name in names & objects.keys()])
    for symbol in facts.symbols:
        names.add(symbol.name)
        if "." in symbol.name:  # a method outside its type: `Cart.total`
            names.update(symbol.name.split("."))
    for spec in specs:
        names.update(spec_words(spec))
    names.update([item.name or "" for item in facts.imports])
    if any(item.flags & PROJECT_WIDE for item in facts.imports):
        names.add(EVERYWHERE)
    names.update([binding.name for binding in facts.bindings])
    names.update([write.key for write in facts.writes if type(write.key) is str])
    names.update([bare(name) for name in names if "`" in name])
    names.discard("")
    names.update([CALLED.format(name) for name in {name for _, name in call_sites(facts)}])
    names.update([INHERITED.format(name) for name in _base_names(facts)])
    return names


def spec_words(spec: str) -> Iterable[str]:
    """Split an import spec into the words that paths and packages are made of."""
    return spec.replace("/", ".").replace("::", ".").replace("\\", ".").replace(":", ".").split(".")


def pack(names: Iterable[str]) -> bytes:
    """Write names as one newline-framed blob, in which `framed` ones can be looked for."""
    return ("\n" + "\n".join(sorted(names)) + "\n").encode("utf-8", "surrogateescape")


def framed(name: str) -> bytes:
    """Return the bytes by which `name` stands in a packed blob."""
    return b"\n" + name.encode("utf-8", "surrogateescape") + b"\n"


def defined_names(facts: FileFacts) -> bytes:
    """Return the dotted names of all symbols but the module, in order, as one newline-framed blob."""
    names = dotted_names(facts.symbols)[1:]
    return ("\n" + "\n".join(names) + "\n").encode("utf-8", "surrogateescape") if names else b""


def call_sites(facts: FileFacts) -> Iterator[tuple[int, str]]:
    """Yield (expression, name called) of the calls that pass something that can matter.

    The name is empty where there is none: what is called is an item, or what another call returned."""
    literal = {index for index, expr in enumerate(facts.exprs) if expr[0] == LITERAL} | {NONE}
    for index, expr in enumerate(facts.exprs):
        if expr[0] == DECORATE or (expr[0] == CALL and (expr[3] or not literal.issuperset(expr[2]))):
            yield index, _callee_name(facts, expr[1])


def _callee_name(facts: FileFacts, callee: int) -> str:
    expr = facts.exprs[callee] if callee != NONE else (NONE,)
    if expr[0] in _NAMED:
        return str(expr[2])
    if expr[0] in (TAKES, WITHIN):
        return _callee_name(facts, expr[1])
    if expr[0] == CLASS:
        return OF_RECEIVER
    return facts.symbols[expr[1]].name if expr[0] == DEF else ""


def _base_names(facts: FileFacts) -> Iterable[str]:
    """The last names of all bases; the empty one for those that may be an alias of any."""
    exprs = facts.exprs
    if not facts.classes:
        return
    bound = {b.name for b in facts.bindings if b.value == NONE or exprs[b.value][0] != IMPORT}
    bound.update(b.name for b in facts.bindings if b.name not in bound and exprs[b.value][2] != b.name)
    for base in {base for fact in facts.classes for base in fact.bases}:
        expr = exprs[base]
        while expr[0] in (ITEM, TYPED):  # `Base[T]`
            expr = exprs[expr[1]]
        name = str(expr[2]) if expr[0] in _NAMED else ""
        yield name
        if expr[0] != ATTR and name in bound:
            yield ""


def last_names(defined: bytes) -> set[str]:
    """Return what the dotted names of such a blob end in."""
    names = defined[1:-1].decode("utf-8", "surrogateescape").split("\n") if defined else ()
    return {name.rpartition(".")[2] for name in names}


def _keys(expr: Expr) -> Iterable[str]:
    """The constant text keys of a subscript or a map."""
    keys = (expr[2],) if expr[0] == ITEM else (key for key, _ in expr[1])
    return (key for key in keys if type(key) is str)
