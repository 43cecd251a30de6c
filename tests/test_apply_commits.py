"""Commits of `codeagent apply`: one a step, on a branch or with the files; uncommitted work stays uncommitted."""

import pytest
import yaml

SHOP = """
    def price(cart):
        return cart.total() + tax(cart)


    def tax(cart):
        return 1


    def size(cart):
        return len(cart.items)
    """
STEPS = [
    {
        "id": old,
        "title": f"rename {old}",
        "operation": "rename",
        "arguments": {"target": f"shop.py::{old}", "new": new},
        "scope": ["shop.py"],
    }
    for old, new in (("tax", "duty"), ("size", "count"))
]


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "goal": "Better names", "steps": STEPS}))
    return path


@pytest.fixture
def carry(invoke, plan):
    def run(made, *options):
        return invoke("apply", plan, "--tests", "none", *options, cwd=made.root)

    return run


def hook(made, name, text):
    path = made.root / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_a_branch_gets_a_commit_a_step_and_the_checkout_stays(repo, carry):
    made = repo({"shop.py": SHOP})
    base = made.git("rev-parse", "HEAD")
    done = carry(made, "--branch", "names")
    assert done.code == 0, done.err
    assert made.git("log", "--format=%s", f"{base}..names").splitlines() == [
        "refactor(shop): rename size to count",
        "refactor(shop): rename tax to duty",
    ]
    assert made.git("log", "-1", "--format=%an <%ae>%n%B", "names").startswith("Ada Example <ada@example.org>")
    assert "Assisted-by: codeagent" in made.git("log", "-1", "--format=%B", "names")
    assert "count" in made.git("show", "names:shop.py") and "tax" in made.git("show", "names~2:shop.py")
    assert made.git("status", "--porcelain") == "" and made.git("rev-parse", "HEAD") == base
    assert made.git("fsck", "--strict") == ""
    again = carry(made, "--branch", "names")
    assert (again.code, "there is a branch names" in again.err) == (4, True)


def test_the_branch_of_the_files_goes_with_them(repo, carry):
    made = repo({"shop.py": SHOP})
    done = carry(made, "--yes", "--message-style", "plain", "--no-trailer")
    assert done.code == 0, done.err
    assert made.git("log", "-2", "--format=%s").splitlines() == ["rename size to count", "rename tax to duty"]
    assert made.git("log", "-1", "--format=%b") == "- shop.py: +1 -1"
    assert made.git("status", "--porcelain") == ""
    assert made.git("symbolic-ref", "HEAD") == "refs/heads/main"


def test_work_that_is_not_committed_is_neither_lost_nor_swept_in(repo, carry):
    made = repo({"shop.py": SHOP, "notes.txt": "one\n"})
    made.write({"notes.txt": "one\ntwo\n", "new.py": "x = 1\n"})
    top = (made.root / "shop.py").read_text()
    (made.root / "shop.py").write_text(f'"""Mine."""\n\n{top}')
    made.git("add", "notes.txt")
    done = carry(made, "--yes")
    assert done.code == 0, done.err
    assert made.git("show", "HEAD:shop.py").startswith("def price")
    assert "count" in made.git("show", "HEAD:shop.py")
    assert made.git("status", "--porcelain").splitlines() == ["M  notes.txt", " M shop.py", "?? new.py"]
    assert made.git("diff", "--", "shop.py").count("\n+") == 3  # the header, and the two lines of theirs


def test_staged_work_in_a_touched_file_stays_staged(repo, carry):
    made = repo({"shop.py": SHOP})
    (made.root / "shop.py").write_text('"""Mine."""\n\n' + (made.root / "shop.py").read_text())
    made.git("add", "shop.py")
    assert carry(made, "--yes").code == 0
    assert made.git("status", "--porcelain") == "M  shop.py"
    assert made.git("diff", "--cached").count("\n-") == 1 and '+"""Mine' in made.git("diff", "--cached")


@pytest.mark.parametrize("options", [("--yes",), ("--branch", "names")])
def test_work_that_cannot_be_told_apart_is_in_the_way(repo, carry, options):
    made = repo({"shop.py": SHOP})
    mine = (made.root / "shop.py").read_text().replace("def tax(cart):", "def tax(cart):  # mine")
    (made.root / "shop.py").write_text(mine)
    done = carry(made, *options)
    assert done.code == 4
    assert "shop.py has changes that are not committed, in the same place" in done.err
    assert (made.root / "shop.py").read_text() == mine
    assert made.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert carry(made, "--yes", "--no-commit").code == 0
    assert "def duty(cart):  # mine" in (made.root / "shop.py").read_text()


def test_a_file_that_git_does_not_know_is_in_the_way(repo, carry):
    made = repo({"readme.txt": "x"})
    made.write({"shop.py": SHOP})
    done = carry(made, "--yes")
    assert (done.code, "shop.py is not in git yet" in done.err) == (4, True)


def test_hooks_run_once_they_are_trusted_and_have_the_last_word(repo, carry, invoke):
    made = repo({"shop.py": SHOP})
    hook(made, "pre-commit", "grep -q count shop.py && { echo count is no word >&2; exit 1; }; exit 0")
    done = carry(made, "--yes")
    assert (done.code, "git hook pre-commit" in done.err) == (7, True)
    assert invoke("trust", cwd=made.root).code == 0
    done = carry(made, "--yes")
    assert (done.code, "a git hook refuses the commit: count is no word" in done.err) == (4, True)
    assert made.git("log", "--format=%s") == "start"
    assert "tax" in (made.root / "shop.py").read_text()
    assert "count" not in (made.root / "shop.py").read_text()


def test_a_hook_that_changes_files_is_refused_and_one_that_adds_to_the_message_heard(repo, carry):
    made = repo({"shop.py": SHOP})
    hook(made, "pre-commit", "echo '# tidy' >> shop.py; git add shop.py")
    done = carry(made, "--yes", "--trust")
    assert (done.code, "a git hook changed what is committed" in done.err) == (4, True)
    hook(made, "pre-commit", "echo '# tidy' >> shop.py")
    done = carry(made, "--yes", "--trust")
    assert (done.code, "a git hook changed shop.py" in done.err) == (4, True)
    assert "tidy" not in (made.root / "shop.py").read_text()
    hook(made, "pre-commit", "exit 0")
    hook(made, "commit-msg", "echo 'Change-Id: I1' >> \"$1\"")
    assert carry(made, "--yes", "--trust").code == 0
    assert made.git("log", "-1", "--format=%B").endswith("Change-Id: I1")


def test_line_ends_and_modes_are_as_git_keeps_them(repo, carry):
    made = repo(commit=False)
    made.write({".gitattributes": "*.py text eol=crlf\n"})
    text = "\n".join(line.removeprefix("    ") for line in SHOP.lstrip("\n").splitlines())
    (made.root / "shop.py").write_bytes(text.replace("\n", "\r\n").encode())
    (made.root / "shop.py").chmod(0o755)
    made.commit("start")
    assert carry(made, "--yes").code == 0
    assert b"\r\n" in (made.root / "shop.py").read_bytes()
    assert "\r" not in made.git("show", "HEAD:shop.py")
    assert made.git("ls-tree", "HEAD", "shop.py").startswith("100755")
    assert made.git("status", "--porcelain") == ""


def test_without_git_the_files_alone_are_written(repo, carry):
    made = repo({"shop.py": SHOP}, git=False)
    assert carry(made, "--yes").code == 0
    assert "count" in (made.root / "shop.py").read_text()
    assert carry(made, "--branch", "names").code == 4
