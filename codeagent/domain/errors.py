"""The errors a user can meet: each says what happened, what to do next, and the exit code."""

import os


class CodeAgentError(Exception):
    """A foreseen failure; `message` says what happened and where, `hint` what to do next."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CodeAgentError):
    """The request itself cannot be met: bad option, unknown symbol, no such path or revision."""

    exit_code = 2


class Refused(CodeAgentError):
    """A precondition of a change does not hold; the tree is untouched."""

    exit_code = 4


class Stale(CodeAgentError):
    """A file changed since it was read; nothing was written."""

    exit_code = 4


class GateFailed(CodeAgentError):
    """A gate says no to a change; nothing was written."""

    exit_code = 1


class BudgetSpent(CodeAgentError):
    """Cost, tokens, calls or time ran out; the run can be resumed."""

    exit_code = 5


class ModelError(CodeAgentError):
    """No key, a wrong key, an unusable answer, or the provider is down."""

    exit_code = 6


class ContextOverflow(ModelError):
    """The provider says that the request is longer than the model can read; a shorter one may be answered."""


class Interrupted(CodeAgentError):
    """The user asked to stop; what was done is kept, and the run can be resumed."""

    exit_code = 130


class NotPermitted(CodeAgentError):
    """The permission table or trust says no."""

    exit_code = 7


def in_words(error: BaseException) -> str:
    """An error as people say it: that of the system names its path, and no number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {os.fsdecode(error.filename)}" if error.filename else error.strerror
    return str(error)
