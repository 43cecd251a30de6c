"""Qualified names: as one dotted word, and as what an alias that they begin with makes of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tree_sitter import Node

from codeagent.domain.arity import marked
from codeagent.domain.facts import ImportFact

_NOISE: Final = re.compile(r"<.*|\s|[*&]")


def dotted(text: str) -> str:
    """Write a qualified type as one dotted word: `ns::Foo<T>` is `ns.Foo`."""
    return _NOISE.sub("", text).replace("::", ".").replace("\\", ".")


def absolute(imports: Iterable[ImportFact], text: str) -> str:
    """Write a qualified name whole where an alias is its first part: `use Shop\\Support; Support\\tap()`."""
    first, _, rest = text.partition("\\")
    fact = next((one for one in imports if first and (one.alias or one.name) == first), None)
    if fact is None:
        return text
    return "\\" + "\\".join(part for part in (fact.spec.strip("\\"), fact.name, rest) if part)


def of_arity(word: str, got: Mapping[str, Sequence[Node]]) -> str:
    """Return what a type goes by: one with other type parameters or arguments may be another type."""
    return marked(word, 1 + sum(node.type == "," for node in got["arity"][0].children)) if "arity" in got else word
