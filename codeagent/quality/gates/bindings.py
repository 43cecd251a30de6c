"""bindings: names that no longer stand for what they did, names that stand for nothing, and calls that do not fit."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.graph import bindings as preserved
from codeagent.graph.bindings import Difference
from codeagent.graph.naming import Naming, key_of
from codeagent.graph.spots import line_at
from codeagent.languages import syntax
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.edits import Written, edits_of
from codeagent.quality.gates.fitting import misfits
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.matching import Matching, match

# What a module has without a word being said.
_GIVEN: Final = frozenset((
    "__name__", "__file__", "__doc__", "__path__", "__spec__", "__loader__", "__package__", "__builtins__",
    "__annotations__", "__dict__", "__class__", "__module__", "__qualname__", "__debug__", "__cached__", "reveal_type",
    "WindowsError", "get_ipython",
))  # fmt: skip


def bindings(change: Change) -> GateResult:
    """Compare what every name stands for before and after, over all files that the change reaches."""
    if not any(path in change.after_graph.files or path in change.before_graph.files for path in change.by_path):
        return judged("bindings", ())
    comparison = Comparison(change)
    return judged("bindings", [*comparison.findings(), *misfits(change, comparison.matching)])


class Comparison:
    """The names of both sides of one change, and what became of them."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.matching: Matching = match(change)
        files = [file for file in change.files if file.status in ("modified", "renamed")]
        self.edits = {file.path: edits_of(change, file.path) for file in files}
        self._written = {path: Written(edits) for path, edits in self.edits.items()}

    def differences(self) -> list[Difference]:
        """Return what differs, over the whole tree."""
        change, matching = self.change, self.matching
        touched = frozenset(path for path in change.written() if path in change.after_graph.files)
        asked = preserved.Change(
            tuple(edit for edits in self.edits.values() for edit in edits),
            moves=change.moves,
            renamed={key_of(old): key_of(new) for old, new in matching.renamed.items()},
            carried=tuple(self._carried()),
            touched=touched,
        )
        return preserved.compare(change.before_graph, change.after_graph, asked)

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, each place once."""
        seen = set()
        for one in self.differences():
            finding = self._judge(one)
            if finding and (finding.path, finding.line, finding.fingerprint) not in seen:
                seen.add((finding.path, finding.line, finding.fingerprint))
                yield finding

    def _carried(self) -> Iterator[tuple[str, int, int, str, int]]:
        """Definitions that moved as they are to another file."""
        for old, new in self.matching.renamed.items():
            before, after = self.matching.before[old], self.matching.after[new]
            elsewhere = before.symbol.path not in self.change.moves and before.symbol.path != after.symbol.path
            if elsewhere and before.text == after.text:
                span = before.symbol.span
                yield before.symbol.path, span.start, span.end, after.symbol.path, after.symbol.span.start

    def _judge(self, one: Difference) -> Finding | None:
        source = self.change.after_graph.read(one.path)
        name = _name_at(source, one.start)
        if not name or name in _GIVEN:
            return None
        if not one.after:
            return self._lost(one, source, name)
        return self._rebound(one, source, name)

    def _lost(self, one: Difference, source: bytes, name: str) -> Finding | None:
        """A name that stands for nothing, where it is a bare name or what it meant is no more."""
        bare = not one.before or self._is_bare(one)
        if bare and (self._stands(one) or self._guarded(one, source)):
            return None
        if not bare and (self._exists(one.before) or one.before.partition("::")[2] == "" or self._is_written(one)):
            return None
        what = _shown(one.before) if one.before else ""
        message = f"{name} stands for nothing" if bare else f"{name}: {what} is no more"
        if bare and what and "::" in one.before:
            message += f"; it was {what}"
        rule = "undefined-name" if bare else "lost-reference"
        return found(rule, message, one.path, line_at(source, one.start), anchor=name)

    def _rebound(self, one: Difference, source: bytes, name: str) -> Finding | None:
        """A name in text that nobody touched, which means something else now."""
        if self._is_written(one) or one.before.rpartition(".")[2].rpartition(":")[2] == "":
            return None
        after = one.after.split(", ")
        old_is_gone = not self._exists(one.before)
        new_is_new = not any(self._existed(key) for key in after)
        if old_is_gone and new_is_new:
            return None  # it moved, and its users with it
        captured = not old_is_gone and new_is_new and self._is_bare(one)
        claimed = self.change.claims.refactor
        if not claimed and not captured:
            return None  # a behaviour may change
        message = f"{name} stood for {_shown(one.before)} and now stands for {', '.join(map(_shown, after))}"
        severity = Severity.ERROR if claimed else Severity.WARNING
        rule = "captured-name" if captured else "rebound-name"
        return found(rule, message, one.path, line_at(source, one.start), anchor=name, severity=severity)

    # --- what is known of a name

    def _is_written(self, one: Difference) -> bool:
        written = self._written.get(one.path)
        return one.start in written if written else one.path in self.change.by_path and not self._was_carried(one)

    def _was_carried(self, one: Difference) -> bool:
        return any(
            path == one.path and at <= one.start < at + end - start for _, start, end, path, at in self._carried()
        )

    def _is_bare(self, one: Difference) -> bool:
        language = self.change.after_graph.files[one.path].language
        return language == "python" and one.start in self._bare(one.path)

    def _bare(self, path: str) -> dict[int, int]:
        return dict(self.change.after_names.file(path).bare_spans())

    def _stands(self, one: Difference) -> bool:
        """Whether a bare name stands for something after all, in a language where that can be told."""
        if self.change.after_graph.files[one.path].language != "python":
            return True
        names = self.change.after_names.file(one.path)
        end = self._bare(one.path).get(one.start)
        return end is not None and names.spoken_for(one.start, end)

    def _guarded(self, one: Difference, source: bytes) -> bool:
        """Whether the name stands in text, or where its absence is expected."""
        node = syntax.around(syntax.parse("python", source), one.start, one.start + 1)
        if syntax.in_text(node):
            return True
        tried = syntax.enclosing(node, "try_statement")
        return tried is not None and b"NameError" in syntax.text(tried, source)

    def _exists(self, key: str) -> bool:
        return _known(self.change.after_names, key, self._after_keys)

    def _existed(self, key: str) -> bool:
        return _known(self.change.before_names, key, self._before_keys)

    @cached_property
    def _after_keys(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _before_keys(self) -> dict[str, frozenset[str]]:
        return {}


def _known(names: Naming, key: str, kept: dict[str, frozenset[str]]) -> bool:
    """Whether a key is defined; names outside the tree always are."""
    path, mark, _ = key.partition("::")
    if not mark:
        return not path.endswith(".py") or path in names.paths
    if path not in names.paths:
        return False
    if path not in kept:
        kept[path] = names.file(path).defined()
    return key in kept[path]


def _name_at(source: bytes, start: int) -> str:
    end = start
    while end < len(source) and (source[end : end + 1].isalnum() or source[end] == 95 or source[end] >= 128):
        end += 1
    return source[start:end].decode("utf-8", "replace")


def _shown(key: str) -> str:
    return key.removeprefix("<builtin>.")
