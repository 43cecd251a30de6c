"""Renaming of modules and packages: files move, and every import follows."""

from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Proposal, Refusal


def rename_module(code: Code, path: str, new: str) -> Proposal:
    """Give a file or folder of modules another name in the same folder."""
    raise Refusal(f"{path}: modules cannot be renamed yet", "")
