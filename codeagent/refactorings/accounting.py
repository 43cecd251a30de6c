"""Accounting: every place in the tree where the name of an operation's target stands ends in exactly one bucket."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from codeagent.domain.patch import Edit, Patch
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.gone_through import gone_through
from codeagent.refactorings.lookups import called_after, looked_up
from codeagent.refactorings.python.one_test import in_another_test
from codeagent.refactorings.python.ownname import loader_of
from codeagent.refactorings.receivers import on_container
from codeagent.refactorings.refactoring import Accounting, Named, Occurrence, Proposal
from codeagent.refactorings.renaming import escapes
from codeagent.refactorings.spoken import gone_by

BUCKETS: Final = ("edited", "other", "text", "unresolved")
_NO_EDIT: Final = "needs no edit"
_MODULE_PART: Final = frozenset({"<module>"})


def account(code: Code, proposal: Proposal) -> Accounting:
    """Return the accounting of a proposal in full: what its operation has judged, and the rest by what it changes.

    Places without the name stay only where they are unresolved: somebody must look at them. Of an operation that is
    about no name, the accounting stays as it is."""
    if not proposal.about:
        return proposal.occurrences
    told = {
        (one.path, one.start, one.end): (bucket, one)
        for bucket in ("other", "text", "edited", "unresolved")  # where two are told, the last one counts
        for one in getattr(proposal.occurrences, bucket)
    }
    found: dict[str, list[Occurrence]] = {bucket: [] for bucket in BUCKETS}
    judging = _Judging(code, proposal)
    for name in _united(proposal.about):
        called_anew = () if judging.keeps(name) else sorted(name.keys & judging.gone)
        looking = [looked_up(code, replace(name, keys=name.keys & judging.gone))]
        looking += [gone_through(code, name.keys & judging.gone), *(called_after(code, key) for key in called_anew)]
        for one in chain.from_iterable(looking):
            told[one.path, one.start, one.end] = ("unresolved", one)
        for mention in take_census(code, name.name, name.paths):
            known = told.pop((mention.path, mention.start, mention.end), None)
            bucket, why = judging.judge(name, mention)
            if known is not None:
                bucket, why = (
                    known[0],
                    known[1].why or (why if bucket == known[0] else _NO_EDIT * (known[0] == "other")),
                )
            found[bucket].append(Occurrence(mention.path, mention.start, mention.end, why))
    found["unresolved"] += [one for bucket, one in told.values() if bucket == "unresolved"]
    return Accounting(**{bucket: tuple(sorted(ones, key=_order)) for bucket, ones in found.items()})


def _order(one: Occurrence) -> tuple[str, int]:
    return one.path, one.start


def _united(about: tuple[Named, ...]) -> Iterator[Named]:
    """Each name once, with all that it stands for."""
    for name in dict.fromkeys(one.name for one in about):
        same = [one for one in about if one.name == name]
        everywhere = any(one.paths is None for one in same)
        paths = None if everywhere else tuple(dict.fromkeys(path for one in same for path in one.paths or ()))
        yield Named(name, frozenset().union(*(one.keys for one in same)), paths)


class _Judging:
    """What becomes of places on which the operation itself has said nothing."""

    def __init__(self, code: Code, proposal: Proposal) -> None:
        self._code = code
        self._renamed = proposal.renamed
        self.gone = {*proposal.renamed, *proposal.dropped}
        self._replaced = _Replaced(proposal.patch)
        self._escaping: dict[frozenset[str], bool] = {}

    def judge(self, name: Named, mention: Mention) -> tuple[str, str]:
        targets = mention.meaning.targets
        edit = self._replaced.around(mention)
        if targets and not targets & name.keys and targets != _MODULE_PART:
            return "other", min(targets)
        if mention.prose:
            why = gone_by(self._code, name.keys & self.gone, mention, moved=self.keeps(name)) if edit is None else ""
            if why:
                return "unresolved", why
            whole = mention.node is not None and edit is not None and not _within(edit, mention)
            return ("text", "") if edit is None or whole else ("edited", "string")
        if targets:
            return ("edited", "") if edit else ("other", _NO_EDIT)
        if edit is None and name.keys & self.gone and mention.member and self._may_be(name, mention):
            return "unresolved", "a member of something unknown"
        return ("edited", "") if edit else ("other", "nothing here binds it to the target")

    def keeps(self, name: Named) -> bool:
        """Whether what has a name has it afterwards as well, in another module."""
        after = [self._renamed.get(key, "") for key in name.keys & self.gone]
        return all((re.split("[.:]", new)[-1] if "::" in new else Named.module(new).name) == name.name for new in after)

    def _may_be(self, name: Named, mention: Mention) -> bool:
        """Whether a member of something unknown may be the target: one of a class, or of a module used as a value."""
        if self._code.strangers(min(name.keys).partition("::")[0], mention.path):
            return False
        if on_container(self._code, mention) or in_another_test(self._code, name.keys, mention.path, mention.start):
            return False
        homes = {key.partition("::")[0] for key in name.keys if owner_of(self._code.naming.flow, key) is None}
        if any(loader_of(self._code, home) == mention.path for home in homes):
            return True
        known = self._escaping.get(name.keys)
        if known is None:
            known = self._escaping[name.keys] = any(map(self._reachable, name.keys))
        return known

    def _reachable(self, key: str) -> bool:
        path, mark, _ = key.partition("::")  # a module is imported, and not come by as a member of just anything
        return bool(mark) and (owner_of(self._code.naming.flow, key) is not None or escapes(self._code, path))


def _within(edit: Edit, mention: Mention) -> bool:
    node = mention.node
    return node is not None and node.start_byte <= edit.start and edit.end <= node.end_byte


class _Replaced:
    """The bytes that a patch takes away or writes anew."""

    def __init__(self, patch: Patch) -> None:
        self._deleted = frozenset(patch.deletes)
        self._edits: dict[str, list[Edit]] = {}
        for edit in patch.edits:
            self._edits.setdefault(edit.path, []).append(edit)
        self._starts = {path: [edit.start for edit in edits] for path, edits in self._edits.items()}

    def around(self, mention: Mention) -> Edit | None:
        """The edit that takes a place away or writes it anew; None where it stays as it is."""
        if mention.path in self._deleted:
            return Edit(mention.path, 0, 1 << 60, b"")
        at = bisect_right(self._starts.get(mention.path, []), mention.start)
        near = self._edits.get(mention.path, [])[max(0, at - 1) : at + 1]
        return next((e for e in near if e.start < mention.end and mention.start < e.end), None)
