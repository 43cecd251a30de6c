"""Every hand, once: the table of tools; their functions lie in this folder, one module a concern."""

from collections.abc import Callable
from importlib import import_module
from typing import Final

from codeagent.domain.tool import Answer, ToolEntry

_AIMED: Final = {"target": str | None}
_FAR: Final = _AIMED | {"depth": int}
_TEXT: Final = {"text": str, "first_line": int}

# verb -> where its function is, what it is for, and what its hits tell besides places; in the order of the help
TOOLS: Final[dict[str, ToolEntry]] = {
    "definition": ToolEntry("lookups", "definition", "Go to the definition of what stands at PATH:LINE:COL."),
    "find": ToolEntry("lookups", "find", "Find symbols by name, fuzzily.", {"name": str}),
    "source": ToolEntry(
        "lookups", "source", "Print the source of a symbol with its line numbers.", _TEXT | {"left_out": int}
    ),
    "outline": ToolEntry(
        "lookups", "outline", "List what a file defines.", {"name": str, "depth": int, "flags": list[str]}
    ),
    "references": ToolEntry("relations", "references", "List every reference to a symbol.", _AIMED),
    "callers": ToolEntry("relations", "callers", "List who calls a symbol.", _FAR),
    "callees": ToolEntry("relations", "callees", "List what a symbol calls.", _FAR),
    "imports": ToolEntry(
        "relations", "imports", "List what a file imports and who imports it.", _AIMED | {"direction": str}
    ),
    "path": ToolEntry("routes", "path", "Find the surest, then shortest, call path between two symbols.", _AIMED),
    "cycles": ToolEntry(
        "routes",
        "cycles",
        "List import cycles between files.",
        {"files": list[str], "route": list[str], "cut": dict[str, str | int], "at_import_time": bool, "when": str},
    ),
    "search": ToolEntry(
        "searching", "search", "Search the text with ripgrep; each hit with its enclosing symbol.", {"text": str}
    ),
    "map": ToolEntry(
        "mapping", "map_", "Draw a skeleton of what matters most within a token budget.", {"rank": float} | _TEXT
    ),
    "locate": ToolEntry(
        "locating",
        "locate",
        "Rank the files and symbols that an issue's text is about.",
        {"score": float, "symbols": list[dict[str, str | int]], "because": list[str]},
    ),
    "impact": ToolEntry(
        "impacts",
        "impact",
        "Say what a change may break, and which tests reach it.",
        {"distance": int, "why": str, "through": str | None, "test": bool},
    ),
    "edges": ToolEntry("relations", "edges", "List the whole graph, edge by edge.", {"source": str, "target": str}),
}


def load_tool(verb: str) -> Callable[..., Answer]:
    """Import the function behind a verb: it takes a graph, then what is asked for."""
    entry = TOOLS[verb]
    tool: Callable[..., Answer] = getattr(import_module(f"codeagent.tools.{entry.module}"), entry.function)
    return tool
