"""Entry points that manifests declare: console scripts, binaries, services and the packages others import."""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as IniError

from codeagent.domain.report import EntryPoint, Evidence
from codeagent.survey.cargo import cargo_starts
from codeagent.survey.manifests import read_json, read_toml, table
from codeagent.survey.setup_call import setup_call
from codeagent.survey.sources import Sources, aside, folder, line_of, numbered


def declared_starts(sources: Sources) -> Iterator[tuple[EntryPoint, str]]:
    """Yield entry points with what they name: `pkg.module:function`, a path, or nothing."""
    for names, reader in (
        (("pyproject.toml",), _pyproject),
        (("setup.cfg",), _setup_cfg),
        (("setup.py",), _setup_py),
        (("package.json",), _package_json),
        (("composer.json",), _composer),
        (("*.gemspec",), _gemspec),
        (("*.csproj", "*.fsproj"), _dotnet),
        (("Package.swift",), _swift),
        (("go.mod",), _go_mod),
        (("pom.xml",), _pom),
        (("build.gradle", "build.gradle.kts"), _gradle),
        (("Makefile.am",), _automake),
        (("Dockerfile",), _dockerfile),
    ):
        for path in sources.matching(*names):
            if not aside(path):
                yield from reader(path, sources.text(path))
    yield from cargo_starts(sources)


def _entry(kind: str, name: str, framework: str, path: str, line: int) -> EntryPoint:
    return EntryPoint(kind, name, None, framework, Evidence(path, line))


def _pyproject(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    data = read_toml(text)
    project, poetry = table(data, "project"), table(data, "tool", "poetry")
    scripts = {**table(poetry, "scripts"), **table(project, "gui-scripts"), **table(project, "scripts")}
    start = line_of(text, r"^\[(project|tool\.poetry)\.(gui-)?scripts")
    for name, target in scripts.items():
        line = line_of(text, rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=", start)
        yield _entry("console-script", name, "", path, line), str(target)
    for group, entries in table(project, "entry-points").items():
        for name, target in entries.items() if isinstance(entries, dict) else ():
            yield _entry("plugin", f"{group}: {name}", "", path, line_of(text, rf"{re.escape(name)}\s*=")), str(target)
    package = project.get("name") or poetry.get("name")
    if package and ("build-system" in data or poetry):
        yield _entry("package", str(package), "Python", path, line_of(text, r"^\s*name\s*=")), ""


def _setup_cfg(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    config = ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text)
    except IniError:
        return
    for line in config.get("options.entry_points", "console_scripts", fallback="").splitlines():
        name, _, target = line.partition("=")
        if target:
            number = line_of(text, rf"^\s*{re.escape(name.strip())}\s*=")
            yield _entry("console-script", name.strip(), "", path, number), target.strip()
    if config.get("metadata", "name", fallback=""):
        yield _entry("package", config.get("metadata", "name"), "Python", path, line_of(text, r"^name\s*=")), ""


def _setup_py(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    for number, line in numbered(text):
        for name, target in re.findall(r"[\"']\s*([\w.-]+)\s*=\s*([\w.]+:[\w.]+)\s*[\"']", line):
            yield _entry("console-script", name, "", path, number), target
    if said := setup_call(text).get("name"):
        yield _entry("package", said.text, "Python", path, said.line), ""


def _package_json(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    data = read_json(text)
    name = str(data.get("name", "")) or folder(path) or "package"
    binaries = data.get("bin")
    for command, target in ({name: binaries} if isinstance(binaries, str) else table(data, "bin")).items():
        yield _entry("console-script", command, "Node.js", path, line_of(text, r'"bin"\s*:')), f"{path}>{target}"
    keys = [key for key in ("exports", "module", "main", "types", "version") if key in data]  # `index.js` needs no key
    if keys and data.get("private") is not True:
        yield _entry("package", name, "npm", path, line_of(text, rf'"{keys[0]}"\s*:')), ""


def _composer(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    data = read_json(text)
    binaries = data.get("bin")
    for target in [binaries] if isinstance(binaries, str) else binaries if isinstance(binaries, list) else []:
        name = str(target).rpartition("/")[2]
        yield _entry("console-script", name, "Composer", path, line_of(text, r'"bin"\s*:')), f"{path}>{target}"
    if data.get("name") and data.get("type", "library") != "project":
        yield _entry("package", str(data["name"]), "Composer", path, line_of(text, r'"name"\s*:')), ""


def _gemspec(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    for number, line in numbered(text):
        found = re.match(
            r"\s*(?:\w+\.(?=name|exec)|Gem::Specification\.)(name|executables?|new)\b\s*[=<(]*\s*(.+)", line
        )
        for name in re.findall(r"[\"']([\w.-]+)[\"']", found[2]) if found else ():
            if found and found[1] in ("name", "new"):
                yield _entry("package", name, "RubyGems", path, number), ""
            else:
                yield _entry("console-script", name, "RubyGems", path, number), f"{path}>exe/{name}"


def _dotnet(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    name = path.rpartition("/")[2].rpartition(".")[0]
    runs, packed = r"<OutputType>\s*(?:Win)?Exe\b", r"<(?:PackageId|GeneratePackageOnBuild|PackageTags)>"
    for kind, pattern in (("console-script", runs), ("package", packed)):
        if line := line_of(text, pattern, missing=0):
            yield _entry(kind, name, "NuGet" if kind == "package" else ".NET", path, line), ""


def _go_mod(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    for number, line in numbered(text):
        if line.startswith("module "):
            yield _entry("package", line.split()[1].strip('"'), "Go module", path, number), ""
            return


def _swift(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    for number, line in numbered(text):
        found = re.match(r'\s*\.(library|executable)\(\s*name:\s*"([^"]+)"', line)
        if found:
            kind = "package" if found[1] == "library" else "console-script"
            yield _entry(kind, found[2], "Swift", path, number), ""


def _pom(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    own = re.sub(r"<(parent|dependencies|build|profiles|dependencyManagement)>.*?</\1>", _blank, text, flags=re.DOTALL)
    artifact = re.search(r"<artifactId>\s*([^<\s]+)", own)
    if artifact and "<packaging>pom<" not in own and "maven.deploy.skip>true" not in own:
        line = own.count("\n", 0, artifact.start()) + 1
        yield _entry("package", artifact[1], "Maven", path, line), ""


def _gradle(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    line = line_of(text, r"maven-publish|maven\.publish|mavenPublishing|publishing\s*\{", missing=0)
    if line and not re.search(r"^\s*(subprojects|allprojects)\b", text, re.MULTILINE):
        yield _entry("package", folder(path).rpartition("/")[2] or "(root)", "Gradle", path, line), ""


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _automake(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    for number, line in numbered(text):
        found = re.match(r"bin_(?:PROGRAMS|SCRIPTS)\s*\+?=\s*(.+)", line)
        for name in re.findall(r"(?<!\S)[\w./-]+(?!\S)", found[1]) if found else ():
            yield _entry("console-script", name.rpartition("/")[2], "Automake", path, number), ""


def _dockerfile(path: str, text: str) -> Iterator[tuple[EntryPoint, str]]:
    for number, line in numbered(text):
        found = re.match(r"(?:ENTRYPOINT|CMD)\s+(.+)", line)
        if found:
            shown = " ".join(re.findall(r"\"([^\"]*)\"", found[1])) or found[1]
            yield _entry("service", shown.strip()[:80], "Docker", path, number), ""
