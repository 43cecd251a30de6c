"""delete-dead and tidy-imports: what nothing uses goes, as far as that is proven."""

from collections.abc import Iterator

from codeagent.domain.plan import Step
from codeagent.workflows.planning.makers.making import Made, Making, rewrite_of, step_of


def delete(making: Making) -> Made:
    """Delete all at once, else each that can go by itself."""
    steps = _each_or_all(making, "delete", "safe-delete", "targets", "Delete")
    return Made(tuple(steps), making.chance.effect)


def tidy(making: Making) -> Made:
    """Put the imports of all files in order at once, else those of each that can be."""
    steps = _each_or_all(making, "imports", "organize-imports", "target", "Put the imports in order of")
    return Made(tuple(steps), making.chance.effect)


def _each_or_all(making: Making, name: str, operation: str, argument: str, verb: str) -> list[Step]:
    chance, why = making.chance, "; ".join(making.chance.evidence)
    whole = step_of(name, chance.title, operation, {argument: list(chance.targets)}, why)
    if making.attempt(making.graph, whole) is not None:
        return [whole]
    possible = [one for one in chance.targets if len(chance.targets) > 1 and _goes(making, operation, argument, one)]
    if not possible:
        where = {"symbols" if "::" in chance.targets[0] else "files": list(chance.targets)}
        text = f"{chance.title}, as far as nothing needs it. {'; '.join(dict.fromkeys(making.refusals))}."
        return [rewrite_of(name, chance.title, text, where, why)]
    some = step_of(name, f"{verb} {_shown(possible)}", operation, {argument: possible}, why)
    if making.attempt(making.graph, some) is not None:
        return [some]
    return list(_one_by_one(making, some, argument, verb))


def _goes(making: Making, operation: str, argument: str, target: str) -> bool:
    return making.attempt(making.graph, step_of("one", target, operation, {argument: [target]})) is not None


def _one_by_one(making: Making, some: Step, argument: str, verb: str) -> Iterator[Step]:
    """A step for each, on the result of those before."""
    graph = making.graph
    for number, target in enumerate(some.arguments[argument], 1):
        title = f"{verb} {_shown([target])}"
        step = step_of(f"{some.id}-{number}", title, some.operation, {argument: [target]}, some.why)
        result = making.attempt(graph, step)
        if result is not None:
            graph = result
            yield step


def _shown(targets: list[str]) -> str:
    names = [one.rpartition("::")[2] for one in targets]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
