"""The texts of an extracted function: its definition, and the call that stands where the code was."""

from dataclasses import dataclass

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.python.binding import read_scopes
from codeagent.refactorings.python.fitness import awaits, check_fit
from codeagent.refactorings.python.layout import (
    line_end,
    line_start,
    needs_brackets,
    newline_of,
    reindented,
    spaced,
    unit_of,
)
from codeagent.refactorings.python.placing import Place, place_for
from codeagent.refactorings.python.region import Region, is_arguments, is_docstring
from codeagent.refactorings.python.scopes import Scopes
from codeagent.refactorings.python.taken import check_free
from codeagent.refactorings.python.transfer import Transfer, transfer
from codeagent.refactorings.refactoring import Refusal


@dataclass(frozen=True, slots=True)
class Extraction:
    """A region as a function: `definition` goes to the place, `call` stands for the region."""

    region: Region
    place: Place
    transfer: Transfer
    definition: bytes
    call: bytes


def extraction_of(root: Node, source: bytes, region: Region, name: str, kind: str) -> Extraction:
    """Return the function that a region makes; Refusal where it makes none."""
    scopes = read_scopes(root)
    place = place_for(scopes, source, region.node, region.start, kind)
    _check_name(scopes, place, region, name)
    passed = judged(scopes, place, region)
    return Extraction(
        region,
        place,
        passed,
        _definition(root, source, region, place, passed, name),
        call_text(source, region, place, passed, name),
    )


def judged(scopes: Scopes, place: Place, region: Region) -> Transfer:
    """Return what passes between a region and the function at a place; Refusal where it cannot be one."""
    holder = scopes.holder(region.node)
    same_class = place.target.kind == "class_definition"
    direct = same_class and scopes.at(region.node) is holder and place.kind in ("method", "classmethod")
    check_fit(region, holder.node, same_class=same_class, instance=direct)
    if region.statements and region.node.named_children and is_docstring(region.node.named_children[0]):
        raise Refusal("the selection holds the docstring", "select from the first statement after it")
    return transfer(scopes, region, place.target, exported=not _in_main(region.node))


def _in_main(node: Node) -> bool:
    """Tell whether code runs only where its file is the program: what it binds is nobody else's."""
    at = enclosing(node, "if_statement")
    while at is not None:
        condition = at.child_by_field_name("condition")
        words = (condition.text or b"") if condition is not None else b""
        if b"__name__" in words and b"__main__" in words and b"==" in words:
            return True
        at = enclosing(at.parent, "if_statement") if at.parent is not None else None
    return False


def _check_name(scopes: Scopes, place: Place, region: Region, name: str) -> None:
    if place.target.kind == "class_definition":
        if name in place.target.bound:
            raise Refusal(f"the class has a {name} already", "choose another name")
        return
    check_free(scopes, place.target, scopes.at(region.node), name)


# --- texts ------------------------------------------------------------------------------------------


def call_text(source: bytes, region: Region, place: Place, passed: Transfer, name: str) -> bytes:
    """Return what stands for a region once it is a function."""
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


def _definition(root: Node, source: bytes, region: Region, place: Place, passed: Transfer, name: str) -> bytes:
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
