"""An issue's text in, ranked files and symbols out; no model."""

from typing import Annotated, Final

from codeagent.config import load_config
from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.tool import PIPED, Answer, Hit
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.locate import Locator
from codeagent.retrieval.passages import passages
from codeagent.tools.places import of_symbol

_CONSIDERED: Final = 200  # definitions that fit, of all files together


def locate(
    graph: CodeGraph,
    text: Annotated[str, "The text of an issue or a question.", PIPED],
    *,
    limit: Annotated[int, "At most so many files."] = 10,
) -> Answer:
    """Rank the files, and the symbols in them, that an issue's text is about."""
    if not text.strip():
        raise UsageError("there is no text to go by", 'say what it is about: codeagent query locate "TEXT"')
    if limit < 1:
        raise UsageError(f"--limit {limit} makes no sense", "1 is the least")
    hits = []
    ranked = graph.once(_locator).rank(text, limit)
    fitting: dict[str, list[str]] = {one.path: [] for one in ranked}
    for passage in passages(graph, text, {one.path: one.score for one in ranked}, _CONSIDERED):
        fitting[passage.symbol.path].append(passage.symbol.id)
    for found in ranked:
        named = dict.fromkeys((*fitting[found.path], *found.symbols))
        symbols = [of_symbol(graph, graph.symbol(one)).fields() for one in list(named)[:3]]
        more = {"score": found.score, "symbols": symbols, "because": list(found.why)}
        hits.append(Hit(path=found.path, line=1, column=1, symbol=found.path, kind="file", more=more))
    return Answer(iter(hits), f"no word of the text stands in any of {counted(len(graph.files), 'file')}")


def _locator(graph: CodeGraph) -> Locator:
    return Locator(graph, load_config(graph.root))
