"""Dropping rows that no snapshot refers to: a little with every update, all of it when asked."""

from codeagent.graph.records import decode_snapshot
from codeagent.graph.store import Store

_ROOM = 1_000  # rows beyond what is referred to that may stay: facts of other branches are worth keeping


def sweep(store: Store, *, everything: bool = False) -> int:
    """Delete rows that no snapshot refers to and return how many; call it within `store.writing()`.

    Links go once they outnumber those in use by half. Facts of content that is not there now may come
    back (a branch switch), so the youngest stay until they are three times as many as those in use."""
    links, facts = store.ids("links"), store.ids("facts")
    used_links, used_facts = _used(store) if everything or _crowded(store, len(links), len(facts)) else (None, None)
    if used_links is None or used_facts is None:
        return 0
    idle_links = [row for row, _ in links if row not in used_links]
    idle_facts = [row for row, _ in sorted(facts, key=lambda one: -one[1]) if row not in used_facts]
    if not everything:
        idle_facts = idle_facts[2 * len(used_facts) + _ROOM :]
    store.drop("links", idle_links)
    store.drop("facts", idle_facts)
    return len(idle_links) + len(idle_facts)


def _crowded(store: Store, links: int, facts: int) -> bool:
    in_use = max(store.files_in_use(), 1)
    return links > 1.5 * in_use + _ROOM or facts > 3 * in_use + _ROOM


def _used(store: Store) -> tuple[set[int], set[int]]:
    links: set[int] = set()
    facts: set[int] = set()
    for name, _ in store.snapshots():
        body = store.snapshot(name)
        snapshot = decode_snapshot(body) if body else None
        for entry in snapshot.entries if snapshot else ():
            links.add(entry.links)
            facts.add(entry.facts)
    return links, facts
