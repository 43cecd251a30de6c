"""The texts of an extracted function: its definition, and the call that stands where the code was."""

from dataclasses import dataclass

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.extracting import Extraction
from codeagent.refactorings.python.fitness import awaits
from codeagent.refactorings.python.layout import (
    line_end,
    line_start,
    needs_brackets,
    newline_of,
    reindented,
    spaced,
    unit_of,
)
from codeagent.refactorings.python.placing import Place
from codeagent.refactorings.python.region import Region, is_arguments
from codeagent.refactorings.python.transfer import Transfer


def call_text(source: bytes, found: Extraction, name: str) -> bytes:
    """Return what stands for the region."""
    region, place, passed = found.region, found.place, found.transfer
    arguments = ", ".join(one for one in passed.parameters if one != place.receiver or not _by_receiver(place))
    call = f"{place.prefix}{name}({arguments})"
    if awaits(region):
        call = f"await {call}"
    if region.statements:
        if passed.returns:
            return f"return {call}".encode()
        return (", ".join(passed.results) + " = " + call if passed.results else call).encode()
    parent = region.node.parent
    plain = parent is None or parent.type in ("assignment", "return_statement", "expression_statement", "argument_list")
    text = f"({call})" if (awaits(region) and not plain) or is_arguments(region.node) else call
    return spaced(source, region.start, region.end, text.encode())


def _by_receiver(place: Place) -> bool:
    return place.prefix == place.receiver + "."


@dataclass(frozen=True, slots=True)
class Definition:
    """The lines of a new function, with what sets them apart from those around them; the region's own text starts at
    byte `body` of them."""

    text: bytes
    body: int


def definition_of(root: Node, source: bytes, found: Extraction, name: str) -> Definition:
    """Return the new function as it is inserted at its place."""
    region, place, passed = found.region, found.place, found.transfer
    newline, inner = newline_of(source), place.indent + unit_of(root, source)
    lines = [place.indent + f"@{place.kind}".encode()] if place.kind in ("classmethod", "staticmethod") else []
    lines.append(place.indent + _head(region, place, passed, name))
    lines += [inner + line.encode() for line in passed.declares]
    before = b"".join(line + newline for line in lines) + inner + _opening(source, region)
    text = reindented(root, source, region.start, region.end, inner)
    closing = b")" if before.endswith(b"(") else b""
    if region.statements and passed.results:
        closing = newline + inner + b"return " + ", ".join(passed.results).encode()
    gap = newline * (2 if place.target.kind == "module" else 1)
    if place.above:
        missing = _missing(source, place.offset, gap, newline)
        return Definition(missing + before + text + closing + newline + gap, len(missing + before))
    following = source[line_end(source, place.offset) :].removeprefix(newline)
    crowded = following.strip() and not following.startswith((newline, b" ", b"\t"))
    return Definition(newline + gap + before + text + closing + (gap if crowded else b""), len(newline + gap + before))


def _opening(source: bytes, region: Region) -> bytes:
    """What stands before the region's text in its first line."""
    if region.statements:
        return b""
    text = source[region.start : region.end]
    whole = (region.node.start_byte, region.node.end_byte) == (region.start, region.end)
    return b"return (" if (needs_brackets(region.node, text) if whole else b"\n" in text) else b"return "


def _missing(source: bytes, offset: int, gap: bytes, newline: bytes) -> bytes:
    """The blank lines that are wanted before a line and are not there."""
    if not source[:offset].strip():
        return b""
    there = 0
    while there < len(gap) // len(newline) and source[:offset].endswith(newline * (there + 2)):
        there += 1
    above = source[line_start(source, offset - 1) : line_end(source, offset - 1)]
    return b"" if above.rstrip().endswith(b":") else gap[there * len(newline) :]


def _head(region: Region, place: Place, passed: Transfer, name: str) -> bytes:
    names = [one for one in passed.parameters if one != place.receiver]
    if place.receiver:
        names.insert(0, place.receiver)
    word = "async def" if awaits(region) else "def"
    return f"{word} {name}({', '.join(names)}):".encode()
