"""From an operation and its arguments to a proven change: propose, account for every occurrence, prove."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from codeagent.domain.errors import Refused
from codeagent.domain.patch import Safety
from codeagent.graph.bindings import Difference, compare
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import Naming
from codeagent.graph.proposed import proposed_names
from codeagent.graph.spots import place_of
from codeagent.graph.whereabouts import Change
from codeagent.languages import syntax
from codeagent.refactorings import load_operation
from codeagent.refactorings.accounting import account
from codeagent.refactorings.census import is_utf8, not_utf8
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Accounting, Proposal, Refusal
from codeagent.workspace.git import enclosing
from codeagent.workspace.underway import underway

_SHOWN: Final = 5
_WORD: Final = re.compile(rb"[\w\x80-\xff]+")
_CONFLICT: Final = re.compile(rb"^<{7} .*^={7}\r?$.*^>{7} ", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was checked before anything may be written; a change that fails any of it is never handed on."""

    parsed: int  # files written, each without a new syntax error
    files: int  # files of the graph of the result, all compared
    bindings: str = "preserved"
    bytes: str = "identical outside the edits"


@dataclass(frozen=True, slots=True)
class Refactored:
    """A change that was proposed and proven, ready to be written or shown."""

    operation: str
    proposal: Proposal
    files: Mapping[str, bytes]  # what was there, of every file that is edited, moved or deleted
    proof: Proof

    @property
    def diff(self) -> str:
        """The change as git would show it."""
        return self.proposal.patch.diff(self.files)


def refactor(
    graph: CodeGraph, operation: str, arguments: Mapping[str, Any], *, accept_unresolved: bool = False
) -> Refactored:
    """Propose and prove a refactoring; Refused where it must not be done, with nothing written in any case."""
    code = Code(graph)
    proposal = load_operation(operation)(code, **arguments)
    if not proposal.patch:
        raise Refusal("there is nothing to change", "the code is already as it was asked for")
    proposal = replace(proposal, occurrences=account(code, proposal))
    if proposal.occurrences.unresolved and not accept_unresolved:
        raise Unresolved(code, proposal.occurrences)
    if proposal.occurrences.unresolved:
        proposal = replace(proposal, patch=replace(proposal.patch, safety=Safety.REVIEW))
    proposal = replace(proposal, notes=(*proposal.notes, *_remarks(graph.root)))
    touched = {edit.path for edit in proposal.patch.edits}.union(proposal.patch.moves, proposal.patch.deletes)
    files = {path: code.read(path) for path in sorted(touched)}
    return Refactored(operation, proposal, files, prove(code, proposal, files))


def _remarks(root: Path) -> Iterator[str]:
    """Tell what somebody should know of a tree before it is written to."""
    repository = enclosing(root)
    what = underway(repository) if repository is not None else ""
    if what:
        yield f"{what} is in progress: what is written becomes part of it"


class Unresolved(Refused):
    """Some occurrences cannot be told apart from the subject, and nobody has said to leave them."""

    def __init__(self, code: Code, accounting: Accounting) -> None:
        count = len(accounting.unresolved)
        places = ", ".join(where(code, one.path, one.start) for one in accounting.unresolved[:_SHOWN])
        more = f" and {count - _SHOWN} more" if count > _SHOWN else ""
        noun = "occurrence" if count == 1 else "occurrences"
        super().__init__(
            f"{count} {noun} of the name cannot be resolved: {places}{more}",
            f"{_reasons(accounting)}look at them; --accept-unresolved leaves them as they are and changes the rest",
        )
        self.accounting = accounting


def _reasons(accounting: Accounting) -> str:
    """Why occurrences are unresolved, what holds of most first: `2 × a member of something unknown; `."""
    counts = Counter(one.why for one in accounting.unresolved if one.why).most_common(_SHOWN)
    alone = len(accounting.unresolved) == 1
    return "".join(f"{why}; " if alone else f"{count} × {why}; " for why, count in counts)


def where(code: Code, path: str, start: int) -> str:
    """Return `path:line:column` of a byte of a file as indexed."""
    place = place_of(path, code.graph.tree.read(path), start, start)
    return f"{path}:{place.line}:{place.column}"


# --- the proof -----------------------------------------------------------------------------------------------------


