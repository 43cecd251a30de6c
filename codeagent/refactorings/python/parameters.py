"""Python: the parameters of a function as written, and written anew."""

from dataclasses import dataclass, replace
from typing import Final

from codeagent.languages.syntax import Node

POSITIONAL: Final = "positional"  # before `/`
ANY: Final = "any"
KEYWORD_ONLY: Final = "keyword"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `star` is "*" or "**" for what collects the rest (name "" for a bare `*`)."""

    name: str
    annotation: str = ""
    default: str = ""
    kind: str = ANY
    star: str = ""
    text: str = ""  # as written, "" for a new one

    @property
    def written(self) -> str:
        """The parameter as it stands in a signature."""
        if self.text:
            return self.text
        head = f"{self.star}{self.name}" + (f": {self.annotation}" if self.annotation else "")
        if not self.default:
            return head
        return f"{head} = {self.default}" if self.annotation else f"{head}={self.default}"


def parameters_of(function: Node, source: bytes) -> list[Parameter]:
    """Return the parameters of a function or lambda in order, bare `*` and `/` turned into kinds."""
    listed = function.child_by_field_name("parameters")
    found: list[Parameter] = []
    kind = ANY
    for node in listed.named_children if listed is not None else ():
        if node.type == "positional_separator":
            found = [replace(one, kind=POSITIONAL) for one in found]
        elif node.type == "keyword_separator":
            kind = KEYWORD_ONLY
        elif node.type not in ("comment", "line_continuation"):
            one = _parameter(node, source)
            found.append(one if one.star else replace(one, kind=kind))
            kind = KEYWORD_ONLY if one.star else kind
    return found


def _parameter(node: Node, source: bytes) -> Parameter:
    text = _text(node, source)
    inner = node
    if node.type in ("typed_parameter", "typed_default_parameter", "default_parameter"):
        name = node.child_by_field_name("name")
        inner = name if name is not None else node.named_children[0]
    annotation, default = node.child_by_field_name("type"), node.child_by_field_name("value")
    named = _text(inner, source)
    star = "**" if named.startswith("**") else "*" if named.startswith("*") else ""
    return Parameter(
        named.removeprefix(star),
        _text(annotation, source) if annotation is not None else "",
        _text(default, source) if default is not None else "",
        star=star,
        text=text,
    )


def _text(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")


def signature_text(parameters: list[Parameter]) -> list[str]:
    """Return the parts of a parameter list, `/` and `*` where the kinds want them."""
    parts: list[str] = []
    places = [one for one in parameters if one.kind == POSITIONAL]
    starred = False
    for one in parameters:
        if one.kind == KEYWORD_ONLY and not one.star and not starred:
            parts.append("*")
            starred = True
        starred = starred or one.star == "*"
        parts.append(one.written)
        if places and one is places[-1]:
            parts.append("/")
    return parts


def problem_of(parameters: list[Parameter]) -> str:
    """Return why such a signature would be no Python; "" where it is."""
    names = [one.name for one in parameters]
    doubled = next((name for name in names if names.count(name) > 1), "")
    if doubled:
        return f"there would be two parameters {doubled}"
    seen = ""
    for one in parameters:
        if one.kind == KEYWORD_ONLY or one.star:
            continue
        if seen and not one.default:
            return f"{one.name} has no default and would follow {seen}, which has one"
        seen = one.name if one.default else seen
    return ""


def parse_parameter(text: str) -> Parameter:
    """Read `name`, `name = default`, `name: type` or `name: type = default`; ValueError where it is none."""
    head, equals, default = _split(text, "=")
    name, colon, annotation = _split(head, ":")
    if not name.strip().isidentifier() or (equals and not default.strip()) or (colon and not annotation.strip()):
        raise ValueError(text)
    return Parameter(name.strip(), annotation.strip(), default.strip())


def _split(text: str, mark: str) -> tuple[str, str, str]:
    """Split at the first `mark` outside brackets and strings."""
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == mark and not depth and text[at : at + 2] != "==":
            return text[:at], mark, text[at + 1 :]
    return text, "", ""
