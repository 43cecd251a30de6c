"""bring-together: files that change together although neither uses the other; no operation knows why."""

from codeagent.workflows.planning.makers.making import Made, Making, rewrite_of


def gather(making: Making) -> Made:
    """Ask for what the files share to be put in one place."""
    first, second = making.chance.targets
    text = (
        f"{first} and {second} change together although neither uses the other. Find what they both know: a format, a "
        "list, a constant, a sequence of steps. Put that in one place that both import, so that a change is made "
        "once. No behaviour changes. Where they share nothing, change nothing and say so."
    )
    why = "; ".join(making.chance.evidence)
    step = rewrite_of("gather", making.chance.title, text, {"files": [first, second]}, why)
    return Made((step,), making.chance.effect)
