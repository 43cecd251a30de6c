"""share-copies: the same lines in several places become one function."""

from codeagent.domain.finding import Finding
from codeagent.graph.graph import CodeGraph
from codeagent.graph.spots import line_at, offset_of
from codeagent.languages import syntax
from codeagent.workflows.planning.makers.making import Made, Making, rewrite_of, step_of


def share(making: Making) -> Made:
    """Make a function of the copies of one file; copies in several files are for a model to bring together."""
    finding = _finding(making)
    places = [(finding.path, finding.line), *finding.related]
    paths = list(dict.fromkeys(path for path, _ in places))
    if len(paths) == 1 and making.graph.files[finding.path].language == "python":
        lines = _statements(making.graph, finding)
        name = _name(making.graph, finding)
        if lines is not None:
            arguments = {"target": f"{finding.path}:{lines[0]}-{lines[1]}", "name": name, "similar": True}
            step = step_of("share", f"Make {name} of the copies", "extract-function", arguments, _why(making))
            if making.attempt(making.graph, step) is not None:
                note = f"{making.chance.effect}; the name {name} is a suggestion"
                return Made((step,), note)
        else:
            making.refusals.append("extract-function: the copies are no whole statements")
    listed = ", ".join(f"{path}:{line}" for path, line in places)
    text = (
        f"The same {int(finding.value or 0)} lines stand at {listed} (see {finding.path}:{finding.line} to "
        f"{finding.end_line}). Keep one of them, where all of these places can import it without a circle, and let "
        "the others use it. What differs between them becomes a parameter. No behaviour changes."
    )
    step = rewrite_of("share", making.chance.title, text, {"files": paths}, _why(making))
    return Made((step,), making.chance.effect)


def _finding(making: Making) -> Finding:
    chance = making.chance
    return next(
        one
        for one in making.report.findings
        if one.rule == "duplicate-code" and (one.path, one.line) == (chance.path, chance.line)
    )


def _statements(graph: CodeGraph, finding: Finding) -> tuple[int, int] | None:
    """The longest run of whole statements of one block within the lines of the first copy, as lines."""
    source = graph.read(finding.path)
    start = offset_of(source, finding.line, 1) or 0
    end = offset_of(source, (finding.end_line or finding.line) + 1, 1) or len(source)
    best: tuple[int, int, int] | None = None
    waiting = [syntax.parse("python", source)]
    while waiting:
        node = waiting.pop()
        inside = [one for one in node.named_children if start <= one.start_byte and one.end_byte <= end]
        if node.type == "block" and inside:
            first, last = line_at(source, inside[0].start_byte), line_at(source, inside[-1].end_byte - 1)
            if best is None or last - first > best[0]:
                best = (last - first, first, last)
        waiting += [one for one in node.named_children if one.start_byte < end and start < one.end_byte]
    return None if best is None else best[1:]


def _name(graph: CodeGraph, finding: Finding) -> str:
    names = {one.name for one in graph.symbols(finding.path)}
    owner = (finding.symbol or "").rpartition("::")[2].rpartition(".")[2].strip("_").lower() or "lines"
    plain = name = f"_shared_{owner}"
    count = 2
    while name in names:
        name, count = f"{plain}_{count}", count + 1
    return name


def _why(making: Making) -> str:
    return "; ".join(making.chance.evidence)
