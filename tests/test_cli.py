"""The command line: help, global options, errors, exit codes, and the commands of Setup."""

import json
import os
import shutil
import subprocess
import sys

import pytest
import typer

from codeagent import __version__
from codeagent.domain import errors
from codeagent.interfaces import cli as cli_module
from codeagent.interfaces.cli import COMMANDS, load_command
from codeagent.interfaces.failures import EXIT_CODES, KEPT_LOGS, printable


def test_version(cli):
    ran = cli("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"codeagent {__version__}\n", "")


def test_help_has_panels_commands_and_exit_codes(invoke):
    ran = invoke("--help")
    assert ran.code == 0
    shown = " ".join(ran.out.replace("│", " ").split())
    for name, entry in COMMANDS.items():
        assert f"{name} {entry.summary}" in shown
        assert entry.panel in ran.out
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in shown


@pytest.mark.parametrize(
    "name", "apply ask check fix gate index init mcp plan redo resume review runs trust undo".split()
)
def test_each_command_that_works_on_a_repository_can_be_told_which(name):
    assert "--repo" in {one for param in load_command(name).params for one in param.opts}


def test_a_repository_can_be_named_from_elsewhere(repo, invoke, tmp_path):
    made = repo({"cart.py": "def total():\n    return 3\n\n\ndef sum_of():\n    return total()\n"})
    made.commit("begin")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    step = {"id": "say", "title": "Say add", "operation": "rename", "scope": ["cart.py"]}
    steps = [{**step, "arguments": {"target": "total", "new": "add"}}]
    (elsewhere / "plan.json").write_text(json.dumps({"version": 1, "goal": "say add", "steps": steps}))
    checked = invoke("plan", "--check", "plan.json", "--repo", made.root, cwd=elsewhere)
    assert checked.code == 0, checked.err
    applied = invoke("apply", "plan.json", "--yes", "--tests", "none", "--repo", made.root, cwd=elsewhere)
    assert applied.code == 0, applied.err
    assert "def add()" in (made.root / "cart.py").read_text()
    assert json.loads(invoke("runs", "--format", "json", "--repo", made.root, cwd=elsewhere).out)["runs"]
    assert invoke("check", "--repo", made.root, cwd=elsewhere).code == 0
    wrong = invoke("gate", "--repo", tmp_path / "nowhere", cwd=elsewhere)
    assert (wrong.code, "nowhere" in wrong.err) == (2, True)


def test_the_panels_are_those_of_the_promise():
    assert {entry.panel for entry in COMMANDS.values()} <= {"Understand", "Change", "Check", "Session", "Setup"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_of_its_own(invoke, name):
    ran = invoke(name, "--help")
    assert ran.code == 0
    assert f"codeagent {name}" in ran.out


@pytest.mark.parametrize("words", ["", "index", "gate", "query map", "config show", "refactor rename"])
def test_an_option_that_takes_no_value_shows_none(invoke, words):
    shown = invoke(*words.split(), "--help").out
    assert "--help" in shown
    assert "<bool>" not in shown


def test_a_typo_gets_a_suggestion(invoke):
    ran = invoke("analyse")
    assert (ran.code, ran.out) == (2, "")
    assert "Did you mean 'analyze'?" in ran.err


def test_no_arguments_show_the_help(invoke):
    assert "Understand" in invoke().out


def test_dash_c_enters_the_folder(invoke, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/codeagent.toml").write_text("max_file_bytes = 77")
    settings = json.loads(invoke("-C", tmp_path / "inner", "config", "show", "--format", "json").out)["settings"]
    assert settings["max_file_bytes"] == 77


def test_dash_c_of_no_folder(cli, tmp_path):
    ran = cli("-C", tmp_path / "absent", "doctor")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: cannot enter {tmp_path / 'absent'}: No such file or directory\n"


# --- errors -------------------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch):
    """Make `codeagent doctor` raise what a test wants."""

    def make(error: BaseException) -> None:
        app = typer.Typer(add_completion=False)

        @app.command("doctor")
        def fail() -> None:
            raise error

        monkeypatch.setattr(cli_module, "load_command", lambda name: typer.main.get_command(app))

    return make


ERRORS = [
    (errors.UsageError, 2),
    (errors.Refused, 4),
    (errors.Stale, 4),
    (errors.BudgetSpent, 5),
    (errors.ModelError, 6),
    (errors.NotPermitted, 7),
]


@pytest.mark.parametrize(("kind", "code"), ERRORS)
def test_a_foreseen_error_is_a_message_a_hint_and_its_code(invoke, failing, kind, code):
    failing(kind("this went wrong", "do that"))
    ran = invoke("doctor")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err == "error: this went wrong\nhint: do that\n"


def test_every_kind_of_error_has_a_code_in_the_table():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(kinds) > len(ERRORS)
    assert {kind.exit_code for kind in kinds} <= set(EXIT_CODES)


def test_an_unforeseen_error_leaves_a_log_to_paste(invoke, failing, home):
    failing(ZeroDivisionError("oh [red]no[/red]"))
    ran = invoke("doctor")
    assert (ran.code, ran.out) == (3, "")
    assert "error: internal error: ZeroDivisionError: oh [red]no[/red]" in ran.err
    assert "Traceback" not in ran.err
    (log,) = home.glob("**/bug-*.log")
    assert str(log) in ran.err
    assert "ZeroDivisionError" in log.read_text() and f"codeagent {__version__}" in log.read_text()


def test_bug_logs_do_not_pile_up(invoke, failing, home):
    failing(ZeroDivisionError())
    invoke("doctor")
    folder = next(home.glob("**/bug-*.log")).parent
    for number in range(KEPT_LOGS + 5):
        (folder / f"bug-2000010{number:03}.log").write_text("old")
    invoke("doctor")
    assert len(list(folder.iterdir())) == KEPT_LOGS


def test_a_bug_where_no_log_can_be_kept(invoke, failing, home):
    (home / ".local").write_text("not a folder")
    failing(ZeroDivisionError("oh no"))
    ran = invoke("doctor")
    assert ran.code == 3
    assert "please report what follows" in ran.err and "Traceback" in ran.err


def test_a_full_disk_is_no_bug(invoke, failing, home):
    failing(OSError(28, "No space left on device", "/somewhere/index.db"))
    ran = invoke("doctor")
    assert ran.code == 3
    assert (
        ran.err.startswith("error: No space left on device: /somewhere/index.db\n") and "CODEAGENT_CACHE_DIR" in ran.err
    )
    assert not list(home.glob("**/bug-*.log"))


def test_an_interruption(invoke, failing):
    failing(KeyboardInterrupt())
    ran = invoke("doctor")
    assert (ran.code, ran.err) == (130, "error: interrupted\n")


def test_verbose_shows_where_a_foreseen_error_came_from(invoke, failing):
    failing(errors.UsageError("no"))
    assert "Traceback" in invoke("-v", "doctor").err


@pytest.mark.skipif(os.name == "nt", reason="pipes are closed differently there")
def test_a_reader_that_goes_away_is_no_error(repo):
    """`codeagent query edges | head -1`: more than a pipe holds, and nobody reads it."""
    calls = "".join(f"def f{number}():\n    return f{number - 1}()\n" for number in range(1, 2000))
    folder = repo({"many.py": "def f0():\n    return 0\n" + calls}).root
    command = (
        f"{sys.executable} -m codeagent -q query edges --format jsonl 2>../errors | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    edge, code = done.stdout.splitlines()
    assert (json.loads(edge)["path"], code) == ("many.py", "0")
    assert (folder.parent / "errors").read_text() == ""


def test_patterns_of_the_settings_are_left_out(invoke, repo):
    folder = repo({"a.py": "x = 1", "made/b.py": "y = 1", "codeagent.toml": "exclude = ['made/']"}).root
    skipped = json.loads(invoke("index", "--format", "json", cwd=folder).out)["skipped"]
    assert skipped == {"ignored": 1}


def test_what_is_printed_holds_no_control_characters():
    assert printable("a\x1b[31mb\udcff\n") == "a\\x1b[31mb\\udcff\n"


# --- colour -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "environment", "colored"),
    [
        ("auto", {}, False),
        ("always", {}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("always", {"TERM": "dumb"}, True),
    ],
)
def test_when_output_is_coloured(cli, option, environment, colored):
    ran = cli("--color", option, "config", "show", env=environment)
    assert ("\x1b[" in ran.out) is colored


def test_quiet_says_nothing_beside_the_result(cli):
    assert "your own settings" in cli("config", "show").err
    assert cli("-q", "config", "show").err == ""


# --- setup --------------------------------------------------------------------------------------------


def test_config_shows_origins(invoke, tmp_path, monkeypatch):
    (tmp_path / "codeagent.toml").write_text("max_file_bytes = 500\ncache_megabytes = 99999")
    monkeypatch.setenv("CODEAGENT_CACHE_DIR", str(tmp_path))
    ran = invoke("--set", "model=a/b", "config", "show", "--origin", "--format", "json", cwd=tmp_path)
    document = json.loads(ran.out)
    settings = document["settings"]
    assert settings["max_file_bytes"] == {"value": 500, "origin": "codeagent.toml"}
    assert settings["cache_dir"] == {"value": str(tmp_path), "origin": "CODEAGENT_CACHE_DIR"}
    assert settings["model"] == {"value": "a/b", "origin": "--set"}
    assert settings["exclude"] == {"value": [], "origin": "built-in"}
    assert "cache_megabytes" in document["ignored"][0]
    text = invoke("config", "show", "--origin", cwd=tmp_path)
    assert "codeagent.toml" in text.out and "ignored: codeagent.toml: cache_megabytes" in text.err


def test_config_with_a_mistake(invoke, tmp_path):
    (tmp_path / "codeagent.toml").write_text("exlude = []")
    ran = invoke("config", "show", cwd=tmp_path)
    assert ran.code == 2
    assert ran.err == 'error: unknown setting "exlude" in codeagent.toml\nhint: did you mean "exclude"?\n'


def test_set_wants_a_key_and_a_value(invoke):
    ran = invoke("--set", "model", "config", "show")
    assert ran.code == 2 and "--set wants KEY=VALUE" in ran.err


def test_doctor_as_text_and_as_json(invoke, tmp_path):
    document = json.loads(invoke("doctor", "--format", "json", cwd=tmp_path).out)
    checks = {check["name"]: check for check in document["checks"]}
    assert {"codeagent", "tree-sitter", "languages", "git", "rg", "sandbox", "settings", "cache", "model"} <= set(
        checks
    )
    assert checks["languages"]["detail"].startswith(str(checks["languages"]["detail"].count(",") + 1))
    text = invoke("doctor", cwd=tmp_path)
    assert text.code == 0, text.out
    assert "tree-sitter" in text.out


def test_doctor_ends_with_what_to_do_next(invoke, repo):
    made = repo({"pyproject.toml": "[tool.pytest.ini_options]\n", "tests/test_a.py": "def test_a(): pass\n"})
    steps = [one["command"] for one in json.loads(invoke("doctor", "--format", "json", cwd=made.root).out)["next"]]
    assert steps[:2] == ["codeagent init", "codeagent trust"] and "codeagent analyze" in steps
    made.write({"codeagent.toml": ""})
    assert invoke("trust", cwd=made.root).code == 0
    text = invoke("doctor", cwd=made.root).out
    assert "codeagent init" not in text and "codeagent trust" not in text
    assert "export CODEAGENT_MODEL" in text[text.index("\nNext\n") :]


def test_doctor_names_problems_with_remedies(invoke, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CODEAGENT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    monkeypatch.setenv("CODEAGENT_MODEL", "openai/x")
    monkeypatch.setenv("CODEAGENT_MODLE", "typo")
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = invoke("doctor", "--format", "json", cwd=tmp_path)
    assert ran.code == 1
    checks = {check["name"]: check for check in json.loads(ran.out)["checks"]}
    assert checks["cache"]["state"] == "problem" and "CODEAGENT_CACHE_DIR" in checks["cache"]["remedy"]
    assert checks["git"]["state"] == "problem" and "install git" in checks["git"]["remedy"]
    assert checks["environment"]["remedy"] == "did you mean CODEAGENT_MODEL?"
    assert checks["model"]["state"] in ("problem", "note")


def test_doctor_lists_the_servers_of_mcp(invoke, home, tmp_path):
    path = home / ".config/codeagent/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"[mcp.there]\ncommand = ['{sys.executable}', '--token', 'sk-1']\nkeep = ['NOT_SET']\nallow = ['read_*']\n"
        "[mcp.gone]\ncommand = ['no-such-program']\n[mcp.off]\ncommand = ['x']\ndisabled = true\n"
    )
    ran = invoke("doctor", "--format", "json", cwd=tmp_path)
    checks = {check["name"]: check for check in json.loads(ran.out)["checks"]}
    assert (ran.code, {name for name in checks if name.startswith("mcp ")}) == (1, {"mcp there", "mcp gone"})
    assert checks["mcp gone"]["detail"] == "no-such-program is not installed"
    there = checks["mcp there"]
    assert (there["state"], "read_*" in there["detail"], "NOT_SET is not set" in there["detail"]) == (
        "note",
        True,
        True,
    )
    assert "sk-1" not in ran.out


def test_doctor_survives_broken_settings(invoke, tmp_path):
    (tmp_path / "codeagent.toml").write_text("zebra = 1")
    ran = invoke("doctor", cwd=tmp_path)
    assert ran.code == 1
    assert 'unknown setting "zebra"' in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_scripts(invoke, shell):
    ran = invoke("completion", shell)
    assert ran.code == 0
    assert "_CODEAGENT_COMPLETE" in ran.out


def test_completion_completes(cli):
    environment = {"_CODEAGENT_COMPLETE": "complete_bash", "COMP_WORDS": "codeagent co", "COMP_CWORD": "1"}
    assert cli(env=environment).out.split() == ["cost", "config", "completion"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh")
def test_completion_of_zsh_is_there_at_the_first_tab(invoke, tmp_path):
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions/_codeagent").write_text(invoke("completion", "zsh").out)
    program = tmp_path / "codeagent"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m codeagent "$@"\n')
    program.chmod(0o755)
    tab = "autoload -Uz _codeagent; _arguments() { print -r -- $*; }; words=(codeagent ana); CURRENT=2; _codeagent"
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.getcwd()}
    environment["FPATH"] = str(tmp_path / "functions")
    ran = subprocess.run(["zsh", "-fc", tab], env=environment, capture_output=True, text=True, check=True)
    assert '"analyze"' in ran.stdout


def test_completion_installs(invoke, home):
    ran = invoke("completion", "bash", "--install")
    assert ran.code == 0, ran.err
    assert "codeagent" in (home / ".bashrc").read_text()


def test_a_command_may_have_verbs():
    assert set(load_command("config").commands) == {"show"}


# --- progress -----------------------------------------------------------------------------------------


def on_a_terminal(code: str) -> str:
    """Run code with stderr on a pseudo-terminal; return what was drawn there."""
    ours, theirs = os.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stderr=theirs, stdout=subprocess.DEVNULL):
        os.close(theirs)
        seen = b""
        try:
            while block := os.read(ours, 4096):
                seen += block
        except OSError:  # the other side is closed
            pass
    os.close(ours)
    return seen.decode()


WORK = """
import time
from codeagent.domain.events import Notice, Progress
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Terminal
with progress(Terminal(quiet={quiet})) as emit:
    emit(Progress("read", 1, 9)); time.sleep({wait}); emit(Progress("read", 7, 9)); emit(Notice("a remark"))
"""


PARTS = """
import time
from codeagent.domain.events import Progress
from codeagent.interfaces.progress import progress
from codeagent.interfaces.terminal import Terminal
with progress(Terminal()) as emit:
    time.sleep(0.6)
    for number, name in enumerate(["one", "two", "three"]):
        emit(Progress("gates", number, 3, name))
        time.sleep(0.15)
    emit(Progress("gates", 3, 3))
"""


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
def test_parts_of_a_stage_share_its_bar():
    seen = on_a_terminal(PARTS)
    assert "gates: two" in seen and "3/3" in seen
    last = seen.rpartition("3/3")[0].rpartition("\r")[2]
    assert "gates" in last and "one" not in last


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
def test_a_bar_appears_for_long_work_only():
    assert "7/9" in on_a_terminal(WORK.format(quiet=False, wait=0.6))
    assert on_a_terminal(WORK.format(quiet=True, wait=0.6)) == ""
    assert "7/9" not in on_a_terminal(WORK.format(quiet=False, wait=0))


def test_no_bar_where_stderr_is_no_terminal():
    done = subprocess.run(
        [sys.executable, "-c", WORK.format(quiet=False, wait=0.6)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "a remark\n")


def test_modules_of_the_folder_it_is_started_in_are_not_run(tmp_path):
    for name in ("json", "typing", "tomllib", "typer", "msgspec", "rich"):
        (tmp_path / f"{name}.py").write_text("open('it-ran', 'w').close()\nraise SystemExit(99)\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    command = [sys.executable, "-m", "codeagent", "analyze", ".", "--format", "json"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["repository"]["files"] == 6
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes are closed differently there")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("analyze | true; echo ${PIPESTATUS[0]}", "0"),  # a report is drawn, and nobody reads it
        ("index --stats >&-; echo $?", "0"),
        ("analyze no-such-folder >&- 2>&-; echo $?", "2"),
    ],
)
def test_output_that_nobody_takes_is_no_bug(repo, line, code):
    folder = repo({"many.py": "".join(f"def f{number}(): ...\n" for number in range(99))}).root
    command = f"{sys.executable} -m codeagent -q {line}"
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == code
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["analyze"], ["query", "cycles"]])
def test_an_empty_revision_is_none(invoke, repo, command):
    ran = invoke(*command, "--rev", "", cwd=repo({"a.py": "x = 1"}).root)
    assert (ran.code, ran.out) == (2, "")
    assert "unknown revision ''" in ran.err
