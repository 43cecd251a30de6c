"""pytest: `python_files`, `testpaths`, and doctests, which may stand in any file."""

import re
from collections.abc import Callable, Iterator
from fnmatch import translate
from posixpath import dirname, normpath
from typing import Final

from codeagent.graph.globs import anywhere
from codeagent.graph.runners.calls import calls_of, places
from codeagent.graph.runners.following import of_target
from codeagent.graph.runners.settings import Says, Settings

FILES: Final = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")  # the first that has a setting
_EVERY: Final = "*.py"
_SAYS: Final = re.compile(r"^(?:python_files|addopts)\s*=", re.MULTILINE)
_WILD: Final = re.compile(r"[*?]*(?:\.py)?")


def setting(text: Callable[[str], str], key: str) -> tuple[str, ...]:
    """Return the words of a setting of pytest, a list or a text, in the first file of a folder that has it."""
    for name in FILES:
        found = re.search(rf"^{key}\s*=\s*(\[[^\]]*\]|.*(?:\n[ \t]+\S.*)*)", text(name), re.MULTILINE)
        if found:
            return tuple(re.findall(r"[^\s\[\],'\"]+", found[1]))
    return ()


def says(settings: Settings) -> Iterator[Says]:
    """Yield what the settings of each folder say."""
    yield from _of_make(settings)
    folders = dict.fromkeys(dirname(path) for path in settings.paths if path.rpartition("/")[2] in FILES)
    for folder in folders:
        prefix = f"{folder}/" if folder else ""

        def text(name: str, prefix: str = prefix) -> str:
            return settings.text(prefix + name) if settings.has(prefix + name) else ""

        yield from _of_folder(folder, text, prefix)


def _of_make(settings: Settings) -> Iterator[Says]:
    """What the targets of make that test name for pytest to run."""
    for target in ("test", "check"):
        for call in calls_of(of_target(settings.text, target), "pytest"):
            words = places(call.words, lambda word: settings.has(normpath(word))) if call else []
            files = [normpath(word) for word in words if word.endswith(".py")]
            yield Says(f"make {target}", "", tuple(rf"\A/{translate(one)}" for one in files))


def _of_folder(folder: str, text: Callable[[str], str], prefix: str) -> Iterator[Says]:
    names = [word for word in setting(text, "python_files") if not word.startswith("#")]
    options = setting(text, "addopts")
    if any(word.startswith("--doctest-modules") for word in options):
        names.append(_EVERY)
    if not names and not any(word.startswith("--doctest-glob") for word in options):
        return
    where = prefix + next(name for name in FILES if _SAYS.search(text(name)))
    places = [word.rstrip("/") for word in setting(text, "testpaths")]
    if any(word.startswith("--doctest-glob") for word in options):
        yield Says(where, folder, unread=True)
    everywhere = not places or any(word in ("", ".") or "*" in word for word in places)
    wild = [name for name in names if "/" not in name and _WILD.fullmatch(name)]
    if wild and everywhere:
        yield Says(where, folder, unread=True)
    told = [name for name in names if not (everywhere and name in wild)]
    looked = "|".join(map(re.escape, places))
    within = "" if everywhere else rf"(?=(?:{looked})(?:/|\Z))"
    yield Says(where, folder, tuple(rf"\A/{within}{_pattern(name)}" for name in told))


def _pattern(name: str) -> str:
    """A pattern with a folder in it speaks of the end of the path, any other of the file's name."""
    return f"(?:.*/)?{translate(name)}" if "/" in name else anywhere(name)
