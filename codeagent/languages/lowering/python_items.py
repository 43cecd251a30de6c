"""Python: items of containers that straight-line code stores and reads by constant keys."""

import re
from typing import Final, cast

from tree_sitter import Node

from codeagent.domain.facts import EACH, LIVE, MAP, NONE, SEQ
from codeagent.languages.lowering.python_walk import Walk

_STRING_KEY: Final = re.compile(r"""[rRbBuU]*(?:'([^'\\]*)'|"([^"\\]*)")\Z""")


def constant_key(walk: Walk, node: Node) -> str | int | None:
    """The value of a plain string or integer literal, None of anything else."""
    if node.type == "string":
        match = _STRING_KEY.match(walk.word(node))
        return (match[1] if match[1] is not None else match[2]) if match else None
    if node.type == "integer":
        text = walk.chars[node.start_byte : node.end_byte]
        return int(text) if text.isdigit() else None
    return None


def path(walk: Walk, node: Node) -> str:
    """A name for `d["a"]["b"]` when `d` is a plain name and every key is constant; "" otherwise."""
    keys: list[str] = []
    while node.type == "subscript":
        parts = walk.children(node)
        key = constant_key(walk, parts[1]) if len(parts) == 2 else None
        if key is None:
            return ""
        keys.append(repr(key))
        node = parts[0]
    return f"{walk.word(node)}[{']['.join(reversed(keys))}]" if node.type == "identifier" else ""


def fill(walk: Walk, function: Node, callee: int, args: tuple[int, ...]) -> None:
    """Note what `append`, `update`, … put into a container."""
    base, name = cast(int, walk.exprs[callee][1]), cast(str, walk.exprs[callee][2])
    value = args[-1]
    if base == NONE or value == NONE:
        return
    if name == "extend":
        value = walk.expr((EACH, value))
    if name != "update":
        walk.write(base, None, value, True)
        return
    if walk.exprs[value][0] != MAP:
        return
    holder = walk.children(function)[0]
    for key, entry in cast("tuple[tuple[str | int | None, int], ...]", walk.exprs[value][1]):
        walk.write(base, key, entry, True)
        if holder.type == "identifier" and key is not None and entry != NONE:
            walk.keep_item(f"{walk.word(holder)}[{key!r}]", entry)


def sliced(walk: Walk, base: int, node: Node) -> int:
    """A slice: of a literal that a name surely holds, the items themselves; else the same container."""
    expr = walk.exprs[base]
    if expr[0] == LIVE and len(bindings := cast("tuple[int, ...]", expr[3])) == 1:
        held = walk.bindings[bindings[0]].value
        bounds = walk.chars[node.start_byte : node.end_byte].split(":")
        if (
            held != NONE
            and walk.exprs[held][0] == SEQ
            and all(b.strip().lstrip("-").isdigit() or not b.strip() for b in bounds)
        ):
            items = cast("tuple[int, ...]", walk.exprs[held][1])
            cut = slice(*(int(b) if b.strip() else None for b in bounds))
            if cut.step != 0:
                return walk.expr((SEQ, items[cut], node.start_byte))
    return base
