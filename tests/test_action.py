"""The action's steps as a runner runs them: events, a stand-in for the API, files that GitHub reads afterwards."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from codeagent.interfaces.github.action import main
from tests.github_api import serving

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": "def total(rows):\n    return sum(rows)\n",
    "shop/desk.py": "from shop.cart import total\n\n\ndef sell(rows):\n    return total(rows)\n",
    "tests/test_desk.py": "from shop.desk import sell\n\n\ndef test_sell():\n    assert sell([1]) == 1\n",
}
BROKEN = {"shop/cart.py": "def total_of(rows):\n    return sum(rows)\n"}  # desk.py still imports total
MENDED = {"shop/desk.py": "from shop.cart import total_of\n\n\ndef sell(rows):\n    return total_of(rows)\n"}


class Job:
    """A checkout in which the review step of a workflow is run."""

    def __init__(self, made, folder, url, monkeypatch):
        self.made, self.folder, self.url = made, folder, url
        self.base = made.git("rev-parse", "HEAD")
        monkeypatch.chdir(made.root)
        self.number = 0

    def environment(self, inputs=None, name="pull_request", **pull):
        self.number += 1
        folder = self.folder / f"run{self.number}"
        folder.mkdir(parents=True)
        head = self.made.git("rev-parse", "HEAD")
        event = {
            "pull_request": {
                "number": 7,
                "author_association": "MEMBER",
                "user": {"type": "User"},
                "base": {"sha": self.base},
                "head": {"sha": head, "repo": {"full_name": "acme/shop"}},
                **pull,
            },
            "before": self.base,
        }
        (folder / "event.json").write_text(json.dumps(event))
        given = {key: str(value["default"]) for key, value in ACTION["inputs"].items()}
        files = {"sarif-file": str(folder / "codeagent.sarif"), "report-file": str(folder / "review.md")}
        return {
            "GITHUB_EVENT_NAME": name,
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_SHA": head,
            "GITHUB_API_URL": self.url,
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "CODEAGENT_ACTION": json.dumps({**given, **files, "github-token": "t0ken", **(inputs or {})}),
        }

    def run(self, inputs=None, name="pull_request", **pull):
        environment = self.environment(inputs, name, **pull)
        code = main(environment)
        return code, outputs(environment), environment


def outputs(environment):
    text = Path(environment["GITHUB_OUTPUT"]).read_text()
    found = re.findall(r"^([\w-]+)<<(\S+)\n(.*?)\n?\2$", text, re.MULTILINE | re.DOTALL)
    return {name: value for name, _, value in found}


@pytest.fixture
def job(repo, tmp_path, monkeypatch):
    with serving() as (github, url):
        made = Job(repo(SHOP), tmp_path / "runner", url, monkeypatch)
        made.github = github
        yield made


def test_opened_then_synchronised_twice_is_one_comment_kept_up_to_date(job, capsys):
    job.made.commit("rename", BROKEN)
    code, told, environment = job.run()
    assert code == 1 and told["conclusion"] == "failure" and int(told["new-findings"]) >= 1
    assert "::error file=shop/desk.py" in capsys.readouterr().out
    assert json.loads(Path(told["sarif-file"]).read_text())["version"] == "2.1.0"
    assert Path(environment["GITHUB_STEP_SUMMARY"]).read_text() == Path(told["report-file"]).read_text()
    assert len(job.github.comments) == 1 and "needs work" in job.github.comments[0]["body"]
    job.made.commit("more words", {"README.md": "words\n"})
    job.run()
    assert len(job.github.comments) == 1
    remarks = len(job.github.remarks)
    job.made.commit("mend", MENDED)
    code, told, _ = job.run()
    assert (code, told["conclusion"]) == (0, "success")
    assert len(job.github.comments) == 1 and "needs work" not in job.github.comments[0]["body"]
    assert len(job.github.remarks) == remarks, "nothing is said twice"


def test_a_clean_change_is_met_with_silence(job):
    job.made.commit("words", {"README.md": "words\n"})
    code, told, _ = job.run()
    assert (code, told["new-findings"], told["cost-usd"]) == (0, "0", "")
    assert job.github.comments == [] and job.github.remarks == []


def test_a_fork_is_reviewed_without_a_secret_and_without_a_model(job, capsys):
    job.made.commit("rename", BROKEN)
    head = {"sha": job.made.git("rev-parse", "HEAD"), "repo": {"full_name": "eve/shop"}}
    job.github.failures = [(403, {}, "Resource not accessible by integration")]
    code, _, environment = job.run({"model": "openai/gpt"}, head=head)
    said = capsys.readouterr().out
    assert code == 1, "the token's rights change nothing of the verdict"
    assert "no model was asked" in said and "a fork's token cannot write" in said
    assert "needs work" in Path(environment["GITHUB_STEP_SUMMARY"]).read_text()


def test_settings_that_the_change_brings_do_not_hide_it(job):
    job.made.commit("hide", {**BROKEN, "codeagent.toml": 'exclude = ["shop/"]\n'})
    code, _, _ = job.run({"fail-on": "error"})
    assert code == 1


def test_a_push_has_no_comment(job):
    job.made.commit("rename", BROKEN)
    code, told, _ = job.run({"mode": "gate"}, name="push")
    assert code == 1 and int(told["new-findings"]) >= 1
    assert job.github.requests == []


def test_never_is_never(job):
    job.made.commit("rename", BROKEN)
    assert job.run({"fail-on": "never"})[0] == 0
    assert job.run({"fail-on": "never", "mode": "gate"})[0] == 0


@pytest.mark.parametrize("inputs", [{"fail-on": "errors"}, {"max-comments": "-1"}, {"args": "'open"}])
def test_an_input_that_makes_no_sense_is_no_pass(job, capsys, inputs):
    code, told, _ = job.run(inputs)
    assert code == 2 and told["conclusion"] == "failure"
    assert "::error title=codeagent::the input" in capsys.readouterr().out


def test_a_base_that_was_not_fetched_is_said(job, capsys):
    code, told, _ = job.run(base={"sha": "c" * 40})
    assert code == 2 and told["conclusion"] == "failure"


def test_a_step_that_cannot_judge_says_so_where_people_look(job, capsys):
    job.made.commit("rename", BROKEN)
    code, told, _ = job.run({"args": "--waive nonsense"})
    assert (code, told["conclusion"]) == (2, "failure")
    assert "::error title=codeagent::the change could not be judged (usage or configuration)" in capsys.readouterr().out


def test_a_checkout_without_its_past_says_what_to_do(job, tmp_path, monkeypatch, capsys):
    job.made.commit("rename", BROKEN)
    subprocess.run(["git", "clone", "-q", "--depth=1", job.made.root.as_uri(), str(tmp_path / "shallow")], check=True)
    monkeypatch.chdir(tmp_path / "shallow")
    assert job.run()[0] == 2
    assert job.run(name="push")[0] == 2
    assert capsys.readouterr().out.count("give actions/checkout `fetch-depth: 0`") == 2


def pushed(job, before):
    environment = job.environment(None, "push")
    event = Path(environment["GITHUB_EVENT_PATH"])
    event.write_text(json.dumps({"before": before}))
    return main(environment), outputs(environment)


def test_a_forced_push_is_compared_with_the_commit_before(job, capsys):
    job.made.commit("rename", BROKEN)
    code, told = pushed(job, "d" * 40)
    assert (code, told["conclusion"]) == (1, "failure")
    assert "as after a forced push" in capsys.readouterr().out


def test_a_first_commit_has_nothing_to_review(job, capsys):
    code, told = pushed(job, "0" * 40)
    assert (code, told["conclusion"], told["new-findings"]) == (0, "success", "0")
    assert "nothing to review" in capsys.readouterr().out


def test_a_plan_in_the_change_is_shown(job):
    plan = "version: 1\ngoal: tidy up\nsteps:\n  - id: one\n    title: rename\n    operation: rename\n"
    plan += "    arguments: {target: shop/cart.py::total, new: total_of}\n    scope: [shop/]\n"
    job.made.commit("plan", {"plans/tidy.yaml": plan})
    _, told, environment = job.run()
    assert told["plan-file"] == "plans/tidy.yaml"
    assert "```mermaid" in Path(environment["GITHUB_STEP_SUMMARY"]).read_text()


def test_the_step_runs_as_action_yml_says(job):
    """The very script and variables of the step, with the expressions filled in as the runner does."""
    job.made.commit("rename", BROKEN)
    step = next(one for one in ACTION["runs"]["steps"] if one.get("id") == "review")
    environment = job.environment()
    temp = job.folder / "temp"
    (temp / "codeagent").mkdir(parents=True)
    (temp / "codeagent/venv").symlink_to(Path(sys.executable).parent.parent)
    filled = {key: value.replace("${{ runner.temp }}", str(temp)) for key, value in step["env"].items()}
    filled["CODEAGENT_ACTION"] = environment["CODEAGENT_ACTION"]
    assert step["env"]["CODEAGENT_ACTION"] == "${{ toJSON(inputs) }}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=job.made.root,
        env={**os.environ, **environment, **filled},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert outputs(environment)["conclusion"] == "failure" and len(job.github.comments) == 1
