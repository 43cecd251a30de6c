"""secrets: keys and passwords in new text."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged

_KNOWN: Final = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})")),
    ("a GitLab token", re.compile(r"\bglpat-[\w-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a Google key", re.compile(r"\bAIza[\w-]{35}\b")),
    ("a Stripe key", re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}")),
    ("a model provider's key", re.compile(r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}")),
    ("an npm token", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("a PyPI token", re.compile(r"\bpypi-[A-Za-z0-9_-]{50,}")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")),
    ("a password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@{}$<>]+:[^/\s:@{}$<>]{8,}@")),
)  # fmt: skip
_ASSIGNED: Final = re.compile(
    r"(?i)\b[\w-]*(?:password|passwd|secret|token|api[_-]?key|private[_-]?key)[\w-]*\b\s*[:=]+\s*[\"']([^\"'\s]{16,})[\"']"
)
_PLACEHOLDER: Final = re.compile(
    r"(?i)example|dummy|fake|test|sample|placeholder|changeme|your[_-]|xxxx|1234|\$\{|\{\{|<"
)
_ENTROPY: Final = 3.7  # bits a letter, from which on a text looks drawn at random


def secrets(change: Change) -> GateResult:
    """Look at every line that is new."""
    findings = [one for path in change.written() for one in _of_file(change, path)]
    return judged("secrets", findings)


def _of_file(change: Change, path: str) -> Iterator[Finding]:
    source, before = change.source_after(path), change.source_before(path)
    if b"\0" in source[:8000]:
        return
    lines = source.decode("utf-8", "replace").splitlines()
    for first, last in change.by_path[path].new_lines:
        for number in range(first, min(last, len(lines)) + 1):
            said = _secret(lines[number - 1])
            if said and said[1].encode() not in before:
                what, text, severity = said
                message = f"{what}, {text[:4]}…: take it out, and make a new one, for this one is known now"
                yield found("secret", message, path, number, anchor=f"{what} {text[:8]}", severity=severity)


def _secret(line: str) -> tuple[str, str, Severity] | None:
    for what, pattern in _KNOWN:
        match = pattern.search(line)
        if match and not (_PLACEHOLDER.search(match[0]) and "PRIVATE" not in match[0]):
            return what, match[0], Severity.ERROR
    match = _ASSIGNED.search(line)
    if match and not _PLACEHOLDER.search(line) and entropy(match[1]) >= _ENTROPY:
        return "what looks like a secret", match[1], Severity.ERROR
    return None


def redacted(text: str) -> str:
    """Return a text with every key and password in it replaced by what it was."""
    for what, pattern in _KNOWN:
        text = pattern.sub(f"[{what}]", text)
    return _ASSIGNED.sub(lambda found: found[0].replace(found[1], "[what looks like a secret]"), text)


def entropy(text: str) -> float:
    """Return the Shannon entropy of the letters of a text, in bits a letter."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
