"""Settings that are written as code: the objects that a JavaScript file exports, as far as they can be read off it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.languages.syntax import Node, child, every, parse

_WRAPPERS: Final = frozenset(("defineConfig", "defineProject", "defineWorkspace", "mergeConfig"))
_BARE: Final = ("parenthesized_expression", "as_expression", "satisfies_expression", "await_expression")
_FUNCTIONS: Final = ("arrow_function", "function_expression", "function_declaration", "function")
_KNOWN: Final = ("configDefaults", "defaults")  # what vitest and jest-config offer; what they take for tests is known
_STRINGS: Final = ("string", "template_string")


@dataclass(slots=True)
class Code:
    """What a file exports; `unread` once something was met that only running it would tell."""

    path: str
    source: str
    siblings: tuple[str, ...] = ()  # names of other files of settings, which are read by themselves
    unread: bool = False
    root: Node | None = None
    _names: dict[str, Node] = field(default_factory=dict)

    def exported(self) -> list[Node]:
        """Return the objects that are exported, through wrappers, functions and names of the file."""
        language = "typescript" if self.path.endswith(("ts", "tsx")) else "javascript"
        try:
            self.root = parse(language, self.source.encode("utf-8", "surrogateescape"))
        except UsageError:  # no grammar
            self.unread = True
            return []
        for one in every(self.root, language, "variable_declarator", "function_declaration"):
            if name := one.child_by_field_name("name"):
                self._names[_text(name)] = one.child_by_field_name("value") or one
        found = list(self._exports(self.root, language))
        self.unread |= not found
        return [made for one in found for made in self.objects(one)]

    def _exports(self, root: Node, language: str) -> Iterator[Node]:
        for one in every(root, language, "export_statement"):
            if value := one.child_by_field_name("value"):
                yield value
        for one in every(root, language, "assignment_expression"):
            left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
            if left and right and _text(left) in ("module.exports", "exports.default"):
                yield right

    def objects(self, node: Node | None, depth: int = 0) -> Iterator[Node]:
        """Yield the objects that an expression stands for."""
        if node is None or depth > 20:
            self.unread = True
        elif node.type == "object":
            yield node
        elif node.type in _STRINGS:
            return  # a list of projects names folders, whose settings are read by themselves
        elif node.type in (*_BARE, "array") or node.type in _FUNCTIONS:
            for one in _inside(node):
                yield from self.objects(one, depth + 1)
        elif node.type == "call_expression" and _text(node.child_by_field_name("function")) in _WRAPPERS:
            for one in child(node, "arguments").named_children:
                yield from self.objects(one, depth + 1)
        elif node.type == "identifier" and _text(node) in self._names:
            yield from self.objects(self._names[_text(node)], depth + 1)
        elif not (node.type == "identifier" and self._is_of_a_sibling(_text(node))):
            self.unread = True

    def _is_of_a_sibling(self, name: str) -> bool:
        """Whether a name is imported from another file of settings."""
        lines = [line for line in self.source.splitlines() if name in line and ("import" in line or "require" in line)]
        return any(f"/{sibling}" in line for line in lines for sibling in self.siblings)

    def strings(self, node: Node) -> list[str]:
        """Return the texts of a literal, a list of them as well."""
        if node.type == "string" or (node.type == "template_string" and "${" not in _text(node)):
            return [_unescaped(_text(node)[1:-1])]
        if node.type == "array" or node.type in _BARE:
            return [text for one in _inside(node) for text in self.strings(one)]
        if node.type == "regex":
            return [_text(node).strip("/")]
        if not (node.type == "spread_element" and _text(node)[3:].startswith(_KNOWN)):
            self.unread = True
        return []

    def value(self, node: Node, key: str) -> Node | None:
        """Return the value of a key of an object; where parts of it come from elsewhere and it is not there, nobody
        can tell."""
        for one in reversed(node.named_children):
            if one.type == "pair" and _text(one.child_by_field_name("key")).strip("'\"") == key:
                return one.child_by_field_name("value")
            if one.type == "shorthand_property_identifier" and _text(one) == key:
                self.unread = True
            if one.type == "spread_element" and not _text(one)[3:].startswith(_KNOWN):
                for spread in self.objects(one.named_children[0]):
                    if found := self.value(spread, key):
                        return found
        return None


def _inside(node: Node) -> list[Node]:
    """What an expression that only wraps holds: a function's results, elements of a list."""
    if node.type in _FUNCTIONS:
        body = node.child_by_field_name("body")
        if body is None or body.type != "statement_block":
            return [body] if body else []
        return [one.named_children[0] for one in _returns(body) if one.named_children]
    inside = [one for one in node.named_children if one.type != "comment"]
    return inside if node.type == "array" else inside[:1]


def _returns(node: Node) -> Iterator[Node]:
    for one in node.children:
        if one.type == "return_statement":
            yield one
        elif one.type not in _FUNCTIONS:
            yield from _returns(one)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def _unescaped(text: str) -> str:
    return text.replace("\\\\", "\\") if "\\\\" in text else text
