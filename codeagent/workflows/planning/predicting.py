"""What the engine knows of a step better than anybody who writes a plan: reach, tests, scope, risk and cost."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from codeagent.domain.patch import Safety
from codeagent.domain.plan import Blast, Risk, Step
from codeagent.domain.tokens import BYTES_PER_TOKEN
from codeagent.graph.graph import CodeGraph
from codeagent.plans.places import pattern_of
from codeagent.workflows.planning.surroundings import Around, Surroundings, changed_symbols
from codeagent.workflows.planning.trying import Trial
from codeagent.workflows.refactor import Refactored

Price = Callable[[int, int], float | None]  # input and output tokens to US dollars; None: unknown

_LISTED: Final = 12  # symbols, and tests, of a blast
_GUARDS: Final = 12
_FRAME: Final = 4000  # tokens of a request beside the code
_CALLS: Final = 3  # of a rewrite: to look, to write, to repair
_NOTHING_LEFT: Final = ("safe-delete", "organize-imports")  # what goes is proven to be used by nothing
_RISKS: Final[tuple[Risk, ...]] = ("low", "medium", "high")


def unknown_price(given: int, answered: int) -> float | None:
    """Say that nothing is known of what a model costs."""
    return None


def predicted(trial: Trial, base: Surroundings, price: Price = unknown_price) -> Step:
    """Return the step with its reach, guards, risk, cost and, where it has none, its scope.

    What stands around symbols is asked of the graph that the plan begins on, by the names that it has for them."""
    if trial.done is not None:
        return _of_change(trial, trial.done, base)
    return _of_rewrite(trial, base, price) if not trial.step.deterministic else _unknown(trial.step)


def _of_change(trial: Trial, done: Refactored, base: Surroundings) -> Step:
    proposal, touched = done.proposal, done.proposal.patch.touched
    meant = [key for key in (*proposal.renamed, *sorted(proposal.dropped)) if _is_symbol(trial.graph, key)]
    changed = [*meant, *changed_symbols(trial.graph, proposal.patch)]
    around = base.around(trial.renames.once(one) for one in changed)
    trusted = proposal.patch.safety is Safety.SAFE and not proposal.occurrences.unresolved
    return replace(
        trial.step,
        blast=_blast(touched, changed, around),
        tests=around.tests[:_GUARDS],
        guarded=around.guarded or trial.step.operation in _NOTHING_LEFT or not _product(trial, done, base),
        scope=trial.step.scope or tuple(map(pattern_of, touched)),
        risk=_risk(around, less=trusted),
        expected_cost=0.0,
        tried=not trial.waits_for,
    )


def _product(trial: Trial, done: Refactored, base: Surroundings) -> bool:
    return any(base.product(trial.renames.once(path)) for path in done.files)


def _is_symbol(graph: CodeGraph, key: str) -> bool:
    path, mark, name = key.partition("::")
    return bool(mark) and path in graph.files and name in graph.defined_names(path)


def _of_rewrite(trial: Trial, base: Surroundings, price: Price) -> Step:
    step = trial.step
    named = _texts(step, "symbols")
    files = list(dict.fromkeys([*(one.partition("::")[0] for one in named), *_texts(step, "files")]))
    around = base.around(_meant(trial, named, files, base))
    written = list(dict.fromkeys([*files, *_texts(step, "creates")]))
    product = [path for path in files if base.product(trial.renames.once(path))]
    tokens = _tokens(trial.graph, files, step)
    return replace(
        step,
        blast=_blast(written, named or [path for path in files if path in trial.graph.files], around),
        tests=around.tests[:_GUARDS],
        guarded=around.guarded or not product,
        scope=step.scope or tuple(map(pattern_of, written)),
        risk=_risk(around, more=True) if product else "low",  # no proof stands behind what a model writes
        expected_cost=price(_CALLS * (tokens + _FRAME), 2 * tokens + 1000),
        tried=False,
    )


def _meant(trial: Trial, named: list[str], files: list[str], base: Surroundings) -> list[str]:
    """What a rewrite may change, by its names in the beginning: its symbols, or all of its files."""
    if named:
        return [trial.renames.once(one) for one in named]
    return [one for path in files for one in base.within(trial.renames.once(path))]


def _unknown(step: Step) -> Step:
    """A step that nothing can be said of before another is done."""
    return replace(step, tried=False, guarded=False, risk="high", expected_cost=0.0)


def _blast(files: Iterable[str], changed: Iterable[str], around: Around) -> Blast:
    symbols = list(dict.fromkeys([*changed, *around.dependents]))
    left = max(0, len(symbols) - _LISTED) + max(0, len(around.tests) - _LISTED)
    return Blast(tuple(files), tuple(symbols[:_LISTED]), around.tests[:_LISTED], left)


def _risk(around: Around, *, less: bool = False, more: bool = False) -> Risk:
    """By how much leans on what changes and how much of it tests reach; `less` where everything is proven."""
    leaning = len(around.dependents)
    if around.seen >= 0.5:
        level = 0 if leaning <= 10 else 1
    else:
        level = 0 if leaning == 0 else 1 if leaning <= 3 else 2
    return _RISKS[min(2, max(0, level - less + more))]


def _tokens(graph: CodeGraph, files: Iterable[str], step: Step) -> int:
    """The code that a rewrite sees: its symbols, or its files where it names none, and what it is about."""
    named = _texts(step, "symbols")
    spans = [graph.symbol(one).span for one in (*named, *_texts(step, "about"))]
    size = sum(span.end - span.start for span in spans)
    if not named:
        size += sum(graph.files[path].size for path in files if path in graph.files)
    return int(size / BYTES_PER_TOKEN)


def _texts(step: Step, name: str) -> list[str]:
    return list(step.arguments.get(name) or ())
