"""What assignments and imports of a broad language bind."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ATTR, IMPORT, IMPORTS, ITEM, NONE, PROJECT_WIDE, SELF, Binding, ImportFact, Write
from codeagent.languages.lowering.declarations import Declarations
from codeagent.languages.lowering.patterns import Pattern
from codeagent.languages.lowering.shapes import Captures
from codeagent.languages.resolution.loading import EXPANSION

_UNQUOTE: Final = "\"'`<> \t"
_PATH: Final = re.compile(r"[\w.]+")  # a module path that is no node of its own


def assign(declared: Declarations, target: Node, value: int) -> bool:
    """Bind `name = value`, `this.name = value`, `base.name = value`, `base[key] = value`; False: none of these."""
    facts, shapes = declared.facts, declared.shapes
    target_value = shapes.value(target)
    if target_value == NONE:
        return False
    expr = facts.exprs[target_value]
    if expr[0] == ATTR:
        _assign_member(declared, int(str(expr[1])), str(expr[2]), value, target.start_byte)
    elif expr[0] == ITEM:
        facts.writes.append(Write(int(str(expr[1])), None, value, True))
    elif value != NONE and target.kind_id in shapes.names:
        holder = _holder(declared, target)
        if holder != NONE:
            facts.bindings.append(Binding(holder, shapes.word(target), value, target.start_byte))
    return True


def _assign_member(declared: Declarations, base: int, name: str, value: int, start: int) -> None:
    receiver = declared.facts.exprs[base]
    if receiver[0] == SELF:
        declared.facts.bindings.append(Binding(int(str(receiver[1])), name, value, start))
    elif value != NONE:
        declared.facts.writes.append(Write(base, name, value, False))


def _holder(declared: Declarations, target: Node) -> int:
    """Return the scope of this file that has the variable which a bare name assigns to; NONE: it is of elsewhere."""
    word = declared.shapes.word(target)
    scope = declared.shapes.scopes.at(target.start_byte)
    while scope != NONE and word not in declared.drafts[scope].names and not declared.has_member(scope, word):
        scope = declared.facts.symbols[scope].parent
    return scope


def bring(declared: Declarations, pattern: Pattern, got: Captures) -> None:
    """Import: `@module` alone brings the module, with `@name` one thing of it, with the setting `star` everything."""
    facts, shapes = declared.facts, declared.shapes
    module, named, alias = got["module"][0], got.get("name"), got.get("alias")
    spec, name = _spec(declared, pattern, module, named[0] if named else None)
    if not spec and name is None:
        return
    for key, nodes in got.items():
        if key != "import":
            declared.take(nodes)
    place = named[0] if named else module
    scope = shapes.scopes.at(place.start_byte)
    bound = shapes.word(alias[0]) if alias else None
    anything = "computed" in pattern.settings and not EXPANSION.sub("", spec).strip("/.")
    flags = PROJECT_WIDE if "everywhere" in pattern.settings or anything else 0
    facts.imports.append(ImportFact(spec, name, bound, scope, place.start_byte, place.end_byte, flags))
    value = facts.expr((IMPORT, spec, None if name == "*" else name))
    facts.references += (place.start_byte, place.end_byte, IMPORTS, scope, value)
    local = bound or name
    if local and local != "*":
        facts.bindings.append(Binding(scope, local, value, place.start_byte))


def _spec(declared: Declarations, pattern: Pattern, module: Node, named: Node | None) -> tuple[str, str | None]:
    """Return the module as written and the name brought; ("", None) where another pattern says it better."""
    word, settings = declared.shapes.word, pattern.settings
    spec = word(module).strip(_UNQUOTE)
    if "path" in settings:
        path = _PATH.match(declared.shapes.latin, module.start_byte)
        spec = path[0].removesuffix("_") if path else spec
        if spec.endswith(".") and named is None and "star" not in settings:
            return "", None
        spec = spec.strip(".")
    spec = settings.get("before", "") + spec
    name = "*" if "star" in settings else word(named) if named else None
    if name is None and "split" in settings:
        spec, _, name = spec.rpartition(settings["split"])
    return spec, name
