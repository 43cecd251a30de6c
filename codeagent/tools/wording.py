"""Answers in words: one result a line, or what a verb shows better; no control character gets through."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from posixpath import commonpath, dirname
from typing import Any, Final

from codeagent.domain.counting import counted
from codeagent.domain.printable import one_line, printable
from codeagent.domain.tool import Answer, Hit

_MANY: Final = 4  # files that one import brings, from which on their folder says more


def as_text(verb: str, answer: Answer) -> str:
    """Answer for a person or a model: one result a line, or what the verb shows better."""
    hits: Iterable[Hit] = map(_shown, answer.results)
    if verb == "map":
        return _skeleton(list(hits)) or printable(answer.empty)
    if verb == "imports":
        hits = _folders(hits)
    lines = [line for hit in hits for line in _TEXT.get(verb, _line)(hit)]
    return "\n".join(lines) if lines else printable(answer.empty)


def _shown(hit: Hit) -> Hit:
    """The hit with names that keep to their line; code keeps its lines."""
    more = {key: printable(value) if key == "text" else _one_line(value) for key, value in hit.more.items()}
    return replace(hit, path=one_line(hit.path), symbol=one_line(hit.symbol), more=more)


def _one_line(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {key: _one_line(part) for key, part in value.items()}
    return [_one_line(part) for part in value] if isinstance(value, list | tuple) else value


def _place(hit: Hit) -> str:
    return ":".join(str(part) for part in (hit.path, hit.line, hit.column) if part)


def _doubt(hit: Hit) -> str:
    return f"  ({hit.certainty})" if hit.certainty not in ("", "exact") else ""


def _line(hit: Hit) -> list[str]:
    parts = [_place(hit), hit.kind, hit.symbol]
    return ["  ".join(part for part in parts if part) + _doubt(hit)]


def _source(hit: Hit) -> list[str]:
    first = hit.more["first_line"]
    rows = str(hit.more["text"]).split("\n")
    width = len(str(first + len(rows)))
    return [f"{_place(hit)}  {hit.symbol}", *(f"{first + i:>{width}}  {row}" for i, row in enumerate(rows))]


def _outline(hit: Hit) -> list[str]:
    flags = f"  [{', '.join(hit.more['flags'])}]" if hit.more["flags"] else ""
    return [f"{hit.line:>6}  {'  ' * hit.more['depth']}{hit.kind} {hit.more['name']}{flags}"]


def _relation(hit: Hit) -> list[str]:
    aim = hit.more.get("target", "")
    far = f"  {hit.more['depth']} away" if hit.more.get("depth", 1) > 1 else ""
    return [f"{_place(hit)}  {hit.symbol} {_VERBS.get(hit.kind, hit.kind)} {aim}{_doubt(hit)}{far}"]


def _folders(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The same, but one line for an import that brings many files: the folder that they are in, and how many."""
    for _, group in groupby(hits, lambda hit: (hit.path, hit.line, hit.column, hit.more["direction"])):
        same = list(group)
        aims = sorted({hit.more["target"] for hit in same})
        if len(aims) < _MANY or any("::" in aim for aim in aims):
            yield from same
            continue
        folder = commonpath([dirname(aim) for aim in aims])
        yield replace(same[0], more={**same[0].more, "target": f"{folder or '.'}/ ({counted(len(aims), 'file')})"})


def _hop(hit: Hit) -> list[str]:
    """A call on a path, with its certainty in every case: a path is as sure as its least sure call."""
    verb = _VERBS.get(hit.kind, hit.kind)
    return [f"{_place(hit)}  {hit.symbol} {verb} {hit.more['target']}  ({hit.certainty})"]


_VERBS: Final = {"calls": "calls", "instantiates": "makes a", "references": "mentions", "writes": "sets"}


def _edge(hit: Hit) -> list[str]:
    return [f"{_place(hit)}  {hit.more['source']} {hit.kind} {hit.more['target']}{_doubt(hit)}"]


def _cycle(hit: Hit) -> list[str]:
    cut = hit.more["cut"]
    route = " → ".join([*hit.more["route"], hit.more["route"][0]])
    when = {"load": ", at import time", "deferred": ", only in deferred imports"}.get(hit.more["when"], "")
    head = f"{counted(len(hit.more['files']), 'file')}{when}: {route}"
    return [
        head,
        f"    cheapest cut: {_place(hit)}  {cut['source']} → {cut['target']} ({_references(cut['references'])})",
    ]


def _references(number: int) -> str:
    return "1 reference" if number == 1 else f"{number} references"


def _search(hit: Hit) -> list[str]:
    return [f"{_place(hit)}  {hit.symbol}: {str(hit.more['text']).strip()[:200]}"]


def _located(hit: Hit) -> list[str]:
    because = f"  ({', '.join(hit.more['because'])})" if hit.more["because"] else ""
    lines = [f"{hit.more['score']:>6.2f}  {hit.path}{because}"]
    return lines + [
        f"        {one['path']}:{one['line']}:{one['column']}  {one['kind']} {one['symbol'].partition('::')[2]}"
        for one in hit.more["symbols"]
    ]


def _skeleton(hits: list[Hit]) -> str:
    """A heading per file, definition lines below it, `⋮` where lines are left out."""
    lines: list[str] = []
    path, before = "", 0
    for hit in hits:
        if hit.path != path:
            lines += [""] * bool(lines) + [f"{hit.path}:"]
            path, before = hit.path, 0
        first = hit.more["first_line"]
        if first > before + 1:
            lines.append("⋮")
        lines.append(str(hit.more["text"]))
        before = first + str(hit.more["text"]).count("\n")
    return "\n".join(lines)


def _impact(hit: Hit) -> list[str]:
    if not hit.more["distance"]:
        return [f"{hit.more['why']}: {hit.symbol}  {_place(hit)}".rstrip()]
    role = "test " if hit.more["test"] else ""
    said = f"{role}{hit.symbol} {hit.more['why']} {hit.more['through']}"
    return [f"{hit.more['distance']:>3}  {said}  {_place(hit)}{_doubt(hit)}"]


_TEXT: Final[dict[str, Callable[[Hit], list[str]]]] = {
    "source": _source,
    "outline": _outline,
    "references": _relation,
    "callers": _relation,
    "callees": _relation,
    "imports": _relation,
    "path": _hop,
    "cycles": _cycle,
    "search": _search,
    "edges": _edge,
    "impact": _impact,
    "locate": _located,
}
