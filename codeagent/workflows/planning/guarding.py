"""Code that no test reaches: before a model changes it, a step records what it does now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Plan, Step
from codeagent.graph.testfiles import is_test
from codeagent.plans.order import before
from codeagent.plans.places import pattern_of
from codeagent.workflows.planning.makers.making import rewrite_of
from codeagent.workflows.planning.surroundings import Surroundings

_SHOWN: Final = 12
_FIRST: Final = {"python": "tests/test_{}.py"}  # where a repository has no test of a language yet


def with_guards(plan: Plan, base: Surroundings) -> Plan:
    """Return the plan with a step that records behaviour before each rewrite of code that no test reaches.

    Steps stay as they are where a step before them writes tests, or where nobody can tell where tests would go."""
    found: list[Step] = []
    for step in plan.steps:
        guard = None if step.deterministic or _has_guard(plan, step, base) else _guard(step, plan, base)
        if guard is not None:
            found.append(guard)
            step = replace(step, after=(*step.after, guard.id))
        found.append(step)
    return replace(plan, steps=tuple(found))


def _has_guard(plan: Plan, step: Step, base: Surroundings) -> bool:
    steps = {one.id: one for one in plan.steps}
    return any(_writes_tests(steps[name], base) for name in before(plan, step))


def _writes_tests(step: Step, base: Surroundings) -> bool:
    paths = [path for name in ("files", "creates") for path in step.arguments.get(name) or ()]
    return not step.deterministic and bool(paths) and all(_is_test(path, base) for path in paths)


def _is_test(path: str, base: Surroundings) -> bool:
    record = base.graph.files.get(path)
    if record is not None:
        return record.test
    suffix = PurePosixPath(path).suffix
    languages = {one.language for name, one in base.graph.files.items() if name.endswith(suffix) and suffix}
    return any(is_test(path, language) for language in languages or ("python",))


def _guard(step: Step, plan: Plan, base: Surroundings) -> Step | None:
    about = _changed(step, base)
    around = base.around(about)
    if around.guarded or not around.callables:
        return None
    path = _test_path(about[0].partition("::")[0], base)
    if path is None:
        return None
    shown = list(around.unseen[:_SHOWN])
    more = f" and {len(around.unseen) - _SHOWN} more" if len(around.unseen) > _SHOWN else ""
    text = (
        f"No test reaches the code that the step {step.id} changes. Record what it does now: write tests, with the "
        f"framework that this repository uses, of {', '.join(shown)}{more}. Call each as its users do, with usual "
        "values, those at the borders and wrong ones, and assert what it returns, raises and changes today, even where "
        "that looks wrong. Change no other file. All of these tests must pass on the code as it is."
    )
    taken = {one.id for one in plan.steps}
    name = next(one for one in (f"record-{step.id}"[:48], *(f"record-{n}" for n in range(1, 999))) if one not in taken)
    where = {"about": shown, ("files" if path in base.graph.paths else "creates"): [path]}
    guard = rewrite_of(name, f"Record what {step.id} is to keep", text, where, "No test would notice a mistake.")
    return replace(guard, scope=(pattern_of(path),), after=step.after)


def _changed(step: Step, base: Surroundings) -> list[str]:
    """The product symbols that a rewrite is to edit, as far as they are there; whole files where it names none."""
    named = []
    for one in step.arguments.get("symbols") or ():
        try:
            named.append(base.graph.symbol(one).id)
        except UsageError:
            continue
    inside = [one for path in step.arguments.get("files") or () for one in base.within(path)]
    return [one for one in named or inside if base.product(one.partition("::")[0])]


def _test_path(path: str, base: Surroundings) -> str | None:
    """A file for tests of a module, named and placed as most others of its language; None where that is unknown."""
    record = base.graph.files[path]
    stem, suffix = PurePosixPath(path).stem, PurePosixPath(path).suffix
    tests = [
        PurePosixPath(name) for name, one in base.graph.files.items() if one.test and one.language == record.language
    ]
    names = [test for test in tests if test.suffix == suffix and is_test(str(test), record.language)]
    if not names:
        return _FIRST[record.language].format(f"{stem}_as_it_is") if record.language in _FIRST else None
    folders = {one.rpartition("/")[0] for one in base.graph.files if base.product(one) and one.endswith(suffix)}
    beside = sum(_folder(test) in folders for test in names) * 2 > len(names)
    home = PurePosixPath(path).parent if beside else PurePosixPath(_most(_folder(test) for test in names))
    for shape in ("test_{}", "{}_test", "{}.test", "{}.spec", "{}Test"):
        if sum(_fits(test, shape) for test in names) * 2 > len(names):
            found = str(home / f"{shape.format(f'{stem}_as_it_is')}{suffix}")
            return found if is_test(found, record.language) else None
    return None


def _fits(test: PurePosixPath, shape: str) -> bool:
    head, tail = shape.split("{}")
    return test.stem.startswith(head) and test.stem.endswith(tail)


def _folder(path: PurePosixPath) -> str:
    return str(path).rpartition("/")[0]


def _most(words: Iterable[str]) -> str:
    return min(Counter(words).items(), key=lambda one: (-one[1], one[0]))[0]
