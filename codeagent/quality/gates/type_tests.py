"""Type tests: files that are compiled and never run, in which `@ts-expect-error` asserts instead of silencing."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found

_NAME: Final = r"[^/]*(?:\.(?:test|spec)-d|\.types?[.-](?:test|spec)|\.(?:test|spec)[.-]types?|\.tst)\.[cm]?tsx?"
_FOLDER: Final = (
    r"(?:test-d|test-dts|(?:spec-)?dtslint|_*typ(?:e|es|ing|ings)[-_]?tests?_*|tests?[-_/]typ(?:es?|ings)"
    r"|typ(?:es|ings)/tests?)/.*\.[cm]?tsx?"
)
_PATH: Final = re.compile(rf"(?:.*/)?(?:{_NAME}|{_FOLDER}|types/[^/]+/[^/]+-tests\.tsx?)")
_EXPECTED: Final = re.compile(
    r"@ts-expect-error\b|\$Expect(?:Error|Type)\b|\bassertType\s*[<(]|\bexpectTypeOf\s*[<(]"
    r"|\bexpect(?:Not)?(?:Type|Error|Assignable|Deprecated)\s*[<(]"
)


def is_type_test(path: str) -> bool:
    """Tell by the name of a file whether it is compiled to see what the compiler says of it."""
    return _PATH.fullmatch(path) is not None


def said_less(change: Change) -> Iterator[Finding]:
    """Type tests that expect less of the compiler than before; what went to another of them is none."""
    before = {file: _expected(change.source_before(file)) for file in change.by_path if is_type_test(file)}
    after = {file: _expected(change.source_after(file)) for file in before}
    if sum(after.values()) >= sum(before.values()):
        return
    for path, count in after.items():
        if count < before[path]:
            message = f"expects less of the compiler than before ({before[path]} expectations became {count})"
            yield found("weakened-test", message, path, anchor="type test")


def _expected(source: bytes) -> int:
    return len(_EXPECTED.findall(source.decode("utf-8", "replace")))
