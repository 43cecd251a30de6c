"""Which code tests reach, directly or through calls, as far as the graph can see without running anything."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from codeagent.domain.facts import ABSTRACT, TEST
from codeagent.domain.insight import TestReach, Tests
from codeagent.domain.links import IMPORT_EDGE, NAME_ONLY
from codeagent.graph.tables import Tables
from codeagent.survey.subsystems import Community

CALLABLES: Final = frozenset(("function", "method", "constructor", "lambda", "macro"))
SHOWN: Final = 5
SPOKEN: Final = frozenset(("javascript", "typescript", "tsx", "ruby", "kotlin", "scala", "lua"))
# where a test is no function of its own but a call with a title: `it("adds", …)`, `test.each(…)`, `it 'adds' do`
_TITLED: Final = re.compile(
    rb"^[ \t]*(?:await )?(?:\w+\.)?(?:it|test|specify|scenario)(?:\.\w+)*(?:\.each\b|[ \t]*\(\s*[\"'`]|[ \t]+[\"'])",
    re.MULTILINE,
)


def reached_by_tests(tables: Tables) -> bytearray:
    """Return one byte per symbol: 1 where a test uses it, or uses something that uses it."""
    uses: list[list[int]] = [[] for _ in tables.symbols]
    edges = tables.edges
    for source, target, kind, certainty in zip(
        edges.sources, edges.targets, edges.kinds, edges.certainties, strict=True
    ):
        if kind != IMPORT_EDGE and certainty != NAME_ONLY:
            uses[source].append(target)
    owner = tables.owners()
    test = [tables.graph.files[path].test for path in tables.paths]
    reached = bytearray(len(tables.symbols))
    waiting = [n for n, symbol in enumerate(tables.symbols) if test[owner[n]] or symbol.flags & TEST]
    for number in waiting:
        reached[number] = 1
    special = _ran_by_type(tables)
    while waiting:
        number = waiting.pop()
        for target in (*uses[number], *special.get(number, ())):
            if not reached[target]:
                reached[target] = 1
                waiting.append(target)
    return reached


def _ran_by_type(tables: Tables) -> dict[int, list[int]]:
    """Return the members that run without being named when a type is used: special methods, constructors."""
    special: dict[int, list[int]] = {}
    for number, symbol in enumerate(tables.symbols):
        if symbol.kind == "constructor" or (symbol.name.startswith("__") and symbol.name.endswith("__")):
            parent = tables.parents[number]
            if parent >= 0:
                special.setdefault(parent, []).append(number)
    return special


def tests(tables: Tables, reached: bytearray, groups: Sequence[Community], users: Mapping[int, int]) -> Tests:
    """Sum up reach per subsystem; `users` gives each symbol's number of using files."""
    home = {path: group.name for group in groups for path in group.paths}
    files = tables.graph.files
    per: dict[str, list[int]] = {}
    cases = 0
    for number, symbol in enumerate(tables.symbols):
        test_file = files[symbol.path].test
        if symbol.kind in CALLABLES and symbol.kind != "lambda" and not symbol.flags & ABSTRACT:
            if test_file or symbol.flags & TEST:
                cases += bool(symbol.flags & TEST) or symbol.name.lower().startswith("test")
            else:
                per.setdefault(home.get(symbol.path, ""), []).append(number)
    areas = [_area(tables, group, per.get(group.name, []), reached, users) for group in groups if group.name in per]
    cases += sum(_titled(tables, path) for path, record in files.items() if record.test and record.language in SPOKEN)
    total = sum(a.callables for a in areas) or 1
    untested = tuple(a.subsystem for a in areas if a.reached == 0 and a.callables > 2)
    share = sum(a.reached for a in areas) / total
    trials = sum(record.test for record in files.values())
    return Tests(trials, cases, round(share, 4), tuple(sorted(areas, key=lambda a: (a.share, a.subsystem))), untested)


def _titled(tables: Tables, path: str) -> int:
    return len(_TITLED.findall(tables.graph.read(path)))


def _area(
    tables: Tables, group: Community, numbers: Sequence[int], reached: bytearray, users: Mapping[int, int]
) -> TestReach:
    hit = sum(reached[n] for n in numbers)
    missed = sorted((n for n in numbers if not reached[n]), key=lambda n: (-users.get(n, 0), tables.symbols[n].id))
    examples = tuple(tables.symbols[n].id for n in missed[:SHOWN])
    inside = sum(tables.graph.files[p].test for p in group.paths)
    return TestReach(group.name, len(numbers), hit, round(hit / max(1, len(numbers)), 4), inside, examples)
