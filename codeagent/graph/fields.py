"""Fields that a generated constructor fills: dataclasses, attrs, named tuples, models."""

from typing import Final

from codeagent.domain.facts import (
    ANY,
    ATTR,
    CALL,
    INSTANCE,
    KEYWORD_ONLY,
    KIND,
    NAME,
    NONE,
    POSITIONAL,
    FunctionFact,
    Param,
)
from codeagent.graph import arriving, objects
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import (
    BOUND,
    BOX,
    EXTERN,
    EXTERN_INST,
    FLOW_MARK,
    FLOWED,
    FUNC,
    TYPE,
    Class,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_MAKERS: Final = frozenset(  # decorators and bases under which a class gets a constructor of its fields
    "dataclasses.dataclass pydantic.dataclasses.dataclass attr.s attr.attrs attr.dataclass attr.define attr.mutable "
    "attr.frozen attrs.define attrs.mutable attrs.frozen typing.NamedTuple typing_extensions.NamedTuple "
    "pydantic.BaseModel msgspec.Struct".split()
)
_STRIPPING: Final = frozenset(name for name in _MAKERS if name.startswith("attr"))
_FILLED: Final = frozenset(  # bases whose constructors take the fields of a class by keyword, in whatever order
    "django.db.models.Model sqlalchemy.orm.DeclarativeBase sqlmodel.SQLModel pydantic_settings.BaseSettings "
    "typing.TypedDict typing_extensions.TypedDict peewee.Model".split()
)
SPECIFIERS: Final = frozenset(  # what stands for a field in the class body, where its default may be told
    "dataclasses.field attr.ib attr.attrib attr.field attrs.field pydantic.Field msgspec.field".split()
)
_SPECIFIED: Final = frozenset(f".{name.rpartition('.')[2]}" for name in SPECIFIERS)
_FIELD: Final = KIND["field"]
_NOT_HANDED: Final = frozenset({"init", "kw_only"})
_TYPES: Final = frozenset((EXTERN, EXTERN_INST))
_GIVEN: Final = frozenset((FUNC, BOUND, TYPE, BOX, FLOWED))  # values, which say nothing of what else may be handed over
_MOST: Final = 24  # subclasses whose constructions are followed


def says_little(flow: Evaluator, found: Values) -> bool:
    """Whether what is declared of a field leaves open what it holds."""
    return all(value[0] in _GIVEN or objects.is_open_type(flow, value) for value in found)


def is_declared(view: FileView, owner: int, name: str) -> bool:
    """Whether a name may be a field of a class that has a constructor made for it."""
    fact = view.classes.get(owner)
    if fact is None or not (fact.decorators or fact.bases):
        return False
    slot, symbols = view.slots.get((owner, name)), view.facts.symbols
    if slot is None or not slot.bindings or any(symbols[index].kind != _FIELD for index in slot.symbols):
        return False
    return not view.set_by_methods(owner, name)


def handed(flow: Evaluator, owner: Class, name: str) -> Values:
    """What constructions of a class, or of those below it, hand over for a field."""
    parts = []
    for path, symbol in _constructed(flow, owner):
        view = flow.world.view(path)
        made = constructor(flow, (path, symbol))
        position = next((i for i, param in enumerate(made.params) if param.name == name), -1)
        called = view.facts.symbols[symbol].name
        for other_path, index in (flow.sites.calling(view, symbol, called) or ()) if position >= 0 else ():
            other = flow.world.view(other_path)
            expr = other.facts.exprs[index]
            if expr[0] == CALL and any(one[:3] == (TYPE, path, symbol) for one in flow.expr(other, expr[1])):
                parts.append(arriving.at_site(flow, made, position, (other_path, expr[2], expr[3], 0)))
                if name[0] == "_":  # attrs takes it without
                    parts += [flow.expr(other, value) for word, value in expr[3] if word == name.lstrip("_")]
    found = union(parts)
    return found | {FLOW_MARK} if found else found


def _constructed(flow: Evaluator, owner: Class) -> list[Class]:
    """A class and those below it that hand its fields over."""
    found: list[Class] = []
    pending = [owner]
    while pending and len(found) <= _MOST:
        one = pending.pop()
        if one not in found and flow.hierarchy.find(one, "__init__")[0] is None and is_made(flow, one):
            found.append(one)
            pending += flow.hierarchy.few_subclasses(one)
    return found


def is_made(flow: Evaluator, owner: Class) -> bool:
    """Tell whether a class is given a constructor of its fields, if it has none of its own."""
    return any(_makes_fields(flow, value) for value in flow.hierarchy.line(owner))


def takes_stripped(flow: Evaluator, owner: Class, name: str) -> bool:
    """Tell whether the constructor that a class is given takes a field without the underscores before its name."""
    view = flow.world.view(owner[0])
    slot = view.slots.get((owner[1], name))
    for binding in slot.bindings if slot is not None else ():
        made = _declared(view, binding.value)[1] if binding.value != NONE else None
        if any(word == "alias" for word, _ in made or ()):
            return False
    return any(_makes_fields(flow, value, _STRIPPING) for value in flow.hierarchy.line(owner))


def takes_fields(flow: Evaluator, owner: Class) -> bool:
    """Tell whether a class that has no constructor of its own is constructed with its fields as keywords."""
    return is_made(flow, owner) or any(value[1] in _FILLED for value in flow.hierarchy.line(owner))


def _makes_fields(flow: Evaluator, value: Value, makers: frozenset[str] = _MAKERS) -> bool:
    if value[0] != TYPE:
        return value[1] in makers
    view = flow.world.view(value[1])
    fact = view.classes.get(value[2])
    made = (one for index in (fact.decorators if fact else ()) for one in flow.settled(view, index))
    return any(one[0] in _TYPES and one[1] in makers for one in made)


def constructor(flow: Evaluator, owner: Class) -> FunctionFact:
    """Return the constructor that a class is given: one parameter a field, those of its bases first."""
    fields: dict[str, Param] = {}
    for value in reversed(flow.hierarchy.line(owner)):
        if value[0] == TYPE:
            for param in _own(flow.world.view(value[1]), value[2]):
                fields.setdefault(param.name, param)
    return FunctionFact(owner[1], tuple(fields.values()))


def _own(view: FileView, owner: int) -> list[Param]:
    """The fields that the body of a class declares, in order."""
    kind, found = POSITIONAL, []
    for binding in view.facts.bindings:
        if binding.scope != owner or binding.value == NONE or view.set_by_methods(owner, binding.name):
            continue
        declared, made = _declared(view, binding.value)
        if declared == "KW_ONLY":
            kind = KEYWORD_ONLY
        elif declared != "ClassVar" and (declared or made is not None):
            words = {word for word, _ in made or ()}
            if "init" not in words:
                found.append(Param(binding.name, KEYWORD_ONLY if words & _NOT_HANDED else kind))
    return found


def _declared(view: FileView, index: int) -> tuple[str, tuple[tuple[str, int], ...] | None]:
    """The name of the declared type of a field, "" where there is none, and the keywords of what specifies it."""
    exprs = view.facts.exprs
    declared, made = "", None
    for part in exprs[index][1] if exprs[index][0] == ANY else (index,):
        expr = exprs[part]
        if expr[0] == INSTANCE:
            declared = _name(view, expr[1])
        elif expr[0] == CALL and f".{_name(view, expr[1])}" in _SPECIFIED:
            made = expr[3]
    return declared, made


def _name(view: FileView, index: int) -> str:
    """The last name of what an expression begins with; some word for anything else."""
    expr = view.facts.exprs[index] if index != NONE else (NONE,)
    while expr[0] not in (NAME, ATTR) and len(expr) > 1 and isinstance(expr[1], int) and 0 <= expr[1] < index:
        expr = view.facts.exprs[expr[1]]
    return str(expr[2]) if expr[0] in (NAME, ATTR) else "?"
