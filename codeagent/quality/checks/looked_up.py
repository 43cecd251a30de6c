"""Modules of Python whose names code looks up by what it computes: nothing that stands there is proven unused."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import FileFacts
from codeagent.quality.checks.subject import Subject

_ASKED: Final = re.compile(  # of a thing, what is not said by a string: `getattr(jobs, name)`, `vars(jobs)`
    rb"\b(?:getattr|getmembers|vars|dir)\(\s*([A-Za-z_][\w.]*|sys\.modules\[__name__\])\s*(?:,\s*(?![\"'\s])|\))"
)
_OWN: Final = re.compile(  # but for `globals()["name"]`, `"name" in globals()` and `globals().update(…)`
    rb"(?<![\"'] in )(?<![\"'] not in )\bglobals\(\)(?!\s*\[\s*[\"'][^\"'{%]*[\"']\s*\]|\.update\()"
)
_ITSELF: Final = b"sys.modules[__name__]"


def looked_up(subject: Subject) -> frozenset[str]:
    """Return the paths of such modules."""
    tables, found = subject.tables, set()
    imported: dict[str, set[str]] | None = None
    for path in tables.paths:
        if tables.graph.files[path].language != "python":
            continue
        source = tables.graph.read(path)
        asked = {match[1] for match in _ASKED.finditer(source)}
        if _ITSELF in asked or _OWN.search(source):
            found.add(path)
        names = {one.decode().rpartition(".")[2] for one in asked - {_ITSELF}}
        modules = set(_modules(tables.graph.facts(path), names)) if names else set()
        if modules:
            imported = imported or _imported(subject)
            found.update(one for one in imported.get(path, ()) if _stem(one) in modules)
    return frozenset(found)


def _modules(facts: FileFacts, names: set[str]) -> Iterator[str]:
    """What the modules are called for which names of a file may stand, by their last parts."""
    for fact in facts.imports:
        last = (fact.name or fact.spec).rpartition(".")[2]
        if (fact.alias or last) in names:
            yield last


def _imported(subject: Subject) -> dict[str, set[str]]:
    tables = subject.tables
    found: dict[str, set[str]] = {}
    for source, target in subject.imports.places:
        found.setdefault(tables.paths[source], set()).add(tables.paths[target])
    return found


def _stem(path: str) -> str:
    """What a module is called in its package; a package goes by its folder."""
    return path.removesuffix("/__init__.py").rpartition("/")[2].removesuffix(".py")
