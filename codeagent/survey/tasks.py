"""Commands that task files declare: package.json, Makefile, Rakefile, tox, nox and the like."""

import re
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from dataclasses import replace
from typing import Final

from codeagent.domain.report import Command
from codeagent.survey import purpose
from codeagent.survey.manifests import read_json, read_toml, table
from codeagent.survey.rakefile import rake_tasks
from codeagent.survey.sources import Sources, aside, command, folder, line_of, numbered

DECLARED: Final = 1
Ranked = tuple[int, Command]


def declared(sources: Sources) -> Iterator[Ranked]:
    """Yield the tasks that task files name."""
    for names, reader in TASK_FILES:
        for path in sources.named(*names):
            if not aside(path):
                for found in reader(sources, path, sources.text(path)):
                    yield DECLARED, found


def _package_scripts(sources: Sources, path: str, text: str) -> Iterator[Command]:
    runner = package_runner(sources, path, read_json(text))
    start = line_of(text, r'"scripts"\s*:')
    for name, script in table(read_json(text), "scripts").items():
        if isinstance(script, str) and not name.startswith(("pre", "post")):
            kind = purpose.of_name(name)
            line = line_of(text, rf'"{re.escape(name)}"\s*:', start)
            short = runner != "bun" and (name in ("test", "start") or runner != "npm")  # `bun test` is its own runner
            call = f"{runner} {name}" if short else f"{runner} run {name}"
            yield command(kind, call, path, line, "package.json")


def package_runner(sources: Sources, path: str, data: dict[str, object]) -> str:
    """Return npm, pnpm, yarn or bun: by what the manifest says, else by the nearest lock file."""
    named = str(data.get("packageManager", "")).partition("@")[0]
    if named in ("npm", "pnpm", "yarn", "bun"):
        return named
    at = folder(path)
    while True:
        prefix = f"{at}/" if at else ""
        for lock, runner in (("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lock", "bun")):
            if sources.has(prefix + lock):
                return runner
        if not at:
            return "npm"
        at = folder(at)


def _targets(pattern: str, call: str, source: str) -> Callable[[Sources, str, str], Iterator[Command]]:
    """Make a reader of files that define one target a line; group 1 of the pattern is its name."""
    expression = re.compile(pattern)

    def read(_: Sources, path: str, text: str) -> Iterator[Command]:
        for number, line in numbered(text):
            found = expression.match(line)
            if found and "%" not in found[1]:
                for name in found[1].split():
                    yield command(purpose.of_name(name), call.format(name), path, number, source)

    return read


def _composer(_: Sources, path: str, text: str) -> Iterator[Command]:
    start = line_of(text, r'"scripts"\s*:')
    for name in table(read_json(text), "scripts"):
        if not name.startswith(("pre-", "post-")):
            line = line_of(text, rf'"{re.escape(name)}"\s*:', start)
            yield command(purpose.of_name(name), f"composer run {name}", path, line, "composer.json")


def _deno(_: Sources, path: str, text: str) -> Iterator[Command]:
    for name in table(read_json(text), "tasks"):
        line = line_of(text, rf'"{re.escape(name)}"\s*:')
        yield command(purpose.of_name(name), f"deno task {name}", path, line, "deno.json")


def _makefile(sources: Sources, path: str, text: str) -> Iterator[Command]:
    """Yield the targets of a Makefile; the first is what `make` alone makes."""
    targets = _targets(r"^([A-Za-z][\w. -]*?)\s*:(?![=:])", "make {}", "Makefile")(sources, path, text)
    for number, target in enumerate(targets):
        yield target if number else replace(target, command="make")


def _tox(_: Sources, path: str, text: str) -> Iterator[Command]:
    config = ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text)
    except IniError:
        return
    listed = config.get("tox", "envlist", fallback="") or config.get("tox", "env_list", fallback="")
    names = [n.strip() for n in re.split(r"(?![^{]*\})[,\n]", listed) if n.strip() and "{" not in n]
    names += [s.partition(":")[2] for s in config.sections() if s.startswith("testenv:") and "{" not in s]
    for name in dict.fromkeys(names):
        line = line_of(text, rf"^\[testenv:{re.escape(name)}\]|^\s*(envlist\s*=\s*)?{re.escape(name)}\s*,?$")
        yield command(purpose.of_name(name), f"tox -e {name}", path, line, "tox")
    if config.has_section("testenv"):
        yield command("test", "tox", path, line_of(text, r"^\[testenv\]"), "tox")


def _pyproject(sources: Sources, path: str, text: str) -> Iterator[Command]:
    data = read_toml(text)
    tool = table(data, "tool")
    groups = [("poe", table(tool, "poe", "tasks")), ("pdm run", table(tool, "pdm", "scripts"))]
    groups += [("hatch run", table(env, "scripts")) for env in table(tool, "hatch", "envs").values()]
    groups += [("pixi run", table(tool, "pixi", "tasks")), ("tox -e", table(tool, "tox", "env"))]
    for runner, names in groups:
        for name in names:
            line = line_of(text, rf"^\[tool\.[\w.]+\.{re.escape(name)}\]|^[\"']?{re.escape(name)}[\"']?\s*=")
            yield command(purpose.of_name(name), f"{runner} {name}", path, line, runner.split()[0])
    for name in table(data, "project", "scripts"):
        line = line_of(text, rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=", line_of(text, r"^\[project\.scripts"))
        yield command("run", f"{name} --help", path, line, "pyproject.toml")


def _nox(_: Sources, path: str, text: str) -> Iterator[Command]:
    for found in re.finditer(r"^@(?:nox\.)?session.*?\ndef (\w+)", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, found.start(1)) + 1
        yield command(purpose.of_name(found[1]), f"nox -s {found[1]}", path, line, "nox")


def _mage(_: Sources, path: str, text: str) -> Iterator[Command]:
    for number, line in numbered(text):
        found = re.match(r"func ([A-Z]\w*)\((?:\w+ context\.Context)?\)", line)
        if found:
            name = found[1][0].lower() + found[1][1:]
            yield command(purpose.of_name(name), f"mage {name}", path, number, "Mage")


TASK_FILES: Final[tuple[tuple[tuple[str, ...], Callable[[Sources, str, str], Iterator[Command]]], ...]] = (
    (("package.json",), _package_scripts),
    (("Makefile", "makefile", "GNUmakefile"), _makefile),
    (("Rakefile", "rakefile", "Rakefile.rb"), rake_tasks),
    (("composer.json",), _composer),
    (("deno.json", "deno.jsonc"), _deno),
    (("justfile", "Justfile", ".justfile"), _targets(r"^@?([a-z][\w-]*)[^:=]*:(?!=)", "just {}", "justfile")),
    (("Taskfile.yml", "Taskfile.yaml"), _targets(r"^  ([a-z][\w:-]*):\s*$", "task {}", "Taskfile")),
    (("tox.ini",), _tox),
    (("pyproject.toml",), _pyproject),
    (("noxfile.py",), _nox),
    (("magefile.go",), _mage),
)
