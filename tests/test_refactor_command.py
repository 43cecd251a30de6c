"""`codeagent refactor` as a user meets it: what is printed where, what is written when, and how it ends."""

import json
import subprocess

import pytest

FILES = {
    "shop.py": "def total(items):\n    return sum(items)\n",
    "app.py": "from shop import total\n\nprint(total([1]))  # total\n",
}


def test_without_a_terminal_it_prints_the_diff_and_writes_nothing(repo, invoke):
    made = repo(FILES)
    ran = invoke("refactor", "rename", "shop.py::total", "amount", cwd=made.root)
    assert ran.code == 0
    assert "-from shop import total" in ran.out and "+from shop import amount" in ran.out
    assert "3 edited, 0 other, 1 text, 0 unresolved" in ran.err
    assert made.git("status", "--porcelain") == ""


def test_yes_writes_and_prints_no_diff(repo, invoke):
    made = repo(FILES)
    ran = invoke("refactor", "rename", "shop.py::total", "amount", "--yes", cwd=made.root)
    assert (ran.code, ran.out) == (0, "")
    assert (made.root / "app.py").read_text() == "from shop import amount\n\nprint(amount([1]))  # total\n"


def test_json_tells_every_occurrence_and_the_proof(repo, invoke):
    made = repo(FILES)
    ran = invoke("refactor", "rename", "shop.py::total", "amount", "--format", "json", "--yes", cwd=made.root)
    told = json.loads(ran.out)
    assert told["schema_version"] == 1 and told["operation"] == "rename" and told["applied"] is True
    assert (
        told["files"] == ["app.py", "shop.py"] and told["refused"] is None and told["proof"]["bindings"] == "preserved"
    )
    assert told["occurrences"]["edited"]["count"] == 3
    assert told["occurrences"]["text"]["places"] == [{"path": "app.py", "line": 3, "column": 22, "why": ""}]
    assert told["diff"].startswith("diff --git a/app.py b/app.py")


def test_a_refusal_has_the_keys_of_a_success(repo, invoke):
    made = repo(FILES)
    done = invoke("refactor", "rename", "shop.py::total", "amount", "--format", "json", cwd=made.root)
    refused = invoke("refactor", "rename", "shop.py::total", "class", "--format", "json", cwd=made.root)
    (made.root / "app.py").chmod(0o444)
    unwritten = invoke("refactor", "rename", "shop.py::total", "amount", "--yes", "--format", "json", cwd=made.root)
    told = [json.loads(one.out) for one in (done, refused, unwritten)]
    assert [list(one) for one in told] == [list(told[0])] * 3
    assert [one["exit_reason"] for one in told] == ["ok", "refused", "refused"]
    assert told[1]["refused"]["reason"] and told[2]["applied"] is False and "read-only" in told[2]["refused"]["reason"]


def conflicting(made, *how):
    made.git("switch", "-qc", "other")
    theirs = made.commit("theirs", {"app.py": FILES["app.py"].replace("[1]", "[2]")})
    made.git("switch", "-q", "main")
    made.commit("ours", {"app.py": FILES["app.py"].replace("[1]", "[3]"), "free.py": "def free(): ...\n"})
    with pytest.raises(subprocess.CalledProcessError):
        made.git(*how, theirs)


@pytest.mark.parametrize("how", ["merge", "cherry-pick", "rebase", "revert"])
def test_what_git_is_in_the_middle_of_is_told_and_a_file_in_conflict_refuses(repo, invoke, how):
    made = repo(FILES)
    conflicting(made, how) if how != "revert" else conflicting(made, "revert", "--no-edit")
    before = made.git("status", "--porcelain")
    ran = invoke("refactor", "rename", "shop.py::total", "amount", "--yes", cwd=made.root)
    assert (ran.code, "app.py has a merge conflict" in ran.err, "git add" in ran.err) == (4, True, True)
    assert made.git("status", "--porcelain") == before
    ran = invoke("refactor", "rename", "shop.py", "store", "--docs", "--yes", cwd=made.root)
    assert (ran.code, made.git("status", "--porcelain")) == (4, before)
    made.write({"new.py": "def new(): ...\n"})
    ran = invoke("refactor", "rename", "new.py::new", "newer", "--yes", cwd=made.root)
    assert ran.code == 0 and f"a {how} is in progress: what is written becomes part of it" in ran.err


