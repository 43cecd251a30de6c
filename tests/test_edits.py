"""Edits as Markdown cases: given files and what a writer wrote, the diff that must come out, or the refusal.

`edits` is a list of TOML tables: `search`/`replace` for text, `action`/`symbol`/`text`, `new`, or `removed`."""

import tomllib
from pathlib import Path

import pytest
from cases import Case, cases

from codeagent.edits.applying import Written, write_edits
from codeagent.edits.request import Action, EditRequest, NewFile, RemovedFile, SymbolEdit, TextEdit
from codeagent.graph.update import open_graph


def _request(table: dict[str, str]) -> EditRequest:
    if "action" in table:
        return SymbolEdit(Action(table["action"]), table["symbol"], table.get("text", ""))
    if "new" in table:
        return NewFile(table["new"], table["text"])
    if "removed" in table:
        return RemovedFile(table["removed"])
    return TextEdit(**table)


def _run(case: Case, root: Path) -> tuple[Written, str]:
    options = tomllib.loads(case.expected["options"])
    for path in options.get("crlf", []):
        case.files[path] = case.files[path].replace("\n", "\r\n")
    for path in options.get("unended", []):
        case.files[path] = case.files[path].rstrip("\n")
    graph = open_graph(case.write(root), in_memory=True)
    edits = [_request(table) for table in options["edits"]]
    written = write_edits(graph, edits, partial=options.get("partial", False))
    files = {path: (root / path).read_bytes() for path in case.files}
    result = written.patch.apply(files)
    for path in options.get("crlf", []):
        after = result[path]
        assert after is not None and after.count(b"\n") == after.count(b"\r\n"), "its line ends are kept"
    diff = written.patch.diff(files)
    assert {path: (root / path).read_bytes() for path in case.files} == files, "nothing is written"
    return written, diff


@pytest.mark.parametrize("case", cases("edits", "diff"))
def test_edits_change_what_they_should(case: Case, tmp_path: Path):
    written, diff = _run(case, tmp_path / "repo")
    if not tomllib.loads(case.expected["options"]).get("partial"):
        assert [failed.reason + "\n" + failed.hint for failed in written.failed] == []
    case.expect("diff", diff)
    told = [f"{one.rung} {one.path}:{one.start_line} {one.note}" for one in written.applied]
    case.expect("answer", "\n".join(told))


@pytest.mark.parametrize("case", cases("edits", "refused"))
def test_edits_are_refused_with_what_stands_there(case: Case, tmp_path: Path):
    written, diff = _run(case, tmp_path / "repo")
    assert written.failed
    assert diff == "" or tomllib.loads(case.expected["options"]).get("partial")
    told = [f"{failed.reason}\n{failed.hint}" for failed in written.failed]
    assert all(failed.hint for failed in written.failed), "a refusal says what to do"
    case.expect("refused", "\n".join(told))
