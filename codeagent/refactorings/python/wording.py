"""The texts of an extracted function: its definition, and the call that stands where the code was."""

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


def definition_text(root: Node, source: bytes, found: Extraction, name: str) -> bytes:
    """Return the lines of the new function, with what sets them apart from those around them."""
    region, place, passed = found.region, found.place, found.transfer
    newline, unit = newline_of(source), unit_of(root, source)
    inner = place.indent + unit
    lines = [place.indent + f"@{place.kind}".encode()] if place.kind in ("classmethod", "staticmethod") else []
    lines.append(place.indent + _head(region, place, passed, name))
    lines += [inner + line.encode() for line in passed.declares]
    lines += _body(root, source, region, passed, inner)
    block = newline.join(lines)
    gap = newline * (2 if place.target.kind == "module" else 1)
    if place.above:
        return _missing(source, place.offset, gap, newline) + block + newline + gap
    following = source[line_end(source, place.offset) :].removeprefix(newline)
    return (
        newline + gap + block + (gap if following.strip() and not following.startswith((newline, b" ", b"\t")) else b"")
    )


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


def _body(root: Node, source: bytes, region: Region, passed: Transfer, inner: bytes) -> list[bytes]:
    text = reindented(root, source, region.start, region.end, inner)
    if not region.statements:
        bracketed = region.nodes[0].start_byte == region.start and region.nodes[0].end_byte == region.end
        wrap = needs_brackets(region.node, text) if bracketed else b"\n" in text
        return [inner + b"return " + (b"(" + text + b")" if wrap else text)]
    lines = [inner + text]
    if passed.results:
        lines.append(inner + b"return " + ", ".join(passed.results).encode())
    return lines
