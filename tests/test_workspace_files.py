"""Discovery: the same files as git, and a reason for each one left out."""

import os
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeagent.workspace.files import Discovery, discover
from codeagent.workspace.marks import REASONS, classify, is_foreign, name_reason, vendored_folders
from codeagent.workspace.policy import Limits
from codeagent.workspace.reading import read_regular
from codeagent.workspace.revisions import WorkingTree
from codeagent.workspace.spelling import spell

Make = Callable[..., Repo]


def names(found: Discovery) -> list[str]:
    return [file.path for file in found.files]


def listed_by_git(root: Path, *options: str) -> set[str]:
    arguments = ("git", "ls-files", "-z", "--cached", "--others", *(options or ("--exclude-standard",)))
    done = subprocess.run(arguments, cwd=root, check=True, capture_output=True)
    return {spell(os.fsdecode(path)) for path in done.stdout.split(b"\0") if path}


def same_as_git(root: Path, found: Discovery) -> bool:
    left_out = [path for paths in found.skipped.values() for path in paths]
    assert len(left_out) == len(set(left_out)), "one reason each"
    assert not set(left_out) & set(names(found))
    assert set(found.skipped) <= set(REASONS)
    assert found.paths == listed_by_git(root) - set(found.skipped.get("missing", ()))
    return set(names(found)) | set(left_out) == listed_by_git(root)


def test_the_rules_of_git_are_git_s_own(repo: Make, home: Path) -> None:
    excludes = home / "my-ignores"
    excludes.write_text("*.mine\n")
    made = repo(
        {
            "a.py": "",
            ".gitignore": "*.log\nbuild/\n!keep.log\n/only-here\n",
            "x.log": "", "keep.log": "", "build/out.py": "", "only-here": "", "sub/only-here": "",
            "sub/.gitignore": "*.tmp\n!*.log\n", "sub/y.log": "", "sub/z.tmp": "", "top.tmp": "",
            "secret.local": "", "notes.mine": "", "ünïcode/café.py": "", "with space/and\ttab.py": "", 'quote".py': "",
        }, commit=False,
    )  # fmt: skip
    made.git("config", "core.excludesFile", str(excludes))
    (made.root / ".git" / "info" / "exclude").write_text("*.local\n")
    (made.root / "tracked.log").write_text("")
    made.git("add", "--force", "tracked.log")
    found = discover(made.root)
    assert same_as_git(made.root, found)
    assert names(found) == [
        ".gitignore", "a.py", "keep.log", 'quote".py', "sub/.gitignore", "sub/only-here", "sub/y.log", "top.tmp",
        "tracked.log", "with space/and\ttab.py", "ünïcode/café.py",
    ]  # fmt: skip
    everything = discover(made.root, Limits(use_ignore=False))
    assert set(names(everything)) | set(everything.skipped.get("vendored", ())) == listed_by_git(
        made.root, "--others", "--cached"
    )


def test_outside_git_the_same_rules_hold(repo: Make, home: Path) -> None:
    files = {
        "a.py": "",
        ".gitignore": "*.log\nbuild/\n!keep.log\n/only-here\n# comment\n\\#odd\ndoc/**/x\nfoo/*\n!foo/bar\n",
        "x.log": "", "keep.log": "", "build/out.py": "", "only-here": "", "sub/only-here": "", "#odd": "",
        "sub/.gitignore": "*.tmp\n!*.log\n", "sub/y.log": "", "sub/z.tmp": "", "deep/build/b.py": "",
        "deep/build.py": "",
        "doc/x": "", "doc/a/b/x": "", "doc/a/y": "", "foo/a": "", "foo/bar": "", "notes.mine": "", "trail ": "",
    }  # fmt: skip
    ignore = home / ".config" / "git" / "ignore"
    ignore.parent.mkdir(parents=True)
    ignore.write_text("*.mine\n")
    plain = repo(files, name="plain", git=False)
    walked = discover(plain.root)
    assert not walked.by_git
    plain.git("init", "--quiet")
    asked = discover(plain.root)
    assert asked.by_git
    assert names(walked) == names(asked)
    assert "notes.mine" not in names(walked)
    assert "notes.mine" in names(discover(plain.root, Limits(use_ignore=False)))


def test_a_folder_below_the_top_is_a_root_of_its_own(repo: Make) -> None:
    made = repo({"a.py": "", "sub/b.py": "", "sub/deep/c.log": "", ".gitignore": "*.log\nout/", "out/gen/d.py": ""})
    assert names(discover(made.root / "sub")) == ["b.py"]
    ignored = discover(made.root / "out" / "gen")
    assert names(ignored) == ["d.py"], "asked for by name, an ignored folder is still a folder of files"


