"""ES modules: what a file imports, exports and re-exports; namespaces and ambient modules too."""

from tree_sitter import Node

from codeagent.domain.facts import (
    DEFAULT_EXPORT,
    EXPORTED,
    IMPORT,
    IMPORTS,
    NONE,
    READS,
    TYPE_ONLY,
    ImportFact,
)
from codeagent.languages.lowering.javascript_commonjs import WHOLE, expose
from codeagent.languages.lowering.javascript_functions import FUNCTION_VALUES, Naming, lower_function
from codeagent.languages.lowering.javascript_objects import class_declaration, class_value, named_object
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Walker

REEXPORT = 2


def string_text(walker: Walker, node: Node) -> str:
    """Return what a string literal says."""
    return walker.text(node)[1:-1]


def name_text(walker: Walker, node: Node) -> str:
    """Return an imported or exported name, which may be written as a string."""
    return string_text(walker, node) if node.type == "string" else walker.text(node)


def bind_import(walker: Walker, spec: str, name: str | None, local: Node, at: Node, flags: int) -> None:
    """Bind a local name to what a module exports; the reference stands on the imported name."""
    value = walker.builder.expr((IMPORT, spec, name))
    alias = walker.text(local)
    walker.declare_local(walker.env.function(), alias, value, local.start_byte, local=False)
    walker.builder.imports.append(
        ImportFact(spec, name, alias if alias != name else None, walker.env.symbol, at.start_byte, at.end_byte, flags)
    )
    walker.refer(at, IMPORTS, value)


def import_statement(walker: Walker, node: Node) -> int:
    """Lower `import … from "spec"` in all its shapes."""
    walker.is_module = walker.is_module or walker.env.parent is None
    source = node.child_by_field_name("source")
    flags = TYPE_ONLY if any(child.type == "type" for child in node.children) else 0
    clause = None
    for child in node.named_children:
        if child.type == "import_clause":
            clause = child
        elif child.type == "import_require_clause":
            import_require(walker, child, flags)
            return NONE
        elif child.type in COMMENTS:
            walker.value(child)
    if source is None:
        return NONE
    spec = string_text(walker, source)
    if clause is None:
        walker.builder.imports.append(
            ImportFact(spec, None, None, walker.env.symbol, source.start_byte, source.end_byte, flags)
        )
    else:
        for child in clause.named_children:
            import_part(walker, child, spec, flags)
    walker.refer(source, IMPORTS, walker.builder.expr((IMPORT, spec, None)))
    return NONE


def import_part(walker: Walker, node: Node, spec: str, flags: int) -> None:
    """Lower the default, namespace or named part of an import clause."""
    kind = node.type
    if kind == "identifier":
        bind_import(walker, spec, "default", node, node, flags)
    elif kind == "namespace_import":
        bind_import(walker, spec, None, node.named_children[-1], node.named_children[-1], flags)
    elif kind == "named_imports":
        for child in node.named_children:
            if child.type != "import_specifier":
                walker.value(child)
                continue
            name, local = specifier(child)
            own = flags | (TYPE_ONLY if child.children[0].type in ("type", "typeof") else 0)
            bind_import(walker, spec, name_text(walker, name), local, name, own)
    elif kind in COMMENTS:
        walker.value(node)


def specifier(node: Node) -> tuple[Node, Node]:
    """Return the name and the alias (or the name again) of `name as alias`; `default` is a keyword here."""
    name = node.child_by_field_name("name") or node.children[0]
    return name, node.child_by_field_name("alias") or name


def import_require(walker: Walker, node: Node, flags: int) -> None:
    """Lower `import x = require("spec")`."""
    source = node.child_by_field_name("source")
    local = node.named_children[0]
    if source is not None:
        bind_import(walker, string_text(walker, source), None, local, local, flags)
        walker.refer(source, IMPORTS, walker.builder.expr((IMPORT, string_text(walker, source), None)))


def import_alias(walker: Walker, node: Node) -> int:
    """Lower `import Short = A.B.C`."""
    local = node.named_children[0]
    value = walker.value(node.named_children[-1])
    walker.declare_local(walker.env.function(), walker.text(local), value, local.start_byte, local=False)
    return NONE


# --- exports -----------------------------------------------------------------------------------------


def export_statement(walker: Walker, node: Node) -> int:
    """Lower `export …` in all its shapes."""
    top = walker.env.parent is None
    walker.is_module = walker.is_module or top
    words = [child.type for child in node.children]
    source = node.child_by_field_name("source")
    default = "default" in words
    for child in node.named_children:
        kind = child.type
        if kind == "decorator":
            walker.decorators.append(walker.value(child))
        elif kind == "export_clause":
            export_clause(walker, child, source)
        elif kind == "namespace_export":
            export_namespace(walker, child, source)
        elif kind in COMMENTS:
            walker.value(child)
        elif source is not None and child == source:
            continue
        elif default:
            export_default(walker, node, child)
        elif "=" in words:
            expose(walker, child)
            walker.bind(0, WHOLE, walker.value(child), child.start_byte)
        elif "namespace" in words:
            walker.ambient.append(f"global:{walker.text(child)}")
        else:
            export_declaration(walker, child, top)
    if source is not None:
        reexport_source(
            walker, source, star="*" in words and not any(c.type == "namespace_export" for c in node.named_children)
        )
    return NONE


