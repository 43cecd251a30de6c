"""`analyze --model`: a codebase guide written by explorers, one subsystem each, with an opening over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from codeagent.agent.conversation import share_of
from codeagent.agent.fencing import Fence, label
from codeagent.agent.prompts import render
from codeagent.domain.counting import counted
from codeagent.domain.insight import Subsystem
from codeagent.domain.report import Report
from codeagent.domain.run import Usage
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.skeleton import render as drawn
from codeagent.retrieval.skeleton import skeleton
from codeagent.workflows.asking.ask import answer_of
from codeagent.workflows.asking.citations import Checked, check_citations, joined
from codeagent.workflows.asking.exploring import Errand, Party, explore

SECTIONS: Final = 12  # subsystems that get a section; the rest is named
SKELETON: Final = 1_500  # tokens of definition lines of one subsystem
ALL: Final = 30_000  # tokens of all sections, as the opening is written from them
SHARE: Final = 3  # of a small model's room that facts, or sections, may fill: one over it
LETTERS: Final = 3  # of a token, at least
FEW: Final = 12  # files, users or symbols that are listed of one subsystem


@dataclass(frozen=True, slots=True)
class Section:
    """What an explorer wrote of one subsystem; `problem` where it came to nothing."""

    name: str
    files: int
    code_lines: int
    text: Checked
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A written guide. `left_out`: subsystems without a section; `run`: the id of its log."""

    name: str
    opening: Checked
    sections: tuple[Section, ...]
    left_out: tuple[str, ...]
    usage: Usage
    run: str

    @property
    def citations(self) -> Checked:
        """What was looked up in all of it."""
        return joined([self.opening, *(one.text for one in self.sections)])


def guide(party: Party, report: Report, workers: int) -> Guide:
    """Write the guide of a repository whose report is known. Raises ModelError, BudgetSpent and UsageError."""
    fence = Fence(party.log.seed)
    product = [one for one in report.subsystems if one.role == "product"] or list(report.subsystems)
    shown = sorted(product, key=lambda one: (-one.code_lines, one.name))[:SECTIONS]
    model = party.crew.model("explorer")
    drawn_in = share_of(model, SHARE, SKELETON)
    errands = [party.desk.ask(partial(_errand, report=report, one=one, fence=fence, tokens=drawn_in)) for one in shown]
    endings = explore(party, errands, workers)
    sections = []
    for one, ending in zip(shown, endings, strict=True):
        text = answer_of(ending, party.log.id) if ending.done and ending.text.strip() else ""
        checked = party.desk.ask(partial(check_citations, text=text))
        problem = "" if text else f"not described: {ending.why or ending.reason}"
        sections.append(Section(one.name, len(one.files), one.code_lines, checked, problem))
    most = share_of(model, SHARE, ALL) // max(1, len(sections)) * LETTERS
    written = "\n\n".join(f"## {one.name}\n\n{(one.text.text or one.problem)[:most]}" for one in sections)
    task = render("guide", facts=fence.wrap(_whole(report), "the report"), sections=fence.wrap(written, "explorers"))
    ending = explore(party, [Errand("guide", task)], 1)[0]
    first = answer_of(ending, party.log.id)
    checked = party.desk.ask(partial(check_citations, text=first))
    usage = sum((one.usage for one in endings), ending.usage)
    left = tuple(one.name for one in product if one not in shown)
    return Guide(report.repository.name, checked, tuple(sections), left, usage, party.log.id)


def _errand(graph: CodeGraph, report: Report, one: Subsystem, fence: Fence, tokens: int) -> Errand:
    facts = "\n".join([*_facts(report, one), "", drawn(skeleton(graph, tokens, [stat.path for stat in one.files], ""))])
    task = render("explore", subsystem=label(one.name), facts=fence.wrap(facts, "the report"))
    return Errand(f"explore {one.name}", task, one.folders)


def _facts(report: Report, one: Subsystem) -> list[str]:
    """What the report tells of one subsystem, a line each."""
    files = sorted(one.files, key=lambda stat: (-stat.code_lines, stat.path))
    uses = [edge for edge in report.dependencies.edges if edge.source == one.name]
    used = [edge for edge in report.dependencies.edges if edge.target == one.name]
    keys = [key for key in report.key_symbols if key.subsystem == one.name][:FEW]
    paths = {stat.path for stat in one.files}
    starts = [entry for entry in report.entry_points if entry.evidence.path in paths][:FEW]
    return [
        (
            f"{counted(len(files), 'file')}, {counted(one.code_lines, 'line')} of code, "
            f"{', '.join(one.languages)}; in {', '.join(one.folders)}"
        ),
        "biggest files: " + ", ".join(f"{stat.path} ({stat.code_lines})" for stat in files[:FEW]),
        "uses: " + (", ".join(f"{edge.target} ({edge.weight})" for edge in uses[:FEW]) or "no other subsystem"),
        "used by: " + (", ".join(f"{edge.source} ({edge.weight})" for edge in used[:FEW]) or "no other subsystem"),
        *(f"much leans on {key.symbol} at {key.path}:{key.line}, {counted(key.users, 'file')}" for key in keys),
        *(f"entry: {entry.kind} {entry.name} at {entry.evidence.path}:{entry.evidence.line}" for entry in starts),
    ]


def _whole(report: Report) -> str:
    """What the report tells of all."""
    repo = report.repository
    languages = ", ".join(f"{one.name} {one.share:.0%}" for one in report.languages[:5])
    return "\n".join(
        [
            f"{repo.name}: {repo.description}",
            f"{counted(repo.code_files, 'file')} of code, {counted(repo.code_lines, 'line')}; {languages}",
            "made with: " + ", ".join(one.name for one in report.stack[:FEW]),
            *_ranked(report.subsystems),
            *(
                f"entry: {one.kind} {one.name} at {one.evidence.path}:{one.evidence.line}"
                for one in report.entry_points[:FEW]
            ),
            *(f"to {one.purpose}: {one.command}" for one in report.commands[:FEW]),
            *(f"read {one.path}:{one.line}: {one.why}" for one in report.reading_order[:FEW]),
        ]
    )


def _ranked(systems: Sequence[Subsystem]) -> list[str]:
    return [
        f"subsystem {one.name}: level {one.level}, {counted(len(one.files), 'file')}, "
        f"{counted(one.code_lines, 'line')}, {one.role}"
        for one in systems
    ]


def document(guide: Guide) -> dict[str, Any]:
    """A guide as JSON tells it."""
    return {
        "opening": guide.opening.text,
        "sections": [
            {
                "name": one.name,
                "files": one.files,
                "code_lines": one.code_lines,
                "text": one.text.text,
                "problem": one.problem,
            }
            for one in guide.sections
        ],
        "left_out": list(guide.left_out),
        "citations": guide.citations.document(),
        "usage": guide.usage,
        "run": guide.run,
    }
