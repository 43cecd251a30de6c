"""Prints the lock file of development and CI from pip's resolution report on stdin, one `name==version` a line."""

import json
import re
import sys
import tomllib
from pathlib import Path

HEADER = """\
# Versions that development and CI use; written by `make lock`, for every extra. Users are not bound by it.
"""


def main() -> None:
    """Read the report, leave out codeagent itself, print the rest in order."""
    chosen = {normal(item["metadata"]["name"]): item["metadata"]["version"] for item in json.load(sys.stdin)["install"]}
    chosen.pop("codeagent")
    only = markers()
    sys.stdout.write(HEADER + "".join(f"{name}=={chosen[name]}{only.get(name, '')}\n" for name in sorted(chosen)))


def markers() -> dict[str, str]:
    """Pythons that a version was chosen for, where pyproject.toml asks for another one on other Pythons."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = {}
    for requirement in project["dependencies"]:
        name, _, marker = requirement.partition(";")
        limit = re.fullmatch(r" python_version < '3\.(\d+)'", marker)
        if limit and sys.version_info < (3, int(limit[1])):
            found[normal(re.split(r"[<>=!~]", name)[0])] = f";{marker}"
    return found


def normal(name: str) -> str:
    """A package's name in the one spelling that compares."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
