"""Entry points that code shows: mains, web routes, command-line commands, management commands."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import FileFacts
from codeagent.domain.report import EntryPoint, Evidence

GUARD: Final = re.compile(rb"^if\s+__name__\s*==\s*[\"']__main__[\"']", re.MULTILINE)
JAVA_MAIN: Final = re.compile(rb"\bstatic\s+(?:final\s+)?void\s+main\s*\(")
MANAGEMENT: Final = re.compile(r"(?:^|/)management/commands/(\w+)\.py$")
FUNCTION_MAINS: Final = frozenset(("rust", "c", "cpp", "c++", "kotlin", "swift"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a framework is used; see entry_points.toml."""

    kind: str
    framework: str
    languages: frozenset[str]
    imports: re.Pattern[str]
    regex: re.Pattern[bytes]


@cache
def patterns(language: str) -> tuple[Pattern, ...]:
    """Return the patterns that apply to a language."""
    text = resources("codeagent.survey").joinpath("entry_points.toml").read_text(encoding="utf-8")
    return tuple(
        Pattern(
            p["kind"],
            p["framework"],
            frozenset(p["languages"]),
            re.compile(p["imports"]),
            re.compile(p["regex"].encode()),
        )
        for p in tomllib.loads(text)["pattern"]
        if language in p["languages"]
    )


@dataclass(slots=True)
class CodeFile:
    """One file as this module reads it; `symbols` in source order, the module first."""

    path: str
    facts: FileFacts
    symbols: list[Symbol]
    source: bytes

    def line(self, offset: int) -> int:
        """Return the 1-based line of a byte offset."""
        starts = memoryview(self.facts.line_starts).cast("I")
        return bisect_right(starts, offset)


def worth_reading(path: str, facts: FileFacts) -> bool:
    """Tell by its facts alone whether a file can hold an entry point, so that few are read."""
    specs = [fact.spec for fact in facts.imports]
    if any(p.imports.match(spec) for p in patterns(facts.language) for spec in specs):
        return True
    if facts.language == "python":
        return True
    return any(symbol.name in ("main", "Main") for symbol in facts.symbols)


def code_starts(file: CodeFile) -> Iterator[EntryPoint]:
    """Yield the entry points of one file."""
    yield from _mains(file)
    specs = [fact.spec for fact in file.facts.imports]
    places: frozenset[int] | None = None
    for pattern in patterns(file.facts.language):
        if any(pattern.imports.match(spec) for spec in specs):
            places = places if places is not None else frozenset(file.facts.references[0::5])
            yield from _matches(file, pattern, places)


def _matches(file: CodeFile, pattern: Pattern, places: frozenset[int]) -> Iterator[EntryPoint]:
    for found in pattern.regex.finditer(file.source):
        groups = found.groupdict()
        if groups.get("call") is not None and found.start("call") not in places:
            continue
        if groups.get("call") is None and groups.get("mark") is None:
            continue
        symbol = _decorated(file, found.start())
        name = (groups.get("name") or b"").decode("utf-8", "replace")
        if pattern.kind == "route":
            verb = (groups.get("call") or groups.get("mark") or b"").decode()
            name = f"{_verb(verb)}{name or '/'}"
        shown = name or (symbol.name.replace("_", "-") if symbol else "")
        if shown:
            place = Evidence(file.path, file.line(found.start()))
            yield EntryPoint(pattern.kind, shown, symbol.id if symbol else None, pattern.framework, place)


def _verb(token: str) -> str:
    verb = re.sub(r"(Mapping|add_|Http|^Map)", "", token).upper()
    return f"{verb} " if verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "WEBSOCKET") else ""


def _decorated(file: CodeFile, offset: int) -> Symbol | None:
    """Return the definition that a decorator or annotation at `offset` stands on."""
    for symbol in file.symbols[1:]:
        if symbol.span.start <= offset < symbol.name_span.start:
            best = symbol
            for inner in file.symbols[1:]:  # the innermost definition that still begins there
                if best.span.start < inner.span.start <= offset < inner.name_span.start:
                    best = inner
            return best
    return None


def _mains(file: CodeFile) -> Iterator[EntryPoint]:
    language, path = file.facts.language, file.path
    if language == "python":
        managed = MANAGEMENT.search(path)
        if managed and not managed[1].startswith("_"):
            target = next((s.id for s in file.symbols if s.name == "Command"), None)
            line = next((s.line for s in file.symbols if s.name == "Command"), 1)
            yield EntryPoint("cli-command", managed[1], target, "Django management", Evidence(path, line))
        guard = GUARD.search(file.source)
        if path.endswith("__main__.py") or guard:
            line = file.line(guard.start()) if guard else 1
            module = path.removesuffix("/__main__.py").rpartition("/")[2]
            shown = f"python -m {module}" if path.endswith("/__main__.py") else path
            yield EntryPoint("main", shown, None, "Python", Evidence(path, line))
        return
    for symbol in file.symbols[1:]:
        if symbol.name not in ("main", "Main"):
            continue
        top = symbol.parent == file.symbols[0].id
        go = language == "go" and top and file.facts.package in ("main", "")
        other = language in FUNCTION_MAINS and top and symbol.kind in ("function", "method")
        java = language == "java" and JAVA_MAIN.search(file.source) is not None
        if go or other or java or (language in ("c#", "csharp", "c-sharp") and symbol.name == "Main"):
            yield EntryPoint("main", "/".join(path.split("/")[-2:]), symbol.id, language, Evidence(path, symbol.line))
