"""Python: files that tools find by their names, and names in them that tools read."""

from posixpath import basename, dirname
from typing import Final

from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal

_ANYWHERE: Final = {
    "__init__.py": "it makes its folder a package",
    "__main__.py": "Python runs it by that",
    "conftest.py": "pytest finds it by that",
}
_OUTSIDE: Final = {  # in a package they are modules like others
    "setup.py": "pip and setuptools find it by that",
    "noxfile.py": "nox finds it by that",
    "sitecustomize.py": "Python imports it by that when it starts",
    "usercustomize.py": "Python imports it by that when it starts",
}
_SETTINGS: Final = frozenset(("extensions", "html_theme", "master_doc", "root_doc"))  # one is in any conf.py of Sphinx

_OF_PYTEST: Final = frozenset(
    "pytestmark pytest_plugins collect_ignore collect_ignore_glob setup_module teardown_module setup_function"
    " teardown_function setUpModule tearDownModule load_tests".split()
)


def check_name_stays(code: Code, old: str, new: str) -> None:
    """Raise Refusal where a file would get another name than the one that a tool finds it by."""
    why = found_by(code, old)
    if why and basename(new) != basename(old):
        raise Refusal(f"{old} must keep its name: {why}", "rename or move its folder")


def check_unread(code: Code, path: str, name: str) -> None:
    """Raise Refusal for a name at the top of a module that the language or a tool may read."""
    python = path in code.graph.files and code.language(path) == "python"
    if python and name.startswith("__") and name.endswith("__"):
        raise Refusal(f"{name} is what Python asks {path} for", "it must keep its name")
    if python and code.graph.files[path].test and name in _OF_PYTEST:
        raise Refusal(f"pytest reads {name} of {path}", "it must keep its name")
    if python and is_hook(code, path, name):
        raise Refusal(f"pytest calls {name} of {path}", "it must keep its name")
    if why := read_by(code, path, name):
        raise Refusal(f"{name} may be a setting: {why}", "change by hand what is none")


def is_hook(code: Code, path: str, name: str) -> bool:
    """Tell whether a function at the top of a module is one that pytest calls by its name, with what it names."""
    return name.startswith("pytest_") and (code.graph.files[path].test or b"import pytest" in code.read(path))


def found_by(code: Code, path: str) -> str:
    """Return who finds a file by its name; "" where nobody does."""
    name = basename(path)
    why = _ANYWHERE.get(name) or (_OUTSIDE.get(name) if not _is_in_package(code, path) else "")
    return why or ("Sphinx finds it by that" if _is_of_sphinx(code, path) else "")


def read_by(code: Code, path: str, name: str) -> str:
    """Return who reads a name at the top of a module; "" for nobody: what begins with _ is the module's own."""
    return f"Sphinx reads {path} by its names" if not name.startswith("_") and _is_of_sphinx(code, path) else ""


def _is_in_package(code: Code, path: str) -> bool:
    return f"{dirname(path)}/__init__.py".lstrip("/") in code.graph.files


def _is_of_sphinx(code: Code, path: str) -> bool:
    if basename(path) != "conf.py" or path not in code.graph.files or _is_in_package(code, path):
        return False
    return not _SETTINGS.isdisjoint(one.name for one in code.graph.symbols(path) if one.parent == path)
