"""Brings a snapshot up to date: what changed is extracted, resolved and stored."""

from collections.abc import Iterable, Mapping

import msgspec

from codeagent.domain.counting import counted
from codeagent.domain.events import Notice, Progress
from codeagent.graph.affected import Stale, affected
from codeagent.graph.gather import Gatherer, Outcome, Reader, facts_row_of, read_from
from codeagent.graph.linked import Linked, LinkTree
from codeagent.graph.linking import Kept, Linker
from codeagent.graph.records import Entry, Head, Listed, Skip, Snapshot, encode_snapshot, with_links
from codeagent.graph.shelf import Shelf
from codeagent.graph.store import FactsRow
from codeagent.graph.sweeping import sweep
from codeagent.graph.testfiles import is_test
from codeagent.graph.update import Delta, Update
from codeagent.workspace.revisions import Revision

_SETTLING_NS = 50_000_000  # a file written this shortly before we looked may change again within one tick of its clock
_FLUSH_BYTES = 8_000_000
_REVISIONS = 8  # snapshots of revisions that are kept


class Renewal(Update):
    """One run that reads and links what changed."""

    def _affected(self, base: Snapshot | None, now: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Stale:
        return affected(base, now, shelf, tree)

    def _renewed(
        self, base: Snapshot | None, delta: Delta, others: tuple[str, ...], rebuild: bool
    ) -> tuple[Snapshot, Shelf]:
        before = {entry.path: entry for entry in base.entries} if base else {}
        entries = delta.kept
        shelf = self._shelf(entries)
        self._read(delta, shelf, rebuild)
        ordered = {path: entries[path] for path in sorted(entries)}
        shelf.entries = ordered
        links = LinkTree(self._tree, self._tree.paths, ordered)
        stale = self._affected(base, ordered, shelf, links)
        for path, entry in ordered.items():
            if path not in stale.paths and path in before:
                ordered[path] = with_links(entry, before[path])
        linker = Linker(shelf, links, Kept(shelf, before, stale.keys, stale.interfaces, stale.gone), stale.flow)
        rows = self._linked(linker, sorted(stale.paths), ordered)
        consulted = dict(base.consulted if base and stale.keys is not None else ()) | links.consulted
        snapshot = Snapshot(
            self._stamp,
            self._began,
            tuple(ordered.values()),
            tuple(delta.skips[path] for path in sorted(delta.skips)),
            others,
            tuple(sorted(consulted.items())),
        )
        self._commit(snapshot, rows)
        return snapshot, shelf

    def _read(self, delta: Delta, shelf: Shelf, rebuild: bool) -> None:
        """Read and extract what is wanted; facts go to the store as they come, entries and skips to `delta`."""
        if not delta.wanted:
            return
        known: set[int] = set() if rebuild else {row for row, _ in self._store.ids("facts")}
        read: Reader = self._tree.read
        if isinstance(self._tree, Revision):
            read = read_from(dict(self._tree.read_many([file.path for file in delta.wanted])))
        waiting: list[FactsRow] = []
        found: dict[str, Outcome] = {}
        held = 0
        for path, outcome in Gatherer(read, known, self._stamp).gather(delta.wanted):
            self._emit(Progress("read", len(found), len(delta.wanted)))
            found[path] = outcome
            if outcome.extracted and outcome.extracted.blob:
                row = facts_row_of(outcome)
                shelf.add(row.id, row.blob)
                waiting.append(row)
                held += len(row.blob)
            if held > _FLUSH_BYTES:
                self._flush(waiting)
                held = 0
        self._flush(waiting)
        self._enter(found, delta)

    def _flush(self, waiting: list[FactsRow]) -> None:
        if waiting:
            with self._store.writing():
                self._store.put_facts(waiting)
            waiting.clear()

    def _enter(self, found: Mapping[str, Outcome], delta: Delta) -> None:
        """Turn outcomes into entries and skips."""
        heads = dict(self._store.heads(outcome.row for outcome in found.values() if outcome.known))
        identities = self._identities(found)
        lost = {}
        for path, outcome in found.items():
            extracted = outcome.extracted
            if outcome.reason or extracted is None:
                delta.skips[path] = Skip(path, identities[path], outcome.reason or "unreadable")
                continue
            head = Head(extracted.lines, extracted.code_lines, extracted.errors, extracted.package)
            if outcome.known:
                if outcome.row not in heads:
                    lost[path] = outcome
                    continue
                head = msgspec.msgpack.decode(heads[outcome.row], type=Head)
            delta.kept[path] = Entry(
                path, identities[path], outcome.language, extracted.digest, extracted.size,
                is_test(path, outcome.language), outcome.row, head,
            )  # fmt: skip
        if lost:
            self._extract_again(lost, delta)

    def _extract_again(self, lost: Mapping[str, Outcome], delta: Delta) -> None:
        """Rows that were there when we asked are damaged, or another process has dropped them."""
        again: dict[str, Outcome] = {}
        wanted = [Listed(path, 0) for path in lost]
        rows = []
        for path, outcome in Gatherer(self._tree.read, set(), self._stamp).gather(wanted):
            again[path] = outcome
            if outcome.extracted and outcome.extracted.blob:
                rows.append(facts_row_of(outcome))
        self._flush(rows)
        self._enter(again, delta)

    def _identities(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The identity of each file read; empty where it changed too recently to be sure."""
        if isinstance(self._tree, Revision):
            return {path: self._tree.identity(path) for path in paths}
        young = int(self._began * 1e9) - _SETTLING_NS
        times = {file.path: max(file.mtime_ns, file.ctime_ns) for file in self._tree.discovery.files}
        return {path: self._tree.identity(path) if times[path] < young else b"" for path in paths}

    def _linked(self, linker: Linker, stale: list[str], ordered: dict[str, Entry]) -> list[Linked]:
        rows = []
        for path, linked in linker.link_all(stale, done=lambda n: self._emit(Progress("resolve", n, len(stale)))):
            entry = ordered[path]
            ordered[path] = msgspec.structs.replace(
                entry, links=linked.row, calls=linked.calls, unknown_calls=linked.unknown_calls
            )
            rows.append(linked)
        if linker.failed:
            first = min(linker.failed)
            failed = counted(len(linker.failed), "file")
            self._emit(Notice(f"{failed} could not be resolved, such as {first}: calls made there are unknown"))
        return rows

    def _commit(self, snapshot: Snapshot, rows: list[Linked]) -> None:
        with self._store.writing():
            self._store.put_links((linked.row, linked.crc, linked.blob) for linked in rows)
            self._store.put_snapshot(self._name, len(snapshot.entries), encode_snapshot(snapshot))
            self._store.forget_old(_REVISIONS)
            sweep(self._store)
