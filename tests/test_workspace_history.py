"""History: counted once, under today's names, and the same whether it was read at once or bit by bit."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.history import Author, Churn, History, Pair
from codeagent.workspace.mining import mine

Make = Callable[..., Repo]
ADA, BOB = "Ada Example <ada@example.org>", "Bob <bob@example.org>"


def repository_of(made: Repo) -> Repository:
    found = enclosing(made.root)
    assert found is not None
    return found


def mined(made: Repo, since: History | None = None, *, window: int = 4000, most: int = 100_000) -> History:
    return mine(repository_of(made), made.git("rev-parse", "HEAD"), since, window=window, most=most)


def churn_of(past: History, *paths: str) -> dict[str, Churn]:
    return {churn.path: churn for churn in past.churn(paths)}


def test_churn_and_authors_of_a_file(repo: Make) -> None:
    made = repo(git=False)
    made.git("init", "--quiet")
    made.commit("one", {"a.py": "1\n2\n3\n", "b.py": "1\n"}, author=ADA, date="2024-01-01T00:00:00Z")
    made.commit("two", {"a.py": "1\n2\nthree\nfour\n"}, author=BOB, date="2025-06-01T00:00:00Z")
    made.commit("three", {"a.py": "1\n"}, author=BOB, date="2025-07-01T00:00:00Z")
    found = mined(made).churn(["a.py", "b.py", "never.py"])
    assert [(churn.path, churn.commits, churn.recent, churn.added, churn.deleted) for churn in found] == [
        ("a.py", 3, 2, 5, 4),
        ("b.py", 1, 0, 1, 0),
    ]
    first = found[0]
    assert (first.first, first.last) == (1_704_067_200, 1_751_328_000)
    assert [(share.author, share.commits, share.added) for share in first.authors] == [
        (Author("Ada Example", "ada@example.org"), 1, 3),
        (Author("Bob", "bob@example.org"), 2, 2),
    ]


def test_a_file_keeps_its_past_through_renames(repo: Make) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    made = repo({"old.py": text})
    made.git("mv", "old.py", "middle.py")
    made.commit("rename")
    made.git("mv", "middle.py", "new.py")
    made.commit("rename and edit", {"new.py": text + "more\n"})
    made.commit("another takes the name", {"old.py": "different\n"})
    for window in (0, 1, 2, 4000):
        found = churn_of(mined(made, window=window), "new.py", "old.py", "middle.py")
        assert {path: churn.commits for path, churn in found.items()} == {"new.py": 3, "old.py": 1}, window


def test_lines_are_counted_in_the_newest_commits_only(repo: Make) -> None:
    made = repo({"a.py": "1\n2\n3\n"})
    made.commit("two", {"a.py": "1\n2\n3\n4\n", "pic.bin": b"\0"})
    past = mined(made, window=1)
    assert (past.counted, len(past.dates), past.complete) == (1, 2, True)
    churn = churn_of(past, "a.py", "pic.bin")
    assert (churn["a.py"].commits, churn["a.py"].added) == (2, 1)
    assert (churn["pic.bin"].commits, churn["pic.bin"].added) == (1, 0)


def test_more_commits_than_we_read_are_told(repo: Make) -> None:
    made = repo({"a.py": "1"})
    made.commit("two", {"a.py": "2"})
    past = mined(made, window=1, most=1)
    assert (len(past.dates), past.complete) == (1, False)


def test_mailmap_merges_and_commits_without_changes(repo: Make) -> None:
    made = repo({".mailmap": "Robert <bob@new.org> <bob@example.org>\n", "a.py": "1\n"})
    made.git("checkout", "--quiet", "-b", "side")
    made.commit("side", {"b.py": "1\n"}, author=BOB)
    made.git("checkout", "--quiet", "main")
    made.commit("main", {"c.py": "1\n"})
    made.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    made.commit("nothing at all")
    past = mined(made)
    assert len(past.dates) == 4, "the merge itself is not work"
    share = churn_of(past, "b.py")["b.py"].authors[0]
    assert share.author == Author("Robert", "bob@new.org")
    assert churn_of(past, "b.py", "c.py")["b.py"].commits == 1


def test_commits_that_only_reformat_are_passed_over(repo: Make) -> None:
    made = repo({"a.py": "1\n"})
    reformat = made.commit("black", {"a.py": b" 1\n"}, author=BOB)
    before = mined(made)
    assert churn_of(before, "a.py")["a.py"].commits == 2
    made.commit("say so", {".git-blame-ignore-revs": f"# black\n{reformat}  # all\n"})
    after = mined(made, before)
    assert churn_of(after, "a.py")["a.py"].commits == 1
    assert after == mined(made)


def test_coupling(repo: Make) -> None:
    made = repo({"x.py": "0", "y.py": "0", "z.py": "0"})
    for number in range(1, 5):
        made.commit("both", {"x.py": f"{number}", "y.py": f"{number}"})
    made.commit("sweep", {f"file{number}.py": "" for number in range(40)} | {"x.py": "s", "z.py": "s"})
    past = mined(made)
    assert past.coupling(["x.py", "y.py", "z.py"]) == (Pair("x.py", "y.py", 5, 5, 5),)
    assert past.coupling(["x.py", "z.py"]) == ()
    assert [pair.together for pair in past.coupling(["x.py", "z.py"], most=50, least=2)] == [2]


def test_odd_names_of_files_and_people(repo: Make) -> None:
    odd = dict.fromkeys(("tab\there.py", "new\nline.py", 'quo"te.py', "\x1erecord.py", "é.py", "{a => b}.py"), "1\n")
    made = repo(odd)
    made.commit("two", dict.fromkeys(odd, "2\n"), author="Zoë Ünï <z@example.org>")
    for window in (0, 4000):
        found = churn_of(mined(made, window=window), *odd)
        assert {path: churn.commits for path, churn in found.items()} == dict.fromkeys(odd, 2)
    assert {share.author.name for share in found["é.py"].authors} == {"Ada Example", "Zoë Ünï"}


def test_below_the_top_only_what_lies_there_counts(repo: Make) -> None:
    made = repo({"a.py": "1", "sub/b.py": "1"})
    made.commit("a", {"a.py": "2"})
    made.commit("b", {"sub/b.py": "2"})
    below = enclosing(made.root / "sub")
    assert below is not None
    past = mine(below, made.git("rev-parse", "HEAD"))
    assert past.paths == ("b.py",)
    assert churn_of(past, "b.py")["b.py"].commits == 2


def test_a_history_that_was_rewritten_is_read_again(repo: Make) -> None:
    made = repo({"a.py": "1"})
    made.commit("two", {"a.py": "2"})
    before = mined(made)
    made.git("commit", "--quiet", "--amend", "-m", "other", "--date", "2020-01-01T00:00:00Z")
    assert mined(made, before) == mined(made)


def test_what_is_known_is_not_read_again(repo: Make) -> None:
    made = repo({"a.py": "1"})
    past = mined(made)
    assert mined(made, past) is past


def test_a_blob_comes_back_as_it_was_and_damage_is_noticed(repo: Make) -> None:
    made = repo({"a.py": "1"})
    made.commit("two", {"a.py": "2"}, author=BOB)
    past = mined(made)
    blob = past.to_blob()
    assert History.from_blob(blob) == past
    assert History.from_blob(b"") is None
    assert History.from_blob(blob[:-8]) is None
    assert History.from_blob(b"nonsense") is None


def test_an_empty_log(repo: Make) -> None:
    made = repo({"a.py": "1"})
    made.git("checkout", "--quiet", "--orphan", "empty")
    made.git("rm", "--quiet", "-rf", ".")
    made.git("commit", "--quiet", "--allow-empty", "-m", "nothing")
    past = mined(made)
    assert past.churn(["a.py"]) == ()
    assert past.coupling(["a.py"]) == ()
    assert History.from_blob(past.to_blob()) == past


edits = st.lists(
    st.tuples(st.sampled_from(["edit", "edit", "move", "delete"]), st.sampled_from("abc"), st.sampled_from("abcd")),
    min_size=2,
    max_size=8,
)


@given(edits=edits, cut=st.integers(1, 7), window=st.sampled_from([0, 1, 3, 4000]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bit_by_bit_is_the_same_as_at_once(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, str]], cut: int, window: int
) -> None:
    made = Repo(tmp_path_factory.mktemp("past"))
    made.git("init", "--quiet")
    made.commit("start", {name: f"{name}\n" * 9 for name in "abc"})
    since = None
    for number, edit in enumerate(edits):
        _apply(made.root, *edit, number)
        made.commit(f"step {number}", date=f"2024-01-{number + 1:02}T00:00:00Z")
        if number == cut:
            since = mined(made)
    at_once, in_parts = mined(made), mined(made, since)
    assert in_parts.churn("abcd") == at_once.churn("abcd")
    assert in_parts.coupling("abcd", least=1) == at_once.coupling("abcd", least=1)
    split = mined(made, window=window)
    assert {c.path: (c.commits, c.last) for c in split.churn("abcd")} == {
        c.path: (c.commits, c.last) for c in at_once.churn("abcd")
    }


def _apply(root: Path, action: str, name: str, target: str, number: int) -> None:
    path = root / name
    if action == "edit" or not path.exists():
        path.write_text((path.read_text() if path.exists() else f"{name}\n" * 9) + f"{number}\n")
    elif action == "move":
        path.replace(root / target)
    else:
        path.unlink()
