"""The pieces of the GitHub Action: events, the API's moods, one comment kept up to date, remarks made once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from codeagent.config import load_config
from codeagent.domain.code import Certainty
from codeagent.domain.errors import NotPermitted, UsageError
from codeagent.domain.finding import Finding, Severity, fingerprint
from codeagent.interfaces.github.comments import LARGEST, keep_comment, remark
from codeagent.interfaces.github.event import read_happening
from codeagent.interfaces.github.outputs import cut, write_outputs, write_summary
from codeagent.interfaces.github.rest import Api, ApiError
from codeagent.interfaces.reviews.md import MARKER
from tests.github_api import serving

ROOT = Path(__file__).parent.parent
BASE, HEAD = "a" * 40, "b" * 40


@pytest.fixture
def github(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # what is waited for is told by the number of requests
    with serving() as (github, url):
        yield github, Api(url, "acme/shop", "t0ken")


def finding(message, line=3, severity=Severity.ERROR, path="app.py"):
    return Finding(
        "rule", severity, message, path, line, None, fingerprint("rule", path, None, message), Certainty.EXACT
    )


def pull_request(tmp_path, **changes):
    pull = {
        "number": 7,
        "author_association": "MEMBER",
        "user": {"type": "User"},
        "base": {"sha": BASE},
        "head": {"sha": HEAD, "repo": {"full_name": "acme/shop"}},
    }
    return environment(tmp_path, "pull_request", {"pull_request": {**pull, **changes}})


def environment(tmp_path, name, event):
    (tmp_path / "event.json").write_text(json.dumps(event))
    return {
        "GITHUB_EVENT_NAME": name,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_SHA": HEAD,
    }


# --- events ---------------------------------------------------------------------------------------------------------


def test_a_pull_request_names_its_commits_and_how_far_its_author_is_trusted(tmp_path):
    own = read_happening(pull_request(tmp_path))
    assert (own.number, own.base, own.head, own.fork, own.trusted) == (7, BASE, HEAD, False, True)
    fork = read_happening(pull_request(tmp_path, head={"sha": HEAD, "repo": {"full_name": "eve/shop"}}))
    assert (fork.fork, fork.trusted) == (True, False)
    gone = read_happening(pull_request(tmp_path, head={"sha": HEAD, "repo": None}))
    assert (gone.fork, gone.trusted) == (True, False)
    assert not read_happening(pull_request(tmp_path, user={"type": "Bot"})).trusted
    assert not read_happening(pull_request(tmp_path, author_association="CONTRIBUTOR")).trusted


def test_a_push_is_compared_with_what_was_there(tmp_path):
    assert read_happening(environment(tmp_path, "push", {"before": BASE})).base == BASE
    assert read_happening(environment(tmp_path, "push", {"before": "0" * 40})).base == ""


def test_rights_are_not_lent_to_code_that_anybody_sent(tmp_path):
    told = {**pull_request(tmp_path), "GITHUB_EVENT_NAME": "pull_request_target"}
    with pytest.raises(NotPermitted, match="pull_request_target"):
        read_happening(told)


@pytest.mark.parametrize("event", ["[]", "{", json.dumps({"pull_request": {"number": "7; rm"}})])
def test_a_strange_event_is_an_error_in_words(tmp_path, event):
    told = pull_request(tmp_path)
    Path(told["GITHUB_EVENT_PATH"]).write_text(event)
    with pytest.raises(UsageError):
        read_happening(told)


def test_a_commit_that_is_none_reaches_no_command_line(tmp_path):
    with pytest.raises(UsageError, match="names no commit"):
        read_happening(pull_request(tmp_path, base={"sha": "--upload-pack=x"}))


# --- one comment ----------------------------------------------------------------------------------------------------


def test_one_comment_is_made_then_updated_then_left(github):
    github, api = github
    assert keep_comment(api, 7, "all well", worth=False) == "silent"
    assert keep_comment(api, 7, "one problem", worth=True) == "made"
    assert keep_comment(api, 7, "two problems", worth=True) == "updated"
    assert keep_comment(api, 7, "two problems", worth=True) == "same"
    assert keep_comment(api, 7, "all well", worth=False) == "updated"
    assert [one["body"] for one in github.comments] == [f"{MARKER}\nall well"]


def test_a_marker_in_somebody_elses_words_is_not_ours(github):
    github, api = github
    github.add(github.comments, f"{MARKER} look what the bot wrote", {"login": "eve", "type": "User"})
    assert keep_comment(api, 7, "one problem", worth=True) == "made"
    github.login = "ci-account"  # a person's token: their comments are ours
    assert keep_comment(api, 7, "one problem", worth=True) == "made"
    assert keep_comment(api, 7, "two problems", worth=True) == "updated"
    assert github.comments[0]["body"].endswith("the bot wrote")


def test_our_comment_is_found_behind_hundreds_of_others(github):
    github, api = github
    for number in range(250):
        github.add(github.comments, f"comment {number}", {"login": "eve", "type": "User"})
    github.add(github.comments, f"{MARKER}\nold")
    assert keep_comment(api, 7, "new", worth=True) == "updated"


def test_a_comment_fits_what_github_takes(github):
    github, api = github
    keep_comment(api, 7, "<details>\n" + "- täglich etwas Neues\n" * 10_000 + "</details>\n", worth=True)
    body = github.comments[0]["body"]
    assert len(body.encode()) <= LARGEST
    assert "the rest is in the step summary" in body and body.count("<details>") == body.count("</details>")


# --- remarks at lines -----------------------------------------------------------------------------------------------


def test_a_remark_is_made_once_and_struck_out_when_settled(github):
    github, api = github
    lines = {"app.py": [(1, 10)]}
    first = remark(api, 7, HEAD, [finding("a"), finding("b", severity=Severity.WARNING)], lines, 10)
    assert (first.made, first.known, first.settled, first.left_out) == (2, 0, 0, 0)
    moved = remark(api, 7, HEAD, [finding("a", line=9)], lines, 10)
    assert (moved.made, moved.known, moved.settled) == (0, 1, 1)
    again = remark(api, 7, HEAD, [finding("a", line=9)], lines, 10)
    assert (again.made, again.known, again.settled) == (0, 1, 0)
    assert len(github.remarks) == 2
    assert "**Settled** in bbbbbbbbbb" in github.remarks[1]["body"]


def test_remarks_keep_to_the_diff_and_to_the_limit(github):
    github, api = github
    many = [finding(str(n), line=n, severity=Severity.INFO) for n in range(1, 30)] + [finding("grave", line=5)]
    done = remark(api, 7, HEAD, many, {"app.py": [(4, 12)]}, 3)
    assert (done.made, done.left_out) == (3, 27)
    assert [one["line"] for one in github.remarks] == [5, 4, 5]
    assert remark(api, 7, HEAD, many, {"app.py": [(4, 12)]}, 3).made == 0


def test_words_of_the_code_mean_nothing_in_a_comment(github):
    github, api = github
    remark(api, 7, HEAD, [finding("`x` @everyone <img src=x> **b**")], {"app.py": [(1, 9)]}, 5)
    assert r"\`x\` \@everyone \<img src=x\> \*\*b\*\*" in github.remarks[0]["body"]


# --- the API's moods ------------------------------------------------------------------------------------------------


def test_a_limit_is_waited_out_and_a_fault_tried_again(github):
    github, api = github
    github.failures = [(429, {"Retry-After": "2"}, "slow down"), (502, {}, "bad gateway")]
    assert list(api.get("/issues/7/comments")) == []
    assert github.count("GET") == 3


def test_nothing_is_posted_twice_because_an_answer_was_lost(github):
    github, api = github
    github.failures = [(502, {}, "bad gateway")]
    with pytest.raises(ApiError, match="502"):
        api.post("/issues/7/comments", {"body": "x"})
    assert github.count("POST") == 1


def test_missing_rights_say_which_ones(github):
    github, api = github
    github.failures = [(403, {}, "Resource not accessible by integration")]
    with pytest.raises(NotPermitted, match="403 Resource not accessible") as caught:
        api.post("/issues/7/comments", {"body": "x"})
    assert "pull-requests: write" in caught.value.hint


# --- what a step leaves ---------------------------------------------------------------------------------------------


def test_no_value_of_an_output_sets_another(tmp_path):
    told = {"GITHUB_OUTPUT": str(tmp_path / "out")}
    write_outputs(told, {"findings": "3", "report-file": "x\nconclusion=success\nfindings<<EOF\n0\nEOF"})
    lines = (tmp_path / "out").read_text().splitlines()
    fence = lines[0].partition("<<")[2]
    assert lines[:3] == [f"findings<<{fence}", "3", fence]
    inside = lines[4 : lines.index(lines[3].partition("<<")[2], 4)]
    assert inside == ["x", "conclusion=success", "findings<<EOF", "0", "EOF"]


def test_a_summary_is_never_too_large_to_be_shown(tmp_path):
    told = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    write_summary(told, "line of text\n" * 200_000)
    write_summary(told, "line of text\n" * 200_000)
    assert (tmp_path / "summary").stat().st_size <= 1 << 20


def test_cutting_keeps_whole_lines():
    assert cut("ab\ncd\n", 100, "…") == "ab\ncd\n"
    assert cut("ab\n" * 40, 60, "…\n").endswith("ab\n…\n")
    assert cut("x" * 100, 20, "…") == ""


# --- settings and files ---------------------------------------------------------------------------------------------


def test_settings_can_be_those_of_the_base(tmp_path):
    (tmp_path / "codeagent.toml").write_text('exclude = ["everything"]\n')
    config = load_config(tmp_path, None, {"codeagent.toml": b'exclude = ["generated"]\n'}.get)
    assert config.exclude == ("generated",)


WORKFLOWS = ["docs/workflows/review.yml", "docs/workflows/gate.yml", ".github/workflows/ci.yml"]


@pytest.mark.parametrize(
    ("schema", "files"), [("vendor.github-actions", ["action.yml"]), ("vendor.github-workflows", WORKFLOWS)]
)
def test_the_yaml_files_fit_their_published_schemas(schema, files):
    checker = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [checker, "--builtin-schema", schema, *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_third_party_actions_are_pinned():
    for path in ("action.yml", *WORKFLOWS):
        for line in (ROOT / path).read_text().splitlines():
            name, _, revision = line.partition("uses: ")[2].partition(" ")[0].partition("@")
            if name.startswith(("actions/", "github/")):
                assert len(revision) == 40, f"{path}: {line.strip()}"
