"""extract-variable: an expression gets a name, bound just before the statement that it stands in."""

from typing import Annotated

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.extract_function import proposed, region_of
from codeagent.refactorings.python.binding import read_scopes
from codeagent.refactorings.python.carrying import carried, names_in, start_of
from codeagent.refactorings.python.layout import indent_of, needs_brackets, newline_of, spaced, starts_line
from codeagent.refactorings.python.moving import check_movable, spot_of
from codeagent.refactorings.python.region import Region, is_arguments, is_docstring
from codeagent.refactorings.python.repeated import repeated
from codeagent.refactorings.python.scopes import Scopes
from codeagent.refactorings.python.taken import check_free, check_word
from codeagent.refactorings.refactoring import Proposal, Refusal


def extract_variable(
    code: Code,
    target: Annotated[str, "the expression: PATH:LINE:COL-LINE:COL, or PATH:LINE:COL in it"],
    *,
    name: Annotated[str, "what the new variable is called"],
    similar: Annotated[bool, "use it for the same expression elsewhere in the function, too"] = False,
) -> Proposal:
    """Propose a variable for the selected expression; Refusal where its evaluation cannot be moved."""
    path, region = region_of(code, target, expression=True)
    check_word(name)
    root, source = code.tree(path), code.read(path)
    scopes = read_scopes(root)
    check_free(scopes, scopes.holder(region.node), scopes.at(region.node), name, spared=_spared(scopes, region))
    spot = spot_of(region)
    _check_place(scopes, region)
    check_movable(scopes, region, spot)
    regions, statement = repeated(scopes, region) if similar else ([region], spot.statement)
    binding, body = _binding(path, source, region, statement, name)
    edits = [binding]
    for one in regions:
        word = f"({name})" if is_arguments(one.node) else name
        edits.append(Edit(path, one.start, one.end, spaced(source, one.start, one.end, word.encode())))
    regions.sort(key=lambda one: one.start != region.start)
    pieces = [(b"", region.start, region.end)]
    kept = {at.start_byte for one in regions for at in names_in(one)}
    patch = code.patch(f"extract {name} in {path}", edits)
    return proposed(patch, region, carried(path, regions, pieces, start_of(edits, binding) + body, kept))


def _spared(scopes: Scopes, region: Region) -> tuple[int, int]:
    """A module may bind a name that only the expression itself reads, from somewhere else."""
    return (region.start, region.end) if scopes.holder(region.node) is scopes.module else (0, 0)


def _check_place(scopes: Scopes, region: Region) -> None:
    holder = scopes.holder(region.node).node
    if region.node.type == "named_expression" or is_docstring(region.node):
        raise Refusal("the selection is not a value", "select another expression")
    decorated = holder.parent is not None and holder.parent.type == "decorated_definition"
    if holder.type == "class_definition" and (decorated or holder.child_by_field_name("superclasses") is not None):
        raise Refusal("a variable in this class would become an attribute that its bases may see", "extract a function")


def _binding(path: str, source: bytes, region: Region, statement: Node, name: str) -> tuple[Edit, int]:
    """The edit that binds the variable, in a line of its own, or before the statement where that shares its line; and
    where the expression is in its text."""
    text = source[region.start : region.end]
    whole = (region.node.start_byte, region.node.end_byte) == (region.start, region.end)
    bracketed = needs_brackets(region.node, text) if whole else b"\n" in text
    head = name.encode() + (b" = (" if bracketed else b" = ")
    bound = head + text + (b")" if bracketed else b"")
    at = statement.start_byte
    tail = newline_of(source) + indent_of(source, at) if starts_line(source, at) else b"; "
    return Edit(path, at, at, bound + tail), len(head)
