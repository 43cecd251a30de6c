"""Python: members that are read from what pytest hands a test or fixture by the name of its parameter."""

from codeagent.domain.facts import ATTR
from codeagent.graph.values import INST, Value
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import member_key
from codeagent.refactorings.python.beyond_flow import asked_of, given_by_fixtures


def read_from_fixture(code: Code, keys: frozenset[str], mention: Mention) -> bool | None:
    """Tell whether what is read from a parameter that a fixture fills is one of the keys, by what the fixtures of
    that name give which the test can see; None where that is not known of all of them, or where some have another."""
    if code.language(mention.path) != "python":
        return None
    view = code.naming.file(mention.path).view
    for index in view.named.get((mention.start, mention.end), ()):
        expr = view.facts.exprs[index]
        asked = asked_of(code, view, expr[1]) if expr[0] == ATTR else None
        if asked is not None:
            found = {_member(code, value, expr[2]) for value in given_by_fixtures(code, mention.path, asked)}
            return None if not found or None in found or (found & keys and not found <= keys) else bool(found & keys)
    return None


def _member(code: Code, value: Value | None, name: str) -> str | None:
    """The key of a member of a value; None where it is no object of a class of the tree, or has no such member."""
    if value is None or value[0] != INST:
        return None
    return member_key(code.naming.flow, (value[1], value[2]), name) or None
