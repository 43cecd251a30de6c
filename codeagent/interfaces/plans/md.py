"""A plan as Markdown that is reviewed in a pull request, with its order drawn by Mermaid."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from codeagent.domain.plan import Plan, Step
from codeagent.interfaces.plans.words import argument_words, facts_of, guard_of, state_of
from codeagent.interfaces.reports.md import code, label, text
from codeagent.interfaces.reports.words import plain

_SHOWN: Final = 12
_LONGEST_LABEL: Final = 48
_COLOURS: Final = {"low": "#d7f0dd", "medium": "#fdf0cd", "high": "#f9d6d5"}


def as_markdown(plan: Plan) -> str:
    """Return a document: what is wanted, the order, then each step."""
    parts = [f"# {text(_one_line(plan.goal))}", " · ".join(map(text, facts_of(plan)))]
    if plan.summary:
        parts.append(_paragraph(plan.summary))
    parts.append("```mermaid\n" + "\n".join(_diagram(plan)) + "\n```")
    parts += [f"> [!NOTE]\n> {text(_one_line(note))}" for note in plan.notes]
    for number, step in enumerate(plan.steps, 1):
        parts += _step(number, step)
    return "\n\n".join(parts) + "\n"


def _diagram(plan: Plan) -> Iterator[str]:
    names = {step.id: f"s{number}" for number, step in enumerate(plan.steps, 1)}
    yield "flowchart TD"
    for number, step in enumerate(plan.steps, 1):
        shape = ("[", "]") if step.deterministic else ("([", "])")
        yield f'  s{number}{shape[0]}"{number}. {_label(step.title)}"{shape[1]}'
    for step in plan.steps:
        for other in step.after:
            yield f"  {names[other]} --> {names[step.id]}"
    for step in plan.steps:
        yield f"  style {names[step.id]} fill:{_COLOURS[step.risk]},stroke:#888,color:#222"


def _label(title: str) -> str:
    shown = _one_line(title)
    return label(shown if len(shown) <= _LONGEST_LABEL else f"{shown[: _LONGEST_LABEL - 1]}…")


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"## {number}. {text(_one_line(step.title))}"
    marks = [code(step.id), code(step.operation), f"{step.risk} risk", state_of(step), guard_of(step)]
    if step.autonomy == "ask":
        marks.append("**asks before it is applied**")
    yield " · ".join(marks)
    if step.why:
        yield _paragraph(step.why)
    instructions = step.arguments.get("instructions")
    if instructions:
        yield "\n".join(f"> {text(line)}" for line in str(instructions).splitlines())
    yield "\n".join(_facts(step))


def _facts(step: Step) -> Iterator[str]:
    for name, words in argument_words(step):
        yield f"- {text(name)}: {_codes(words)}"
    if step.after:
        yield f"- after: {_codes(step.after)}"
    for condition in step.preconditions:
        yield f"- first: {text(_one_line(condition))}"
    yield f"- may touch: {_codes(step.scope)}"
    for name, found in (("writes", step.blast.files), ("reaches", step.blast.symbols), ("guarded by", step.tests)):
        if found:
            yield f"- {name}: {_codes(found)}"
    if step.blast.left_out:
        yield f"- and {step.blast.left_out} more: symbols and tests"
    if step.otherwise != "stop":
        yield f"- when it fails: {step.otherwise}"


def _codes(words: Iterable[str]) -> str:
    listed: Sequence[str] = list(words)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(map(code, listed[:_SHOWN])) + more


def _paragraph(words: str) -> str:
    return "  \n".join(text(line.strip()) for line in words.strip().splitlines())


def _one_line(words: str) -> str:
    return plain(" ".join(words.split()))
