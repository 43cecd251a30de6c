"""tamper: tests that say less than before, and remarks that silence a tool."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.baseline import BASELINE, grown, read_baseline
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.policies import policy
from codeagent.quality.gates.sketching import has_unknown, is_sketch
from codeagent.quality.gates.type_tests import is_type_test, said_less

SILENCERS: Final = re.compile(
    r"#\s*noqa\b|#\s*type:\s*ignore|#\s*(?:py)?right:\s*ignore|#\s*pragma:\s*no cover|#\s*nosec\b|pylint:\s*disable"
    r"|eslint-disable|@ts-(?:ignore|expect-error|nocheck)|istanbul ignore|c8 ignore|//\s*nolint|#!?\[allow\("
    r"|@SuppressWarnings|codeagent: ignore|#\s*mypy:\s*(?:ignore-errors|disable)|#\s*ruff:\s*noqa|biome-ignore"
)
_NO_CODE: Final = (".md", ".rst", ".txt", ".adoc", ".yml", ".yaml", ".toml", ".json")  # they speak of such remarks
_EXPECTING: Final = "@ts-expect-error"  # asserts, in a type test
_SKIPS: Final = re.compile(
    r"pytest\.mark\.(?:skip|xfail)\w*|unittest\.(?:skip|expectedFailure)\w*|\.skipTest\(|pytest\.(?:skip|xfail)\("
    r"|\b(?:it|describe|test|context)\.(?:skip\w*|runIf|only|todo)\b|\bx(?:it|describe|test)\(|\bt\.Skip\w*\(|#\[ignore\b|@(?:[\w.]+\.)?(?:Disabled|Ignore)\b"
)
_CONDITIONAL: Final = re.compile(r"skip_?(?:if|unless)\b", re.IGNORECASE)  # where it holds, the tests' own run tells
# How much an assertion says: equality 3, membership or order 2, that something is there 1.
_ASSERTIONS: Final = (
    (3, re.compile(
        r"\bassert\b[^\n]*==|assert\w*Equals?\b|\.to(?:Be|Equal|StrictEqual|Match\w*|Throw\w*)\(|assert_eq!|\braises\("
        r"|assertRaises\w*|\.to\.(?:deep\.)?equal\("
    )),
    (2, re.compile(
        r"\bassert\b[^\n]*(?:\bin\b|\bis\b|[<>]|!=)|assert(?:In|Is|Not|Greater|Less|Regex|Count)\w*|\.toHave\w*\("
        r"|\.toContain\w*\(|assert_ne!"
    )),
    (1, re.compile(r"\bassert\b|assert\w+\(|expect\(|assert!|\bt\.(?:Error|Fatal)\w*\(|\brequire\.\w+\(")),
)  # fmt: skip
_EMPTY: Final = re.compile(r"\bassert\s+(?:True|1)\b|assertTrue\(True\)|expect\(true\)")
_FLOORS: Final = re.compile(
    r"fail[_-]under|threshold|min[_-]?\w*|branches|lines|functions|statements|fail-under", re.IGNORECASE
)
_CEILINGS: Final = re.compile(r"max[_-]\w+", re.IGNORECASE)


def tamper(change: Change) -> GateResult:
    """Compare silencing remarks, skips, assertions and thresholds before and after, over the whole change."""
    findings = [
        *_added(change, SILENCERS, "new-suppression", "silences a tool; repair what it says instead"),
        *_added(change, _SKIPS, "new-skip", "keeps a test from judging"),
        *_weakened(change),
        *said_less(change),
        *_thresholds(change),
        *_baseline(change),
    ]
    return judged("tamper", findings)


def _added(change: Change, pattern: re.Pattern[str], rule: str, why: str) -> Iterator[Finding]:
    """Matches that are more than before; one that moved to another file is none."""
    old = Counter(text for path in change.before for _, text in _matches(pattern, change.before[path]))
    paths = [path for path in change.written() if change.before.get(path) != change.after.get(path)]
    for path in sorted(set(change.after) - set(paths)):
        old.subtract(text for _, text in _matches(pattern, change.after[path]))
    for path in paths:
        if path.endswith(_NO_CODE):
            continue
        fresh = {line for first, last in change.by_path[path].new_lines for line in range(first, last + 1)}
        rows = sorted(_matches(pattern, change.after.get(path)), key=lambda row: row[0] in fresh)
        new: list[Finding] = []
        for line, text in rows:
            expecting = text == _EXPECTING and is_type_test(path)
            if expecting or (_CONDITIONAL.search(text) and _is_fresh(change, path, line)):
                continue
            if old[text] > 0:
                old[text] -= 1
            else:
                new.append(found(rule, f"{text} {why}", path, line, anchor=text))
        if new and not is_sketch(change, path, partial(has_unknown, change)):
            yield from new


def _is_fresh(change: Change, path: str, line: int) -> bool:
    """Whether a line is of a definition that is new: a test that never judged loses nothing by a condition."""
    source = change.source_after(path)
    spans = (one.symbol.span for one in change.matching.fresh if one.symbol.path == path)
    return any(source.count(b"\n", 0, one.start) < line <= source.count(b"\n", 0, one.end) + 1 for one in spans)


def _matches(pattern: re.Pattern[str], source: bytes | None) -> Iterator[tuple[int, str]]:
    if source and b"\0" not in source[:8000]:
        text = source.decode("utf-8", "replace")
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, " ".join(match[0].split())


def _weakened(change: Change) -> Iterator[Finding]:
    """Test functions that assert less, or are gone."""
    matching, files = change.matching, change.before_graph.files
    for old, new in matching.pairs.items():
        before, after = matching.before[old], matching.after[new]
        if not files[before.symbol.path].test or before.symbol.kind not in ("function", "method", "test", "lambda"):
            continue
        was, now = strength(before.text), strength(after.text)
        if before.text != after.text and now < was and now + _elsewhere(change, old, after.text) < was:
            name = after.symbol.name
            message = f"{name} asserts less than before (strength {was} became {now})"
            yield found("weakened-test", message, after.symbol.path, after.symbol.line, symbol=new, anchor=name)
    for one in matching.gone:
        if files[one.symbol.path].test and one.symbol.name.lower().startswith("test") and strength(one.text):
            message = f"the test {one.symbol.name} is no more"
            yield found("deleted-test", message, one.symbol.path, one.symbol.line, symbol=one.symbol.id)


def _elsewhere(change: Change, group: str, text: bytes) -> int:
    """How much those tests of a group say that stand, word for word, outside of what the group is now."""
    inside = [one for one in change.matching.before.values() if one.symbol.parent == group and strength(one.text)]
    here = _words(text)
    gone = [one for one in inside if one.symbol.kind == "lambda" and _words(one.text) not in here]
    there = [_words(data) for path, data in change.after.items() if data and change.is_test(path)] if gone else []
    return sum(strength(one.text) for one in gone if any(_words(one.text) in other for other in there))


def _words(source: bytes) -> bytes:
    return b" ".join(source.split())


def strength(source: bytes) -> int:
    """Return how much the assertions of a test say, all together."""
    total = 0
    for line in source.decode("utf-8", "replace").splitlines():
        if not _EMPTY.search(line):
            total += next((worth for worth, pattern in _ASSERTIONS if pattern.search(line)), 0)
    return total


def _thresholds(change: Change) -> Iterator[Finding]:
    for file in change.files:
        old = policy(file.old_path, change.source_before(file.path)) or {}
        new = policy(file.path, change.source_after(file.path)) or {}
        for table, was in old.items():
            for key, value in was.items():
                now = _number(new.get(table, {}).get(key))
                before, name = _number(value), key.rpartition(".")[2]
                if before is None:
                    continue
                lowered = _FLOORS.fullmatch(name) and (now is None or now < before)
                if lowered or (_CEILINGS.fullmatch(name) and now is not None and now > before):
                    message = f"{table}: {key} was {before:g} and is {'gone' if now is None else f'{now:g}'}"
                    yield found("loosened-threshold", message, file.path, anchor=f"{table}.{key}")


def _baseline(change: Change) -> Iterator[Finding]:
    """What the baseline lets pass after the change, and not before."""
    if BASELINE not in change.touched:
        return
    before, text = read_baseline(change.source_before(BASELINE) or None), change.source_after(BASELINE)
    more = grown(before, read_baseline(text or None))
    if more:
        shown = ", ".join(f"{one.rule} in {one.path}" for one in more[:3])
        rest = f" and {len(more) - 3} more" if len(more) > 3 else ""
        message = f"the baseline grows by {len(more)}, {shown}{rest}: repair them, it may only shrink"
        yield found("grown-baseline", message, BASELINE, anchor="baseline", value=len(more))


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except ValueError:
        return None
