"""Where the tests that a compiled language's runner names lie: packages of Go, units of Cargo, classes of Java."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from codeagent.quality.testing.report import TestCase
from codeagent.quality.testing.runner import Place, within

_PRUNED: Final = frozenset((".git", "target", "build", "node_modules", "vendor", ".gradle", ".idea"))
_MODULE: Final = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_FUNCTION: Final = re.compile(r"^func ((?:Test|Example|Fuzz|Benchmark)\w*)\(", re.MULTILINE)
_NAMED: Final = re.compile(r"^\s*([^\s:]+\.(?:go|rs|java|kt)):\d+|(?:panicked at|-->) ([^\s:]+\.rs):\d+", re.MULTILINE)
_PACKAGE: Final = re.compile(r"^\[package\].*?^name\s*=\s*\"([^\"]+)\"", re.MULTILINE | re.DOTALL)
_CLASSES: Final = (".java", ".kt", ".scala", ".groovy")

Site = Callable[[str], str]  # a test's id -> the path of its file below the command's folder, "" for none


def sited(cases: Mapping[str, TestCase], place: Place, site: Site) -> dict[str, TestCase]:
    """Return the cases with the paths of their files: by `site`, else the one that the message names."""
    return {name: replace(case, path=_found(place, site(name) or _told(case))) for name, case in cases.items()}


def _told(case: TestCase) -> str:
    match = _NAMED.search(case.message)
    return (match[1] or match[2]) if match else ""


def _found(place: Place, path: str) -> str:
    return within(place.folder, path) if path and (_home(place) / path).is_file() else ""


def _home(place: Place) -> Path:
    return place.scratch / place.folder


def of_go(place: Place, names: Mapping[str, TestCase]) -> Site:
    """Tests by package and function."""
    module = _MODULE.search(_text(_home(place) / "go.mod"))
    known: dict[tuple[str, str], str] = {}
    for package in {name.partition("::")[0] for name in names}:
        folder = package.removeprefix(module[1]).strip("/") if module and package.startswith(module[1]) else "-"
        for file in sorted((_home(place) / folder).glob("*_test.go")):
            for found in _FUNCTION.finditer(_text(file)):
                known[package, found[1]] = within(folder, file.name)

    def site(name: str) -> str:
        package, _, test = name.partition("::")
        return known.get((package, test.partition("/")[0]), "")

    return site


def of_cargo(place: Place) -> Site:
    """Tests by the file of their unit and its modules; two packages may have units of one name."""
    crates: dict[str, str] = {}
    for path in _below(_home(place), "Cargo.toml"):
        if named := _PACKAGE.search(_text(_home(place) / path)):
            crates[named[1].replace("-", "_")] = path.rpartition("/")[0]

    def site(name: str) -> str:
        unit, _, test = name.partition("::")
        crate, _, file = unit.partition(" ")
        folders = [crates[crate]] if crate in crates else list(crates.values())
        roots = [one for folder in folders if (_home(place) / (one := within(folder, file))).is_file()]
        return _module(_home(place), roots[0], test.split("::")[:-1]) if file and len(roots) == 1 else ""

    return site


def _module(home: Path, root: str, modules: list[str]) -> str:
    """The file of a module below the root of a unit, as far as modules have files of their own."""
    folder, found = root.rpartition("/")[0], root
    for module in modules:
        places = (within(folder, f"{module}.rs"), within(folder, f"{module}/mod.rs"))
        following = next((one for one in places if (home / one).is_file()), "")
        if not following:
            break
        found, folder = following, within(folder, module)
    return found


def of_java(place: Place) -> Site:
    """Tests by the class that holds them, or around it."""
    known: dict[str, list[str]] = {}
    for path in _below(_home(place), *_CLASSES):
        known.setdefault(path.rpartition("/")[2].partition(".")[0], []).append(path)

    def site(name: str) -> str:
        outer = name.partition("::")[0].partition("$")[0].replace(".", "/")
        paths = [
            path
            for path in known.get(outer.rpartition("/")[2], ())
            if f"/{path.rpartition('.')[0]}".endswith(f"/{outer}")
        ]
        return paths[0] if len(paths) == 1 else ""

    return site


def _below(home: Path, *ends: str) -> Iterator[str]:
    for folder, folders, files in os.walk(home):
        folders[:] = [one for one in folders if one not in _PRUNED]
        for file in files:
            if file.endswith(ends):
                yield os.path.relpath(os.path.join(folder, file), home).replace(os.sep, "/")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
