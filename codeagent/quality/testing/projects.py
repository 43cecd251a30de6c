"""The Python projects of a tree: the names under which they are installed, and where their packages lie."""

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from posixpath import join, normpath
from typing import Any, Final

from codeagent.languages.python_script import named_values, parsed
from codeagent.quality.testing.runner import Files, within

_MANIFESTS: Final = ("pyproject.toml", "setup.py", "setup.cfg")
_ASIDE: Final = frozenset(("examples", "example", "docs", "fixtures", "testdata", "samples", "tests", "test"))
_USUAL: Final = ("src", "", "lib", "python")  # where packages lie if nothing is said


@dataclass(frozen=True, slots=True)
class Project:
    """What is made of a folder: `roots` hold its packages, `places` tells of packages that lie elsewhere; relative to
    the folder first, to the tree then."""

    name: str = ""
    folder: str = ""
    roots: tuple[str, ...] = ()
    places: Mapping[str, str] | None = None

    def joined(self, other: "Project") -> "Project":
        """Return what two manifests of a folder say; the first one's words count first."""
        places = {**(other.places or {}), **(self.places or {})}
        return Project(self.name or other.name, self.folder, (*self.roots, *other.roots), places)


def told(files: Files) -> str:
    """Return the projects of a tree as JSON, for what runs at the start of a Python; "" where there are none."""
    found = [_settled(files, folder) for folder in files.folders(*_MANIFESTS) if _ASIDE.isdisjoint(folder.split("/"))]
    return json.dumps(found) if found else ""


def _settled(files: Files, folder: str) -> dict[str, Any]:
    project = replace(_said(files, folder), folder=folder)
    roots = [_at(folder, root) for root in dict.fromkeys((*project.roots, *_USUAL))]
    tops = {top for root in roots for top in _tops(files, root)}
    return {
        "name": re.sub(r"[-_.]+", "-", project.name).lower(),
        "folder": folder,
        "roots": [root for root in roots if any(_is_in(path, root) for path in files.paths)],
        "places": {name.replace(".", "/"): _at(folder, place) for name, place in (project.places or {}).items()},
        "tops": sorted(tops),
    }


def _at(folder: str, path: str) -> str:
    whole = normpath(join(folder, path))
    return "" if whole == "." else whole


def _is_in(path: str, root: str) -> bool:
    return path.startswith(within(root, "")) and path.endswith(".py")


def _tops(files: Files, root: str) -> set[str]:
    """The modules and the packages with an `__init__` that a folder holds."""
    prefix = within(root, "")
    own = [path.removeprefix(prefix) for path in files.paths if _is_in(path, root)]
    modules = {path.removesuffix(".py") for path in own if "/" not in path and path not in ("setup.py", "conftest.py")}
    return modules | {path.partition("/")[0] for path in own if re.fullmatch(r"[^/]+/__init__\.py", path)}


def _said(files: Files, folder: str) -> Project:
    project = Project()
    for name, reader in (("pyproject.toml", _pyproject), ("setup.cfg", _setup_cfg), ("setup.py", _setup_py)):
        text = files.text(within(folder, name))
        try:
            project = project.joined(reader(text)) if text else project
        except (ValueError, RecursionError, configparser.Error, SyntaxError):
            continue  # the other manifests may say it
    return project


def _table(value: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _pyproject(text: str) -> Project:
    data = tomllib.loads(text)
    tool = _table(data, "tool")
    named = (_table(data, "project"), _table(tool, "poetry"), _table(tool, "flit", "metadata"))
    name = next((str(one["name"]) for one in named if one.get("name")), "")
    roots = [*_texts(_table(tool, "setuptools", "packages", "find").get("where"))]
    for table, key in (
        (_table(tool, "pdm", "build"), "package-dir"),
        (_table(tool, "maturin"), "python-source"),
        (_table(tool, "uv", "build-backend"), "module-root"),
    ):
        roots += [table[key]] if isinstance(table.get(key), str) else []
    places = dict(_mapped(_table(tool, "setuptools", "package-dir")))
    for one in _listed(_table(tool, "poetry").get("packages")):
        if isinstance(one.get("from"), str):
            roots.append(one["from"])
    wheel = _table(tool, "hatch", "build", "targets", "wheel")
    for path in (*_texts(wheel.get("packages")), *_texts(_table(tool, "scikit-build", "wheel").get("packages"))):
        places[path.rstrip("/").rpartition("/")[2]] = path
    places |= {to.replace("/", "."): path for path, to in _mapped(_table(wheel, "force-include")).items()}
    roots += _texts(wheel.get("sources"))
    return Project(name, "", (*roots, *filter(None, [places.pop("", "")])), places)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mapped(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: place for name, place in value.items() if isinstance(place, str)}


def _setup_cfg(text: str) -> Project:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(text)
    lines = (parser.get("options", "package_dir", fallback="") or "").splitlines()
    pairs = {name.strip(): place.strip() for name, _, place in (line.partition("=") for line in lines) if place}
    where = (parser.get("options.packages.find", "where", fallback="") or "").split()
    roots = [*where, *filter(None, [pairs.pop("", "")])]
    return Project((parser.get("metadata", "name", fallback="") or "").strip(), "", tuple(roots), pairs)


def _setup_py(text: str) -> Project:
    """The arguments of `setup`, as far as they are literals, also by a name of the module."""
    tree = parsed(text)
    constants = named_values(tree)
    project = Project()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func).rpartition(".")[2]
        given = {word.arg: _literal(word.value, constants) for word in call.keywords if word.arg}
        if called == "setup":
            places = given.get("package_dir")
            pairs = _mapped(places) if isinstance(places, dict) else {}
            roots = tuple(filter(None, [pairs.pop("", "")]))
            name = given.get("name")
            project = project.joined(Project(name if isinstance(name, str) else "", "", roots, pairs))
        elif called in ("find_packages", "find_namespace_packages"):
            where = given.get("where") or (_literal(call.args[0], constants) if call.args else None)
            project = project.joined(Project(roots=(where,) if isinstance(where, str) else ()))
    return project


def _literal(node: ast.expr, constants: Mapping[str, ast.expr]) -> object:
    if isinstance(node, ast.Name):
        node = constants.get(node.id, node)
    try:
        value: object = ast.literal_eval(node)
    except ValueError:
        return None
    return value
