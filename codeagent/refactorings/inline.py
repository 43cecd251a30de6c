"""inline: a function, variable, parameter's default or import alias, put in place of the name that stands for it."""

from typing import Annotated, Final

from codeagent.graph.naming import key_of
from codeagent.refactorings.code import Code
from codeagent.refactorings.inline_alias import inline_alias
from codeagent.refactorings.inline_function import inline_function
from codeagent.refactorings.inline_parameter import inline_parameter
from codeagent.refactorings.inline_variable import inline_variable
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.refactoring import Proposal, Refusal
from codeagent.refactorings.renaming import subject_of

_FUNCTIONS: Final = ("function", "method", "constructor", "property")


def inline(
    code: Code,
    target: Annotated[str, "Symbol id, or PATH:LINE:COL of the name or of one of its uses."],
    *,
    keep: Annotated[bool, "Leave the definition where it is."] = False,
    here: Annotated[bool, "Replace only the use at the target's position; the definition stays."] = False,
) -> Proposal:
    """Replace every use of a name by what it stands for, and remove the definition."""
    subject = subject_of(code, target)
    if subject.module:
        raise Refusal("a module cannot be inlined", "name a function, a variable, a parameter or an import alias")
    if code.language(subject.path) != "python":
        raise Refusal("inline works on Python alone", "name a definition in a Python file")
    if here and code.position(target) is None:
        raise Refusal("`here` needs the place of one use", "write the target as PATH:LINE:COL")
    request = Request(code, subject, code.position(target) if here else None, keep or here)
    if subject.alias:
        return inline_alias(request)
    if subject.parameter:
        return inline_parameter(request)
    if len(subject.keys) > 1:
        others = ", ".join(sorted(subject.keys)[:4])
        raise Refusal(f"{subject.name} is defined in several classes: {others}", "inline what is not overridden")
    kinds = {key_of(one.id): one.kind for one in reversed(code.graph.symbols(subject.path))}
    kind = kinds.get(min(subject.keys), "variable")
    if kind in ("class", "enum", "interface"):
        raise Refusal("a class cannot be inlined", "name a function or a variable")
    if kind in _FUNCTIONS:
        return inline_function(request)
    return inline_variable(request)
