"""pytest and unittest: the interpreter that has the project installed, and our reporter in either."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from codeagent.graph.runners.calls import calls_of
from codeagent.graph.runners.pytest import setting
from codeagent.quality.testing import scripts
from codeagent.quality.testing.calling import looked_in, places_in, with_files
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, module_of, within
from codeagent.quality.testing.written import read

_MANIFESTS: Final = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "tox.ini",
    "pytest.ini",
    "requirements.txt",
    "noxfile.py",
)
_MANIFEST: Final = re.compile(r"\.(?:toml|cfg|ini)$|(?:^|/)(?:setup|noxfile)\.py$|require[^/]*(?:/[^/]*)?\.txt$")
_TEST_FILE: Final = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests?)\.py$")
_SETTINGS: Final = (
    ("pytest.ini", ""), (".pytest.ini", ""), ("pyproject.toml", "[tool.pytest"), ("setup.cfg", "[tool:pytest]"),
    ("tox.ini", "[pytest]"), ("conftest.py", ""), ("tests/conftest.py", ""),
)  # fmt: skip
_ENDING: Final = frozenset(("-x", "--exitfirst", "--maxfail", "--lf", "--last-failed", "--sw", "--stepwise", "--pdb"))
_COLLECTED: Final = ("test_*.py", "*_test.py")  # what pytest takes for tests where nothing else is said
_ENVIRONMENTS: Final = (".venv", "venv", "env")


def find(files: Files) -> list[TestCommand]:
    """Return the command of each Python project in a tree that has tests."""
    commands: dict[str, TestCommand] = {}
    projects = [folder for folder in files.folders(*_MANIFESTS) if not _is_aside(folder)]
    for folder in projects or [""]:
        if any(other in ("", folder) or folder.startswith(other + "/") for other in commands):
            continue
        named = TestCommand("pytest", (), named=_test_names(files, folder))
        own = [path for path in files.paths if path.endswith(".py") and path.startswith(within(folder, ""))]
        tests = [path for path in own if _TEST_FILE.search(path) or named.takes(path)]
        if tests:
            commands[folder] = _command(files, folder, tests)
    return list(commands.values())


def _is_aside(folder: str) -> bool:
    """Whether a project is an example or a fixture and not part of the product."""
    return bool({"examples", "example", "docs", "fixtures", "testdata", "samples"}.intersection(folder.split("/")))


def _command(files: Files, folder: str, tests: list[str]) -> TestCommand:
    python = interpreter(files.root, folder)
    if not _is_set_up(files, folder) and (script := scripts.find(files, folder, python)):
        return script
    if _is_set_up(files, folder) or _uses_pytest(files, tests, python):
        looks_in, named = _test_paths(files, folder), _test_names(files, folder)
        return TestCommand("pytest", (python, "-m", "pytest"), folder, looks_in=looks_in, named=named)
    return TestCommand("unittest", (python, "-m", "unittest"), folder)


def called(files: Files, script: str) -> list[TestCommand]:
    """Return the command of each call of pytest in a script, at the root."""
    found = []
    for call in calls_of(script, "pytest"):
        words = tuple(_whole(call.words)) if call else ()
        places = looked_in(places_in(words, files.root))
        argv = (interpreter(files.root), "-m", "pytest", *words)
        found.append(TestCommand("pytest", argv, "", script, places, environment=call.environment if call else ()))
    return found


def _whole(words: tuple[str, ...]) -> Iterator[str]:
    """The words without those that end a run before all tests have run."""
    taken = False
    for word in words:
        if not taken and word.partition("=")[0] not in _ENDING:
            yield word
        taken = word == "--maxfail"


def _is_set_up(files: Files, folder: str) -> bool:
    """Whether there are settings of pytest, or a manifest that names it."""
    if any(files.has(folder, name) and word in files.text(within(folder, name)) for name, word in _SETTINGS):
        return True
    manifests = [path for path in files.paths if path.count("/") <= 2 and _MANIFEST.search(path)]
    return any(re.search(r"\bpytest\b", files.text(path)) for path in manifests)


def _uses_pytest(files: Files, tests: list[str], python: str) -> bool:
    texts = [files.text(path) for path in tests[:50]]
    if any(re.search(r"^\s*(?:import|from) pytest\b", text, re.MULTILINE) for text in texts):
        return True
    return not any(re.search(r"\bunittest\b", text) for text in texts) and _has_pytest(Path(python))


def _test_paths(files: Files, folder: str) -> tuple[str, ...]:
    """The setting `testpaths` of pytest; patterns in it stand for everything."""
    words = _setting(files, folder, "testpaths")
    return () if any("*" in word for word in words) else words


def _test_names(files: Files, folder: str) -> tuple[str, ...]:
    """The setting `python_files` of pytest; nothing where it looks for doctests, too, which stand in any file."""
    if any(word.startswith("--doctest") for word in _setting(files, folder, "addopts")):
        return ()
    return _setting(files, folder, "python_files") or _COLLECTED


def _setting(files: Files, folder: str, key: str) -> tuple[str, ...]:
    return setting(lambda name: files.text(within(folder, name)), key)


def _has_pytest(python: Path) -> bool:
    return any(python.parent.parent.glob("lib/python*/site-packages/pytest"))


def interpreter(root: Path, folder: str = "") -> str:
    """Return the Python that a project is installed in: an environment beside it or above, the active one, one of
    tox's or nox's, else the one on PATH."""
    place = root / folder
    while True:
        for name in _ENVIRONMENTS:
            if found := _python_of(place / name):
                return found
        if place == root:
            break
        place = place.parent
    named = [Path(os.environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(name)]
    candidates = [one for one in named if not _is_lent(one)]
    candidates += [found for name in (".tox", ".nox") for found in sorted((root / name).glob("*"), reverse=True)]
    for candidate in candidates:
        if found := _python_of(candidate):
            return found
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(one for one in folders if not _is_lent(Path(one).parent))
    return shutil.which("python3", path=path) or shutil.which("python", path=path) or "python3"


def _is_lent(environment: Path) -> bool:
    """Whether an environment is the one that pre-commit has made for us alone: it calls it the active one."""
    return bool(os.environ.get("PRE_COMMIT")) and environment.resolve() == Path(sys.prefix).resolve()


def _python_of(environment: Path) -> str:
    for name in ("bin/python", "Scripts/python.exe"):
        if (environment / name).exists():
            return os.fspath(environment / name)
    return ""


def start_pytest(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    """Let pytest run on over what it cannot collect, write nothing beside the tests, and report to us."""
    options = ("-q", "-p", "codeagent_pytest_report", "-p", "no:cacheprovider", "--continue-on-collection-errors")
    head, words = command.argv[:3], command.argv[3:]
    if words:
        words, chosen = with_files(words, place.scratch / place.folder, chosen), ()
    told = dict(command.environment)
    if "PYTHONPATH" in told:
        home = os.fspath(place.scratch / place.folder)
        own = [os.path.join(home, one) for one in told["PYTHONPATH"].split(os.pathsep)]
        told["PYTHONPATH"] = os.pathsep.join([os.fspath(place.startup), *own])
    return Started((*head, *options, *words, *(chosen or ())), {**told, "CODEAGENT_REPORT": os.fspath(place.report)})


def start_unittest(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    """Let our own runner of unittest run the chosen modules, or all that it finds."""
    argv = (command.argv[0], "-m", "codeagent_unittest_report", *map(module_of, chosen or ()))
    return Started(argv, {"CODEAGENT_REPORT": os.fspath(place.report)})


PYTEST: Final = Runner(find, start_pytest, read, (".py",))
UNITTEST: Final = Runner(lambda files: [], start_unittest, read, (".py",))