def reexport_source(walker: Walker, source: Node, *, star: bool) -> None:
    """Note what a re-export reads, and that `export *` passes everything on."""
    spec = string_text(walker, source)
    walker.refer(source, IMPORTS, walker.builder.expr((IMPORT, spec, None)))
    if star:
        walker.builder.imports.append(
            ImportFact(spec, "*", None, walker.env.symbol, source.start_byte, source.end_byte, REEXPORT)
        )


def export_declaration(walker: Walker, node: Node, top: bool) -> None:
    """Lower the declaration behind `export`."""
    outer = walker.exporting, walker.declared_flags
    before = len(walker.builder.symbols)
    walker.exporting, walker.declared_flags = top, EXPORTED
    scope = walker.env.function().symbol
    walker.value(node)
    walker.exporting, walker.declared_flags = outer
    for index in range(before, len(walker.builder.symbols)):
        symbol = walker.builder.symbols[index]
        if symbol.parent == scope and not symbol.name.startswith("<"):
            walker.builder.close_symbol(index, symbol.complexity, EXPORTED)
            if top:
                walker.exported.append(symbol.name)


def export_clause(walker: Walker, node: Node, source: Node | None) -> None:
    """Lower `export { a, b as c }`, with `from "spec"` or without."""
    scope = walker.env.symbol
    for child in node.named_children:
        if child.type != "export_specifier":
            walker.value(child)
            continue
        parts = specifier(child)
        name, alias = name_text(walker, parts[0]), name_text(walker, parts[1])
        if source is not None:
            spec = string_text(walker, source)
            value = walker.builder.expr((IMPORT, spec, name))
            walker.builder.imports.append(
                ImportFact(
                    spec,
                    name,
                    alias if alias != name else None,
                    scope,
                    parts[0].start_byte,
                    parts[0].end_byte,
                    REEXPORT,
                )
            )
            walker.refer(parts[0], IMPORTS, value)
            walker.aliases.append((scope, alias, value, parts[1].start_byte))
        else:
            value = walker.name(name)
            walker.refer(parts[0], READS, value)
            if alias != name:
                walker.aliases.append((scope, alias, value, parts[1].start_byte))
            walker.exposed.append(name)
        walker.exported.append(alias)


def export_namespace(walker: Walker, node: Node, source: Node | None) -> None:
    """Lower `export * as ns from "spec"`."""
    if source is None:
        return
    spec, local = string_text(walker, source), node.named_children[-1]
    alias = name_text(walker, local)
    value = walker.builder.expr((IMPORT, spec, None))
    walker.builder.imports.append(
        ImportFact(spec, None, alias, walker.env.symbol, local.start_byte, local.end_byte, REEXPORT)
    )
    walker.aliases.append((walker.env.symbol, alias, value, local.start_byte))
    walker.exported.append(alias)


def export_default(walker: Walker, node: Node, child: Node) -> None:
    """Lower `export default …`; what has no name of its own is called `default`."""
    kind = child.type
    scope = walker.env.symbol
    flags = EXPORTED | DEFAULT_EXPORT
    naming = Naming("default", "function", scope, node, None, flags)
    walker.exported.append("default")
    expose(walker, child)
    named = child.child_by_field_name("name") is not None
    before = len(walker.builder.symbols)
    if kind in FUNCTION_VALUES | {"function_declaration", "generator_function_declaration"} and not named:
        lower_function(walker, child, naming, receiver=None if kind == "arrow_function" else NONE)
        return
    if kind in ("class", "class_declaration", "abstract_class_declaration") and not named:
        class_value(walker, child, naming._replace(kind="class"))
        return
    if kind == "object":
        symbol, value = named_object(walker, child, naming._replace(kind="object"), always=True)
        if symbol == NONE:
            walker.bind(scope, "default", value, child.start_byte)
        return
    value = class_declaration(walker, child) if kind == "class" else walker.value(child)
    if named and len(walker.builder.symbols) > before and walker.builder.symbols[before].parent == scope:
        walker.builder.close_symbol(before, walker.builder.symbols[before].complexity, flags)
    walker.bind(scope, "default", value, child.start_byte)


HANDLERS: dict[str, Handler] = {
    "import_statement": import_statement,
    "import_alias": import_alias,
    "export_statement": export_statement,
}
