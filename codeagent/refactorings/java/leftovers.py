"""Java: names of which the facts say nothing: types within imports and long names, and elements of annotations."""

from posixpath import dirname

from codeagent.graph import definitions
from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.java.packages import package_of

_SCOPED = ("scoped_identifier", "scoped_type_identifier", "field_access")


def meaning(code: Code, path: str, node: Node) -> Meaning:
    """Return what a part of a dotted name stands for, or the name of an annotation's element; UNKNOWN for others."""
    dotted = node.parent
    if dotted is not None and dotted.type == "element_value_pair" and dotted.child_by_field_name("key") == node:
        return _element(code, path, node)
    if dotted is None or dotted.type not in _SCOPED or dotted.named_children[-1] != node:
        return UNKNOWN
    view, flow = code.naming.file(path).view, code.naming.flow
    spec = code.text(dotted.named_children[0], path)
    found = definitions.imported(flow, view, spec, code.text(node, path))
    keys = (key_of(flow.world.view(one[0]).symbol_id(one[1])) for one in found if not isinstance(one, str) and one[1])
    return Meaning(frozenset(keys))


def _element(code: Code, path: str, node: Node) -> Meaning:
    """`kind` of `@Mark(kind = 1)`."""
    annotation = enclosing(node, "annotation")
    name = annotation.child_by_field_name("name") if annotation is not None else None
    if name is not None and name.named_child_count:
        name = name.named_children[-1]
    told = code.naming.file(path).meaning(name.start_byte, name.end_byte) if name is not None else None
    targets = told.targets if told is not None else frozenset()
    return Meaning(frozenset(f"{one}.{code.text(node, path)}" for one in targets))


def may_be_seen(code: Code, keys: frozenset[str], path: str) -> bool:
    """Tell whether a bare name of a file may be one of the keys: in its package, or where that is named."""
    homes = {key.partition("::")[0] for key in keys}
    if code.language(path) != "java":
        return False
    packages = {package_of(code, home).encode() for home in homes if home in code.graph.files}
    return dirname(path) in map(dirname, homes) or any(one and one in code.read(path) for one in packages)


def is_nameless(code: Code, key: str) -> bool:
    """Tell whether a key is that of an annotation's element which is given without its name: `@Mark("x")`."""
    path = key.partition("::")[0]
    starts = [symbol.name_span.start for symbol in code.graph.symbols(path) if symbol.id == key]
    nodes = [around(code.tree(path), start, start + 1) for start in starts if key.endswith(".value")]
    return any(enclosing(node, "annotation_type_element_declaration") is not None for node in nodes)
