"""From a run that held to a recipe: what it was about becomes parameters, what it did stays."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.plan import Blast, Plan, Step
from codeagent.domain.recipe import Reach, Recipe, Track, Trigger
from codeagent.domain.run import Record
from codeagent.languages import for_path
from codeagent.plans.filling import escaped, texts_of, with_texts
from codeagent.plans.recipes import NAME, digest_of
from codeagent.retrieval.words import words

_SPARE: Final = 2  # files that another run may touch beyond those that this one did
_WORDS: Final = 12  # of a trigger
_NEW_NAME: Final = re.compile(r"[^\W\d][\w.-]*\Z")
_NO_WORD: Final = re.compile(r"\S*\{[^{}]*\}\S*|\S*[/:]\S*|\S+\.\w\S*")  # open places, paths, dotted names
_KIND: Final = re.compile(r"(.+)-[0-9a-f]{6,}\Z")  # of the id of an opportunity


def learned(run: str, records: Sequence[Record], name: str = "") -> Recipe:
    """Return the recipe of a run. Raises UsageError for a run without a plan, Refused for one that did not hold."""
    last = {record.kind: record for record in records}
    if "plan.made" not in last:
        raise UsageError(f"run {run} carried out no plan", "codeagent runs lists them")
    plan = msgspec.convert(dict(last["plan.made"].body), Plan)
    steps = {str(one.body.get("step")): one.body for one in records if one.kind == "step.done"}
    _require_held(run, last, plan, steps)
    return recipe_of(plan, steps, run, name)


def _require_held(run: str, last: Mapping[str, Record], plan: Plan, steps: Mapping[str, Any]) -> None:
    why = ""
    finished = last.get("run.finished")
    if finished is None:
        why = "has not ended"
    elif finished.body.get("exit_code"):
        why = f"did not hold: {finished.body.get('exit_reason', '')}"
    elif not {"tree.written", "branch.made"} & last.keys():
        why = "wrote nothing"
    elif missing := [step.id for step in plan.steps if step.id not in steps]:
        why = f"left out the step {missing[0]}"
    if why:
        raise Refused(f"run {run} {why}", "only what passed its gates whole is kept")


def recipe_of(plan: Plan, done: Mapping[str, Mapping[str, Any]], run: str, name: str = "") -> Recipe:
    """Return the recipe of a plan whose steps ended as `done` says. Raises UsageError for a name that cannot be."""
    found = _Subjects(plan)
    steps = tuple(_open(step, found) for step in plan.steps)
    written = {path for body in done.values() for path in body.get("files", ())}
    gates = {gate for body in done.values() for gate, status in body.get("gates", {}).items() if status == "passed"}
    goal = found.opened(plan.goal)
    chosen = name or _name(goal, steps)
    if not NAME.match(chosen) or len(chosen) > 64:
        raise UsageError(f"{chosen} is no name of a recipe", "small letters, digits and single hyphens, at most 64")
    recipe = Recipe(
        name=chosen,
        goal=goal,
        steps=steps,
        trigger=_trigger(plan, goal, written),
        parameters=found.told(steps, goal),
        gates=tuple(sorted(gates)),
        most_files=len(written) + _SPARE,
        reach=_reach(plan, written),
        track=Track(successes=1),
        origin=f"run {run}" + (f", planned by {plan.origin}" if plan.origin else ""),
    )
    return replace(recipe, digest=digest_of(recipe))


def _open(step: Step, found: "_Subjects") -> Step:
    """A step without what only one repository has; what is proven may reach any file, within the recipe's limit."""
    bare = replace(step, blast=Blast(), tests=(), tried=False, guarded=True, expected_cost=None)
    opened = with_texts(bare, found.opened)
    return replace(opened, scope=("**",)) if step.deterministic else opened


def _reach(plan: Plan, written: Iterable[str]) -> Reach:
    blasts = [step.blast for step in plan.steps]
    files, symbols, tests = (
        len({one for blast in blasts for one in getattr(blast, kind)}) for kind in ("files", "symbols", "tests")
    )
    return Reach(files, symbols, tests, len(set(written)))


