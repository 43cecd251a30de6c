"""Questions about classes that may be asked again before they are answered, and what is found meanwhile."""

from codeagent.graph.evaluator import Evaluator
from codeagent.graph.solver import SURE
from codeagent.graph.values import Value

Question = tuple[str, int, str]  # a class, and what is asked of it
Answer = tuple[Value, ...]


class Questions:
    """The questions being answered, each inside of the one before, and answers that rest on one of them."""

    def __init__(self, flow: Evaluator) -> None:
        self._flow = flow
        self._open: dict[Question, int] = {}
        self._for_now: dict[Question, tuple[Answer, int]] = {}

    def is_open(self, key: Question) -> bool:
        """Tell whether a question is being answered, upon which whatever the one who asks finds does not last."""
        if key not in self._open:
            return False
        self._flow.questions.half_answered(self._open[key])
        return True

    def held(self, key: Question) -> Answer | None:
        """Return an answer that holds as long as what it rests on is being answered."""
        known, rests_on = self._for_now.get(key, (None, SURE))
        self._flow.questions.half_answered(rests_on)
        return known

    def ask(self, key: Question) -> int:
        """Begin a question. Return what `answer` wants to know."""
        self._open[key] = len(self._open)
        return self._flow.questions.asked()

    def answer(self, key: Question, known: Answer, before: int) -> bool:
        """End a question, and tell whether its answer lasts: not if it rests on one that was asked earlier."""
        number = self._open.pop(key)
        rests_on = self._flow.questions.answered(number, before)
        self._for_now = {one: held for one, held in self._for_now.items() if held[1] < number}
        if rests_on != SURE:
            self._for_now[key] = known, rests_on
        return rests_on == SURE
