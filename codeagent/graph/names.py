"""The words of a file's facts: which names it mentions, and which dotted names it defines."""

from collections.abc import Iterable

from codeagent.domain.facts import IMPORT, FileFacts
from codeagent.graph.ids import dotted_names


def mentioned_names(facts: FileFacts) -> set[str]:
    """Return every name whose meaning elsewhere could matter to this file's references.

    Dotted import specs are split, so that a file that appears or vanishes is found by its stem."""
    names: set[str] = set()
    for expr in facts.exprs:
        for part in expr:
            if type(part) is str:
                names.add(part)
            elif type(part) is tuple:
                names.update(_inner(part))
        if expr[0] == IMPORT:
            names.update(spec_words(expr[1]))  # type: ignore[arg-type]  # (IMPORT, spec, name)
    for symbol in facts.symbols:
        names.add(symbol.name)
    for item in facts.imports:
        names.update(spec_words(item.spec))
        names.add(item.name or "")
    for binding in facts.bindings:
        names.add(binding.name)
    for write in facts.writes:
        if type(write.key) is str:
            names.add(write.key)
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


def _inner(part: tuple[object, ...]) -> Iterable[str]:
    """The strings inside nested pairs: keyword names and the constant keys of maps."""
    for pair in part:
        if type(pair) is tuple:
            for word in pair:
                if type(word) is str:
                    yield word