def test_files_of_a_submodule_are_told_as_such(repo, invoke):
    inside = repo({"lib.py": "def help(): ...\n"}, name="inside")
    made = repo(FILES)
    made.git("submodule", "--quiet", "add", str(inside.root), "lib")
    hint = "lib is a submodule: run codeagent in it, -C lib"
    for target in ("lib/lib.py::help", "lib/lib.py", "lib", "lib/", "./lib/lib.py:1:5"):
        ran = invoke("refactor", "rename", target, "assist", cwd=made.root)
        assert ran.code == 2 and hint in " ".join(ran.err.split()), target
    ran = invoke("refactor", "rename", "help", "assist", cwd=made.root)
    assert ran.code == 2 and "what lies in lib is another repository" in " ".join(ran.err.split())
    for arguments in (("move", "shop.py::total", "--to", "lib/new.py"), ("move-module", "shop.py", "--to", "lib")):
        ran = invoke("refactor", *arguments, cwd=made.root)
        assert ran.code == 4 and hint in " ".join(ran.err.split()), arguments
    assert invoke("refactor", "rename", "help", "assist", "--yes", cwd=made.root / "lib").code == 0


@pytest.mark.parametrize(
    ("target", "new", "what"),
    [
        ("caf.py:2:5", "cafe", "caf\u00e9"),
        ("caf.py::plain", "cr\u00e8me", "what is put there"),
        ("use.py:1:17", "cafe", "caf\u00e9"),
    ],
)
def test_names_beyond_ascii_in_a_file_of_another_encoding_are_left_alone(repo, invoke, target, new, what):
    source = "# -*- coding: latin-1 -*-\ndef caf\u00e9(x):\n    return x\n\n\ndef plain():\n    return 1\n"
    made = repo({"caf.py": source.encode("latin-1"), "use.py": "from caf import caf\u00e9\n\ncaf\u00e9(2)\n"})
    ran = invoke("refactor", "rename", target, new, "--yes", cwd=made.root)
    assert ran.code == 4 and f"caf.py is not in UTF-8, and {what} is beyond ASCII" in " ".join(ran.err.split())
    assert made.git("status", "--porcelain") == ""
    ran = invoke("refactor", "rename", "caf.py::plain", "simple", "--yes", cwd=made.root)
    assert ran.code == 4 and "a name in it is beyond ASCII" in " ".join(ran.err.split())
    text = source.replace("caf\u00e9", "cafe").replace("1\n", "'\u00e9'\n")  # in a string it is no matter
    made.write({"caf.py": text.encode("latin-1"), "use.py": ""})
    assert invoke("refactor", "rename", "caf.py::plain", "simple", "--yes", cwd=made.root).code == 0
    assert (made.root / "caf.py").read_bytes() == text.replace("plain", "simple").encode("latin-1")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("rename", "shop.py:2:1", "x"), "no name stands at shop.py:2:1"),
        (("extract-function", "shop.py:2-1", "--name", "x"), "shop.py:2-1 ends before it starts"),
    ],
)
def test_a_place_that_is_none_is_told_as_it_was_given(repo, invoke, arguments, told):
    made = repo(FILES)
    ran = invoke("refactor", *arguments, cwd=made.root)
    assert ran.code == 2 and told in ran.err


UNKNOWN = {"a.py": "class Cart:\n    def total(self): ...\n\n\ndef show(thing):\n    return thing.total()\n"}


def test_unresolved_occurrences_refuse_and_touch_nothing(repo, invoke):
    made = repo(UNKNOWN)
    ran = invoke("refactor", "rename", "a.py::Cart.total", "sum", "--yes", "--format", "json", cwd=made.root)
    told = json.loads(ran.out)
    assert ran.code == 4 and told["applied"] is False
    assert told["occurrences"]["unresolved"]["places"][0]["line"] == 6
    assert "a.py:6:18" in told["refused"]["reason"] and "--accept-unresolved" in told["refused"]["hint"]
    assert made.git("status", "--porcelain") == ""


