"""Pairs of a name and a value that are written once where both are called alike, in the languages that have them."""

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.javascript import shorthand as javascript
from codeagent.refactorings.rust import shorthand as rust


def shortened(code: Code, path: str, node: Node, new: str) -> Edit | None:
    """Return the edit of such a pair that becomes one word by a rename; None for any other word."""
    language = rust if code.language(path) == "rust" else javascript
    return language.shortened(code, path, node, new)
