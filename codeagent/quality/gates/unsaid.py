"""What code says without saying more: arguments that are the default anyway, modules through which names are read."""

from collections.abc import Iterator

from codeagent.domain.code import Certainty
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.fitting import Callee, Side

Span = tuple[int, int]


def unsaid(side: Side, path: str, function: Node) -> frozenset[Span]:
    """Return the bytes of a function's arguments that are the default of their parameter, and of `utils` in
    `utils.total`, where that is a module of the tree: what `total` stands for is judged by itself."""
    return frozenset((*_said_defaults(side, path, function), *_modules(side, path, function)))


def _modules(side: Side, path: str, function: Node) -> Iterator[Span]:
    names = side.names.file(path)
    pending = [function]
    while pending:
        node = pending.pop()
        pending.extend(node.named_children)
        of = node.child_by_field_name("object") if node.type == "attribute" else None
        if of is None:
            continue
        last = of.child_by_field_name("attribute") or of
        told = names.meaning(last.start_byte, last.end_byte) if last.type == "identifier" else None
        if told is not None and told.targets and all(one in side.graph.files for one in told.targets):
            yield of.start_byte, of.end_byte


def _said_defaults(side: Side, path: str, function: Node) -> frozenset[Span]:
    found: set[Span] = set()
    for start, call in side.calls(path).items():
        if function.start_byte <= call.start_byte < function.end_byte and _worth_asking(call):
            callee = _callee(side, path, start, call)
            if callee is not None:
                found.update(_of_call(side, path, call, callee))
    return frozenset(found)


def _worth_asking(call: Node) -> bool:
    arguments = call.child_by_field_name("arguments")
    return arguments is not None and bool(arguments.named_children)


def _callee(side: Side, path: str, start: int, call: Node) -> Callee | None:
    name = syntax.child(call, "function")
    name = syntax.child(name, "attribute") if name.type == "attribute" else name
    called = side.names.file(path).called(start, name.end_byte)
    if len(called) != 1 or called[0][1] is not Certainty.EXACT:
        return None
    return side.callee(path, call, called[0][0], called[0][2])


def _of_call(side: Side, path: str, call: Node, callee: Callee) -> Iterator[Span]:
    """Arguments of one call, read up to the first that is spread over several parameters."""
    source = side.graph.read(path)
    named = {one.name: one for one in callee.parameters}
    places = [one for one in callee.parameters if one.kind in ("plain", "positional-only")][callee.skip :]
    given = [one for one in syntax.child(call, "arguments").named_children if one.type != "comment"]
    for at, one in enumerate(given):
        if one.type.endswith("_splat"):
            return
        value = one
        parameter = places[at] if at < len(places) else None
        if one.type == "keyword_argument":
            value = syntax.child(one, "value")
            parameter = named.get(syntax.text(syntax.child(one, "name"), source).decode())
        text = syntax.text(value, source).decode("utf-8", "replace")
        if parameter is not None and parameter.default and parameter.default == text:
            yield one.start_byte, one.end_byte
