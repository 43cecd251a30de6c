"""simplify: parts of a function that is hard to follow become functions of their own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.plan import Step
from codeagent.graph.graph import CodeGraph
from codeagent.graph.spots import line_at
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.workflows.planning.makers.making import Made, Making, rewrite_of, step_of

_BRANCHES: Final = frozenset((
    "if_statement", "elif_clause", "for_statement", "while_statement", "except_clause", "case_clause",
    "conditional_expression", "boolean_operator", "for_in_clause", "if_clause",
))  # fmt: skip
_WHOLE: Final = (
    "if_statement",
    "for_statement",
    "while_statement",
    "with_statement",
    "try_statement",
    "match_statement",
)
_LEAST_LINES: Final = 4
_LEAST_BRANCHES: Final = 2
_ATTEMPTS: Final = 8
_EASY: Final = 10  # complexity that needs no more taking apart
_MOST_STEPS: Final = 4
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_SAID: Final = frozenset("self cls not is in and or None True False isinstance len getattr hasattr".split())


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a function that might leave it; `score` is higher the nearer they come to half of its branches."""

    first: int
    last: int
    name: str
    score: float


def simplify(making: Making) -> Made:
    """Take out the parts that hold most branches, one after the other, as long as an operation can prove it."""
    (target,) = making.chance.targets
    graph, steps = making.graph, list[Step]()
    symbol = graph.symbol(target)
    easy = min(_EASY, symbol.complexity // 2)
    if graph.files[symbol.path].language == "python":
        while making.tried < _ATTEMPTS and len(steps) < _MOST_STEPS and symbol.complexity > easy:
            following = _next(making, graph, symbol, steps)
            if following is None:
                break
            graph, step = following
            steps.append(step)
            symbol = graph.symbol(target)
    before = making.graph.symbol(target).complexity
    if not steps:
        return Made((_rewrite(making, target, before),), making.chance.effect)
    note = f"complexity of {symbol.name} {before} → {symbol.complexity}; the names of the parts are suggestions"
    return Made(tuple(steps), note)


def _next(making: Making, graph: CodeGraph, symbol: Symbol, steps: Sequence[Step]) -> tuple[CodeGraph, Step] | None:
    taken = {one.name for one in graph.symbols(symbol.path)}
    for part in _parts(graph, symbol):
        if making.tried >= _ATTEMPTS:
            return None
        name = _free(part.name, taken)
        step = step_of(
            f"extract-{len(steps) + 1}",
            f"Make {name} of lines {part.first} to {part.last} of {symbol.name}",
            "extract-function",
            {"target": f"{symbol.path}:{part.first}-{part.last}", "name": name},
            "; ".join(making.chance.evidence),
            after=(steps[-1].id,) if steps else (),
        )
        result = making.attempt(graph, step)
        if result is not None and result.symbol(symbol.id).complexity < symbol.complexity:
            return result, step
    return None


def _parts(graph: CodeGraph, symbol: Symbol) -> list[_Part]:
    """The compound statements of a function that are worth a function of their own, best first."""
    source = graph.read(symbol.path)
    root = syntax.around(syntax.parse("python", source), symbol.name_span.start, symbol.name_span.end)
    function = syntax.enclosing(root, "function_definition")
    body = function.child_by_field_name("body") if function is not None else None
    if body is None:
        return []
    total = max(1, _branches(body))
    found = []
    for node in _compound(body):
        first, last = line_at(source, node.start_byte), line_at(source, node.end_byte - 1)
        branches = _branches(node)
        if last - first + 1 >= _LEAST_LINES and branches >= _LEAST_BRANCHES and node.parent is not None:
            score = min(branches, total - branches) / total
            found.append(_Part(first, last, _name(symbol.name, node, source), score))
    return sorted(found, key=lambda part: (-part.score, part.first, part.last))


def _compound(body: Node) -> Iterator[Node]:
    """The compound statements in a body, at any depth but not in functions and classes inside it."""
    waiting = [body]
    while waiting:
        for child in waiting.pop().children:
            if child.type in ("function_definition", "class_definition", "decorated_definition", "lambda"):
                continue
            if child.type in _WHOLE:
                yield child
            waiting.append(child)


def _branches(node: Node) -> int:
    return (node.type in _BRANCHES) + sum(map(_branches, node.children))


def _name(function: str, node: Node, source: bytes) -> str:
    """What a part may be called: after its function, and what its first line speaks of."""
    head = syntax.text(node, source).split(b"\n", 1)[0].decode("utf-8", "replace")
    words = [word.strip("_").lower() for word in _WORD.findall(head)[1:] if word not in _SAID]
    said = next((word for word in words if word and word.isascii()), "part")
    plain = function.strip("_").lower()
    verb = {"for_statement": "each", "while_statement": "while", "with_statement": "with", "try_statement": "try"}
    return f"_{plain}_{verb.get(node.type, 'when')}_{said}"


def _free(name: str, taken: set[str]) -> str:
    count, found = 2, name
    while found in taken:
        found, count = f"{name}_{count}", count + 1
    return found


def _rewrite(making: Making, target: str, complexity: int) -> Step:
    symbol = making.graph.symbol(target)
    text = (
        f"Take {symbol.name} apart (complexity {complexity}): give each thing it decides a function of its own with a "
        f"name that says what it decides, of complexity {_EASY} or less, beside it in {symbol.path}. Its name, what it "
        "takes, what it returns and raises, and the order of what it does stay as they are."
    )
    return rewrite_of("simplify", making.chance.title, text, {"symbols": [target]}, "; ".join(making.chance.evidence))
