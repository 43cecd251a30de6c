"""Python: the arguments of a call, told by the parameters that they reach, and written anew."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, Parameter

Text = Callable[[int, int], str]
_SPREAD: Final = ("list_splat", "dictionary_splat")
_EXTRAS: Final = ("comment", "line_continuation")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as written. `keyword` is "" for positional ones; `start` and `end` are bytes of the whole."""

    text: str  # the value alone
    keyword: str
    start: int
    end: int
    spread: str = ""  # "*" or "**"

    @property
    def written(self) -> str:
        """The argument as it stands in a call."""
        return f"{self.keyword}={self.text}" if self.keyword else f"{self.spread}{self.text}"


class Unmatched(Exception):
    """Which parameter an argument reaches cannot be told; the message says why."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A call by parameters: `by_name` in the order of the signature, `extra` what goes into `*args` and `**kwargs`."""

    by_name: dict[str, Argument]
    extra_positional: tuple[Argument, ...] = ()
    extra_keywords: tuple[Argument, ...] = ()
    spread: tuple[Argument, ...] = ()


def arguments_of(call: Node, text: Text) -> list[Argument]:
    """Return the arguments of a call in order; `text(start, end)` is what stands there, or is about to.

    Unmatched: it has no list of arguments."""
    found = call.child_by_field_name("arguments")
    if found is None:
        raise Unmatched("it has no arguments in brackets")
    if found.type == "generator_expression":
        return [Argument(text(found.start_byte, found.end_byte), "", found.start_byte + 1, found.end_byte - 1)]
    return [_argument(node, text) for node in found.named_children if node.type not in _EXTRAS]


def _argument(node: Node, text: Text) -> Argument:
    start, end = node.start_byte, node.end_byte
    if node.type == "keyword_argument":
        name, value = child(node, "name"), child(node, "value")
        told = text(value.start_byte, value.end_byte)
        return Argument(told, text(name.start_byte, name.end_byte), start, end)
    if node.type in _SPREAD:
        spread = "*" if node.type == "list_splat" else "**"
        return Argument(text(start, end)[len(spread) :], "", start, end, spread)
    return Argument(text(start, end), "", start, end)


def bind(parameters: list[Parameter], arguments: list[Argument]) -> Bound:
    """Tell which argument reaches which parameter, as Python does; the receiver must be left out of `parameters`.

    Unmatched where `*` of something may fill several, or where the call does not fit."""
    by_name: dict[str, Argument] = {}
    extra: list[Argument] = []
    keywords: list[Argument] = []
    spread = [one for one in arguments if one.spread]
    places = [one for one in parameters if not one.star and one.kind != KEYWORD_ONLY]
    collects = any(one.star == "*" and one.name for one in parameters)
    at = 0
    for one in arguments:
        if one.spread or one.keyword:
            continue
        if any(other.spread == "*" and other.start < one.start for other in arguments):
            raise Unmatched("what follows a `*` argument cannot be matched")
        if at < len(places):
            by_name[places[at].name] = one
        elif collects:
            extra.append(one)
        else:
            raise Unmatched("it gives more arguments than there are parameters")
        at += 1
    names = {one.name for one in parameters if not one.star}
    for one in arguments:
        if one.keyword:
            if one.keyword in names and one.keyword not in by_name:
                by_name[one.keyword] = one
            else:
                keywords.append(one)
    ordered = {one.name: by_name[one.name] for one in parameters if one.name in by_name}
    return Bound(ordered, tuple(extra), tuple(keywords), tuple(spread))


def written(parts: list[str], call: Node, source: bytes, arguments: list[Argument]) -> tuple[int, int, str]:
    """Return (start, end, text): the least edit that makes the arguments of a call read `parts`.

    What stays keeps its layout; where that is not to be had, the separators of the call as it was are used again."""
    opening = call.child_by_field_name("arguments")
    assert opening is not None
    start, end = opening.start_byte + 1, opening.end_byte - 1
    if opening.type == "generator_expression":
        return opening.start_byte, opening.end_byte, f"({', '.join(parts)})"
    old = [one.written for one in arguments]
    if not arguments:
        return start, end, ", ".join(parts) + source[start:end].decode("utf-8", "surrogateescape")
    gaps = [source[a.end : b.start].decode("utf-8", "surrogateescape") for a, b in pairwise(arguments)]
    between = next((gap for gap in gaps[:1] if "#" not in gap), "")
    if parts[: len(old)] == old:
        added = parts[len(old) :]
        joint = between or ", "
        return arguments[-1].end, arguments[-1].end, "".join(f"{joint}{part}" for part in added)
    if not parts:
        return start, end, ""
    first, last = arguments[0].start, arguments[-1].end
    if any("#" in gap for gap in gaps):  # what each comment is about is known while all arguments stay where they are
        if len(parts) != len(arguments) or not all(map(_is_of, parts, arguments)):
            raise Unmatched("comments stand among its arguments")
        return first, last, "".join(chain.from_iterable(zip(parts, [*gaps, ""], strict=True)))
    return first, last, (between or ", ").join(parts)


def _is_of(part: str, argument: Argument) -> bool:
    """Whether what is to be written is an argument as it was, but for its keyword."""
    return part.removesuffix(argument.text) in ("", f"{part.partition('=')[0]}=", argument.spread)
