"""What manifests declare: one reader per format, each giving the packages a repository asks for."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from codeagent.survey.sources import Sources, line_of, numbered


@dataclass(frozen=True, slots=True)
class Requirement:
    """One declared package; ecosystems are python, npm, go, cargo, maven, ruby, php, nuget, swift, hex."""

    ecosystem: str
    name: str
    version: str
    path: str
    line: int


def requirements(sources: Sources) -> list[Requirement]:
    """Return every package that any manifest of the repository declares, nearest manifests first."""
    found: list[Requirement] = []
    for names, reader in READERS:
        for path in sources.matching(*names):
            found += reader(path, sources.text(path))
    return found


def own_packages(sources: Sources) -> dict[str, str]:
    """Return the packages that this repository itself is: name as others would require it, to its manifest."""
    own: dict[str, str] = {}
    for path in sources.named("package.json"):
        own[str(read_json(sources.text(path)).get("name", ""))] = path
    for path in sources.named("pyproject.toml"):
        data = read_toml(sources.text(path))
        name = table(data, "project").get("name") or table(data, "tool", "poetry").get("name") or ""
        own[_normal(str(name))] = path
    for path in sources.named("Cargo.toml"):
        own[str(table(read_toml(sources.text(path)), "package").get("name", ""))] = path
    for path in sources.named("pom.xml"):
        text = re.sub(r"<(parent|dependency|plugin|exclusion)>.*?</\1>", "", sources.text(path), flags=re.DOTALL)
        artifact = re.search(r"<artifactId>\s*([^<\s]+)", text)
        group = re.search(r"<groupId>\s*([^<\s]+)", sources.text(path))
        if artifact and group:
            own[f"{group[1]}:{artifact[1]}"] = path
    for path in sources.named("composer.json"):
        own[str(read_json(sources.text(path)).get("name", ""))] = path
    for path in sources.ending(".gemspec"):
        named = re.search(r"(?:\w+\.name\s*=|Gem::Specification\.new)\s*\(?[\"']([\w.-]+)[\"']", sources.text(path))
        own[named[1] if named else ""] = path
    own.pop("", None)
    return own


def read_toml(text: str) -> dict[str, Any]:
    """Return a TOML document, empty where it does not parse."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def read_json(text: str) -> dict[str, Any]:
    """Return a JSON object, empty where it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def table(value: object, *keys: str) -> dict[str, Any]:
    """Return a nested table, empty where any step is missing or is no table."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


_PEP508: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pep508(path: str, text: str, spec: object, start: int = 1) -> Iterator[Requirement]:
    matched = _PEP508.match(spec) if isinstance(spec, str) else None
    if matched:
        name = matched[1]
        version = matched[2].strip().strip("()")
        line = line_of(text, r"[\"'\s]" + re.escape(name) + r"(?![\w.-])", start)
        yield Requirement("python", _normal(name), version, path, line)


