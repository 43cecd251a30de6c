"""The lowering of every broad language: one pass of its query over the tree, then facts from the matches.

Which captures a query may use is told in `fixtures/languages/README.md`."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import tree_sitter
from tree_sitter import Node

from codeagent.domain.facts import FileFacts
from codeagent.languages.language import Language, Lower
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.patterns import Pattern, Plan, plan_for
from codeagent.languages.lowering.reading import Reader
from codeagent.languages.lowering.shapes import Captures

Macros = Callable[[bytes], Iterable[tuple[int, int]]] | None

_UNFINISHED: Final = 2000  # matches begun at once; expressions nested deeper cost quadratic time and are cut


def lower(language: Language) -> Lower:
    """Return the lowering of a language that declares a query; ValueError where the query is wrong."""
    return partial(_lower, plan_for(language), language.macros)


def _lower(plan: Plan, macros: Macros, source: bytes, tree: object, *, locals: bool = False) -> FileFacts:
    assert isinstance(tree, Node)
    matches: list[list[Captures]] = [[] for _ in plan.patterns]
    cursor = tree_sitter.QueryCursor(plan.query, match_limit=_UNFINISHED)
    for index, captures in cursor.matches(tree):
        matches[index].append(captures)
    found: dict[str, list[tuple[Pattern, list[Captures]]]] = {}
    for pattern, got in zip(plan.patterns, matches, strict=True):
        if got:
            found.setdefault(pattern.role, []).append((pattern, got))
    facts = FactsBuilder(plan.language, source)
    if cursor.did_exceed_match_limit:
        facts.dynamic.append(0)
    if tree.has_error:
        _count_errors(facts, tree)
    left_out = [span for span in macros(source) if not _has(tree, *span)] if macros else []
    return Reader(facts, source, plan, found, locals, left_out).read()


def _has(root: Node, start: int, end: int) -> bool:
    """Tell whether a word is a token of a tree: a reading may have left it out."""
    node = root.descendant_for_byte_range(start, end)
    return node is not None and (node.start_byte, node.end_byte) == (start, end)


def _count_errors(facts: FactsBuilder, root: Node) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_missing:
            facts.errors += 1
        elif node.is_error:
            facts.errors += 1
            facts.error_bytes += node.end_byte - node.start_byte
        else:
            stack.extend(child for child in node.children if child.has_error)
