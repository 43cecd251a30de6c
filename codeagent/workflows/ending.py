"""How a run ends: said in its log whichever way it does, and the log is let go of."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from codeagent.agent.budget import Meter
from codeagent.domain.errors import CodeAgentError, Refused
from codeagent.workspace.eventlog import EventLog


@contextmanager
def ending(log: EventLog, meter: Meter, sender: str = "run") -> Iterator[None]:
    """Record how what is done within ended; errors go on their way."""
    code, reason = 3, "internal error"
    try:
        yield
        code, reason = 0, "ok"
    except CodeAgentError as error:
        code, reason = error.exit_code, error.message
        raise
    except KeyboardInterrupt:
        code, reason = 130, "interrupted"
        raise
    finally:
        end = {"exit_code": code, "exit_reason": reason, "usage": asdict(meter.usage)}
        with suppress(Refused):  # the disk is full: the error that says so is on its way
            log.append("run.finished", end, sender=sender)
        log.close()
