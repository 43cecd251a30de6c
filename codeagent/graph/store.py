"""The index on disk: facts by content, links by content, snapshots by name, in one SQLite file a repository."""

import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from codeagent.domain.errors import in_words
from codeagent.workspace.lock import FileLock

SCHEMA_VERSION: Final = 1  # another one on disk: the file is made anew
_SCHEMA: Final = Path(__file__).with_name("schema.sql")
BUSY_SECONDS: Final = 20.0
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)  # the last: no such table
_AT_ONCE: Final = 500  # parameters of one IN (…)


class StoreError(Exception):
    """The file cannot be used: full disk, no permission, locked for too long, damage. Users see at most a notice."""

    def __init__(self, reason: str, damaged: bool = False) -> None:
        super().__init__(reason)
        self.damaged = damaged


class FactsRow(NamedTuple):
    """A row to be written: `words_crc` covers `head + defined + names`."""

    id: int
    head: bytes
    words_crc: int
    crc: int
    defined: bytes
    names: bytes
    blob: bytes


def words_crc(head: bytes, defined: bytes, names: bytes) -> int:
    """Return the checksum of the small columns of a facts row."""
    return zlib.crc32(names, zlib.crc32(defined, zlib.crc32(head)))


# the solver goes on in a thread of its own where it goes deep, while the one before it waits
_connection = partial(sqlite3.connect, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


class Store:
    """An open index file, or one in memory where `path` is None. Every failure is a StoreError."""

    def __init__(self, path: Path | None = None, root: str = "") -> None:
        self.path = path
        self.wrote = False  # whether a snapshot was stored
        self._lock = FileLock(path.with_suffix(".lock")) if path else None
        self._db = self._opened(root)

    def _opened(self, root: str) -> sqlite3.Connection:
        try:
            if self._lock:
                self._lock.share()
            return self._connect(root)
        except (OSError, sqlite3.Error) as error:
            if self.path and self._lock and _is_damage(error) and self._lock.own():
                remove_database(self.path)  # nobody else has it open
                with suppress(OSError, sqlite3.Error):
                    self._lock.share()
                    return self._connect(root)
            self._release()
            raise StoreError(_reason(error), _is_damage(error)) from error

    def _connect(self, root: str) -> sqlite3.Connection:
        db = _connection(self.path or ":memory:")
        try:
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA temp_store = MEMORY")
            if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                _create(db, root)
            return db
        except BaseException:
            db.close()
            raise

    def of_a_fork(self) -> "Store":
        """Return a store for a forked process: SQLite's connections to files must not cross a fork.

        The parent's lock covers it; it is for reading, and ends with the process."""
        if self.path is None:
            return self
        other = object.__new__(Store)
        other.path, other.wrote, other._lock = self.path, False, None
        try:
            other._db = _connection(self.path)
        except sqlite3.Error as error:
            raise StoreError(_reason(error)) from error
        return other

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._db.close()
        self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it is kept, or nothing."""
        with _as_store_errors():
            if self._db.in_transaction:  # the consistent view that `look` holds
                self._db.execute("ROLLBACK")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def look(self) -> None:
        """From now on see the file as it is at this moment, whatever others write."""
        with _as_store_errors():
            if not self._db.in_transaction:
                self._db.execute("BEGIN")
            self._db.execute("SELECT 1 FROM snapshots LIMIT 1").fetchall()

    # --- snapshots

    def snapshot(self, name: str) -> bytes | None:
        """Return the body of a snapshot; None where there is none or it is damaged."""
        with _as_store_errors():
            row = self._db.execute("SELECT crc, body FROM snapshots WHERE name = ?", (name,)).fetchone()
        return row[1] if row and zlib.crc32(row[1]) == row[0] else None

    def put_snapshot(self, name: str, files: int, body: bytes) -> None:
        """Store a snapshot's body under its name."""
        row = (name, time.time(), files, zlib.crc32(body), body)
        self._db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", row)

    def snapshots(self) -> list[tuple[str, float]]:
        """Return the names of all snapshots and when each was made or last used, the latest first."""
        with _as_store_errors():
            return self._db.execute("SELECT name, used FROM snapshots ORDER BY used DESC").fetchall()

    def use_snapshot(self, name: str) -> None:
        """Note that a snapshot was used now."""
        self._db.execute("UPDATE snapshots SET used = ? WHERE name = ?", (time.time(), name))

    def drop_snapshot(self, name: str) -> None:
        """Forget a snapshot; its rows stay until they are dropped."""
        self._db.execute("DELETE FROM snapshots WHERE name = ?", (name,))

    # --- facts

    def put_facts(self, rows: Iterable[FactsRow]) -> None:
        """Store facts; rows that are there stay, unless they are being replaced because of damage."""
        now = time.time()
        self._db.executemany(
            "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((row.id, now, *row[1:]) for row in rows),
        )

    def known_facts(self, ids: Iterable[int]) -> set[int]:
        """Return which of the rows exist."""
        return {row[0] for row in self._select("SELECT id FROM facts WHERE id IN", ids)}

    def facts(self, ids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (row, blob) of facts in no order; rows that are missing or damaged are left out."""
        for row, crc, blob in self._select("SELECT id, crc, blob FROM facts WHERE id IN", ids):
            if zlib.crc32(blob) == crc:
                yield row, blob

    def words(self, ids: Iterable[int]) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield (row, defined names, mentioned names) in no order; damaged rows are left out."""
        sql = "SELECT id, words_crc, head, defined, names FROM facts WHERE id IN"
        for row, crc, head, defined, names in self._select(sql, ids):
            if words_crc(head, defined, names) == crc:
                yield row, defined, names

    def heads(self, ids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (row, head) of facts that are there whole."""
        sql = "SELECT id, words_crc, crc, head, defined, names, blob FROM facts WHERE id IN"
        for row, crc, blob_crc, head, defined, names, blob in self._select(sql, ids):
            if words_crc(head, defined, names) == crc and zlib.crc32(blob) == blob_crc:
                yield row, head

    # --- links

    def put_links(self, rows: Iterable[tuple[int, int, bytes]]) -> None:
        """Store (row, crc, blob)."""
        self._db.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?)", rows)

    def links(self, ids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (row, blob) of links in no order; rows that are missing or damaged are left out."""
        for row, crc, blob in self._select("SELECT id, crc, blob FROM links WHERE id IN", ids):
            if zlib.crc32(blob) == crc:
                yield row, blob

    # --- housekeeping

    def files_in_use(self) -> int:
        """Return about how many files all snapshots have together."""
        return int(self._db.execute("SELECT coalesce(sum(files), 0) FROM snapshots").fetchone()[0])

    def forget_old(self, revisions: int) -> None:
        """Forget all but the latest revisions, never the working tree (name '')."""
        self._db.execute(
            "DELETE FROM snapshots WHERE name IN"
            " (SELECT name FROM snapshots WHERE name <> '' ORDER BY used DESC LIMIT -1 OFFSET ?)",
            (revisions,),
        )
        self.wrote = True

    def discard(self) -> bool:
        """Delete the file because it is damaged; False where another process has it open."""
        try:
            if self.path and self._lock and self._lock.own():
                remove_database(self.path)
                return True
        except OSError:
            pass
        finally:
            self._release()
        return False

    def drop(self, table: str, ids: Iterable[int]) -> None:
        """Delete rows of `facts` or `links`."""
        assert table in ("facts", "links")
        self._db.executemany(f"DELETE FROM {table} WHERE id = ?", ((row,) for row in ids))

    def ids(self, table: str) -> list[tuple[int, float]]:
        """Return every row of `facts` with the time it was added, or of `links` (time 0)."""
        column = "added" if table == "facts" else "0.0"
        with _as_store_errors():
            return self._db.execute(f"SELECT id, {column} FROM {'facts' if table == 'facts' else 'links'}").fetchall()

    def compact(self) -> None:
        """Give freed pages back to the file system."""
        with _as_store_errors():
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _select(self, sql: str, ids: Iterable[int]) -> Iterator[Any]:
        wanted = sorted(set(ids))
        with _as_store_errors():
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                yield from self._db.execute(f"{sql} ({','.join('?' * len(some))})", some)


def _create(db: sqlite3.Connection, root: str) -> None:
    """Make the tables, also over those of another version; of two processes at once the second finds them made."""
    if db.execute("PRAGMA journal_mode = WAL").fetchone()[0] not in ("wal", "memory"):
        db.execute("PRAGMA journal_mode = DELETE")  # file systems without shared memory
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE type = 'table'").fetchall():
            db.execute(f'DROP {kind} "{name}"')
        for statement in _SCHEMA.read_text(encoding="utf-8").split(";\n"):
            db.execute(statement)
        db.execute("INSERT INTO about VALUES ('root', ?)", (root,))
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


@contextmanager
def _as_store_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_reason(error), _is_damage(error)) from error


def _is_damage(error: Exception) -> bool:
    """Tell damage (make it anew) from what time, space or permission would mend."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF in _DAMAGE


def _reason(error: Exception) -> str:
    return in_words(error) or type(error).__name__


def remove_database(path: Path) -> None:
    """Delete an index file that nobody has open, its log first so that none is left for a successor."""
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
