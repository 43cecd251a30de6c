"""Connections, groups, transfers, the program and the integration suite, with a client that needs no server."""

import inspect
import stat
import sys
from unittest.mock import MagicMock, patch

TRANSPORT = MagicMock(active=True)
ATTRIBUTES = {"stat.return_value.st_mode": stat.S_IFDIR | 0o755, "getcwd.return_value": "/"}


class Client(MagicMock):
    """A client that is connected until it is closed."""

    gone = False

    def get_transport(self):
        return None if self.gone else TRANSPORT

    def close(self):
        self.gone = True

    def open_sftp(self):
        return MagicMock(**ATTRIBUTES)


inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]  # what old versions of invoke ask for
patch("fabric.connection.SSHClient", Client).start()
sys.modules.setdefault("pytest", MagicMock())

import fabric.main
import fabric.transfer
from integration import concurrency, connection, group


def attempt(function, *given, **named):
    """Go as far as it goes without a server."""
    try:
        function(*given, **named)
    except (Exception, SystemExit) as why:
        print(function, repr(why)[:100], file=sys.stderr)


def run(suite):
    """Run every test of a suite."""
    for name, value in vars(suite).items():
        if inspect.isclass(value):
            run(value)
        elif inspect.isfunction(value) and name != "setup":
            one = suite()
            getattr(one, "setup", bool)()
            attempt(getattr(one, name))


here = fabric.Connection("a.invalid")
here.open()
here.close()
attempt(fabric.Connection("a.invalid", gateway=fabric.Connection("b.invalid")).open)
attempt(fabric.Connection("a.invalid").run, "true")
transfer = fabric.transfer.Transfer(fabric.Connection("a.invalid"))
attempt(transfer.is_remote_dir, "x")
attempt(transfer.put, __file__, "x")
attempt(fabric.main.program.run, ["fab", "-H", "a.invalid", "--", "true"], exit=False)
attempt(fabric.main.program.run, ["fab"], exit=False)
for suite in (connection.Connection_, group.Group_, concurrency.concurrency):
    run(suite)
