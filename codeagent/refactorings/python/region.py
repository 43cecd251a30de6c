"""A selected region of a Python file, and which expressions have a value that can stand elsewhere."""

from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.refactoring import Refusal

EXPRESSIONS: Final = frozenset(
    "identifier attribute subscript call binary_operator boolean_operator not_operator unary_operator"
    " comparison_operator conditional_expression lambda tuple list dictionary set list_comprehension set_comprehension"
    " dictionary_comprehension generator_expression string concatenated_string integer float true false none"
    " parenthesized_expression await named_expression expression_list ellipsis".split()
)

TEXTS: Final = ("string_content", "format_specifier", "string_start", "string_end")  # what is in them is all text


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes `start` to `end`: the statements `nodes` of one block, or the expression `nodes[0]`.

    For a part of a chain of operators (`b + c` of `a + b + c`) `nodes` holds the chain; `regroups` is its operator
    where another grouping may matter."""

    start: int
    end: int
    nodes: tuple[Node, ...]
    statements: bool
    regroups: str = ""

    @property
    def node(self) -> Node:
        """The first node."""
        return self.nodes[0]


def is_arguments(node: Node) -> bool:
    """Tell whether a generator is the whole argument list of a call: `any(x for x in y)`."""
    return (
        node.parent is not None and node.parent.type == "call" and node == node.parent.child_by_field_name("arguments")
    )


def is_block(node: Node) -> bool:
    """Tell whether the children of a node are statements."""
    if node.type == "block":
        return node.parent is None or node.parent.type != "match_statement"
    return node.type == "module"


def is_docstring(node: Node) -> bool:
    """Tell whether a string is the documentation of its module, class or function."""
    statement = node.parent
    block = statement.parent if statement is not None else None
    if node.type not in ("string", "concatenated_string") or statement is None or block is None:
        return False
    if statement.type != "expression_statement" or block.type not in ("block", "module"):
        return False
    first = next(one for one in block.named_children if one.type != "comment")
    documented = block.type == "module" or (
        block.parent is not None and block.parent.type in ("function_definition", "class_definition")
    )
    return documented and first == statement


def checked(node: Node, start: int, end: int) -> Region:
    """The region of an expression; Refusal where a value cannot stand there."""
    reason = _why_no_value(node)
    if reason:
        raise Refusal(reason, "select an expression whose value is used")
    return Region(start, end, (node,), False)


def _why_no_value(node: Node) -> str:
    parent = node.parent
    if parent is None:
        return "the selection is not an expression"
    if enclosing(node, "type", "type_alias_statement") is not None:
        return "annotations are not evaluated like other expressions"
    if enclosing(node, "case_pattern") is not None:
        return "a pattern is not an expression"
    callee = parent.type == "call" and node == parent.child_by_field_name("function")
    decorated = parent.parent if callee else parent
    if decorated is not None and decorated.type == "decorator":
        return "what decorates a definition is read by other tools, too"
    if in_all(node):
        return "what a module exports is read by other tools, too"
    if parent.type == "concatenated_string":
        return "only a part of a string is selected"
    if enclosing(node, "interpolation", "format_expression") is not None and _shows_itself(node):
        return "f'{x=}' shows its own text"
    at, inner = parent, node
    while inner.type not in ("block", "module") and at is not None:
        if _is_target(at, inner):
            return "a name that is bound here is not an expression"
        if at.type not in ("tuple", "list", "expression_list", "parenthesized_expression", "pattern_list"):
            break
        if at.parent is None:
            break
        inner, at = at, at.parent
    return ""


def in_all(node: Node) -> bool:
    """Tell whether a node belongs to the value of `__all__`."""
    statement = enclosing(node, "assignment", "augmented_assignment")
    left = statement.child_by_field_name("left") if statement is not None else None
    return left is not None and left.text == b"__all__"


def _shows_itself(node: Node) -> bool:
    holder = enclosing(node, "interpolation")
    return holder is not None and any(one.type == "=" for one in holder.children)


_TARGETS: Final = {
    "assignment": ("left",),
    "augmented_assignment": ("left",),
    "for_statement": ("left",),
    "for_in_clause": ("left",),
    "named_expression": ("name",),
    "keyword_argument": ("name",),
    "attribute": ("attribute",),
    "function_definition": ("name",),
    "class_definition": ("name",),
    "default_parameter": ("name",),
    "typed_default_parameter": ("name",),
    "aliased_import": ("name", "alias"),
    "as_pattern": ("alias",),
}
_BINDING: Final = frozenset(
    "parameters lambda_parameters typed_parameter list_splat_pattern dictionary_splat_pattern pattern_list"
    " tuple_pattern list_pattern as_pattern_target global_statement nonlocal_statement delete_statement dotted_name"
    " relative_import import_statement import_from_statement keyword_pattern".split()
)


def _is_target(parent: Node, node: Node) -> bool:
    if parent.type in _BINDING:
        return True
    return any(parent.child_by_field_name(name) == node for name in _TARGETS.get(parent.type, ()))
