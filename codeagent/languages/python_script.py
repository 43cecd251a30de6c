"""A Python script as the standard library reads it: its tree, and the values that its names are given at the top."""

import ast
import warnings


def parsed(text: str | bytes) -> ast.Module:
    """Return the tree of a script; nothing is said of what it warns of. Raises what `ast.parse` does."""
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


def named_values(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what names are given by assignments at the top of a script, the last one of each."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
