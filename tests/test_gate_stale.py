"""The gate `stale` in real repositories: targets that moved on, branches of others, and what is no news."""

import json

import pytest

BASE = "def total(items):\n    found = 0\n    for item in items:\n        found += item\n    return found\n"
MINE = BASE.replace("+= item", "+= item.price")
THEIRS = BASE.replace("+= item", "+= item.cost")


@pytest.fixture
def judged(invoke):
    def judge(made, *options: str):
        said = invoke("gate", "--only", "stale", "--format", "json", *options, cwd=made.root)
        told = json.loads(said.out)["results"][0]
        return said.code, [(one["rule"], one["severity"]) for one in told["findings"]], told

    return judge


@pytest.fixture
def shop(repo):
    """A repository whose branch `mine` changes what `main` has changed since."""
    made = repo({"shop.py": BASE, "other.py": "x = 1\n"})
    made.git("checkout", "--quiet", "-b", "mine")
    made.commit("my way", {"shop.py": MINE})
    made.git("checkout", "--quiet", "main")
    made.commit("the way of main", {"shop.py": THEIRS})
    made.git("checkout", "--quiet", "mine")
    return made


def test_the_branch_that_was_named_has_moved_on(shop, judged):
    code, rules, told = judged(shop, "--base", "main")
    assert (code, rules) == (1, [("base-moved", "error")])
    finding = told["findings"][0]
    assert "main has 1 commit" in finding["message"]
    assert "the way of main" in finding["message"]
    assert (finding["path"], finding["line"], finding["symbol"]) == ("shop.py", 4, "shop.py::total")


def test_a_rebased_branch_is_up_to_date(shop, judged):
    shop.git("checkout", "--quiet", "-B", "mine", "main")
    shop.commit("my way", {"shop.py": MINE})
    assert judged(shop, "--base", "main")[:2] == (0, [])


def test_three_dots_tell_the_same_and_two_that_the_target_s_work_is_taken_back(shop, judged):
    assert judged(shop, "--base", "main...mine")[1] == [("base-moved", "error")]
    _, rules, told = judged(shop, "--base", "main..mine")
    assert rules == [("base-moved", "error")]
    assert "takes back" in told["findings"][0]["message"]


def test_without_a_name_the_default_branch_of_the_remote_counts(shop, repo, judged):
    clone = repo(name="clone", git=False)
    clone.git("clone", "--quiet", str(shop.root), ".")
    clone.git("remote", "set-head", "origin", "main")
    clone.git("checkout", "--quiet", "-b", "work", "origin/main~1")
    clone.write({"shop.py": MINE})
    _, rules, told = judged(clone)
    assert told["facts"]["targets"] == ["origin/main"]
    assert rules == [("base-moved", "error"), ("overlapping-branch", "warning")]  # origin/mine does the same


def test_the_branch_that_is_followed_has_moved_on(shop, repo, judged):
    clone = repo(name="clone", git=False)
    clone.git("clone", "--quiet", "--branch", "mine", str(shop.root), ".")
    shop.commit("more of mine", {"shop.py": MINE.replace("found = 0", "found = 1")})
    clone.git("fetch", "--quiet")
    clone.write({"shop.py": MINE.replace("found = 0", "found = 2")})
    assert ("base-moved", "error") in judged(clone)[1]


def test_what_was_merged_by_squashing_is_no_news(repo, judged):
    made = repo({"shop.py": BASE})
    made.git("checkout", "--quiet", "-b", "done")
    made.commit("one", {"shop.py": THEIRS})
    made.git("checkout", "--quiet", "main")
    made.commit("squashed", {"shop.py": THEIRS})
    made.write({"shop.py": THEIRS.replace(".cost", ".total")})
    assert judged(made)[:2] == (0, [])


def test_a_branch_that_was_left_long_ago_is_left_alone(repo, judged, monkeypatch):
    made = repo({"shop.py": BASE})
    made.git("checkout", "--quiet", "-b", "old")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2001-02-03T04:05:06")
    made.commit("one", {"shop.py": THEIRS})
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    made.git("checkout", "--quiet", "main")
    made.write({"shop.py": MINE})
    assert judged(made)[:2] == (0, [])


def test_a_detached_head_and_a_first_commit_are_no_obstacle(shop, repo, judged):
    shop.git("checkout", "--quiet", "--detach", "mine~1")
    shop.write({"shop.py": MINE})
    assert ("base-moved", "error") in judged(shop)[1]
    empty = repo(name="empty", commit=False)
    empty.write({"a.py": "x = 1\n"})
    assert judged(empty)[2]["status"] == "skipped"


def test_files_that_one_side_deletes_overlap(repo, judged):
    made = repo({"shop.py": BASE})
    made.git("checkout", "--quiet", "-b", "theirs")
    (made.root / "shop.py").unlink()
    made.commit("gone", {"x.py": "x = 1\n"})
    made.git("checkout", "--quiet", "main")
    made.write({"shop.py": MINE})
    assert judged(made)[:2] == (1, [("overlapping-branch", "error")])


def test_one_branch_is_one_finding_however_many_places_it_touches(repo, judged):
    many = "".join(f"def total{number}(items):\n    return {number}\n\n\n" for number in range(5))
    made = repo({"shop.py": many})
    made.git("checkout", "--quiet", "-b", "theirs")
    made.commit("theirs", {"shop.py": many.replace("return", "return 1 +")})
    made.git("checkout", "--quiet", "main")
    made.write({"shop.py": many.replace("return", "return 2 +")})
    code, rules, told = judged(made)
    assert (code, rules) == (1, [("overlapping-branch", "error")])
    assert len(told["findings"][0]["related"]) == 4
    assert "and touches 4 more places of this change" in told["findings"][0]["message"]
