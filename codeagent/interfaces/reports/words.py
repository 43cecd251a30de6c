"""Numbers, places and names as every rendering of the report spells them."""

import re
from collections.abc import Iterable

from codeagent.domain.report import Report, Repository

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MOST = 0.7  # part of the calls that must be resolved before what tests reach is told as it is

PURPOSES = {
    "install": "Install",
    "build": "Build",
    "run": "Run",
    "test": "Test",
    "lint": "Lint",
    "format": "Format",
    "docs": "Docs",
}
ENTRY_KINDS = {
    "console-script": "commands it installs",
    "service": "services",
    "main": "programs",
    "cli-command": "subcommands",
    "route": "web routes",
    "plugin": "plug-ins",
    "package": "packages others import",
    "script": "scripts",
}
RULES = {
    "import-cycle": "import circles",
    "god-module": "god modules",
    "complex-function": "complex functions",
    "duplicate-code": "duplicated code",
    "dead-code": "dead code",
    "unreachable-code": "unreachable code",
    "unused-import": "unused imports",
    "unused-value": "unused values",
}
LANGUAGES = {
    "python": "Python",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "tsx": "TSX",
    "jsx": "JSX",
    "go": "Go",
    "rust": "Rust",
    "java": "Java",
    "c": "C",
    "cpp": "C++",
    "csharp": "C#",
    "ruby": "Ruby",
    "php": "PHP",
    "kotlin": "Kotlin",
    "swift": "Swift",
    "scala": "Scala",
    "bash": "Bash",
    "lua": "Lua",
    "sql": "SQL",
    "html": "HTML",
    "css": "CSS",
    "json": "JSON",
    "yaml": "YAML",
    "toml": "TOML",
}


def plain(text: str) -> str:
    """Return text without control characters, which could move a cursor or hide what follows."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def number(value: float) -> str:
    """Return a whole number with thin grouping: 12,345."""
    return f"{value:,.0f}"


def percent(share: float) -> str:
    """Return a share of 1 as a percentage; what is neither nothing nor all never reads as 0 % or 100 %."""
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 < share < 1:
        return ">99%"
    return f"{share:.0%}"


def count(value: int, noun: str) -> str:
    """Return a number with its noun: 1 file, 2 files."""
    many = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number(value)} {noun if value == 1 else many}"


def place(path: str, line: int) -> str:
    """Return `path:line` as editors open it."""
    return f"{plain(path)}:{line}"


def language(name: str) -> str:
    """Return a language as its people write it."""
    return LANGUAGES.get(name, name[:1].upper() + name[1:])


def short_symbol(symbol: str) -> str:
    """Return a symbol id without its path; a module is its path."""
    return plain(symbol.partition("::")[2] or symbol)


def listed(items: Iterable[str], most: int = 3) -> str:
    """Return the first few of many, joined by commas."""
    found = list(items)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")


def facts_line(report: Report) -> list[str]:
    """Return the few facts that stand under the title."""
    repository = report.repository
    code = [share for share in report.languages if share.share > 0]
    facts = []
    if code:
        named = listed((language(share.name) for share in code[:3]), 3)
        facts.append(
            f"{count(repository.code_lines, 'line')} of code in {count(repository.code_files, 'file')}, {named}"
        )
    else:
        facts.append(f"{count(repository.files, 'file')}, no code")
    if repository.license:
        facts.append(plain(repository.license))
    facts += history_facts(repository)
    return facts


def history_facts(repository: Repository) -> list[str]:
    """Return commits, years and the revision looked at."""
    facts = []
    if repository.commits:
        first, last = str(repository.first_commit)[:4], str(repository.last_commit)[:4]
        span = first if first == last else f"{first} to {last}"
        facts.append(f"{count(repository.commits, 'commit')}, {span}")
    if repository.revision:
        facts.append(f"at {repository.revision[:10]}" + (" with uncommitted changes" if repository.dirty else ""))
    return facts


def at_least(report: Report) -> str:
    """Return what to say before a share that is more the more calls are resolved; nothing where most are."""
    return "" if report.coverage.resolved >= _MOST else "at least "
