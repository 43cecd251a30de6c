"""The module that an import names at a place: a part of `from shop.cart import Cart`, the text of `from "./cart"`."""

from typing import Final

from codeagent.graph.views import FileView
from codeagent.graph.world import World
from codeagent.languages import syntax
from codeagent.languages.syntax import Node, around, enclosing

_PACKAGE: Final = "/__init__.py"


def module_at(world: World, view: FileView, source: bytes, offset: int) -> str | None:
    """Return the path of the file that the import's text up to and with the name on a byte leads to; None for none."""
    language = view.language
    if language.name != "python" and language.family != "javascript":
        return None
    node = around(syntax.parse(language.name, source), offset, offset)
    spec = _dotted(node, source) if language.name == "python" else _quoted(node, source)
    if spec is None or not any(fact.spec == spec or fact.spec.startswith(f"{spec}.") for fact in view.facts.imports):
        return None
    found = (place.path.rstrip("/") for place in world.find(view, spec))
    files = (path if path in world.facts else f"{path}{_PACKAGE}" for path in found)
    return next((path for path in files if path in world.facts), None)


def _dotted(node: Node, source: bytes) -> str | None:
    statement = enclosing(node, "import_from_statement")
    module = statement.child_by_field_name("module_name") if statement is not None else None
    if module is None or not module.start_byte <= node.start_byte < module.end_byte or node.type != "identifier":
        return None
    return source[module.start_byte : node.end_byte].decode("utf-8", "surrogateescape")


def _quoted(node: Node, source: bytes) -> str | None:
    text = enclosing(node, "string")
    return source[text.start_byte + 1 : text.end_byte - 1].decode("utf-8", "surrogateescape") if text else None
