"""The words of a file's facts: which names it mentions, and which dotted names it defines."""

from collections.abc import Iterable
from typing import Final

from codeagent.domain.facts import ATTR, CALL, IMPORT, ITEM, LIVE, MAP, NAME, PROJECT_WIDE, Expr, FileFacts
from codeagent.graph.ids import dotted_names
from codeagent.languages import BY_NAME

EVERYWHERE: Final = "* everywhere"  # what files mention whose imports hold in others of their project, too
_NAMED: Final = frozenset((NAME, ATTR, LIVE))  # the third member of these is the name


def mentioned_names(facts: FileFacts) -> set[str]:
    """Return every name whose meaning elsewhere could matter to this file's references.

    Dotted import specs are split, so that a file that appears or vanishes is found by its stem."""
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
    names.discard("")
    return names


def spec_words(spec: str) -> Iterable[str]:
    """Split an import spec into the words that paths and packages are made of."""
    return spec.replace("/", ".").replace("::", ".").replace("\\", ".").replace(":", ".").split(".")


def pack(names: Iterable[str]) -> bytes:
    """Write names as one newline-framed blob that `holds` can search."""
    return ("\n" + "\n".join(sorted(names)) + "\n").encode("utf-8", "surrogateescape")


def holds(blob: bytes, needle: bytes) -> bool:
    """Tell whether a packed blob holds the name that `needle` (from `framed`) frames."""
    return needle in blob


def framed(name: str) -> bytes:
    """Return the bytes by which `name` stands in a packed blob."""
    return b"\n" + name.encode("utf-8", "surrogateescape") + b"\n"


def defined_names(facts: FileFacts) -> bytes:
    """Return the dotted names of all symbols but the module, in order, as one newline-framed blob."""
    names = dotted_names(facts.symbols)[1:]
    return ("\n" + "\n".join(names) + "\n").encode("utf-8", "surrogateescape") if names else b""


def _keys(expr: Expr) -> Iterable[str]:
    """The constant text keys of a subscript or a map."""
    keys = (expr[2],) if expr[0] == ITEM else (key for key, _ in expr[1])
    return (key for key in keys if type(key) is str)
