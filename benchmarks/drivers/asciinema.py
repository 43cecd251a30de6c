"""Record with notifiers that are there, print and play what was recorded, in a terminal of its own."""

import contextlib
import multiprocessing
import os
import pathlib
import pty
import select
import sys
import tempfile
import time

FOLDER = pathlib.Path(tempfile.mkdtemp())
os.environ["ASCIINEMA_CONFIG_HOME"] = str(FOLDER)
os.environ["PATH"] = f"{FOLDER}:{os.environ['PATH']}"
for name in ("osascript", "notify-send", "terminal-notifier"):
    (FOLDER / name).write_text("#!/bin/sh\n")
    (FOLDER / name).chmod(0o755)

from asciinema import __main__, asciicast, notifier, recorder
from asciinema.asciicast import raw, v2

OLD = "tests/demo.json"
RECORDED = str(FOLDER / "recorded.cast")


def inside() -> None:
    """What runs in the terminal: while it records, somebody pauses and types."""
    multiprocessing.set_start_method("fork")
    for one in (notifier.TerminalNotifier, notifier.AppleScriptNotifier, notifier.LibNotifyNotifier):
        one().notify("hello")
    for path, writer in ((RECORDED, v2.writer), (str(FOLDER / "recorded.raw"), raw.writer)):
        pathlib.Path(path).touch()
        kept = {"rec_stdin": True, "writer": writer, "notifier": notifier.get_notifier()}
        recorder.record(path, command="sleep 2; echo hello", **kept)
    with asciicast.open_from_url(RECORDED) as cast:
        list(cast.stdout_events())
    for words in (["cat", RECORDED], ["cat", OLD], ["play", RECORDED], ["play", "-s", "100", OLD]):
        sys.argv = ["asciinema", *words]
        with contextlib.suppress(SystemExit):
            __main__.main()


pid, terminal = pty.fork()
if not pid:
    try:
        inside()
    finally:
        os._exit(0)
end, turn = time.monotonic() + 60, 0
with contextlib.suppress(OSError):
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.3)[0]:
            os.read(terminal, 4096)
        else:
            os.write(terminal, (b"a", b"\x10", b"\x10")[turn % 3])
            turn += 1
with contextlib.suppress(ProcessLookupError):
    os.kill(pid, 9)
