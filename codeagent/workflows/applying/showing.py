"""What an editor is shown for its step: the code it may edit, byte for byte, and what leans on it, within its room."""

from collections.abc import Iterator
from typing import Final

from codeagent.agent.context import Piece, show, slice_of, within
from codeagent.agent.conversation import share_of
from codeagent.agent.fencing import Fence
from codeagent.agent.model import Model
from codeagent.domain.code import Symbol
from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Step
from codeagent.workflows.applying.tree import Tree
from codeagent.workflows.asking.evidence import code_of

_TOKENS: Final = 12_000  # of code
_CONTEXT: Final = 2_000  # tokens of what leans on it
_SHARE: Final = 3  # of a small model's room that code may fill: one over it
_LITTLE: Final = 8  # the same for what leans on it
_USES: Final = 12  # of one symbol
_WHOLE: Final = 100_000  # lines


def code_for(tree: Tree, step: Step, fence: Fence, model: Model, also: tuple[str, ...] = ()) -> str:
    """Return the symbols and files of a step as this tree has them, and `also` files; what has gone is not shown."""
    pieces = [show(code_of(tree.graph, symbol, _WHOLE)) for symbol in _symbols(tree, step)]
    paths = dict.fromkeys([*(step.arguments.get("files") or ()), *also])
    pieces += [piece for path in paths if (piece := _file(tree, path)) is not None]
    kept = within(
        [Piece(one.text, must=number == 0) for number, one in enumerate(pieces)], share_of(model, _SHARE, _TOKENS)
    )
    told = [fence.wrap(one.text, "the repository") for one in kept]
    left = len(pieces) - len(kept)
    told += [f"({left} more are too long to show at once: ask for them by `source`)"] if left else []
    made = ", ".join(step.arguments.get("creates") or ())
    told += [f"To be made: {made}"] if made else []
    return "\n\n".join(told)


def context_for(tree: Tree, step: Step, fence: Fence, model: Model) -> str:
    """Return who uses the symbols of a step."""
    pieces = [Piece("\n".join(lines)) for symbol in _symbols(tree, step) if (lines := list(_uses(tree, symbol)))]
    kept = within(pieces, share_of(model, _LITTLE, _CONTEXT))
    if not kept:
        return "nothing that the graph knows"
    return fence.wrap("\n\n".join(one.text for one in kept), "the code graph")


def _symbols(tree: Tree, step: Step) -> Iterator[Symbol]:
    for name in step.arguments.get("symbols") or ():
        try:
            yield tree.graph.symbol(name)
        except UsageError:  # an edit has renamed or removed it; its file is shown
            continue


def _file(tree: Tree, path: str) -> Piece | None:
    data = tree.read(path)
    if data is None:
        return None
    return show(slice_of(path, data, 1, data.count(b"\n") + 1))


def _uses(tree: Tree, symbol: Symbol) -> Iterator[str]:
    found = [one for one in tree.graph.incoming(symbol.id) if one.role != "imports"]
    rows = dict.fromkeys(f"  {one.path}:{one.line} {one.role} in {one.within}" for one in found)
    if rows:
        yield f"{symbol.id} is used at"
        yield from list(rows)[:_USES]
    if len(rows) > _USES:
        yield f"  and {len(rows) - _USES} more"
