"""Edits as Markdown cases: given files and what a writer wrote, the diff that must come out, or the refusal.

`edits` is a list of TOML tables: `search`/`replace` for text, `action`/`symbol`/`text`, `new`, `removed`, `moved`."""

import re
import tomllib
from pathlib import Path

import pytest
from cases import Case, cases

from codeagent.domain.errors import Stale
from codeagent.edits.applying import Written, write_edits
from codeagent.edits.request import Action, EditRequest, MovedFile, NewFile, RemovedFile, SymbolEdit, TextEdit
from codeagent.graph.proposed import proposed_graph
from codeagent.graph.update import open_graph
from codeagent.workspace.writing import write_patch


def _request(table: dict[str, str]) -> EditRequest:
    if "action" in table:
        return SymbolEdit(Action(table["action"]), table["symbol"], table.get("text", ""))
    if "new" in table:
        return NewFile(table["new"], table["text"])
    if "removed" in table:
        return RemovedFile(table["removed"])
    if "moved" in table:
        return MovedFile(table["moved"], table["to"])
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


# --- what no case file can hold: encodings, links, files that change


@pytest.mark.parametrize(
    ("source", "search", "replace", "result"),
    [
        (b"\xef\xbb\xbfx = 1\r\n", "x = 1", "x = 2", b"\xef\xbb\xbfx = 2\r\n"),
        (b"# coding: latin-1\nx = '\xe4'\ny = 1\n", "y = 1", "y = 'ö'", b"# coding: latin-1\nx = '\xe4'\ny = '\xf6'\n"),
        (b"# coding: latin-1\nx = '\xe4'\n", "x = 'ä'", "x = 'a'", b"# coding: latin-1\nx = 'a'\n"),
        (b"# caf\xe9\nx = 1\n", "x = 1", "x = 2", b"# caf\xe9\nx = 2\n"),
        (b"x = 1\r\ny = 2\nz = 3\r\n", "y = 2\n", "y = 3\ny = 4\n", b"x = 1\r\ny = 3\ny = 4\nz = 3\r\n"),
        (b"x = 1\x0cy\n", "x = 1", "x = 2", b"x = 2\x0cy\n"),
        (b"", "", "x = 1\n", b"x = 1\n"),
    ],
)
def test_marks_and_encodings_stay_as_they_are(tmp_path: Path, source: bytes, search: str, replace: str, result: bytes):
    (tmp_path / "a.txt").write_bytes(source)
    (tmp_path / "a.py").write_bytes(source)
    graph = open_graph(tmp_path, in_memory=True)
    for path in ("a.py", "a.txt"):
        written = write_edits(graph, [TextEdit(path, search, replace)])
        assert written.failed == ()
        assert written.patch.apply({path: source}) == {path: result}


@pytest.mark.parametrize(
    ("source", "search", "replace", "reason"),
    [
        (b"# coding: latin-1\nx = '\xe4'\n", "x", "x = '€'", "latin-1|iso8859-1"),
        (b"# caf\xe9\nx = 1\n", "x = 1", "x = 'é'", "is not UTF-8"),
        (b"# caf\xe9\nx = 1\n", "# café\n", "# coffee\n", "is not UTF-8"),
        (b"x = 1\n", "x = 1", "x = '\ud800'", "utf-8, which has no"),
        (b"x\0 = 1\n", "x", "y", "not text"),
        ("x = 1\n".encode("utf-16"), "x", "y", "not text"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, source: bytes, search: str, replace: str, reason: str):
    (tmp_path / "a.txt").write_bytes(source)
    written = write_edits(open_graph(tmp_path, in_memory=True), [TextEdit("a.txt", search, replace)])
    assert not written.patch
    assert re.search(reason, written.failed[0].reason)
    assert written.failed[0].hint


def test_no_edit_goes_through_a_link_or_onto_what_git_ignores(repo):
    made = repo({"a.py": "x = 1\n", ".gitignore": ".env\n", "real/b.py": "y = 1\n"})
    made.write({".env": "KEY=1\n"})
    (made.root / "link.py").symlink_to("a.py")
    (made.root / "folder").symlink_to("real")
    graph = open_graph(made.root, in_memory=True)
    asked = [
        TextEdit("link.py", "x", "z"),
        NewFile("folder/c.py", "z = 1\n"),
        TextEdit(".env", "KEY", "LOCK"),
        NewFile(".env", "KEY=2\n"),
        NewFile("real", "z = 1\n"),
    ]
    written = write_edits(graph, asked)
    assert [failed.reason for failed in written.failed] == [
        "link.py is a symbolic link",
        "folder is a symbolic link",
        "there is no file .env",
        ".env exists already",
        "real is a folder",
    ]
    assert not written.patch


def test_a_file_that_changed_since_it_was_indexed_is_stale(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\n")
    graph = open_graph(tmp_path, in_memory=True)
    (tmp_path / "a.py").write_text("x = 2\n")
    with pytest.raises(Stale):
        write_edits(graph, [TextEdit("a.py", "x = 2", "x = 3")])


def test_the_patch_is_one_that_can_be_written(repo):
    made = repo({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    edits = [TextEdit("a.py", "x = 1", "x = 2"), NewFile("c/d.py", "z = 1\n"), RemovedFile("b.py")]
    write_patch(made.root, write_edits(open_graph(made.root, in_memory=True), edits, title="try").patch)
    assert {path.name for path in made.root.rglob("*.py")} == {"a.py", "d.py"}
    assert (made.root / "a.py").read_text() == "x = 2\n"
    assert made.git("status", "--porcelain").split("\n") == [" M a.py", " D b.py", "?? c/"]


def test_edits_of_a_changed_tree_that_is_not_written_yet(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\n")
    graph = open_graph(tmp_path, in_memory=True)
    first = write_edits(graph, [TextEdit("a.py", "x = 1", "x = 2"), NewFile("b.py", "y = 1\n")])
    after = proposed_graph(graph, first.patch.apply({"a.py": b"x = 1\n"}))
    second = write_edits(after, [TextEdit("a.py", "x = 2", "x = 3"), TextEdit("b.py", "y = 1", "y = 2")])
    assert second.failed == ()
    assert second.patch.apply({"a.py": b"x = 2\n", "b.py": b"y = 1\n"}) == {"a.py": b"x = 3\n", "b.py": b"y = 2\n"}
