"""Literals of broad languages: the types of numbers by how they are written, what arithmetic with them gives."""

from collections.abc import Mapping, Sequence

from codeagent.domain.facts import LITERAL, NONE, Expr


def of_number(text: str, kind: str, settings: Mapping[str, str]) -> str:
    """Return the type of a number by how it is written: `2L`, `1.5`."""
    if text[:2] not in ("0x", "0X"):
        if "fraction" in settings and ("." in text or "e" in text or "E" in text):
            kind = settings["fraction"]
        endings = settings.get("endings", "").split()
        kind = dict(zip(endings[::2], endings[1::2], strict=True)).get(text[-1:], kind)
    return kind


def deciding(exprs: Sequence[Expr], values: Sequence[int], wins: Sequence[str]) -> int:
    """Return the operand that arithmetic gives values like: a literal of a type that wins, else one that is none."""
    literals = [one for one in values if one != NONE and exprs[one][0] == LITERAL]
    for one in literals:
        if exprs[one][1] in wins:
            return one
    others = [one for one in values if one not in literals]
    return (others or list(values))[0]
