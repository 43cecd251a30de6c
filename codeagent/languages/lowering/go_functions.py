"""Go: parameters, results and bodies of functions, methods and closures."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import DEF, NAME, NONE, FunctionFact, Param
from codeagent.languages.lowering import go_types as types
from codeagent.languages.lowering.blocks import BlockWalk, Handler
from codeagent.languages.lowering.go_expressions import COMMENT

BLOCK: Final = types.go_kind("block")
PARAMETERS: Final = types.go_kind("parameter_list")


def closure(walk: BlockWalk, node: Node) -> int:
    span = (node.start_byte, node.end_byte)
    symbol = walk.open_symbol(walk.next_lambda(walk.within), "lambda", walk.within, span, (span[0], span[0] + 4))
    walk.open_block()
    function(walk, symbol, [child for child in node.named_children if child.kind_id != COMMENT])
    walk.close_block()
    return walk.expr((DEF, symbol))


def function(walk: BlockWalk, symbol: int, parts: list[Node], owner: int = NONE) -> None:
    """Read parameters, results and body of a callable; the caller has opened a block around it."""
    params: tuple[Param, ...] | None = None
    results: tuple[Param, ...] = ()
    returns, body = NONE, None
    for part in parts:
        if part.kind_id == BLOCK:
            body = part
        elif params is None and part.kind_id == PARAMETERS:
            params = types.parameters(walk, part)
        else:
            returns, results = types.result_type(walk, part)
    around, walk.within = walk.within, symbol
    complexity, walk.complexity = walk.complexity, 1
    returned, walk.returned = walk.returned, []
    show_parameters(walk, symbol, params or (), results)
    if body is not None:
        walk.walk(body)
    walk.close_symbol(symbol, walk.complexity)
    open_ended = returns == NONE or walk.is_parameter(returns)
    found = tuple(dict.fromkeys(walk.returned)) if open_ended else ()
    walk.functions.append(FunctionFact(symbol, params or (), returns, found, (), (), owner))
    walk.within, walk.complexity, walk.returned = around, complexity, returned


def show_parameters(walk: BlockWalk, symbol: int, params: tuple[Param, ...], results: tuple[Param, ...]) -> None:
    """Make parameters and named results visible in a body: what is declared is as good as a value."""
    for param in params:
        if param.name == "_":
            continue
        plain = param.annotation == NONE or walk.locals or walk.is_parameter(param.annotation)
        walk.show(param.name, walk.expr((NAME, symbol, param.name)) if plain else walk.instance(param.annotation))
        walk.taken.add(param.name)
    for result in results:
        walk.declare(result.name, result.start, walk.instance(result.annotation))


HANDLERS: Final[dict[str, Handler]] = {"func_literal": closure}
