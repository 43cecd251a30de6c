"""Running other programs: bounds, what they see of us, and what is left of them."""

import os
import sys
import time
from pathlib import Path

import pytest

from codeagent.domain.errors import CodeAgentError
from codeagent.workspace.process import ProgramMissing, clean_environment, popen, run

posix = pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        try:
            if ") Z" in Path(f"/proc/{pid}/stat").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_an_argument_is_never_read_by_a_shell(tmp_path: Path) -> None:
    done = run([*python("import sys; print(sys.argv[1])"), "$(touch pwned); `touch pwned`"], cwd=tmp_path)
    assert done.ok
    assert done.stdout.decode().strip() == "$(touch pwned); `touch pwned`"
    assert not (tmp_path / "pwned").exists()


def test_keys_do_not_reach_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("OPENAI_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "LD_PRELOAD", "GIT_SSH_COMMAND")
    for name in names:
        monkeypatch.setenv(name, "sk-secret")
    done = run(python("import os; print(dict(os.environ))"), cwd=tmp_path)
    assert b"sk-secret" not in done.stdout
    assert b"PATH" in done.stdout
    assert clean_environment(keep=("GITHUB_TOKEN",))["GITHUB_TOKEN"] == "sk-secret"


@posix
def test_the_timeout_kills_grandchildren_too(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    done = run(python(code), cwd=tmp_path, timeout=1.0)
    assert done.timed_out
    assert not done.ok
    assert done.seconds < 10
    assert "timed out" in done.complaint()
    assert gone(int(done.stdout.split()[0]))


@posix
def test_what_a_program_leaves_running_is_ended_with_it(tmp_path: Path) -> None:
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    done = run(python(code), cwd=tmp_path, timeout=30)
    assert done.ok
    assert done.seconds < 10
    assert gone(int(done.stdout.split()[0]))


@posix
def test_what_escaped_the_group_does_not_hold_us_up(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys;"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True);"
        "print(p.pid)"
    )
    started = time.monotonic()
    done = run(python(code), cwd=tmp_path, timeout=30)
    os.kill(int(done.stdout.split()[0]), 9)
    assert done.ok
    assert time.monotonic() - started < 15


def test_output_beyond_the_limit_is_cut_and_said(tmp_path: Path) -> None:
    done = run(python("while True: print('x' * 1000)"), cwd=tmp_path, limit=10_000, timeout=30)
    assert done.truncated
    assert not done.ok
    assert len(done.stdout) == 10_000


def test_much_input_and_much_output_do_not_wait_for_each_other(tmp_path: Path) -> None:
    data = b"0123456789" * 300_000
    done = run(python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"), cwd=tmp_path, stdin=data)
    assert done.stdout == data


def test_a_program_that_is_not_there_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing, match="no-such-program"):
        run(["no-such-program"], cwd=tmp_path)
    with pytest.raises(CodeAgentError, match="is not a folder"):
        run(python(""), cwd=tmp_path / "missing")


def test_the_complaint_is_the_last_line_of_stderr(tmp_path: Path) -> None:
    done = run(python("import sys; print('one\\nfatal: two', file=sys.stderr); sys.exit(3)"), cwd=tmp_path)
    assert (done.code, done.complaint()) == (3, "fatal: two")
    assert run(python("raise SystemExit(4)"), cwd=tmp_path).complaint() == "exit code 4"


@posix
def test_leaving_a_stream_early_ends_the_program(tmp_path: Path) -> None:
    with popen(python("import os\nwhile True: print(os.getpid(), flush=True)"), cwd=tmp_path) as running:
        assert running.stdout
        pid = int(running.stdout.readline())
    assert gone(pid)
