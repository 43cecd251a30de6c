"""What continuous integration runs: the commands of GitHub workflows, GitLab, CircleCI and Travis files."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.report import Command, Evidence
from codeagent.survey import purpose
from codeagent.survey.sources import Sources, numbered

RANK: Final = 3
LONGEST: Final = 120  # characters; longer steps are scripts, not commands to type
_RUN: Final = re.compile(r"^(\s*)(?:-\s+)?(?:run|command|script|sh):\s*(.*)$")
# other people's tools being set up, shell control flow, and what only the CI system can fill in
_UNTYPED: Final = re.compile(
    r"\$\{\{|\$\(|`|^(#|-|if |echo |for |export |sudo |\w+=)|@latest\b|@v?\d|@[0-9a-f]{20,}|^(pip|npm|pnpx?|npx) "
    r"|maven\.test\.skip|skipTests|pip install|^(dnf|yum|apt(-get)?|apk|brew|pacman|zypper|choco|pkg) "
)
_ITEM: Final = re.compile(r"^(\s*)-\s+(?![\w-]+:\s)(.+)$")


def steps(sources: Sources) -> Iterator[tuple[int, Command]]:
    """Yield the recognised commands of every CI file, with their rank."""
    for path in sources.files.paths:
        workflow = path.startswith(".github/workflows/") and path.endswith((".yml", ".yaml"))
        if workflow or path in (".gitlab-ci.yml", ".circleci/config.yml", ".travis.yml", "azure-pipelines.yml"):
            for line, text in shell_lines(sources.text(path), items=not workflow):
                command = _cleaned(text)
                kind = purpose.of_shell(command)
                if command and kind in ("build", "test", "lint"):
                    yield RANK, Command(kind, command, "", "CI", Evidence(path, line))


def shell_lines(text: str, items: bool) -> Iterator[tuple[int, str]]:
    """Yield (line, shell text) of `run:` steps, their blocks, and, where asked, plain list items."""
    block = -1
    for number, line in numbered(text):
        indent = len(line) - len(line.lstrip())
        if block >= 0 and line.strip():
            if indent > block:
                yield number, line.strip()
                continue
            block = -1
        found = _RUN.match(line)
        if found and re.fullmatch(r"[|>][+-]?\d?", found[2].strip()):
            block = len(found[1]) + (2 if line.lstrip().startswith("- ") else 0)
        elif found and found[2].strip():
            yield number, found[2].strip().strip("\"'")
        elif items and (item := _ITEM.match(line)):
            yield number, item[2].strip().strip("\"'")


def _cleaned(text: str) -> str:
    """Return a command that a person could type, or nothing."""
    command = re.sub(r"\s+#.*$", "", text).rstrip("\\;").strip()
    if _UNTYPED.search(command):
        return ""
    cut_off = command.count("'") % 2 or command.count('"') % 2
    return "" if cut_off or len(command) > LONGEST else command
