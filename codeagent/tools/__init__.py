"""Every hand, once: the table of tools; their functions lie in this folder, one module a concern."""

from typing import Final

from codeagent.domain.tool import ToolEntry

# verb -> where its function is and what it is for, in the order of the help
TOOLS: Final[dict[str, ToolEntry]] = {
    "definition": ToolEntry("lookups", "definition", "Go to the definition of what stands at PATH:LINE:COL."),
    "find": ToolEntry("lookups", "find", "Find symbols by name, fuzzily."),
    "source": ToolEntry("lookups", "source", "Print the source of a symbol with its line numbers."),
    "outline": ToolEntry("lookups", "outline", "List what a file defines."),
    "references": ToolEntry("relations", "references", "List every reference to a symbol."),
    "callers": ToolEntry("relations", "callers", "List who calls a symbol."),
    "callees": ToolEntry("relations", "callees", "List what a symbol calls."),
    "imports": ToolEntry("relations", "imports", "List what a file imports and who imports it."),
    "path": ToolEntry("routes", "path", "Find the shortest call path from one symbol to another."),
    "cycles": ToolEntry("routes", "cycles", "List import cycles between files."),
    "search": ToolEntry("searching", "search", "Search the text with ripgrep; each hit with its enclosing symbol."),
    "map": ToolEntry("mapping", "map_", "Draw a skeleton of what matters most within a token budget."),
    "locate": ToolEntry("locating", "locate", "Rank the files and symbols that an issue's text is about."),
    "impact": ToolEntry("impacts", "impact", "Say what a change may break, and which tests reach it."),
    "edges": ToolEntry("relations", "edges", "List the whole graph, edge by edge."),
}