def _trigger(plan: Plan, goal: str, written: Iterable[str]) -> Trigger:
    plain = _NO_WORD.sub(" ", goal)
    languages = {language.name for path in written if (language := for_path(path)) is not None}
    kind = _KIND.match(plan.origin)
    stems = tuple(dict.fromkeys(words(plain)))[:_WORDS]
    return Trigger(stems, kind[1] if kind else "", tuple(sorted(languages)))


def _name(goal: str, steps: Sequence[Step]) -> str:
    """A name of the words of the goal, without its subjects, or of the operations."""
    plain = re.findall(r"[a-z0-9]+", _NO_WORD.sub(" ", goal).lower())
    return "-".join(plain[:6]) or "-".join(dict.fromkeys(step.operation for step in steps))


@dataclass(frozen=True, slots=True)
class _Subject:
    """A text of a plan that is open in the recipe: `name` stands for `value`."""

    name: str
    value: str
    about: str


class _Subjects:
    """What a plan is about: the files, symbols and new names in the arguments of its steps."""

    def __init__(self, plan: Plan) -> None:
        self._found: dict[str, _Subject] = {}
        for step in plan.steps:
            for key, value in _arguments(step):
                self._take(key, value)
        self._texts = self._by_length()

    def _take(self, key: str, value: str) -> None:
        path, mark, dotted = value.partition("::")
        if mark and "\n" not in value:
            self._add("file", path, "a file, relative to the root")
            self._add("symbol", dotted, "a symbol in its file, dotted")
        elif "\n" not in value and (for_path(value) is not None or "/" in value.strip("/")) and " " not in value:
            self._add("file", value, "a file or folder, relative to the root")
        elif key in ("new", "name", "to", "into") and _NEW_NAME.match(value):
            self._add(key if key != "into" else "to", value, "a new name")

    def _add(self, name: str, value: str, about: str) -> None:
        if value and value not in self._found:
            count = sum(one.name.rstrip("0123456789") == name for one in self._found.values())
            self._found[value] = _Subject(f"{name}{count + 1}" if count else name, value, about)

    def _by_length(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of values and of short names of symbols, longest first, each with what takes its place."""
        texts: dict[str, str] = {}
        for one in self._found.values():
            texts.setdefault(one.value, f"{{{one.name}}}")
        for one in self._found.values():
            last = one.value.rpartition(".")[2]
            if one.name.startswith("symbol") and len(last) > 2:
                texts.setdefault(last, f"{{{one.name}.name}}")
        longest = sorted(texts, key=len, reverse=True)
        return [(_bordered(text), texts[text]) for text in longest]

    def opened(self, text: str) -> str:
        """Return a text with places for what the plan is about."""
        parts = [escaped(text)]
        for pattern, place in self._texts:
            parts = [piece for at, part in enumerate(parts) for piece in _split(pattern, part, place, at)]
        return "".join(parts)

    def told(self, steps: Iterable[Step], goal: str) -> dict[str, str]:
        """Return the parameters that the steps use, each with what it stands for and an example."""
        texts = [goal, *(text for step in steps for text in texts_of(step))]
        used = {name for text in texts for name in re.findall(r"\{([a-z][a-z0-9_]*)(?:\.\w+)?\}", text)}
        return {one.name: f"{one.about}, such as {one.value}" for one in self._found.values() if one.name in used}


def _bordered(text: str) -> re.Pattern[str]:
    """A text that is not a part of a longer word or path; a name may be the last of dotted ones."""
    before = r"(?<![\w.])(?<![\w.]/)" if "/" in text else r"(?<![\w/])"
    return re.compile(rf"{before}{re.escape(escaped(text))}(?![\w/])")


def _split(pattern: re.Pattern[str], part: str, place: str, at: int) -> Iterator[str]:
    """A part cut at each match, the place between; what is a place already (every second part) stays whole."""
    if at % 2:
        yield part
        return
    pieces = pattern.split(part)
    for number, piece in enumerate(pieces):
        if number:
            yield place
        yield piece


def _arguments(step: Step) -> Iterator[tuple[str, str]]:
    for key, value in step.arguments.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str) and key != "instructions":
                yield key, one
