"""Search: the two engines agree, and a pattern is never anything but a pattern."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repo

from codeagent.domain.errors import UsageError
from codeagent.workspace import search as module
from codeagent.workspace.files import discover
from codeagent.workspace.revisions import Revision, WorkingTree
from codeagent.workspace.search import Hit, Query, find_ripgrep, search

Make = Callable[..., Repo]
needs_ripgrep = pytest.mark.skipif(find_ripgrep() is None, reason="ripgrep is not installed")

FILES = {
    "a.py": b"def save(self):\n    return self.save\n",
    "sub/crlf.py": b"import a\r\nsave()\r\n\r\nend",
    "latin.py": b"# caf\xe9 save\n",
    "bom.py": b"\xef\xbb\xbfsave = 1\n",
    "uni.py": "größe = 'save'  # é save\n".encode(),
    ".hidden/h.py": b"save\n",
    "bin.py": b"\0\0save\n",
    "-dash.py": b"save\n",
    "sp ace.py": b"Save saves\n",
    "empty.py": b"",
}


def snapshots(made: Repo) -> tuple[WorkingTree, Revision]:
    return WorkingTree(made.root, discover(made.root)), Revision(made.root, made.git("rev-parse", "HEAD"))


@needs_ripgrep
@pytest.mark.parametrize(
    "query",
    [
        Query("save"), Query(r"\bsave\b"), Query("save", whole_words=True), Query("SAVE", ignore_case=True),
        Query("^save"),
        Query("save$"), Query("self.save", fixed=True), Query("save(", fixed=True), Query("ö"), Query("[a-z]"),
        Query("x*"),
        Query(r"(?<=\.)save"), Query(r"^$"), Query("sav[ea]s?"), Query("nothing like it"), Query("--", fixed=True),
    ],
)  # fmt: skip
def test_both_engines_agree(repo: Make, query: Query) -> None:
    tree, commit = snapshots(repo(FILES))
    by_rg, by_python = search(tree, query), search(commit, query)
    assert (by_rg.engine, by_python.engine) == ("ripgrep", "python")
    assert by_rg.hits == by_python.hits


def test_a_hit_says_where_it_is(repo: Make) -> None:
    tree, _ = snapshots(repo(FILES))
    hits = search(tree, Query("save", fixed=True)).hits
    assert Hit("uni.py", 1, 10, 11, 15, "größe = 'save'  # é save") in hits
    assert Hit("sub/crlf.py", 2, 1, 10, 14, "save()") in hits
    assert [hit.text for hit in hits if hit.path == "latin.py"] == ["# caf\ufffd save"]
    for hit in hits:
        assert FILES[hit.path][hit.start : hit.end] == b"save"
        assert FILES[hit.path][: hit.start].count(b"\n") + 1 == hit.line
    assert "bin.py" not in {hit.path for hit in hits}
    assert {"-dash.py", ".hidden/h.py"} <= {hit.path for hit in hits}


def test_only_the_files_asked_for(repo: Make) -> None:
    made = repo(FILES)
    made.write({".gitignore": "*.py\n", ".ignore": "*.py\n"})
    for snapshot in snapshots(made):
        assert {hit.path for hit in search(snapshot, Query("save"), ["a.py", "-dash.py"]).hits} == {"-dash.py", "a.py"}
        assert search(snapshot, Query("save"), []).hits == ()


def test_a_limit_is_kept_and_said(repo: Make) -> None:
    for snapshot in snapshots(repo({"a.py": "x\n" * 50, "b.py": "x\n"})):
        found = search(snapshot, Query("x"), most=7)
        assert (len(found.hits), found.cut) == (7, True)
        assert [hit.line for hit in found.hits] == list(range(1, 8))
        assert not search(snapshot, Query("x"), most=51).cut


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "a{2,1}", "(?P<n>", "", "a\nb", "a\0"])
def test_what_is_no_pattern_is_a_usage_error(repo: Make, pattern: str) -> None:
    for snapshot in snapshots(repo({"a.py": "x"})):
        with pytest.raises(UsageError):
            search(snapshot, Query(pattern))


@needs_ripgrep
@pytest.mark.parametrize("flag", ["--pre={run}", "--hostname-bin={run}", "--pre {run}", "-f{run}", "--config={run}"])
@pytest.mark.parametrize("fixed", [False, True])
def test_a_pattern_that_looks_like_an_option_runs_nothing(repo: Make, tmp_path: Path, flag: str, fixed: bool) -> None:
    marker, script = tmp_path / "PWNED", tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    pattern = flag.format(run=script)
    tree, _ = snapshots(repo({"a.py": f"see {pattern}\n"}))
    found = search(tree, Query(pattern, fixed=fixed))
    assert [hit.column for hit in found.hits] == [5]
    assert not marker.exists()


@needs_ripgrep
def test_the_user_s_ripgrep_settings_do_not_count(repo: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rgrc").write_text("--invert-match\n")
    monkeypatch.setenv("RIPGREP_CONFIG_PATH", str(tmp_path / "rgrc"))
    tree, _ = snapshots(repo({"a.py": "yes\nno\n"}))
    assert [hit.text for hit in search(tree, Query("yes")).hits] == ["yes"]


def test_without_ripgrep_python_does_it(repo: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, _ = snapshots(repo(FILES))
    monkeypatch.setattr(module, "find_ripgrep", lambda configured="": None)
    found = search(tree, Query("save"))
    assert found.engine == "python"
    assert len(found.hits) == 10


@needs_ripgrep
def test_ripgrep_is_the_configured_one_then_the_one_installed_with_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = find_ripgrep()
    assert program is not None
    own = tmp_path / "rg"
    own.symlink_to(program)
    assert find_ripgrep(str(own)) == str(own)
    assert find_ripgrep(str(tmp_path / "no-such")) == program
    monkeypatch.setattr(module.sysconfig, "get_path", lambda name: str(tmp_path / "empty"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ripgrep() == str(own)
    monkeypatch.setenv("PATH", "")
    assert find_ripgrep() is None


@needs_ripgrep
def test_many_files_go_in_several_commands(repo: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ARGUMENTS", 200)
    tree, _ = snapshots(repo({f"folder/file{number:03}.py": "x\n" for number in range(60)}))
    found = search(tree, Query("x"))
    assert found.engine == "ripgrep"
    assert [hit.path for hit in found.hits] == [f"folder/file{number:03}.py" for number in range(60)]


def test_names_that_are_not_utf8(repo: Make) -> None:
    made = repo({"a.py": "x"})
    with open(os.fsencode(made.root) + b"/caf\xe9.py", "wb") as file:
        file.write(b"xx")
    made.commit("odd")
    for snapshot in snapshots(made):
        assert [hit.path for hit in search(snapshot, Query("xx")).hits] == ["caf\\xe9.py"]


def test_a_file_that_went_away_is_passed_over(repo: Make) -> None:
    made = repo({"a.py": "x", "b.py": "x"})
    tree, _ = snapshots(made)
    (made.root / "a.py").unlink()
    assert [hit.path for hit in search(tree, Query("x")).hits] == ["b.py"]
