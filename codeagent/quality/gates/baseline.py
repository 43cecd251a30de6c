"""The baseline: findings that a repository has agreed to live with, committed to it, and only ever fewer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import msgspec

from codeagent.domain.errors import UsageError
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult, Status

BASELINE: Final = ".codeagent/baseline.json"
VERSION: Final = 1

Key = tuple[str, str]  # gate, fingerprint


class Known(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A finding that is there already, `count` times; `value` is the largest that was measured, as a complexity is."""

    gate: str
    rule: str
    path: str
    fingerprint: str
    count: int
    value: float | None = None


class _Document(msgspec.Struct):
    """What the file holds."""

    schema_version: int
    findings: list[Known]


def read_baseline(data: bytes | None, where: str = BASELINE) -> dict[Key, Known]:
    """Return what a baseline file says, nothing where there is none. Raises UsageError where it cannot be read."""
    if data is None:
        return {}
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{where} cannot be read: {error}", "restore it: git checkout -- " + BASELINE) from error
    if document.schema_version != VERSION:
        raise UsageError(f"{where} is of version {document.schema_version}, this codeagent knows {VERSION}")
    return {(one.gate, one.fingerprint): one for one in document.findings}


def write_baseline(known: Iterable[Known]) -> bytes:
    """Return the text of a baseline file, a finding a line, so that differences read well."""
    rows = [msgspec.json.encode(one).decode() for one in sorted(known, key=lambda k: (k.path, k.gate, k.fingerprint))]
    body = ",\n  ".join(rows)
    return f'{{"schema_version": {VERSION}, "findings": [\n  {body}\n]}}\n'.encode() if rows else _EMPTY


_EMPTY: Final = f'{{"schema_version": {VERSION}, "findings": []}}\n'.encode()


def baseline_of(results: Iterable[GateResult]) -> dict[Key, Known]:
    """Return what gates find, as a baseline."""
    found: dict[Key, Known] = {}
    for result in results:
        for one in (*result.findings, *result.existing):
            key = (result.gate, one.fingerprint)
            before = found.get(key, Known(result.gate, one.rule, one.path, one.fingerprint, 0))
            values = [value for value in (before.value, one.value) if value is not None]
            found[key] = msgspec.structs.replace(before, count=before.count + 1, value=max(values, default=None))
    return found


def grown(before: Mapping[Key, Known], after: Mapping[Key, Known]) -> list[Known]:
    """Return what a baseline allows that another did not: findings, more of one, or larger values."""
    return [one for key, one in after.items() if key not in before or _allows_more(before[key], one)]


def shrunk(before: Mapping[Key, Known], after: Mapping[Key, Known]) -> dict[Key, Known]:
    """Return a baseline with no more of anything than either has."""
    return {
        key: msgspec.structs.replace(
            one, count=min(one.count, after[key].count), value=_least(one.value, after[key].value)
        )
        for key, one in before.items()
        if key in after
    }


def excused(result: GateResult, known: Mapping[Key, Known]) -> GateResult:
    """Return a result whose findings that the baseline knows count as existing, as often as it knows them."""
    if not known:
        return result
    used = Counter(one.fingerprint for one in result.existing)
    new: list[Finding] = []
    old = list(result.existing)
    for finding in result.findings:
        one = known.get((result.gate, finding.fingerprint))
        if one is not None and used[finding.fingerprint] < one.count and _is_no_larger(finding, one):
            used[finding.fingerprint] += 1
            old.append(finding)
        else:
            new.append(finding)
    errors = any(one.severity is Severity.ERROR for one in new)
    status = Status.PASSED if result.status is Status.FAILED and not errors else result.status
    return replace(result, findings=tuple(new), existing=tuple(old), status=status)


def _is_no_larger(finding: Finding, known: Known) -> bool:
    return finding.value is None or known.value is None or finding.value <= known.value


def _allows_more(before: Known, after: Known) -> bool:
    larger = before.value is not None and (after.value is None or after.value > before.value)
    return after.count > before.count or larger


def _least(first: float | None, second: float | None) -> float | None:
    values = [value for value in (first, second) if value is not None]
    return min(values, default=None)
