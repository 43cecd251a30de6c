"""The stamp of everything that makes facts and links: when it changes, the index is made anew."""

import os
import sys
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from codeagent.domain.facts import FACTS_VERSION
from codeagent.domain.links import LINKS_VERSION
from codeagent.languages import LANGUAGES

_PACKAGE = Path(__file__).parent.parent
_FOLDERS = ("domain", "languages", "languages/lowering", "languages/resolution", "graph")


@cache
def extractor_stamp() -> str:
    """Return a short text that differs whenever the same bytes might give other facts or links.

    It covers the versions, the size and time of our own modules, and the grammars installed."""
    state = blake2b(f"{FACTS_VERSION} {LINKS_VERSION} {sys.version_info[:2]}".encode(), digest_size=12)
    for folder in _FOLDERS:
        for name, size, mtime in sorted(_files(_PACKAGE / folder)):
            state.update(f"{folder}/{name} {size} {mtime}\n".encode())
    for grammar in sorted(_grammars()):
        state.update(f"{grammar}\n".encode("utf-8", "surrogateescape"))
    return state.hexdigest()


def _files(folder: Path) -> list[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as found:
            return [
                (item.name, (status := item.stat()).st_size, status.st_mtime_ns)
                for item in found
                if item.name.endswith((".py", ".scm"))
            ]
    except OSError:  # a package inside an archive: the versions above must do
        return []


def _grammars() -> set[str]:
    """The metadata folders of every installed grammar and of tree-sitter itself: `name-version.dist-info`."""
    wanted = {language.grammar for language in LANGUAGES if language.grammar}
    folders = {
        os.path.dirname(os.path.dirname(spec.origin))
        for name in ("tree_sitter",)
        if (spec := find_spec(name)) and spec.origin
    }
    found: set[str] = set()
    for folder in folders:
        names = os.listdir(folder)
        found.update(name for name in names if name.startswith(("tree_sitter", "semble_grammars")) and "-" in name)
        wanted -= set(names)
    return found | wanted
