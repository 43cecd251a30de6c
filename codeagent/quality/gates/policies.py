"""Settings of linters, type checkers, test runners and of our own gates, wherever a repository keeps them."""

import configparser
import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

_TOOLS: Final = frozenset((
    "ruff", "mypy", "pyright", "basedpyright", "coverage", "pytest", "importlinter", "bandit", "pylint", "flake8",
    "vulture", "codeagent", "black", "isort", "tox", "ty", "pyrefly", "semgrep", "interrogate",
))  # fmt: skip
_NPM: Final = ("jest", "eslintConfig", "nyc", "c8", "mocha", "vitest", "husky", "lint-staged", "ava")
_INI: Final = frozenset(("setup.cfg", "tox.ini", "pytest.ini", "mypy.ini", ".flake8", ".coveragerc", ".pylintrc"))
POLICY_FILES: Final = frozenset(("pyproject.toml", "package.json", *_INI))
_PACKAGING: Final = ("metadata", "options", "bdist_wheel", "egg_info", "sdist", "aliases", "build")

Table = Mapping[str, Any]


def policy(path: str, source: bytes) -> dict[str, Table] | None:
    """Return the tables of a file that steer checks, each flat: dotted key to value; None where it cannot be read."""
    name = path.rpartition("/")[2]
    try:
        if name == "pyproject.toml":
            tables = tomllib.loads(source.decode("utf-8-sig")).get("tool", {})
            return {f"tool.{tool}": dict(_flat(tables[tool])) for tool in tables if tool in _TOOLS}
        if name == "package.json":
            document = json.loads(source or b"{}")
            return {key: dict(_flat(document[key])) for key in _NPM if key in document}
        if name in _INI:
            return _sections(source)
    except (ValueError, AttributeError, RecursionError, configparser.Error):
        return None
    return {}


def _sections(source: bytes) -> dict[str, Table]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(source.decode("utf-8-sig", "replace"))
    sections = (name for name in parser.sections() if name.partition(".")[0] not in _PACKAGING)
    return {name: dict(parser.items(name)) for name in sections}


def _flat(value: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _flat(below, f"{above}.{key}" if above else str(key))
    else:
        yield above, value
