"""What `codeagent index` does beyond bringing the index up to date: verify, measure, prune."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codeagent.config import Config
from codeagent.graph.cachefolder import index_path, kept, shrink
from codeagent.graph.graph import CodeGraph
from codeagent.graph.store import Store, StoreError
from codeagent.graph.sweeping import sweep
from codeagent.graph.update import Emit, open_graph


@dataclass(frozen=True, slots=True)
class LanguageStats:
    """Files, lines and bytes of one language."""

    files: int
    lines: int
    bytes: int


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What the index of one repository holds; sizes in bytes, `cache_bytes` over all repositories."""

    path: str
    files: int
    symbols: int
    calls: int
    unknown_calls: int
    parse_errors: int
    languages: Mapping[str, LanguageStats]
    skipped: Mapping[str, int]
    revisions: int
    index_bytes: int
    cache_bytes: int
    cache_limit: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning dropped: rows of this repository, whole indexes of others, and bytes in all."""

    rows: int
    indexes: tuple[str, ...]
    bytes: int


def verify(root: Path, settings: Config, emit: Emit | None = None) -> tuple[str, ...]:
    """Return the paths of which the index says something else than one built from nothing."""
    incremental = open_graph(root, None, emit, settings)
    rebuilt = open_graph(root, None, emit, settings, rebuild=True, in_memory=True)
    return differences(incremental, rebuilt)


def differences(one: CodeGraph, other: CodeGraph) -> tuple[str, ...]:
    """Return the paths whose record, facts or links differ between two graphs, or that only one has."""
    reasons = [{path: reason for reason, paths in graph.skipped.items() for path in paths} for graph in (one, other)]
    paths = {*one.files, *other.files, *reasons[0], *reasons[1]}
    return tuple(sorted(path for path in paths if _differs(path, one, other, reasons)))


def _differs(path: str, one: CodeGraph, other: CodeGraph, reasons: list[dict[str, str]]) -> bool:
    if reasons[0].get(path) != reasons[1].get(path) or one.files.get(path) != other.files.get(path):
        return True
    return path in one.files and one.packed(path) != other.packed(path)


def index_stats(graph: CodeGraph, settings: Config) -> IndexStats:
    """Return what the index of a graph holds."""
    path = index_path(settings.cache_dir, graph.root)
    languages: dict[str, list[int]] = {}
    for record in graph.files.values():
        sums = languages.setdefault(record.language, [0, 0, 0])
        for at, value in enumerate((1, record.lines, record.size)):
            sums[at] += value
    indexes = kept(settings.cache_dir)
    fresh = graph.freshness
    return IndexStats(
        path=str(path),
        files=fresh.files,
        symbols=sum(1 for _ in graph.symbol_ids()) - fresh.files,
        calls=fresh.calls,
        unknown_calls=fresh.unknown_calls,
        parse_errors=fresh.parse_errors,
        languages={name: LanguageStats(*sums) for name, sums in sorted(languages.items(), key=lambda i: -i[1][0])},
        skipped={reason: len(paths) for reason, paths in graph.skipped.items()},
        revisions=_revisions(path),
        index_bytes=next((one.size for one in indexes if one.path == path), 0),
        cache_bytes=sum(one.size for one in indexes),
        cache_limit=settings.cache_megabytes << 20,
    )


def _revisions(path: Path) -> int:
    try:
        store = Store(path)
        try:
            return sum(1 for name, _ in store.snapshots() if name)
        finally:
            store.close()
    except StoreError:
        return 0


def prune(root: Path, settings: Config) -> Pruned:
    """Drop what the working tree does not need, and the least recently used indexes over the limit."""
    path = index_path(settings.cache_dir, root)
    before = sum(one.size for one in kept(settings.cache_dir))
    rows = 0
    if path.exists():
        try:
            store = Store(path)
            try:
                with store.writing():
                    store.forget_old(0)
                    rows = sweep(store, everything=True)
                store.compact()
            finally:
                store.close()
        except StoreError:
            rows = 0  # unusable; the next update makes it anew
    gone = shrink(settings.cache_dir, settings.cache_megabytes << 20, spare=path)
    after = sum(one.size for one in kept(settings.cache_dir))
    return Pruned(rows, tuple(one.parent.name for one in gone), max(before - after, 0))
