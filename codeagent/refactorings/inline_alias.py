"""Inlining of an import alias: `import numpy as np` loses the alias, and every use says `numpy`."""

from codeagent.domain.patch import Edit
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.import_edits import New
from codeagent.refactorings.refactoring import Accounting, Occurrence, Proposal, Refusal


def inline_alias(request: Request) -> Proposal:
    """Propose the import without its alias; Refusal where the plain name is taken."""
    subject, modules = request.subject, request.modules
    path, name = subject.path, subject.name
    if request.keep:
        raise Refusal("an alias cannot be kept beside the name", "inline it everywhere")
    if len(subject.keys) > 1:
        raise Refusal(f"other modules import {name} from {path}", "have them import it from where it is defined")
    told = [(s, one) for s in modules.imports(path) for one in s.names if s.binds(one) == name]
    if len(told) != 1 or told[0][1].alias is None:
        raise Refusal(f"{name} is imported in several ways", "import it once, at the top")
    statement, one = told[0]
    scopes = modules.scopes(path)
    home = scopes.at(statement.node)
    plain = one.name.partition(".")[0]
    for use in scopes.uses.values():
        mine = scopes.owner(use.name, use.scope) is home
        if use.name == name and mine and use.binds and not one.start <= use.start < one.end:
            raise Refusal(f"{name} is bound more than once", "inline what is bound once")
        if use.name == plain and (use.binds or use.scope.within(home)):
            raise Refusal(f"{plain} is already a name in {path}", "rename that first")
    edited = [Occurrence(path, one.start, one.end)]
    for use in scopes.uses.values():
        mine = use.name == name and scopes.owner(use.name, use.scope) is home
        if mine and not one.start <= use.start < one.end:
            request.edits.append(Edit(path, use.start, use.end, one.name.encode()))
            edited.append(Occurrence(path, use.start, use.end))
    request.imports(path).change(statement, one, [New(statement.module, one.name)])
    patch = request.code.patch(f"inline {name}", [*request.edits, *request.imports(path).edits()])
    return Proposal(patch, dropped=subject.keys, about=(subject.named,), occurrences=Accounting(edited=tuple(edited)))
