"""The log of a run: whole lines or none, read back as written, a torn end cut off, a damaged middle told."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from codeagent.domain.errors import Refused, UsageError
from codeagent.workspace import eventlog
from codeagent.workspace.eventlog import EVENTS, EventLog, log_folders, open_log, prune_logs, read_records, start_log


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("CODEAGENT_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


def test_records_come_back_as_they_were_written(root):
    log = start_log(root)
    heard = []
    log.listen(heard.append)
    log.append("run.started", {"goal": "caf\udce9 ü", "price": None}, sender="user", to="plan")
    log.append("decision", {"said": ["yes"]})
    again = open_log(root)
    assert again.records == log.records == tuple(heard)
    assert [one.id for one in again.records] == [1, 2]
    assert again.records[0].body == {"goal": "caf\udce9 ü", "price": None}


def test_a_line_cut_short_was_never_said_and_the_next_takes_its_place(root):
    log = start_log(root)
    log.append("decision", {"said": "one"})
    with open(log.folder / EVENTS, "ab") as file:
        file.write(b'{"id":2,"time":1.0,"fro')
    log.close()
    again = open_log(root, log.id)
    again.append("decision", {"said": "two"})
    assert [one.body["said"] for one in read_records(log.folder / EVENTS)] == ["one", "two"]


def test_a_damaged_line_is_told_with_its_place(root):
    log = start_log(root)
    for said in ("one", "two"):
        log.append("decision", {"said": said})
    path = log.folder / EVENTS
    path.write_bytes(path.read_bytes().replace(b"one", b'o"ne'))
    with pytest.raises(UsageError, match=r"events.jsonl:1 is no record"):
        open_log(root, log.id)


def test_many_threads_append_whole_lines_in_one_order(root):
    log = start_log(root)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log.append("worker", {"n": n}), range(40)))
    assert [one.id for one in EventLog(log.folder).records] == list(range(1, 41))


def test_a_full_disk_loses_nothing_that_was_said(root):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    log = start_log(root)
    log.append("decision", {"said": "one"})
    handle, log._handle = log._handle, os.open("/dev/full", os.O_WRONLY)
    with pytest.raises((Refused, OSError)):
        log.append("decision", {"said": "two"})
    log._handle = handle
    log.append("decision", {"said": "three"})
    assert [one.body["said"] for one in open_log(root).records] == ["one", "three"]


def test_one_process_goes_on_with_a_run_and_others_read_it(root):
    log = start_log(root)
    log.append("decision", {"said": "one"})
    other = open_log(root)
    assert other.records == log.records
    with pytest.raises(Refused, match=f"run {log.id} is being carried out by another process"):
        other.append("decision", {"said": "two"})
    log.append("decision", {"said": "three"})
    log.close()
    other.append("decision", {"said": "four"})
    assert [one.body["said"] for one in open_log(root).records] == ["one", "three", "four"]
    assert [one.id for one in other.records] == [1, 2, 3]


def test_the_oldest_runs_go_where_all_take_too_much_but_none_that_is_at_work(root):
    logs = [start_log(root) for _ in range(4)]
    for log in logs:
        log.append("decision", {"said": "x" * 1000})
    for log in (logs[0], logs[2], logs[3]):
        log.close()
    assert prune_logs(root, limit=10_000) == []
    assert prune_logs(root, limit=1_500) == [logs[2].id, logs[0].id]
    assert {path.name for path in log_folders(root)} == {logs[1].id, logs[3].id}


def test_unknown_and_ambiguous_runs_are_told(root):
    with pytest.raises(UsageError, match="there is no run of this repository"):
        open_log(root)
    start_log(root), start_log(root)
    with pytest.raises(UsageError, match="could be 2 runs"):
        open_log(root, eventlog.log_folders(root)[0].name[:8])


@pytest.mark.parametrize("links", [True, False])
def test_runs_of_a_repository_share_what_nobody_else_knows(root, tmp_path, monkeypatch, links):
    if not links:

        def refuse(source, target):
            raise PermissionError(1, "no links here")

        monkeypatch.setattr(os, "link", refuse)
    log = start_log(root)
    with ThreadPoolExecutor(8) as pool:
        seeds = set(pool.map(lambda _: EventLog(log.folder).seed, range(8))) if links else {log.seed}
    assert len(seeds) == 1 and start_log(root).seed in seeds and len(log.seed) == 32
    assert (log.folder.parent / "seed").stat().st_mode & 0o077 == 0
    assert [path.name for path in log.folder.parent.iterdir() if path.is_file()] == ["seed"]
    (tmp_path / "other").mkdir()
    assert start_log(tmp_path / "other").seed not in seeds
