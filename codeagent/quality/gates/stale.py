"""stale: the branch that a change would go to has moved on, or another branch touches the same lines or symbols."""

from collections.abc import Iterator, Sequence
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged, skipped
from codeagent.quality.gates.overlapping import Overlap, overlaps
from codeagent.workspace import branches
from codeagent.workspace.branches import Branch
from codeagent.workspace.git import Repository, enclosing

_MOST: Final = 50  # branches that are looked at, those worked on last
_LEFT: Final = 90 * 24 * 3600  # seconds after which a branch that nobody works on is left alone
_SHOWN: Final = 3  # commits that are told


def stale(change: Change) -> GateResult:
    """Compare with what the target has got since, and with every branch that somebody still works on."""
    repository = enclosing(change.root)
    commit = (change.descent.commit or branches.commit_of(repository, "HEAD")) if repository else ""
    if repository is None or not commit:
        return skipped("stale", "there is no history to compare with")
    targets = _targets(change, repository)
    tip = change.descent.tip or branches.commit_of(repository, "HEAD")
    findings = [one for name in targets for one in _moved(change, repository, name, tip)]
    others = _others(repository, targets, tip)
    findings += [one for branch in others for one in _beside(change, repository, branch, tip)]
    facts = {"targets": [branches.short(name) for name in targets], "branches": len(others)}
    return judged("stale", findings, facts=facts)


def _targets(change: Change, repository: Repository) -> list[str]:
    """The branches that the change would go to: the one named, else the one followed and the default one."""
    named = change.descent.target and branches.full_name(repository, change.descent.target)
    if named and named != branches.current(repository):
        return [named]
    found = [branches.upstream(repository), branches.default_branch(repository)]
    return [one for one in dict.fromkeys(found) if one and one != branches.current(repository)]


def _moved(change: Change, repository: Repository, target: str, tip: str) -> Iterator[Finding]:
    """What the target has got since the change left it."""
    since = branches.parted(repository, target, tip)
    ahead = branches.commits(repository, since, target) if since else []
    if not ahead:
        return
    name, limit = branches.short(target), change.gate("stale").number("commits")
    news = f"{name} has {_count(len(ahead), 'commit')} that this change does not know ({_listed(ahead)})"
    if change.descent.commit == branches.commit_of(repository, target):
        message = f"{news}, and takes back: tell it from where the two parted, {name}...TIP"
        yield found("base-moved", message, change.files[0].path, anchor=name, value=len(ahead))
        return
    hits = overlaps(change, repository, since, branches.commit_of(repository, target))
    if hits:
        first = _worst(hits)[0]
        severity = Severity.ERROR if first.same_lines and not first.alike else Severity.WARNING
        message = f"{news}; {_what(hits)}: bring it up to date, git rebase {name} or git merge {name}"
        yield _finding("base-moved", message, hits, name, severity)
    else:
        far = len(ahead) >= limit
        message = f"{news}; none touches the same functions: bring it up to date before it is merged"
        severity = Severity.ERROR if far else Severity.WARNING
        yield found("base-moved", message, change.files[0].path, anchor=name, severity=severity, value=len(ahead))


def _others(repository: Repository, targets: Sequence[str], tip: str) -> list[Branch]:
    """The branches with work that this one lacks and somebody may still bring, one of each name and commit."""
    left_out = {branches.short(one) for one in (*targets, branches.current(repository), branches.upstream(repository))}
    found: dict[str, Branch] = {}
    there = branches.list_branches(repository, besides=tip)
    newest = max((one.when for one in branches.list_branches(repository)), default=0)
    for one in there:
        if one.name not in left_out and one.when >= newest - _LEFT:
            found.setdefault(one.commit, one)
    return list(found.values())[:_MOST]


def _beside(change: Change, repository: Repository, branch: Branch, tip: str) -> Iterator[Finding]:
    """One finding for all that a branch does to the places of the change."""
    since = branches.parted(repository, tip, branch.commit)
    hits = overlaps(change, repository, since, branch.commit) if since else []
    if not hits:
        return
    first = _worst(hits)[0]
    rule = "overlapping-branch" if first.same_lines else "overlapping-symbol"
    if all(hit.alike for hit in hits):
        message = f"the branch {branch} makes the same change here, “{branch.subject}”: is this one still wanted?"
    else:
        message = f"the branch {branch}, “{branch.subject}”, {_what(hits)}: agree on who goes first"
    blocks = first.same_lines and not first.alike
    yield _finding(rule, message, hits, branch.name, Severity.ERROR if blocks else Severity.WARNING)


def _worst(hits: Sequence[Overlap]) -> list[Overlap]:
    """Places with what two people change differently first."""
    return sorted(hits, key=lambda hit: (hit.alike, not hit.same_lines))


def _finding(rule: str, message: str, hits: Sequence[Overlap], name: str, severity: Severity) -> Finding:
    first, *rest = _worst(hits)
    related = tuple((hit.path, max(hit.line, 1)) for hit in rest)
    line, symbol = max(first.line, 1), first.symbol
    return found(rule, message, first.path, line, symbol=symbol, anchor=name, severity=severity, related=related)


def _what(hits: Sequence[Overlap]) -> str:
    first, *rest = _worst(hits)
    where = f" of {first.symbol.partition('::')[2]}" if first.symbol else ""
    more = f", and touches {_count(len(rest), 'more place')} of this change" if rest else ""
    return f"changes the same lines{where}{more}" if first.same_lines else f"changes other lines{where}{more}"


def _listed(ahead: list[str]) -> str:
    rest = len(ahead) - _SHOWN
    return "; ".join(ahead[:_SHOWN]) + (f"; {rest} more" if rest > 0 else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
