"""Java: a file's walk to facts; package and imports."""

from functools import cache
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import IMPORT, IMPORTS, NONE, Binding, FileFacts, ImportFact
from codeagent.languages.lowering import java_calls as calls
from codeagent.languages.lowering import java_classes as classes
from codeagent.languages.lowering import java_expressions as expressions
from codeagent.languages.lowering import java_members as members
from codeagent.languages.lowering import java_modifiers as modifiers
from codeagent.languages.lowering import java_statements as statements
from codeagent.languages.lowering import java_types as types
from codeagent.languages.lowering.blocks import Handler, dispatch
from codeagent.languages.lowering.java_types import JavaWalk, parts

_LEAVES: Final = (
    "null_literal", "asterisk", "break_statement", "continue_statement", "dimensions", "underscore_pattern",
)  # fmt: skip


def lower(source: bytes, tree: object, *, locals: bool = False) -> FileFacts:
    """Return the facts of a Java file, given the root node of its tree."""
    assert isinstance(tree, Node)
    walk = JavaWalk(source, _handlers(), locals)
    walk.declarations(tree.named_children)
    return walk.freeze(tree)


def _package(walk: JavaWalk, node: Node) -> int:
    for child in parts(node):
        if child.type in ("scoped_identifier", "identifier"):
            walk.package = "".join(walk.word(child).split())
    return NONE


def _import(walk: JavaWalk, node: Node) -> int:
    """`import a.b.C`, `import a.b.*`, `import static a.b.C.m`, `import static a.b.C.*`."""
    path = next((child for child in parts(node) if child.type in ("scoped_identifier", "identifier")), None)
    if path is None:
        return NONE
    dotted = "".join(walk.word(path).split())
    token = path.named_children[-1] if path.named_child_count else path
    span = (token.start_byte, token.end_byte)
    if any(child.type == "asterisk" for child in node.named_children):
        walk.imports.append(ImportFact(dotted, "*", None, 0, *span))
        walk.refer(*span, IMPORTS, 0, walk.expr((IMPORT, dotted, None)))
        return NONE
    spec, _, name = dotted.rpartition(".")
    value = walk.expr((IMPORT, spec, name))
    walk.imports.append(ImportFact(spec, name, None, 0, *span))
    walk.refer(*span, IMPORTS, 0, value)
    walk.bindings.append(Binding(0, name, value, token.start_byte))
    return NONE


@cache
def _handlers() -> tuple[Handler, ...]:
    handlers: dict[str, Handler] = dict.fromkeys(_LEAVES, JavaWalk.skip)
    handlers |= {"line_comment": JavaWalk.comment, "block_comment": JavaWalk.comment}
    handlers |= {"package_declaration": _package, "import_declaration": _import}
    handlers |= {"marker_annotation": modifiers.annotation, "annotation": modifiers.annotation}
    handlers |= {"element_value_pair": modifiers.annotation_value}
    handlers |= {"if_statement": JavaWalk.branch}
    for kind in types.TYPES:
        if kind != "identifier":
            handlers[kind] = types.lower_type
    return dispatch(
        "java",
        handlers | classes.HANDLERS | members.HANDLERS | calls.HANDLERS | expressions.HANDLERS | statements.HANDLERS,
        JavaWalk.walk,
    )