@pytest.mark.parametrize("files, target", [(FILES, "shop.py::total"), (UNKNOWN, "a.py::Cart.total")])
def test_json_tells_places_in_files_that_are_left_out_of_the_index(repo, invoke, files, target):
    made = repo({**files, "NOTICE.terms": "These terms are\nin total fair.\n"})
    ran = invoke("refactor", "rename", target, "amount", "--format", "json", cwd=made.root)
    told = json.loads(ran.out)
    assert (told["refused"] is None) is (files is FILES)
    places = [(one["path"], one["line"], one["column"]) for one in told["occurrences"]["text"]["places"]]
    assert ("NOTICE.terms", 2, 4) in places


def test_unresolved_occurrences_can_be_left_as_they_are(repo, invoke):
    made = repo(UNKNOWN)
    ran = invoke("refactor", "rename", "a.py::Cart.total", "sum", "--yes", "--accept-unresolved", cwd=made.root)
    assert ran.code == 0 and "left as it is: a.py:6:18" in ran.err
    assert (made.root / "a.py").read_text() == UNKNOWN["a.py"].replace("def total", "def sum")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rename", "shop.py::nothing", "x"), 2),
        (("rename", "shop.py:90:1", "x"), 2),
        (("rename", "shop.py::total", "class"), 4),
        (("renam", "shop.py::total", "x"), 2),
        (("rename", "shop.py::total"), 2),
    ],
)
def test_what_cannot_be_done_ends_with_the_code_of_its_kind(repo, invoke, arguments, code):
    made = repo(FILES)
    ran = invoke("refactor", *arguments, cwd=made.root)
    assert ran.code == code and ran.out == "" and "Traceback" not in ran.err
    assert made.git("status", "--porcelain") == ""


def test_line_ends_byte_order_mark_and_encoding_stay(repo, invoke):
    source = b"\xef\xbb\xbfdef total():\r\n    return '\xc3\xa9'\r\n\r\ntotal()"
    latin = b"# -*- coding: latin-1 -*-\nfrom shop import total\nname = '\xe9'\ntotal()\n"
    made = repo({"shop.py": source, "app.py": latin})
    ran = invoke("refactor", "rename", "shop.py::total", "amount", "--yes", cwd=made.root)
    assert ran.code == 0, ran.err
    assert (made.root / "shop.py").read_bytes() == source.replace(b"total", b"amount")
    assert (made.root / "app.py").read_bytes() == latin.replace(b"total", b"amount")


def test_three_changes_and_all_three_taken_back(repo, invoke):
    made = repo(FILES)
    before = {name: (made.root / name).read_bytes() for name in FILES}
    for arguments in (
        ("rename", "shop.py::total", "amount"),
        ("change-signature", "shop.py::amount", "--add", "start: int = 0", "--call-value-in", "app*", "5"),
        ("rename", "shop.py::amount.items", "prices"),
    ):
        assert invoke("refactor", *arguments, "--yes", cwd=made.root).code == 0
    assert (made.root / "shop.py").read_text() == "def amount(prices, start: int = 0):\n    return sum(prices)\n"
    assert "print(amount([1], 5))" in (made.root / "app.py").read_text()
    for _ in range(3):
        assert invoke("undo", cwd=made.root).code == 0
    assert {name: (made.root / name).read_bytes() for name in FILES} == before


def test_blocks_further_down_in_a_file_are_the_same_blocks(repo, invoke):
    block = "  if (a) {\n    const found = a;\n    show(found);\n  }\n"
    many = 'import { hyphenate as show } from "./util";\n\nexport function all(a: string) {\n' + block * 30 + "}\n"
    made = repo({"util.ts": "export const hyphenate = (text: string) => text;\n", "app.ts": many})
    ran = invoke("refactor", "rename", "util.ts::hyphenate", "kebab", "--yes", cwd=made.root)
    assert ran.code == 0, ran.err
    assert (made.root / "app.ts").read_text() == many.replace("hyphenate", "kebab")
