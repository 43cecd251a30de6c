"""Commands that task files declare (package.json, Makefile, tox, nox, ...) and that build systems imply."""

import re
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from typing import Final

from codeagent.domain.report import Command, Evidence
from codeagent.survey import purpose
from codeagent.survey.manifests import read_json, read_toml, table
from codeagent.survey.sources import Sources, aside, folder, line_of, numbered

DECLARED: Final = 1
IMPLIED: Final = 2
Ranked = tuple[int, Command]


def _command(kind: str, text: str, path: str, line: int, source: str) -> Command:
    return Command(kind, text, folder(path), source, Evidence(path, line))


def declared(sources: Sources) -> Iterator[Ranked]:
    """Yield the tasks that task files name."""
    for names, reader in TASK_FILES:
        for path in sources.named(*names):
            if not aside(path):
                for command in reader(sources, path, sources.text(path)):
                    yield DECLARED, command


def _package_scripts(sources: Sources, path: str, text: str) -> Iterator[Command]:
    runner = package_runner(sources, path, read_json(text))
    start = line_of(text, r'"scripts"\s*:')
    for name, script in table(read_json(text), "scripts").items():
        if isinstance(script, str) and not name.startswith(("pre", "post")):
            kind = purpose.of_name(name)
            line = line_of(text, rf'"{re.escape(name)}"\s*:', start)
            short = name in ("test", "start") or not runner.startswith(("npm", "bun"))
            call = f"{runner} {name}" if short else f"{runner} run {name}"
            yield _command(kind, call, path, line, "package.json")


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
                    yield _command(purpose.of_name(name), call.format(name), path, number, source)

    return read


def _tox(_: Sources, path: str, text: str) -> Iterator[Command]:
    config = ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text)
    except IniError:
        return
    listed = config.get("tox", "envlist", fallback="") or config.get("tox", "env_list", fallback="")
    names = [n.strip() for n in re.split(r"[,\n]", listed) if n.strip() and "{" not in n]
    names += [s.partition(":")[2] for s in config.sections() if s.startswith("testenv:") and "{" not in s]
    for name in dict.fromkeys(names):
        line = line_of(text, rf"^\[testenv:{re.escape(name)}\]|^\s*(envlist\s*=\s*)?{re.escape(name)}\s*,?$")
        yield _command(purpose.of_name(name), f"tox -e {name}", path, line, "tox")
    if config.has_section("testenv"):
        yield _command("test", "tox", path, line_of(text, r"^\[testenv\]"), "tox")


