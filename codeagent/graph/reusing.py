"""Answers that an edit leaves as they were: what a file's references stood for before, by what they ask."""

from codeagent.domain.facts import FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.interface import Interface

Answer = list[tuple[int, str, int]]  # edge kind, target, certainty
Answers = dict[tuple[int, int], Answer]  # by role and expression


def kept_answers(path: str, old: FileFacts, links: FileLinks, new: FileFacts, keys: set[str]) -> Answers:
    """Return the answers to those references of `new` that ask what one of `old` asked, of nothing in `keys`."""
    now = Interface(path, new)
    mask = now.mask_of(keys)
    before = now if old is new else Interface(path, old)
    answers = {before.asked(*question)[0]: answer for question, answer in _answers(old, links).items()}
    kept: Answers = {}
    for at in range(0, len(new.references), 5):
        question = (new.references[at + 2], new.references[at + 4])
        if question not in kept:
            asks, rests = now.asked(*question)
            if not rests & mask and asks in answers:
                kept[question] = answers[asks]
    return kept


def _answers(facts: FileFacts, links: FileLinks) -> Answers:
    """The answer to each question of a file, read off its edges: they follow the references in order."""
    references, edges = facts.references, links.edges
    found: Answers = {}
    at, end = 0, len(edges)
    count = len(references) // 5
    for number in range(count):
        start, _, role, _, expr = references[number * 5 : number * 5 + 5]
        answer: Answer = []
        while at < end and edges[at] == start:
            answer.append((edges[at + 1], links.targets[edges[at + 3]], edges[at + 4]))
            at += 5
        alone = (number == 0 or references[number * 5 - 5] != start) and (
            number + 1 == count or references[number * 5 + 5] != start
        )
        if alone:  # of two references at one place it cannot be told which edge is whose
            found[role, expr] = answer
    return found
