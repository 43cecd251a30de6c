"""Answers that an edit leaves as they were: what a file's references stood for before, by what they ask."""

from codeagent.domain.facts import FileFacts
from codeagent.domain.links import FileLinks
from codeagent.graph.interface import Interface

Answer = list[tuple[int, str, int]]  # edge kind, target, certainty
Answers = dict[tuple[int, int], Answer]  # by role and expression


def kept_answers(
    path: str, before: Interface, links: FileLinks, now: Interface, keys: set[str], ids: frozenset[str]
) -> Answers:
    """Return the answers to those references that ask what one asked `before`, of nothing in `keys`; none in `ids`."""
    old, new = before.facts, now.facts
    if (old.package, old.language) != (new.package, new.language):
        return {}  # other files share their names with this one now
    mask = now.mask_of(keys)
    gone = before.mask_of(keys)  # what an answer rested on may be no more
    answers: dict[object, Answer | None] = {}
    for question, answer in _answers(old, links).items():
        asks, rests = before.asked(*question)
        if rests & gone or any(target in ids for _, target, _ in answer):
            continue
        unclear = answers.setdefault(asks, answer) != answer or _in_block(path, answer)
        answers[asks] = None if unclear else answer  # names of blocks are asked for alike: what has two has none
    kept: Answers = {}
    references = new.references
    for question in zip(references[2::5], references[4::5], strict=True):
        if question not in kept:
            asks, rests = now.asked(*question)
            known = None if rests & mask else answers.get(asks)
            if known is not None:
                kept[question] = known
    return kept


def _in_block(path: str, answer: Answer) -> bool:
    """Whether an answer is a name of a block of the file: what it is called goes by where the block begins."""
    return any("@" in name and home == path for home, _, name in (target.partition("::") for _, target, _ in answer))


def _answers(facts: FileFacts, links: FileLinks) -> Answers:
    """The answer to each question of a file, read off its edges, which follow the references in order."""
    references, edges = facts.references, links.edges
    found: Answers = {}
    if len(links.counts) * 5 != len(references):
        return found
    at = 0
    for number, count in enumerate(links.counts):
        end = at + 5 * count
        question = (references[number * 5 + 2], references[number * 5 + 4])
        if question not in found:
            found[question] = [(edges[e + 1], links.targets[edges[e + 3]], edges[e + 4]) for e in range(at, end, 5)]
        at = end
    return found
