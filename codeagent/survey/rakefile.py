"""The tasks of a Rakefile, with their namespaces, and those that test libraries make."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.report import Command
from codeagent.survey import purpose
from codeagent.survey.sources import Sources, command, folder, numbered

_NAMESPACE: Final = re.compile(r"(\s*)namespace[\s(]+[:\"']*(\w+)")
_TASK: Final = re.compile(
    r"\s*(?:(?:multi)?task\b|(?P<maker>[A-Z][\w:]*Task)\.(?:new|create)\b)"
    r"(?:[\s(]+[:\"']*(?P<name>[a-z]\w*(?::\w+)*)\b[\"']?(?:\s*(?:=>|:)\s*\[?[\s:\"']*(?P<needs>[\w:]+))?)?"
)


def rake_tasks(sources: Sources, path: str, text: str) -> Iterator[Command]:
    """Yield the tasks of a Rakefile as one would call them."""
    at = folder(path)
    bundled = sources.has(f"{at}/Gemfile".lstrip("/")) or sources.has("Gemfile")
    call = "bundle exec rake" if bundled else "rake"
    within: list[tuple[str, str]] = []  # the indentation and the name of namespaces, the outermost first
    for number, line in numbered(text):
        if within and line.rstrip() == f"{within[-1][0]}end":
            within.pop()
        if space := _NAMESPACE.match(line):
            within.append((space[1], space[2]))
        elif (found := _TASK.match(line)) and (name := found["name"] or _by_default(found["maker"])):
            full = ":".join([*(part for _, part in within), name])
            kind = _made(found["maker"] or "") or purpose.of_name(full if full != "default" else found["needs"] or "")
            yield command(kind, call if full == "default" else f"{call} {full}", path, number, "Rakefile")


def _made(maker: str) -> str:
    """What the tasks are for that a class makes, by its name."""
    return "test" if re.search("Test|Spec", maker) else "lint" if "RuboCop" in maker else ""


def _by_default(maker: str | None) -> str:
    """The name of a task that a class makes without being told one."""
    return "" if not maker else "spec" if "Spec" in maker else "rubocop" if "RuboCop" in maker else "test"
