"""JSX: an element is a call of its component with the attributes as its properties."""

from tree_sitter import Node

from codeagent.domain.facts import CALL, CALLS, LITERAL, MAP, NONE, READS
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Walker

ELEMENT = "JSX.Element"


def element(walker: Walker, node: Node) -> int:
    """Lower `<Component a={b}>children</Component>`, fragments and intrinsic elements."""
    result = NONE
    for child in node.named_children:
        kind = child.type
        if kind == "jsx_opening_element":
            result = opening(walker, child)
        elif kind == "jsx_closing_element":
            for name in child.named_children:
                if is_component(walker, name):
                    walker.target(name, READS)
        elif kind != "jsx_text":
            walker.value(child)
    return result if result != NONE else walker.builder.expr((LITERAL, ELEMENT))


def opening(walker: Walker, node: Node) -> int:
    """Lower an opening or self-closing tag; gives the call where it is a component."""
    entries: list[tuple[str | None, int]] = []
    callee = NONE
    component = False
    for position, child in enumerate(node.named_children):
        kind = child.type
        if kind == "jsx_attribute":
            entries.append(attribute(walker, child))
        elif kind == "jsx_expression":
            for part in child.named_children:
                if part.type == "spread_element":
                    entries.append((None, walker.value(part)))
                else:
                    walker.value(part)
        elif kind in COMMENTS or kind == "type_arguments":
            walker.value(child)
        elif position == 0 and is_component(walker, child):
            component = True
            callee = walker.target(child, CALLS)
    if not component or callee == NONE:
        return NONE
    props = tuple(entry for entry in entries if entry[1] != NONE)
    return walker.builder.expr((CALL, callee, (walker.builder.expr((MAP, props, node.start_byte)),), ()))


def attribute(walker: Walker, node: Node) -> tuple[str | None, int]:
    """Lower `name={value}`."""
    children = node.named_children
    value = NONE
    for child in children[1:]:
        value = walker.value(child)
    return walker.text(children[0]), value


def is_component(walker: Walker, node: Node) -> bool:
    """Tell a component from an intrinsic element, as JSX does: by its first letter, or a dot."""
    kind = node.type
    if kind in ("member_expression", "nested_identifier"):
        return True
    first = walker.source[node.start_byte : node.start_byte + 1]
    return kind == "identifier" and not first.islower()


def expression(walker: Walker, node: Node) -> int:
    """Lower `{value}`."""
    value = NONE
    for child in node.named_children:
        value = walker.value(child)
    return value


def self_closing(walker: Walker, node: Node) -> int:
    """Lower `<Component />`."""
    result = opening(walker, node)
    return result if result != NONE else walker.builder.expr((LITERAL, ELEMENT))


def nothing(walker: Walker, node: Node) -> int:
    """Pass over text."""
    return NONE


HANDLERS: dict[str, Handler] = {
    "jsx_element": element,
    "jsx_self_closing_element": self_closing,
    "jsx_expression": expression,
    "jsx_text": nothing,
    "html_character_reference": nothing,
    "jsx_namespace_name": nothing,
}
