"""What a Python function can be called with, read from its definition, and whether a call fits."""

from dataclasses import dataclass
from typing import Final

from codeagent.languages import syntax
from codeagent.languages.syntax import Node

_NAMED: Final = ("typed_parameter", "default_parameter", "typed_default_parameter")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `kind` is positional-only, plain, keyword-only, * or **. Texts are as written, "" for none."""

    name: str
    kind: str
    annotation: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call gives: how many by position, which by keyword; `open` when * or ** hide the rest."""

    positional: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    open: bool = False


def parameters_of(function: Node, source: bytes) -> tuple[Parameter, ...]:
    """Return the parameters of a function definition or lambda, in order."""
    node = function.child_by_field_name("parameters")
    found: list[Parameter] = []
    kind = "plain"
    for child in node.named_children if node else ():
        if child.type == "positional_separator":
            found = [Parameter(one.name, "positional-only", one.annotation, one.default) for one in found]
        elif child.type == "keyword_separator":
            kind = "keyword-only"
        elif child.type != "comment":
            parameter = _parameter(child, source, kind)
            found.append(parameter)
            if parameter.kind == "*":
                kind = "keyword-only"
    return tuple(found)


def _parameter(node: Node, source: bytes, kind: str) -> Parameter:
    annotation, default = (node.child_by_field_name(field) for field in ("type", "value"))
    name = node.child_by_field_name("name")
    if name is None:
        name = (
            next((child for child in node.named_children if child.type != "type"), node)
            if node.type in _NAMED
            else node
        )
    star = {"list_splat_pattern": "*", "dictionary_splat_pattern": "**"}.get(name.type)
    return Parameter(
        _text(name, source).lstrip("*").strip(),
        star or kind,
        _text(annotation, source) if annotation else "",
        _text(default, source) if default else "",
    )


def arguments_of(call: Node, source: bytes) -> Arguments:
    """Return what a call gives its callee."""
    node = call.child_by_field_name("arguments")
    if node is None or node.type != "argument_list":
        return Arguments((_text(node, source),) if node else (), ())
    positional, keywords, hidden = [], [], False
    for child in node.named_children:
        if child.type == "keyword_argument":
            name, value = (syntax.child(child, field) for field in ("name", "value"))
            keywords.append((_text(name, source), _text(value, source)))
        elif child.type in ("list_splat", "dictionary_splat"):
            hidden = True
        elif child.type != "comment":
            positional.append(_text(child, source))
    return Arguments(tuple(positional), tuple(keywords), hidden)


def misfit(parameters: tuple[Parameter, ...], given: Arguments, skip: int) -> str:
    """Return why a call does not fit, "" where it does; the first `skip` parameters are given by the receiver."""
    rest = parameters[skip:]
    places = [one for one in rest if one.kind in ("plain", "positional-only")]
    if any(one.kind == "*" and not one.name for one in rest):
        rest = tuple(one for one in rest if one.name)
    takes_more = any(one.kind == "*" for one in rest)
    takes_any = any(one.kind == "**" for one in rest)
    if len(given.positional) > len(places) and not takes_more:
        return f"{len(given.positional)} arguments by position, {len(places)} are taken"
    names = {one.name for one in rest if one.kind in ("plain", "keyword-only")}
    filled = {one.name for one in places[: len(given.positional)]}
    for name, _ in given.keywords:
        if name in filled:
            return f"{name} is given twice"
        if name not in names and not takes_any:
            return f"there is no parameter {name}"
        filled.add(name)
    if given.open:
        return ""
    missing = [one.name for one in rest if one.kind in ("plain", "positional-only", "keyword-only")]
    wanted = [name for name in missing if name not in filled and not _optional(rest, name)]
    return f"{', '.join(wanted)} is not given" if wanted else ""


def takes_all_of(now: tuple[Parameter, ...], then: tuple[Parameter, ...]) -> bool:
    """Tell whether every call that fitted parameters as they were fits them as they are."""
    stars = [{one.kind: one.name for one in side if one.kind in ("*", "**")} for side in (now, then)]
    old, new = ([one for one in side if one.kind not in ("*", "**")] for side in (then, now))
    by_name = {one.name: one for one in new}
    places = [[one.name for one in side if one.kind != "keyword-only"] for side in (new, old)]
    if places[0][: len(places[1])] != places[1] or (stars[1].get("*") and places[0] != places[1]):
        return False
    if any(stars[1].get(star) and not stars[0].get(star) for star in ("*", "**")):
        return False
    kinds = ("plain",) if not stars[1].get("**") else ()  # what can be given by name as well cannot go to ** too
    kept = all(_still_takes(by_name.get(one.name), one, kinds) for one in old)
    return kept and all(one.default for one in new if one.name not in {two.name for two in old})


def _still_takes(now: Parameter | None, then: Parameter, kinds: tuple[str, ...]) -> bool:
    same = now is not None and now.kind in (then.kind, *kinds)
    return same and (bool(now and now.default) or not then.default)


def placed(parameters: tuple[Parameter, ...], given: Arguments, skip: int) -> dict[str, str]:
    """Return what each parameter is given, as written; only what is sure."""
    places = [one.name for one in parameters[skip:] if one.kind in ("plain", "positional-only")]
    return dict(zip(places, given.positional, strict=False)) | dict(given.keywords)


def _optional(parameters: tuple[Parameter, ...], name: str) -> bool:
    return next((bool(one.default) for one in parameters if one.name == name), True)


def _text(node: Node | None, source: bytes) -> str:
    return syntax.text(node, source).decode("utf-8", "surrogateescape") if node else ""
