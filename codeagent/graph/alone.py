"""Names that are seen in their file alone, where files share names without import: Swift's and Kotlin's `private`."""

from codeagent.domain.facts import FILE_ONLY, TYPE_KINDS, FileFacts
from codeagent.graph.views import FileView


def hidden(facts: FileFacts) -> set[str]:
    """Return the names at the top of a file that no other file sees."""
    top = [one for one in facts.symbols if not one.parent]
    closed = {one.name for one in top if one.flags & FILE_ONLY}
    if not closed:
        return closed
    return closed - {one.name for one in top if not one.flags & FILE_ONLY and one.kind not in TYPE_KINDS}


def stands_alone(view: FileView, symbol: int) -> bool:
    """Tell whether a type, or what it stands in, is seen in its file alone."""
    symbols = view.facts.symbols
    while symbols[symbol].parent > 0:
        symbol = symbols[symbol].parent
    named = view.slots.get((0, symbols[symbol].name))
    return any(symbols[one].flags & FILE_ONLY for one in (*(named.symbols if named else ()), symbol))