def test_our_own_ignore_files_add_to_git_s(repo: Make) -> None:
    made = repo(
        {
            "a.py": "", "gen/b.py": "", "gen/keep.py": "", "docs/c.md": "", "docs/deep/d.md": "",
            ".ignore": "gen/*\n", ".codeagentignore": "!gen/keep.py\n", "docs/.codeagentignore": "/deep\n",
        }
    )  # fmt: skip
    found = discover(made.root)
    assert found.skipped["ignored"] == ("docs/deep/d.md", "gen/b.py")
    assert same_as_git(made.root, found)
    assert "ignored" not in discover(made.root, Limits(use_ignore=False)).skipped
    excluded = discover(made.root, Limits(exclude=("*.md",)))
    assert excluded.skipped["ignored"] == ("docs/c.md", "docs/deep/d.md", "gen/b.py")


def test_links_are_left_out_by_where_they_lead(repo: Make, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("secret = 1")
    made = repo({"a.py": "", "pkg/b.py": ""})
    links = {
        "in.py": "a.py", "dir": "pkg", "out.py": "../outside.py", "abs.py": str(tmp_path / "outside.py"),
        "loop": "loop", "one": "two", "two": "one", "dangling.py": "nowhere.py", "up": ".", "gone-out": "../nowhere",
    }  # fmt: skip
    for name, target in links.items():
        (made.root / name).symlink_to(target)
    found = discover(made.root)
    assert names(found) == ["a.py", "pkg/b.py"]
    assert found.skipped == {
        "symlink": ("dir", "in.py", "up"),
        "symlink-broken": ("dangling.py", "loop", "one", "two"),
        "symlink-outside": ("abs.py", "gone-out", "out.py"),
    }
    assert same_as_git(made.root, found)
    with pytest.raises(OSError, match="abs"):
        WorkingTree(made.root, found).read("abs.py")


def test_a_folder_that_became_a_link_out_of_the_tree_is_not_read_through(repo: Make, tmp_path: Path) -> None:
    made = repo({"pkg/b.py": "ours"})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.py").write_text("secret")
    (made.root / "pkg" / "b.py").unlink()
    (made.root / "pkg").rmdir()
    (made.root / "pkg").symlink_to("../elsewhere")
    found = discover(made.root)
    assert names(found) == []
    assert found.skipped == {"missing": ("pkg/b.py",), "symlink-outside": ("pkg",)}


def test_what_is_no_file_is_never_opened(repo: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo({"a.py": "", "was.py": "x"})
    (made.root / "was.py").unlink()
    os.mkfifo(made.root / "was.py")
    server = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(made.root)  # the name of a socket must be short
    server.bind("s.sock")
    server.close()
    found = discover(made.root)
    assert names(found) == ["a.py"]
    assert found.skipped == {"special": ("was.py",)}
    with pytest.raises(OSError, match="not a regular file"):
        read_regular(str(made.root / "was.py"))
    plain = discover(made.root, Limits(use_ignore=False))
    assert "was.py" in plain.skipped["special"]


def test_deleted_files_and_sparse_checkouts(repo: Make) -> None:
    made = repo({"a.py": "", "in/b.py": "", "out/c.py": "", "gone.py": ""})
    made.git("sparse-checkout", "set", "in")
    (made.root / "gone.py").unlink()
    found = discover(made.root)
    assert names(found) == ["a.py", "in/b.py"]
    assert found.skipped == {"missing": ("gone.py",), "sparse": ("out/c.py",)}
    assert same_as_git(made.root, found)
    made.git("sparse-checkout", "init", "--cone", "--sparse-index")
    assert discover(made.root).skipped["sparse"] == ("out/c.py",)


def test_submodules_nested_repositories_and_worktrees(repo: Make, tmp_path: Path) -> None:
    inner = repo({"lib.py": ""}, name="inner")
    made = repo({"a.py": ""})
    made.git("submodule", "--quiet", "add", str(inner.root), "third")
    made.git("submodule", "--quiet", "add", str(inner.root), "absent")
    made.commit("submodules")
    made.git("submodule", "--quiet", "deinit", "--force", "absent")
    (made.root / "nested").mkdir()
    nested = Repo(made.root / "nested")
    nested.git("init", "--quiet")
    nested.commit("x", {"n.py": ""})
    made.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    made.git("worktree", "add", "--quiet", "-b", "within", str(made.root / "within"))
    found = discover(made.root)
    assert names(found) == [".gitmodules", "a.py"]
    assert found.skipped == {"nested-repository": ("nested/", "within/"), "submodule": ("absent", "third")}
    assert same_as_git(made.root, found)
    assert names(discover(tmp_path / "side")) == [".gitmodules", "a.py"]
    assert names(discover(made.root / "third")) == ["lib.py"]
    assert names(discover(made.root / "nested")) == ["n.py"]


def test_a_git_folder_that_leads_nowhere_does_not_hide_the_files(repo: Make) -> None:
    made = repo({"a.py": "", ".gitignore": "*.log", "x.log": "", ".git": "gitdir: /nowhere/at/all\n"}, git=False)
    found = discover(made.root)
    assert not found.by_git
    assert names(found) == [".gitignore", "a.py"]


def test_a_plain_folder_of_repositories_is_read_whole(repo: Make, tmp_path: Path) -> None:
    repo({"a.py": "", ".gitignore": "*.log", "x.log": ""}, name="all/one")
    repo({"b.py": ""}, name="all/two")
    assert names(discover(tmp_path / "all")) == ["one/.gitignore", "one/a.py", "two/b.py"]


def test_names_that_are_not_utf8_get_a_spelling_and_can_be_read(repo: Make) -> None:
    made = repo({"a.py": ""})
    raw = os.fsencode(made.root) + b"/caf\xe9.py"
    with open(raw, "wb") as file:
        file.write(b"x = 1\n")
    for git in (False, True):
        if git:
            made.git("add", "--all")
        found = discover(made.root)
        assert names(found) == ["a.py", "caf\\xe9.py"]
        "".join(names(found)).encode("utf-8")
        assert WorkingTree(made.root, found).read("caf\\xe9.py") == b"x = 1\n"
        assert same_as_git(made.root, found)
    made.write({"caf\\xe9.py": "the clash"})
    clash = discover(made.root)
    assert WorkingTree(made.root, clash).read("caf\\xe9.py") == b"the clash"
    assert "not-utf8-name" in clash.skipped


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_said(repo: Make) -> None:
    made = repo({"a.py": "", "closed.py": "x", "shut/b.py": ""}, commit=False)
    (made.root / "closed.py").chmod(0)
    (made.root / "shut").chmod(0)
    try:
        found = discover(made.root)
        assert found.skipped["unreadable"] == ("shut/",)
        assert dict(WorkingTree(made.root, found).read_many(["closed.py"])) == {"closed.py": None}
    finally:
        (made.root / "shut").chmod(stat.S_IRWXU)


def test_a_huge_file_costs_nothing(repo: Make) -> None:
    made = repo({"a.py": ""})
    with open(made.root / "huge.py", "wb") as file:
        file.truncate(300 * 1024 * 1024)
    started = time.perf_counter()
    found = discover(made.root)
    assert found.skipped == {"too-large": ("huge.py",)}
    assert time.perf_counter() - started < 2
    assert "huge.py" in names(discover(made.root, Limits(max_bytes=1 << 30)))


def test_generated_vendored_minified_and_binary_by_name(repo: Make) -> None:
    made = repo(
        {
            "app.py": "", "yarn.lock": "", "web/package-lock.json": "", "api/x.pb.go": "", "api/x_pb2.py": "",
            "a.js.map": "",
            "web/jquery.min.js": "", "logo.PNG": b"\x89PNG", "node_modules/left-pad/index.js": "",
            "third_party/zlib/zlib.c": "", "third_party/zlib/LICENSE": "", "shop/vendor/models.py": "class Vendor: ...",
            "go/vendor/modules.txt": "", "go/vendor/github.com/x/y.go": "", "min.js": "", "minutes.py": "",
            "lock.py": "",
        }
    )  # fmt: skip
    found = discover(made.root)
    assert found.skipped == {
        "binary": ("logo.PNG",),
        "generated": ("a.js.map", "api/x.pb.go", "api/x_pb2.py", "web/package-lock.json", "yarn.lock"),
        "minified": ("web/jquery.min.js",),
        "vendored": (
            "go/vendor/github.com/x/y.go", "go/vendor/modules.txt", "node_modules/left-pad/index.js",
            "third_party/zlib/LICENSE", "third_party/zlib/zlib.c",
        ),
    }  # fmt: skip
    assert names(found) == ["app.py", "lock.py", "min.js", "minutes.py", "shop/vendor/models.py"]
    kept = discover(made.root, Limits(keep=frozenset(("vendored", "generated"))))
    assert set(kept.skipped) == {"binary", "minified"}


def test_gitattributes_have_the_last_word(repo: Make) -> None:
    made = repo(
        {
            ".gitattributes": "gen/** linguist-generated\nlibs/* linguist-vendored=true\n"
            "yarn.lock -linguist-generated\n"
            "[attr]odd\n*.weird linguist-generated=false\n",
            "gen/a.py": "", "libs/b.js": "", "yarn.lock": "", "sub/.gitattributes": "*.py linguist-generated",
            "sub/c.py": "",
            "sub/d.js": "", "third_party/x/LICENSE": "", "third_party/x/x.c": "",
            "third_party/.gitattributes": "*.c linguist-vendored=false",
        }
    )  # fmt: skip
    found = discover(made.root)
    assert found.skipped == {
        "generated": ("gen/a.py", "sub/c.py"),
        "vendored": ("libs/b.js", "third_party/.gitattributes", "third_party/x/LICENSE"),
    }
    assert "yarn.lock" in names(found)
    assert "third_party/x/x.c" in names(found)


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("a.py", b"", None),
        ("a.py", b"x = 1\n", None),
        ("a.py", b"x = '\0'", "binary"),
        ("a.py", b"x" * 9000 + b"\0", None),
        ("big.psd", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "lfs-pointer"),
        ("lfs.md", b"version https://git-lfs.github.com/spec/v1 is how a pointer starts" + b"\n" * 2000, None),
        ("a.go", b"// Code generated by stringer; DO NOT EDIT.\n\npackage a\n", "generated"),
        ("a.py", b"#!/usr/bin/env python\n# This file is @generated by tool\n", "generated"),
        ("a.js", b"/*\n * Automatically generated.\n * Do not edit.\n */\n", "generated"),
        ("a.cs", b"//----\n// <auto-generated>\n", "generated"),
        ("a.py", b'"""Generated by Django 1.2: do not edit."""\n', "generated"),
        ("a.py", b"MARKS = ['@generated', 'DO NOT EDIT']\n", None),
        ("a.py", b"def is_generated(text): return 'Code generated by' in text\n", None),
        ("a.py", b"# see `@generated`\n", None),
        ("a.ts", b"import x from 'x'\n\n/**\n * Works with code generated by compilers.\n */\n", None),
        ("a.ts", b"/** Works with code generated by compilers. */\n", None),
        ("a.php", b"<?php\n\n// Auto-generated file, do not edit\n", "generated"),
        ("a.c", b"/* A Bison parser.\n DO NOT MODIFY: it was generated by bison */\n#ifndef A\n", "generated"),
        ("a.py", b"\xef\xbb\xbf# @generated\r\n", "generated"),
        ("a.md", b"Do not edit a generated file.\n", None),
        ("a.js", b"var a=1;" * 400, "minified"),
        ("a.css", b"a{b:c}" * 400 + b"\n/*# sourceMappingURL=a.css.map */", "minified"),
        ("a.py", b"x = 1;" * 400, None),
        ("a.js", b"const short = 1;\n" * 100, None),
    ],
)
def test_contents_tell_the_rest(path: str, data: bytes, reason: str | None) -> None:
    assert classify(path, data) == reason


