"""The last report of a repository in the cache folder, valid as long as nothing it rests on has changed."""

import os
import zlib
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from codeagent import __version__
from codeagent.config import PACKAGE, Config, data_folder
from codeagent.domain.report import REPORT_VERSION, Report
from codeagent.graph.graph import CodeGraph
from codeagent.graph.stamp import extractor_stamp
from codeagent.workspace.blobs import read_blob, write_blob
from codeagent.workspace.history import History

BLOB: Final = "report"
_FOLDERS: Final = ("survey", "quality/checks", "workflows", "domain")


class Kept(msgspec.Struct, array_like=True):
    """A report and what it rests on."""

    key: str
    report: Report


def report_key(graph: CodeGraph, history: History | None, settings: Config) -> str:
    """Return a text that differs whenever the report might: contents, commits, limits, or this program."""
    state = blake2b(f"{REPORT_VERSION} {__version__} {extractor_stamp()} {_program()}".encode(), digest_size=16)
    fresh = graph.freshness
    state.update(
        f"{graph.root} {fresh.revision} {fresh.dirty} {history.head if history else ''}".encode("utf-8", "replace")
    )
    state.update(msgspec.json.encode(settings.checks, order="sorted"))
    for path in sorted(graph.files):
        state.update(f"{path}\0{graph.files[path].digest}\n".encode("utf-8", "surrogateescape"))
    for reason in sorted(graph.skipped):
        state.update("\n".join((reason, *sorted(graph.skipped[reason]))).encode("utf-8", "surrogateescape"))
    return state.hexdigest()


@cache
def _program() -> str:
    """Return a stamp of the modules and data that make reports."""
    state = blake2b(digest_size=8)
    places = [PACKAGE / folder for folder in _FOLDERS] + [data_folder("quality")]
    for place in places:
        try:
            with os.scandir(place) as found:
                for item in sorted(found, key=lambda i: i.name):
                    if item.name.endswith((".py", ".toml")):
                        status = item.stat()
                        state.update(f"{item.name} {status.st_size} {status.st_mtime_ns}\n".encode())
        except OSError:
            continue
    return state.hexdigest()


def kept_report(cache: Path, root: Path, key: str) -> Report | None:
    """Return the kept report if it is still true."""
    blob = read_blob(cache, root, BLOB)
    if blob is None:
        return None
    try:
        kept = msgspec.msgpack.decode(zlib.decompress(blob), type=Kept)
    except (zlib.error, msgspec.DecodeError, ValueError):
        return None
    return kept.report if kept.key == key else None


def keep_report(cache: Path, root: Path, kept: Kept) -> None:
    """Keep a report for next time; a cache that cannot be written is no failure."""
    write_blob(cache, root, BLOB, zlib.compress(msgspec.msgpack.encode(kept), 1))
