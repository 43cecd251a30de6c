"""A dialogue: earlier questions and answers under the same name, which a model is told before the next question."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from codeagent.domain.run import Message
from codeagent.domain.tokens import tokens_of
from codeagent.workspace.eventlog import EVENTS, log_folders, read_records, read_run

SHARE: Final = 4  # earlier turns may fill this part of a model's room: one over it
_SPOKEN: Final = ("ask", "plan")  # commands whose runs are turns of a dialogue
_LETTERS: Final = 3  # of a token, at least, in an answer that is cut


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and the answer to it."""

    question: str
    answer: str

    @property
    def tokens(self) -> int:
        """What telling it takes."""
        return tokens_of(self.question) + tokens_of(self.answer)


def turns_before(root: Path, name: str, run: str, room: int) -> tuple[Turn, ...]:
    """Return the turns of a dialogue before a run of it, oldest first: the newest that fit a model's room."""
    if not name:
        return ()
    found, left = list[Turn](), room // SHARE
    for folder in log_folders(root):
        turn = _turn(folder, name) if folder.name < run else None
        if turn is None:
            continue
        if turn.tokens > left:
            spare = (left - tokens_of(turn.question)) * _LETTERS
            return tuple(reversed(found)) if found or spare <= 0 else (Turn(turn.question, turn.answer[:spare] + " …"),)
        found.append(turn)
        left -= turn.tokens
    return tuple(reversed(found))


def told(turns: tuple[Turn, ...]) -> tuple[Message, ...]:
    """Return turns as the messages that they were."""
    return tuple(one for turn in turns for one in (Message("user", turn.question), Message("assistant", turn.answer)))


def granted(root: Path, name: str) -> frozenset[str]:
    """Return the tools of servers that the user has let a dialogue call for good."""
    logs = (read_run(folder) for folder in log_folders(root) if name and _begun(folder, name))
    said = (one.body for log in logs for one in log if one.kind == "decision" and one.body["what"] == "tool")
    return frozenset(body["tool"] for body in said if body["said"] == "a")


def _turn(folder: Path, name: str) -> Turn | None:
    """What was asked and answered in a run, if it is one of this dialogue and came to an answer."""
    if not _begun(folder, name):
        return None
    given = next((one.body for one in read_run(folder) if one.kind == "answer.given"), None)
    return Turn(str(given["question"]), str(given["answer"])) if given else None


def _begun(folder: Path, name: str) -> bool:
    """Whether a run is one of this dialogue."""
    begun = next(islice(read_records(folder / EVENTS), 1), None)
    return begun is not None and begun.body.get("command") in _SPOKEN and begun.body.get("session") == name