def test_a_long_line_at_the_top_of_a_long_file_is_not_minified() -> None:
    head = b"const data = '" + b"x" * 2000 + b"';\n" + b"const a = 1;\n" * 1000
    assert classify("a.js", head) is None


def test_foreign_folders() -> None:
    assert is_foreign("web/node_modules")
    assert is_foreign("node_modules/x/y")
    assert not is_foreign("src/node_modules_tools")
    assert name_reason("go.sum") == "generated"
    assert vendored_folders(["lib/Vendor/x/a.js", "lib/Vendor/x/licence.txt", "vendor/a.py"]) == ("lib/Vendor/",)


parts = st.sampled_from(
    ["a", "b.py", "build", "x.log", "vendor", "LICENSE", "é", ".git-not", "node_modules", "-rf", "[z]"]
)
paths = st.lists(parts, min_size=1, max_size=4).map("/".join)
rules = st.lists(
    st.sampled_from(["*.log", "build/", "/a", "!x.log", "a/**", "**/b.py", "vendor", "[!a]*", "!build/"]), max_size=4
)


@given(
    tracked=st.sets(paths, max_size=6), untracked=st.sets(paths, max_size=6), ignore=rules, below=rules,
    deleted=st.booleans()
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_path_that_git_lists_is_a_file_or_has_a_reason(
    tmp_path_factory: pytest.TempPathFactory,
    tracked: set[str],
    untracked: set[str],
    ignore: list[str],
    below: list[str],
    deleted: bool,
) -> None:
    root = tmp_path_factory.mktemp("any")
    made = Repo(root)
    made.git("init", "--quiet")
    written = _write(root, sorted(tracked))
    if written:
        made.git("add", "--force", "--", *(f"./{path}" for path in written))
    _write(root, sorted(untracked))
    (root / ".gitignore").write_text("\n".join(ignore))
    if (root / "a").is_dir():
        (root / "a" / ".gitignore").write_text("\n".join(below))
    if deleted and written:
        (root / written[0]).unlink()
    assert same_as_git(root, discover(root))


def _write(root: Path, wanted: list[str]) -> list[str]:
    done = []
    for name in wanted:
        try:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(name)
            done.append(name)
        except OSError:
            continue  # one name's folder is another one's file
    return done
