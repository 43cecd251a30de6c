"""What a Cargo package ships by Cargo's own rules: its binaries, named or found, and the library it may have."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.report import EntryPoint, Evidence
from codeagent.survey.manifests import read_toml, table
from codeagent.survey.sources import Sources, aside, folder, line_of

_FOUND: Final = re.compile(r"src/bin/([^/]+?)(?:\.rs|/main\.rs)")


def cargo_starts(sources: Sources) -> Iterator[tuple[EntryPoint, str]]:
    """Yield the entry points of every Cargo package with what they name, as `declared_starts` does."""
    for path in sources.named("Cargo.toml"):
        if not aside(path):
            yield from _package(path, sources)


def is_build_script(path: str, sources: Sources) -> bool:
    """Tell whether a file is what Cargo runs before it builds a package, and nobody else ever."""
    if not path.endswith(".rs"):
        return False
    at = folder(path)
    while True:
        manifest = f"{at}/Cargo.toml".lstrip("/")
        if sources.has(manifest):
            named = table(read_toml(sources.text(manifest)), "package").get("build", "build.rs")
            return f"{at}/{named}".lstrip("/") == path
        if not at:
            return False
        at = folder(at)


def _package(path: str, sources: Sources) -> Iterator[tuple[EntryPoint, str]]:
    text = sources.text(path)
    data = read_toml(text)
    package = table(data, "package")
    name = str(package.get("name", ""))
    if not name or table(package, "metadata").get("cargo-fuzz"):
        return
    yield from _binaries(path, text, name, sources)
    home = folder(path)
    library = "lib" in data or sources.has(f"{home}/src/lib.rs".lstrip("/"))
    if library and package.get("publish") is not False:
        place = Evidence(path, line_of(text, r"^name\s*="))
        yield EntryPoint("package", name, None, "Cargo", place), ""


def _binaries(path: str, text: str, name: str, sources: Sources) -> Iterator[tuple[EntryPoint, str]]:
    data, taken = read_toml(text), set()
    start = line_of(text, r"^\[\[bin\]\]")
    found = _found(folder(path), name, sources)
    declared = data.get("bin")
    for binary in declared if isinstance(declared, list) else ():
        if isinstance(binary, dict) and "name" in binary:
            own = str(binary["name"])
            target = str(binary.get("path") or found.get(own, ""))
            taken |= {own, target}
            line = line_of(text, rf"^name\s*=\s*\"{re.escape(own)}\"", start)
            yield _command(own, path, line), f"{path}>{target}" if target else ""
    if table(data, "package").get("autobins") is not False:
        line = line_of(text, r"^name\s*=")
        for own, target in found.items():
            if own not in taken and target not in taken:
                yield _command(own, path, line), f"{path}>{target}"


def _found(home: str, name: str, sources: Sources) -> dict[str, str]:
    """The binaries that Cargo finds by itself, with their files as seen from the manifest."""
    inside = home + "/" if home else ""
    binaries = {name: "src/main.rs"} if sources.has(f"{inside}src/main.rs") else {}
    for path in sources.files.paths:
        if path.startswith(f"{inside}src/bin/") and (found := _FOUND.fullmatch(path.removeprefix(inside))):
            binaries.setdefault(found[1], path.removeprefix(inside))
    return binaries


def _command(name: str, path: str, line: int) -> EntryPoint:
    return EntryPoint("console-script", name, None, "Cargo", Evidence(path, line))
