"""Pairs of a name and a value that are written once where both are called alike, in the languages that have them."""

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.javascript.shorthand import shortened as shortened_javascript
from codeagent.refactorings.rust.shorthand import shortened as shortened_rust


def shortened(code: Code, path: str, node: Node, new: str) -> Edit | None:
    """Return the edit of such a pair that becomes one word by a rename; None for any other word."""
    if code.language(path) == "rust":
        return shortened_rust(code, path, node, new)
    return shortened_javascript(code, path, node, new)
