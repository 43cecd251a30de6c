"""Python: text in which a member of an enum goes by its name: as it is shown, or beside the enum it is chosen from."""

from collections.abc import Iterable
from typing import Final

from codeagent.languages.syntax import Node, every
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.enum_members import is_enum
from codeagent.refactorings.python.strings import whole_string
from codeagent.refactorings.shown_names import is_compared

_BESIDE: Final = ("tuple", "list", "argument_list", "pair")


def member_as_text(code: Code, keys: Iterable[str], string: Node, mention: Mention) -> str:
    """Return why a word in a string may be the name of a member of an enum; "" where it is mere text."""
    whole = whole_string(string, mention.start, mention.end)
    for key in keys:
        path, owner = key.partition("::")[0], key.rpartition(".")[0]
        if "::" not in owner or path not in code.graph.files or code.language(path) != "python":
            continue
        word = owner.rpartition("::")[2].rpartition(".")[2]
        shown = code.read(mention.path)[: mention.start].endswith(f"{word}.".encode())
        if not (whole or shown) or not is_enum(code, path, owner):
            continue
        if shown and is_compared(code, string, mention.path):
            return f"a member of {word} may be shown so"
        if whole and _stands_beside(code, string, mention.path, owner):
            return f"{word} stands beside it, and may be asked for it"
    return ""


def _stands_beside(code: Code, string: Node, path: str, owner: str) -> bool:
    """Whether an enum is named in the row, the call or the pair that a string is a part of."""
    row = string.parent
    if row is None or row.type not in _BESIDE:
        return False
    names = code.naming.file(path)
    met = (names.meaning(one.start_byte, one.end_byte) for one in every(row, "python", "identifier"))
    return any(owner in one.targets for one in met if one is not None)
