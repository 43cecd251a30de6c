"""The sandbox: what a command can see, reach and take, and that what was in force is said."""

import os
import shutil
import socket
import sys
import time
import venv
from pathlib import Path

import pytest

from codeagent.domain.errors import NotPermitted
from codeagent.workspace import protection, sandbox
from codeagent.workspace.process import ProgramMissing, kill_group, popen
from codeagent.workspace.protection import Mode, Protection, offered
from codeagent.workspace.sandbox import Limits, Room, run
from codeagent.workspace.seatbelt import profile

needs_namespaces = pytest.mark.skipif(not offered().network_closed, reason=f"only {offered()} here")
needs_bubblewrap = pytest.mark.skipif(offered().tool != "bubblewrap", reason=f"only {offered()} here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


def python(folder: Path, code: str, **options: object) -> sandbox.Ran:
    return run([sys.executable, "-c", code], cwd=folder, room=Room((folder,)), **options)  # type: ignore[arg-type]


def said(ran: sandbox.Ran) -> str:
    return (ran.done.stdout + ran.done.stderr).decode().strip()


@needs_bubblewrap
def test_the_home_folder_is_out_of_sight_and_the_system_cannot_be_written(folder, home):
    (home / "secret").write_text("key")
    code = f"import os; print(os.listdir({str(home)!r})); open('here', 'w'); open('/usr/there', 'w')"
    ran = python(folder, code)
    assert said(ran).startswith("[]\n")
    assert "Read-only file system" in said(ran)
    assert (folder / "here").exists()
    assert "key" in said(python(folder, f"print(open({str(home / 'secret')!r}).read())", mode=Mode.OFF))
    assert ran.protection.names == ("bubblewrap", "no-network", "home-hidden", "limits", "clean-environment")


@needs_bubblewrap
def test_the_active_environment_is_seen_wherever_it_lies(folder, home, monkeypatch):
    made = home / "environments" / "shop"
    venv.create(made, with_pip=False)
    (home / "environments" / "other").write_text("")
    monkeypatch.setenv("VIRTUAL_ENV", str(made))
    code = f"import os, sys; print(sys.prefix, os.listdir({str(made.parent)!r}))"
    ran = run([str(made / "bin/python"), "-c", code], cwd=folder, room=Room((folder,)))
    assert said(ran) == f"{made} ['shop']"


@needs_namespaces
def test_the_network_is_closed_but_for_itself(folder):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2); print('through')"
        assert "ConnectionRefusedError" in said(python(folder, code))
        assert said(python(folder, code, mode=Mode.OFF)) == "through"
    own = """
        import shutil
import socket
        server = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(server.getsockname(), 2)
        print("own")
    """
    assert said(python(folder, "\n".join(line.strip() for line in own.splitlines()))) == "own"


def test_unshare_closes_the_network_and_keeps_localhost(folder, monkeypatch):
    if not protection.works([*protection.unshared(), "true"]):
        pytest.skip("no user namespaces here")
    monkeypatch.setattr(sandbox, "offered", lambda: Protection("unshare", network_closed=True, limited=True))
    code = (
        "import socket, os; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname(), 2); "
    )
    ran = python(folder, code + "print(os.getuid(), [name for _, name in socket.if_nameindex()])")
    assert said(ran) == f"{os.getuid()} ['lo']"
    with pytest.raises(NotPermitted, match="offers too little"):
        python(folder, "print(1)", mode=Mode.REQUIRE)


@pytest.mark.skipif(not shutil.which("java"), reason="no java here")
def test_java_can_ask_how_much_memory_there_is(folder):
    """It looks into its control group; Gradle asks when it starts."""
    (folder / "Ask.java").write_text(
        "class Ask { public static void main(String[] a) {"
        " var bean = java.lang.management.ManagementFactory.getOperatingSystemMXBean();"
        " System.out.println(((com.sun.management.OperatingSystemMXBean) bean).getTotalMemorySize() > 0); } }"
    )
    ran = run(["java", "Ask.java"], cwd=folder, room=Room((folder,)))
    assert said(ran).splitlines()[-1] == "true", said(ran)


def test_no_key_reaches_the_command(folder, monkeypatch):
    monkeypatch.setenv("EXAMPLE_API_KEY", "sk-1")
    assert "sk-1" not in said(python(folder, "import os; print(dict(os.environ))"))
    assert "sk-1" not in said(python(folder, "import os; print(dict(os.environ))", mode=Mode.OFF))