def _pyproject(path: str, text: str) -> Iterator[Requirement]:
    data = read_toml(text)
    project = table(data, "project")
    groups = [project.get("dependencies"), table(data, "build-system").get("requires")]
    groups += [*table(project, "optional-dependencies").values(), *table(data, "dependency-groups").values()]
    for group in groups:
        for spec in group if isinstance(group, list) else ():
            yield from _pep508(path, text, spec)
    poetry = table(data, "tool", "poetry")
    tables = [table(poetry, "dependencies"), table(poetry, "dev-dependencies")]
    tables += [table(group, "dependencies") for group in table(poetry, "group").values()]
    for packages in tables:
        for name, version in packages.items():
            shown = version if isinstance(version, str) else str(table(packages, name).get("version", ""))
            line = line_of(text, rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=")
            yield Requirement("python", _normal(name), shown, path, line)


def _requirements_txt(path: str, text: str) -> Iterator[Requirement]:
    for number, line in numbered(text):
        matched = _PEP508.match(line)
        if matched and not line.startswith(("-", "#")):
            yield Requirement("python", _normal(matched[1]), matched[2].strip(), path, number)


def _setup_cfg(path: str, text: str) -> Iterator[Requirement]:
    reading = False
    for number, line in numbered(text):
        if re.match(r"(install_requires|setup_requires|tests_require)\s*=", line) or re.match(
            r"\[options\.extras", line
        ):
            reading = True
        elif line.startswith("["):
            reading = False
        elif reading and line[:1].isspace():
            matched = _PEP508.match(line)
            if matched:
                yield Requirement("python", _normal(matched[1]), matched[2].strip(), path, number)


def _setup_py(path: str, text: str) -> Iterator[Requirement]:
    for block in re.finditer(r"(?:install_requires|requires|tests_require)\s*=\s*\[(.*?)\]", text, re.DOTALL):
        start = text.count("\n", 0, block.start()) + 1
        for spec in re.findall(r"[\"']([^\"'\n]+)[\"']", block[1]):
            yield from _pep508(path, text, spec, start)


def _package_json(path: str, text: str) -> Iterator[Requirement]:
    data = read_json(text)
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        start = line_of(text, rf'"{key}"\s*:')
        for name, version in table(data, key).items():
            line = line_of(text, rf'"{re.escape(name)}"\s*:', start)
            yield Requirement("npm", name, version if isinstance(version, str) else "", path, line)


def _go_mod(path: str, text: str) -> Iterator[Requirement]:
    for number, line in numbered(text):
        matched = re.match(r"\s*(?:require\s+)?([\w.-]+\.[\w-]+/[^\s]+|gopkg\.in/\S+)\s+(v\S+)", line)
        if matched and "// indirect" not in line:
            yield Requirement("go", matched[1], matched[2], path, number)


def _cargo(path: str, text: str) -> Iterator[Requirement]:
    data = read_toml(text)
    holders = [data, table(data, "workspace"), *table(data, "target").values()]
    for holder in holders:
        for key in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, version in table(holder, key).items():
                shown = version if isinstance(version, str) else str(table(holder, key, name).get("version", ""))
                line = line_of(text, rf"^\s*(\[.*dependencies\.)?[\"']?{re.escape(name)}[\"']?[\].\s=]")
                yield Requirement("cargo", name, shown, path, line)


def _pom(path: str, text: str) -> Iterator[Requirement]:
    pattern = r"<(?:dependency|plugin|parent)>\s*(.*?)</(?:dependency|plugin|parent)>"
    for block in re.finditer(pattern, text, re.DOTALL):
        artifact = re.search(r"<artifactId>\s*([^<\s]+)", block[1])
        group = re.search(r"<groupId>\s*([^<\s]+)", block[1])
        version = re.search(r"<version>\s*([^<\s]+)", block[1])
        if artifact:
            name = f"{group[1]}:{artifact[1]}" if group else artifact[1]
            line = text.count("\n", 0, block.start(1) + artifact.start()) + 1
            yield Requirement("maven", name, version[1] if version else "", path, line)


def _lines(ecosystem: str, pattern: str) -> Callable[[str, str], Iterator[Requirement]]:
    """Make a reader of formats that declare one package a line: group 1 the name, group 2 the version."""
    expression = re.compile(pattern)

    def read(path: str, text: str) -> Iterator[Requirement]:
        for number, line in numbered(text):
            matched = expression.search(line)
            if matched:
                yield Requirement(ecosystem, matched[1], matched[2] or "", path, number)

    return read


_GRADLE: Final = _lines(
    "maven",
    r"(?:mplementation|api|ompileOnly|untimeOnly|classpath|kapt|nnotationProcessor)\s*\(?\s*"
    r"(?:platform\()?[\"']([\w.-]+:[\w.-]+)(?::([\w.${}-]+))?",
)


def _composer(path: str, text: str) -> Iterator[Requirement]:
    data = read_json(text)
    for key in ("require", "require-dev"):
        for name, version in table(data, key).items():
            yield Requirement("php", name, str(version), path, line_of(text, rf'"{re.escape(name)}"\s*:'))


def _sbt(path: str, text: str) -> Iterator[Requirement]:
    for number, line in numbered(text):
        for group, artifact, version in re.findall(r'"([\w.-]+)"\s*%{1,3}\s*"([\w.-]+)"\s*%\s*"?([\w.-]+)', line):
            yield Requirement("maven", f"{group}:{artifact}", version, path, number)


READERS: Final[tuple[tuple[tuple[str, ...], Callable[[str, str], Iterator[Requirement]]], ...]] = (
    (("pyproject.toml",), _pyproject),
    (
        ("requirements.txt", "*requirements.txt", "requirements.in", "requirements-dev.txt", "dev.txt"),
        _requirements_txt,
    ),
    (("setup.cfg",), _setup_cfg),
    (("setup.py",), _setup_py),
    (("package.json",), _package_json),
    (("go.mod",), _go_mod),
    (("Cargo.toml",), _cargo),
    (("pom.xml",), _pom),
    (("build.gradle", "build.gradle.kts"), _GRADLE),
    (
        ("Gemfile", "*.gemspec"),
        _lines("ruby", r"^\s*(?:gem|\w+\.add_\w*dependency)\s*\(?[\"']([\w.-]+)[\"'](?:,\s*[\"']([^\"']+))?"),
    ),
    (("composer.json",), _composer),
    (("*.csproj", "*.fsproj"), _lines("nuget", r'<PackageReference\s+Include="([^"]+)"(?:\s+Version="([^"]+)")?')),
    (
        ("Package.swift",),
        _lines("swift", r'\.package\([^)]*url:\s*"(?:\w+://|git@)[^/:]+[/:]([^"]+?)(?:\.git)?"(?:[^)]*?"([\d.]+)")?'),
    ),
    (("build.sbt", "Dependencies.scala"), _sbt),
    (("mix.exs",), _lines("hex", r'\{:(\w+),\s*(?:"([^"]+)")?')),
)