def _pyproject(sources: Sources, path: str, text: str) -> Iterator[Command]:
    data = read_toml(text)
    tool = table(data, "tool")
    groups = [("poe", table(tool, "poe", "tasks")), ("pdm run", table(tool, "pdm", "scripts"))]
    groups += [("hatch run", table(env, "scripts")) for env in table(tool, "hatch", "envs").values()]
    groups += [("pixi run", table(tool, "pixi", "tasks")), ("tox -e", table(tool, "tox", "env"))]
    for runner, names in groups:
        for name in names:
            line = line_of(text, rf"^\[tool\.[\w.]+\.{re.escape(name)}\]|^[\"']?{re.escape(name)}[\"']?\s*=")
            yield _command(purpose.of_name(name), f"{runner} {name}", path, line, runner.split()[0])
    for name in table(data, "project", "scripts"):
        line = line_of(text, rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=", line_of(text, r"^\[project\.scripts"))
        yield _command("run", f"{name} --help", path, line, "pyproject.toml")


def _nox(_: Sources, path: str, text: str) -> Iterator[Command]:
    for found in re.finditer(r"^@(?:nox\.)?session.*?\ndef (\w+)", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, found.start(1)) + 1
        yield _command(purpose.of_name(found[1]), f"nox -s {found[1]}", path, line, "nox")


def _mage(_: Sources, path: str, text: str) -> Iterator[Command]:
    for number, line in numbered(text):
        found = re.match(r"func ([A-Z]\w*)\((?:\w+ context\.Context)?\)", line)
        if found:
            name = found[1][0].lower() + found[1][1:]
            yield _command(purpose.of_name(name), f"mage {name}", path, number, "Mage")


TASK_FILES: Final[tuple[tuple[tuple[str, ...], Callable[[Sources, str, str], Iterator[Command]]], ...]] = (
    (("package.json",), _package_scripts),
    (("Makefile", "makefile", "GNUmakefile"), _targets(r"^([A-Za-z][\w. -]*?)\s*:(?![=:])", "make {}", "Makefile")),
    (("justfile", "Justfile", ".justfile"), _targets(r"^@?([a-z][\w-]*)[^:=]*:(?!=)", "just {}", "justfile")),
    (("Taskfile.yml", "Taskfile.yaml"), _targets(r"^  ([a-z][\w:-]*):\s*$", "task {}", "Taskfile")),
    (("tox.ini",), _tox),
    (("pyproject.toml",), _pyproject),
    (("noxfile.py",), _nox),
    (("magefile.go",), _mage),
)

# file, what it implies (purpose, command); the second field is a pattern of the line that proves it
_CONVENTIONS: Final = (
    ("Cargo.toml", r"^\[(package|workspace)\]", (("build", "cargo build"), ("test", "cargo test"))),
    ("go.mod", r"^module ", (("build", "go build ./..."), ("test", "go test ./..."))),
    ("manage.py", r"__main__", (("run", "python manage.py runserver"), ("test", "python manage.py test"))),
    ("CMakeLists.txt", r"^\s*project", (("build", "cmake -B build && cmake --build build"),)),
    ("Package.swift", r"name:", (("build", "swift build"), ("test", "swift test"))),
    ("mix.exs", r"def project", (("build", "mix compile"), ("test", "mix test"))),
    (".pre-commit-config.yaml", r"repos:", (("lint", "pre-commit run --all-files"),)),
    ("docker-compose.yml", r"services:", (("run", "docker compose up"),)),
    ("compose.yaml", r"services:", (("run", "docker compose up"),)),
    ("Dockerfile", r"^FROM", (("build", "docker build ."),)),
)


def conventional(sources: Sources) -> Iterator[Ranked]:
    """Yield what the root's build system makes possible without naming it."""
    for name, pattern, implied in _CONVENTIONS:
        for path in sources.named(name)[:1]:
            if not folder(path):
                line = line_of(sources.text(path), pattern)
                for kind, text in implied:
                    yield IMPLIED, _command(kind, text, path, line, name)
    yield from _java(sources)
    yield from _python(sources)
    yield from _node(sources)


def _java(sources: Sources) -> Iterator[Ranked]:
    for name, wrapper, plain, built in (
        ("pom.xml", "mvnw", "mvn", ("package", "test")),
        ("build.gradle", "gradlew", "gradle", ("build", "test")),
        ("build.gradle.kts", "gradlew", "gradle", ("build", "test")),
    ):
        if sources.has(name):
            tool = f"./{wrapper}" if sources.has(wrapper) else plain
            for kind, goal in zip(("build", "test"), built, strict=True):
                yield IMPLIED, _command(kind, f"{tool} {goal}", name, 1, name)


def _python(sources: Sources) -> Iterator[Ranked]:
    text = sources.text("pyproject.toml") if sources.has("pyproject.toml") else ""
    if "[build-system]" in text or "[project]" in text:
        line = line_of(text, r"^\[(build-system|project)\]")
        yield IMPLIED, _command("install", "python -m pip install -e .", "pyproject.toml", line, "pyproject.toml")
        yield IMPLIED, _command("build", "python -m build", "pyproject.toml", line, "pyproject.toml")
    elif sources.has("setup.py"):
        yield IMPLIED, _command("install", "python -m pip install -e .", "setup.py", 1, "setup.py")
    if "[tool.pytest" in text:
        line = line_of(text, r"^\[tool\.pytest")
        yield IMPLIED, _command("test", "python -m pytest", "pyproject.toml", line, "pyproject.toml")
    elif sources.has("pytest.ini"):
        yield IMPLIED, _command("test", "python -m pytest", "pytest.ini", 1, "pytest.ini")
    for path in sources.named("requirements.txt"):
        if not folder(path):
            yield IMPLIED, _command("install", "python -m pip install -r requirements.txt", path, 1, path)


def _node(sources: Sources) -> Iterator[Ranked]:
    if sources.has("package.json"):
        runner = package_runner(sources, "package.json", read_json(sources.text("package.json")))
        yield IMPLIED, _command("install", f"{runner} install", "package.json", 1, "package.json")