def test_time_and_output_are_limited(folder):
    started = time.monotonic()
    ran = python(folder, "import time; time.sleep(60)", limits=Limits(seconds=1))
    assert ran.done.timed_out
    assert time.monotonic() - started < 10
    ran = python(folder, "while True: print('x' * 1000)", limits=Limits(output=10_000))
    assert ran.done.truncated
    assert len(ran.done.stdout) == 10_000


def test_a_file_may_not_grow_for_ever(folder):
    ran = python(folder, "open('big', 'wb').write(b'x' * 5_000_000)", limits=Limits(file_bytes=1_000_000))
    if ran.protection.limited:
        assert not ran.done.ok
        assert (folder / "big").stat().st_size == 1_000_000


@needs_namespaces
def test_nothing_of_it_outlives_us(folder):
    """A process that leaves its group and its parent still ends when the command does."""
    code = """
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for _ in range(100):
                    open("alive", "a").write("x")
                    time.sleep(0.05)
            os._exit(0)
        time.sleep(0.3)
    """
    assert python(folder, "\n".join(line[8:] for line in code.splitlines())).done.ok
    size = (folder / "alive").stat().st_size
    time.sleep(0.3)
    assert (folder / "alive").stat().st_size <= size + 1


OURS = """
import sys
from pathlib import Path
from codeagent.workspace import sandbox
from codeagent.workspace.protection import Mode, Protection
here = Path.cwd()
if sys.argv[1] == "none":
    sandbox.offered = lambda: Protection("none", limited=True)
code = "import os, time; os.fork(); name = f'alive{os.getpid()}'\\n"
code += "for _ in range(600): open(name, 'a').write('x'); time.sleep(0.05)"
sandbox.run([sys.executable, "-c", code], cwd=here, room=sandbox.Room((here,)), mode=Mode(sys.argv[2]))
"""


@pytest.mark.parametrize(
    ("tool", "mode"), [pytest.param("any", "auto", marks=needs_namespaces), ("none", "auto"), ("any", "off")]
)
def test_nothing_of_it_outlives_our_own_death(folder, tool, mode):
    """Neither what was started nor what that has started: with no namespaces, and with the sandbox switched off too."""
    program = [sys.executable, "-c", OURS, tool, mode]
    with popen(program, cwd=folder, extra={"PYTHONPATH": str(Path(__file__).parent.parent)}) as process:
        deadline = time.monotonic() + 20
        while len(list(folder.glob("alive*"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        kill_group(process)
    before: list[int] = []
    while (now := [one.stat().st_size for one in folder.glob("alive*")]) != before and time.monotonic() < deadline:
        before = now
        time.sleep(0.5)
    assert (len(now), now) == (2, before)


def test_how_a_command_ended_is_told_as_it_was(folder):
    """Also where a process of ours stands between: its exit code, its signal, and what it was fed."""
    for mode in (Mode.AUTO, Mode.OFF):
        assert python(folder, "raise SystemExit(7)", mode=mode).done.code == 7
        assert said(python(folder, "print(input())", mode=mode, stdin=b"fed")) == "fed"
    killed = python(folder, "import os; os.kill(os.getpid(), 15)", mode=Mode.OFF)
    assert killed.done.code == -15
    shell = ["sh", "-c", "yes | head -1; kill -9 $$"]
    assert run(shell, cwd=folder, room=Room((folder,)), mode=Mode.OFF).done.code == -9


def test_a_missing_program_is_said(folder):
    with pytest.raises(ProgramMissing, match="no-such-program is not installed"):
        run(["no-such-program"], cwd=folder, room=Room((folder,)))


def test_require_fails_closed_where_there_is_nothing(folder, monkeypatch):
    monkeypatch.setattr(sandbox, "offered", lambda: Protection("none", limited=True, reason="none here"))
    with pytest.raises(NotPermitted, match="none here"):
        python(folder, "print(1)", mode=Mode.REQUIRE)
    assert python(folder, "print(1)").protection.names == ("none", "limits", "clean-environment")


def test_the_profile_of_macos_denies_before_it_allows(tmp_path):
    text = profile([tmp_path], [tmp_path / "tools"], [tmp_path / "work"])
    assert text.index("(deny file-read-data") < text.index("(allow file-read*")
    assert text.count("(") == text.count(")")
    assert f'(subpath "{tmp_path.resolve()}/work")' in text