def prove(code: Code, proposal: Proposal, files: Mapping[str, bytes]) -> Proof:
    """Check what must hold of any refactoring; Refusal names the first thing that does not."""
    _check_encoding(proposal, files)
    result = proposal.patch.apply(files)
    sources = {new: old for old, new in proposal.patch.moves.items()}
    for path, content in result.items():
        old = sources.get(path, path)
        if content is not None and content != files.get(old):  # what only moves parses as it did
            _check_syntax(code, old if old in files else None, path, content)
    after, names = proposed_names(code.graph, result, proposal.patch.moves)
    _check_parameters(code, after, result, sources)
    differences = compare(code.naming, Naming(after), names, _change(proposal, frozenset(result)))
    if differences:
        raise _broken(differences, result, code)
    return Proof(parsed=sum(content is not None for content in result.values()), files=len(after.files))


def _change(proposal: Proposal, touched: frozenset[str]) -> Change:
    return Change(
        edits=proposal.patch.edits,
        moves=proposal.patch.moves,
        renamed=proposal.renamed,
        carried=tuple((one.path, one.start, one.end, one.new_path, one.new_start) for one in proposal.carried),
        dropped=proposal.dropped,
        split=proposal.split,
        touched=touched,
    )


def _check_syntax(code: Code, old: str | None, path: str, content: bytes) -> None:
    language = code.syntax_of(path)
    if language is None:
        return
    if old is not None and syntax.broken(code.tree(old)):
        if _CONFLICT.search(code.read(old)):
            raise Refusal(f"{old} has a merge conflict", "resolve it and git add it, then try again")
        if not is_utf8(code.read(old)):
            raise not_utf8(old, "a name in it")
        place = where(code, old, syntax.broken(code.tree(old))[0][0])
        raise Refusal(f"{place} has a syntax error, so no change there can be proven", "correct it first")
    broken = syntax.broken(syntax.parse(language, content))
    if broken:
        line = content.count(b"\n", 0, broken[0][0]) + 1
        raise Refusal(
            f"the result would not parse: {path}:{line}", "this is a limit of the operation; nothing was done"
        )
    if language == "python" and not _compiles(content) and (old is None or _compiles(code.read(old))):
        raise Refusal(f"the result would not be valid Python: {path}", "nothing was done")


def _check_encoding(proposal: Proposal, files: Mapping[str, bytes]) -> None:
    """Names are compared as UTF-8, so nothing beyond ASCII can be told of in a file of another encoding."""
    for edit in proposal.patch.edits:
        source = files[edit.path]
        if not (edit.text + source[edit.start : edit.end]).isascii() and not is_utf8(source):
            raise not_utf8(edit.path, "what is put there")


def _check_parameters(code: Code, after: CodeGraph, result: Mapping[str, object], sources: Mapping[str, str]) -> None:
    """Some grammars read two parameters of one name; no language that knows the types of its parameters takes them."""
    for path in result:
        if path in after.files and after.has_facts(path):
            old = sources.get(path, path)
            twice = _twice(after, path) - (_twice(code.graph, old) if old in code.graph.files else Counter())
            if twice:
                raise Refusal(f"a function of {path} would have two parameters {min(twice)}", "choose another name")


def _twice(graph: CodeGraph, path: str) -> Counter[str]:
    """The names that parameters of one function share, and in how many functions they do."""
    facts = graph.facts(path)
    counts = (Counter(one.name for one in function.params) for function in facts.functions)
    return Counter(name for found in counts for name, count in found.items() if count > 1 and name.strip("_"))


def _compiles(source: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<result>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _broken(differences: list[Difference], result: Mapping[str, bytes | None], code: Code) -> Refusal:
    first = differences[0]
    content = result.get(first.path) or code.graph.tree.read(first.path)
    place = place_of(first.path, content, first.start, first.start)
    word = _WORD.match(content, first.start)
    name = word[0].decode("utf-8", "replace") if word else ""
    more = f" (and {len(differences) - 1} more)" if len(differences) > 1 else ""
    return Refusal(
        f"{name or 'a reference'} at {first.path}:{place.line}:{place.column} {first.text}{more}",
        "choose another name or another target; what was asked for would change the meaning of the code",
    )
