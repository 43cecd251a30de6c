"""Reads a language's query file: which pattern stands for what, by the capture that anchors it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import tree_sitter

from codeagent.domain import facts
from codeagent.domain.facts import KIND
from codeagent.languages.grammars import get_language
from codeagent.languages.language import Language

FOLDER: Final = Path(__file__).parent.parent
ANCHORS: Final = frozenset((
    "call", "read", "parameter", "variable", "assignment", "result", "inherit", "import", "package",
    "modifier", "decoration", "complexity", "comment", "skip", "block", "generic", "typename", "alike",
))  # fmt: skip
SHAPES: Final = frozenset((
    "attribute", "nested", "instance", "same", "any", "item", "each", "await", "new", "cast", "typed", "self", "super",
    "class", "sequence", "literal", "import", "typeof", "primitive", "operation", "given",
))  # fmt: skip
_CAPTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|;[^\n]*|\(#[^()]*\)|@([\w.-]+)')
_NODE: Final = re.compile(r"\(\s*(\w+)\s*\)")
_PLAIN: Final = re.compile(
    r"\(?(?:\(\w+\)|\[[\s()\w]*\])\s*@expression\.(?:literal|primitive|given)\s*(?:\(#set![^()]*\)\s*)*\)?"
)
_FLAGS: Final = {
    "exported": facts.EXPORTED, "static": facts.STATIC, "abstract": facts.ABSTRACT, "property": facts.PROPERTY,
    "async": facts.ASYNC, "test": facts.TEST, "override": facts.OVERRIDE, "classmethod": facts.CLASSMETHOD,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a query: `anchor` is the capture that every match of it has."""

    anchor: str
    role: str  # "definition", "expression", or one of ANCHORS
    detail: str  # the kind of a definition, the shape of an expression
    settings: dict[str, str]  # of `(#set! key "value")`
    flags: int
    has_scope: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled query with its patterns by index, and the indexes of each role."""

    language: str
    query: tree_sitter.Query
    patterns: tuple[Pattern, ...]
    names: frozenset[int]  # kind ids of the nodes that `@read` patterns name
    calling: frozenset[int]  # ... of those that are called where they are no local variables
    builtin: dict[int, Pattern]  # by kind id: builtin values and types, known by their node alone


@cache
def plan_for(language: Language) -> Plan:
    """Compile the query of a language; ValueError where a pattern has no anchor or an unknown one."""
    text = (FOLDER / str(language.query)).read_text("utf-8")
    grammar = get_language(language.name, language.grammar, language.entry)
    query = tree_sitter.Query(grammar, text)
    raw = text.encode()
    count: int = query.pattern_count  # type: ignore[assignment]  # its stub says that it were a method
    texts = [raw[query.start_byte_for_pattern(i) : query.end_byte_for_pattern(i)].decode() for i in range(count)]
    patterns = tuple(_pattern(texts[i], query.pattern_settings(i)) for i in range(count))
    ids = [[grammar.id_for_node_kind(kind, True) or -1 for kind in _NODE.findall(part)] for part in texts]
    names = frozenset(one for found, p in zip(ids, patterns, strict=True) if p.role == "read" for one in found)
    calls = (p.role == "read" and "call" in p.settings for p in patterns)
    calling = frozenset(one for found, is_call in zip(ids, calls, strict=True) if is_call for one in found)
    builtin: dict[int, Pattern] = {}
    for index, (part, pattern) in enumerate(zip(texts, patterns, strict=True)):
        if _PLAIN.fullmatch(part.strip()):
            builtin.update(dict.fromkeys(ids[index], pattern))
            query.disable_pattern(index)  # there are many of them, and few are asked for
    return Plan(language.name, query, patterns, names, calling, builtin)


def _pattern(text: str, settings: dict[str, str | None]) -> Pattern:
    """Find the anchor of one pattern and check the words it uses."""
    captures = [match[1] for match in _CAPTURE.finditer(text) if match[1]]
    anchors = [c for c in captures if c in ANCHORS or c.startswith(("definition.", "expression."))]
    if len(set(anchors)) != 1:
        raise ValueError(f"a pattern needs exactly one anchor, this has {anchors}: {text}")
    role, _, detail = anchors[0].partition(".")
    if (role == "definition" and detail not in KIND) or (role == "expression" and detail not in SHAPES):
        raise ValueError(f"unknown capture @{anchors[0]}: {text}")
    words = {key: value or "" for key, value in settings.items()}
    flags = 0
    for word in words.get("flags", "").split():
        flags |= _FLAGS[word]
    return Pattern(anchors[0], role, detail, words, flags, "scope" in captures)
