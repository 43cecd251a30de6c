"""bindings: names that no longer stand for what they did, names that stand for nothing, and calls that do not fit."""

import re
import sys
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.graph.naming import Naming, key_of
from codeagent.graph.spots import line_at
from codeagent.languages import syntax
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.comparison import Comparison, Difference
from codeagent.quality.gates.fitting import misfits
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.imports import DEFERRED, is_optional
from codeagent.quality.gates.java_calls import java_misfits

# What a module has without a word being said.
_GIVEN: Final = frozenset((
    "__name__", "__file__", "__doc__", "__path__", "__spec__", "__loader__", "__package__", "__builtins__",
    "__annotations__", "__dict__", "__class__", "__module__", "__qualname__", "__debug__", "__cached__", "reveal_type",
    "WindowsError", "get_ipython",
))  # fmt: skip
_PLACE: Final = re.compile(r"@\d+\b")  # tells one of several of a name from the others
_MANIFESTS: Final = ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt", "Pipfile")


def bindings(change: Change) -> GateResult:
    """Compare what every name stands for before and after, over all files that the change reaches."""
    if not any(path in change.after_graph.files or path in change.before_graph.files for path in change.touched):
        return judged("bindings", ())
    judge = _Judge(change)
    seen: dict[tuple[str, int, str], Finding] = {}
    differences = list(judge.comparison.differences())
    _load(change.before_names, differences)
    _load(change.after_names, differences)
    for one in differences:
        finding = judge.judge(one)
        if finding:
            seen.setdefault((finding.path, finding.line, finding.fingerprint), finding)
    return judged("bindings", [*seen.values(), *misfits(change, change.matching), *java_misfits(change)])


def _load(names: Naming, differences: list[Difference]) -> None:
    """Make ready to tell what is defined where anything led or leads to: all of it at once takes far less time."""
    homes = {key.partition("::")[0]: None for one in differences for key in (*one.before, *one.after)}
    names.load(path for path in homes if path in names.paths)


class _Judge:
    """Tells what was meant from what went wrong."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.comparison = Comparison(change, change.matching)
        self._after: dict[str, frozenset[str]] = {}
        self._before: dict[str, frozenset[str]] = {}

    def judge(self, one: Difference) -> Finding | None:
        source = self.change.after_graph.read(one.path)
        name = _name_at(source, one.start)
        if not name or name in _GIVEN:
            return None
        if one.after and self._left_the_tree(one):
            was = ", ".join(sorted(map(_shown, one.before)))
            moved = all(key.partition("::")[0] in self.change.after_graph.files for key in one.before)
            message = f"{name} is not found here any more: " + (f"it is {was}" if moved else f"{was} is gone")
            return found("lost-import", message, one.path, line_at(source, one.start), anchor=f"{name} {was}")
        return self._rebound(one, source, name) if one.after else self._lost(one, source, name)

    def _lost(self, one: Difference, source: bytes, name: str) -> Finding | None:
        """A name that stands for nothing, where it is a bare name or what it meant is no more."""
        was = ", ".join(sorted(map(_shown, one.before)))
        if one.bare and self.change.after_graph.files[one.path].language == "python":
            if _expected(one, source):
                return None
            message = f"{name} stands for nothing" + (f"; it was {was}" if was else "")
            return found("undefined-name", message, one.path, line_at(source, one.start), anchor=name)
        for key in one.before:
            if "::" not in key or (self._exists(key) and _last(key) == name):
                return None  # outside the tree, or there as before: only its type is not seen any more
        return found(
            "lost-reference",
            f"{name} is no more; it is {was}" if any(map(self._exists, one.before)) else f"{was} is no more",
            one.path,
            line_at(source, one.start),
            anchor=f"{name} {was}",
        )

    def _rebound(self, one: Difference, source: bytes, name: str) -> Finding | None:
        """A name in text that nobody touched, which means something else now."""
        old_is_gone = not any(map(self._exists, one.before))
        new_is_new = not any(map(self._existed, one.after))
        if not one.untouched or (old_is_gone and new_is_new):
            return None  # it moved, and its users with it
        if any(map(self._was_local, one.before)):
            return None  # text that went from one function to another
        captured = one.bare and new_is_new
        claimed = self.change.claims.refactor
        if not claimed and not captured:
            return None  # a behaviour may change
        was, now = (", ".join(sorted(map(_shown, keys))) for keys in (one.before, one.after))
        severity = Severity.ERROR if claimed else Severity.WARNING
        rule = "captured-name" if captured else "rebound-name"
        message = f"{name} stood for {was} and now stands for {now}"
        return found(rule, message, one.path, line_at(source, one.start), anchor=name, severity=severity)

    def _left_the_tree(self, one: Difference) -> bool:
        """Whether an import that nobody touched took what is of the tree, and now means something of that name that
        would have to be installed, though nobody says that it is."""
        graph = self.change.after_graph
        imports = {each.start: each for each in graph.facts(one.path).imports}
        fact = imports.get(one.start)
        if fact is None or not one.untouched or fact.flags & DEFERRED or is_optional(graph, one.path, one.start):
            return False
        first = fact.spec.partition(".")[0]
        if first in sys.stdlib_module_names or any(map(self._is_inside, one.after)):
            return False
        return all(map(self._is_inside, one.before)) and not self._is_declared(first)

    def _is_inside(self, key: str) -> bool:
        path = key.partition("::")[0]
        return path in self.change.before_graph.files or path in self.change.after_graph.files

    def _is_declared(self, name: str) -> bool:
        said = re.compile(rf"\b{re.escape(name)}\b".replace("_", "[-_.]").encode(), re.IGNORECASE)
        return any(said.search(self.change.read_after(path) or b"") for path in _MANIFESTS)

    def _was_local(self, key: str) -> bool:
        """Whether a key is of a parameter or variable of a function."""
        path, _, name = key.partition("::")
        graph = self.change.before_graph
        return "." in name and path in graph.files and all(key != key_of(one.id) for one in graph.symbols(path))

    def _exists(self, key: str) -> bool:
        return _known(self.change.after_names, key, self._after)

    def _existed(self, key: str) -> bool:
        return _known(self.change.before_names, key, self._before)


def _known(names: Naming, key: str, kept: dict[str, frozenset[str]]) -> bool:
    """Whether a key is defined; names outside the tree always are."""
    path, mark, _ = key.partition("::")
    if not mark:
        return "/" not in path or path in names.paths
    if path not in names.paths:
        return False
    if path not in kept:
        kept[path] = names.file(path).defined()
    return key in kept[path]


def _expected(one: Difference, source: bytes) -> bool:
    """Whether the name stands in text, or its absence is expected."""
    node = syntax.around(syntax.parse("python", source), one.start, one.start + 1)
    if syntax.in_text(node):
        return True
    tried = syntax.enclosing(node, "try_statement")
    return tried is not None and b"NameError" in syntax.text(tried, source)


def _name_at(source: bytes, start: int) -> str:
    end = start
    while end < len(source) and (source[end : end + 1].isalnum() or source[end] == 95 or source[end] >= 128):
        end += 1
    return source[start:end].decode("utf-8", "replace")


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2].rpartition("/")[2]


def _shown(key: str) -> str:
    return _PLACE.sub("", key.removeprefix("<builtin>."))
