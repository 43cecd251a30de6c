"""move-module: a file or package of modules goes to another folder, and every import follows."""

from posixpath import basename, dirname
from typing import Annotated

from codeagent.refactorings.code import Code
from codeagent.refactorings.module_moves import destination, propose_module_moves
from codeagent.refactorings.refactoring import Proposal


def move_module(
    code: Code,
    target: Annotated[str, "Path of a module's file or of a package's folder."],
    *,
    to: Annotated[str, "Folder or package that it goes into; . for the root."],
) -> Proposal:
    """Move a module or package to another folder; imports, relative ones included, follow."""
    source = target.removeprefix("./").rstrip("/")
    if basename(source) in ("__init__.py", "__init__.pyi") and dirname(source):
        source = dirname(source)
    return propose_module_moves(code, {source: destination(code, source, to)})
