"""Rust: attributes: what they say of the item below them, what they derive, what they name."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import CONDITIONAL, DECORATED, EXPORTED, NAME, NONE, READS, TEST, Binding
from codeagent.languages.lowering.rust_paths import prefix
from codeagent.languages.lowering.rust_tokens import scan_tokens
from codeagent.languages.lowering.rust_walk import Handler, Walk, words

_BUILT_IN: Final = words("""
    cfg cfg_attr test ignore should_panic derive inline cold allow warn deny forbid expect must_use doc deprecated
    repr non_exhaustive no_mangle export_name link_section link target_feature track_caller automatically_derived
    macro_use macro_export path feature global_allocator panic_handler default bench rustfmt clippy
""")


_TESTS: Final = frozenset({"test", "bench", "rstest", "test_case", "quickcheck", "proptest", "wasm_bindgen_test"})


_DERIVED: Final = {
    "Default": ("default",),
    "Clone": ("clone",),
    "PartialEq": ("eq", "ne"),
    "PartialOrd": ("partial_cmp",),
    "Ord": ("cmp",),
    "Hash": ("hash",),
}


_PATH_STRING: Final = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*\Z")


_PATH_KEYS: Final = re.compile(r"\b(?:default|\w*with|\w*if|\w*fn|from|into|parse\w*|value_parser|function)\s*=\s*$")


def attribute(walk: Walk, node: Node, scope: int) -> int:
    walk.attributes.append(node)
    return NONE


def take_attributes(walk: Walk, node: Node, scope: int) -> tuple[int, int, tuple[int, ...]]:
    """Use up the attributes before an item: where it starts, its flags, and what it derives."""
    if not walk.attributes:
        return node.start_byte, 0, ()
    taken = _adjoining(walk, node)
    if not taken:
        return node.start_byte, 0, ()
    flags, derived = DECORATED, []
    for item in taken:
        inner = walk.children(item)[0]
        parts = walk.children(inner)
        if not parts:
            continue
        text = walk.word(parts[0])
        last = text.rpartition("::")[2]
        if last in _TESTS:
            flags |= TEST
        if last == "cfg":
            flags |= CONDITIONAL
            if "test" in walk.word(inner) and "not(test" not in walk.word(inner):
                flags |= TEST
        elif last in ("no_mangle", "export_name"):
            flags |= EXPORTED
        if last == "derive" and len(parts) > 1:
            derived += scan_tokens(walk, parts[1], scope, READS)
        elif text not in _BUILT_IN and text.partition("::")[0] not in _BUILT_IN:
            value = prefix(walk, parts[0], scope)
            if value != NONE:
                derived.append(value)
            _path_strings(walk, inner, scope)
    return taken[0].start_byte, flags, tuple(value for value in derived if value != NONE)


def _adjoining(walk: Walk, node: Node) -> list[Node]:
    """Those of the attributes seen last that stand right before an item."""
    taken: list[Node] = []
    edge = node.start_byte
    for item in reversed(walk.attributes):
        between = walk.chars[item.end_byte : edge].strip()
        if between and not between.startswith(("//", "/*")):
            break
        taken.append(item)
        edge = item.start_byte
    walk.attributes = []
    return taken[::-1]


def _path_strings(walk: Walk, node: Node, scope: int) -> None:
    """`#[serde(default = "path::to")]`: strings that name a function are read as one."""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type == "string_content":
            text, start = walk.word(current), current.start_byte
            if _PATH_STRING.match(text) and _PATH_KEYS.search(walk.chars[max(0, start - 60) : start - 1]):
                value = walk.expr((NAME, walk.items, text.partition("::")[0]))
                for part in text.split("::")[1:]:
                    value = walk.attr(value, part)
                walk.references += (
                    current.end_byte - len(text.rpartition("::")[2]),
                    current.end_byte,
                    READS,
                    scope,
                    value,
                )
        pending.extend(current.named_children)


def derive(walk: Walk, symbol: int, derived: tuple[int, ...]) -> None:
    """Methods that `#[derive(…)]` writes are those of the standard trait."""
    for value in derived:
        expr = walk.exprs[value]
        for method in _DERIVED.get(str(expr[2]), ()) if expr[0] == NAME else ():
            walk.bindings.append(Binding(symbol, method, walk.attr(value, method), walk.symbols[symbol].name_start))


def visibility(walk: Walk, node: Node) -> int:
    first = next((child for child in node.named_children if child.type == "visibility_modifier"), None)
    return EXPORTED if first is not None and "self" not in walk.word(first) else 0


HANDLERS: Final[dict[str, Handler]] = {"attribute_item": attribute}
