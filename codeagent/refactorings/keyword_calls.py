"""Calls that may name a parameter by keyword, where nobody can see that they do."""

from collections.abc import Iterable, Iterator
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import DECORATED
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, enclosing, every
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.handed import taken_by
from codeagent.refactorings.looked_at import read_by_decorators
from codeagent.refactorings.python.decorators import calls_by_place, keeper
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.refactoring import Occurrence
from codeagent.refactorings.renaming import Subject
from codeagent.refactorings.stand_ins import stand_ins

_CALLED: Final = ("function", "method")
_BY_PLACE: Final = frozenset(("go", "java", "rust", "javascript", "typescript", "tsx", "jsx"))  # no call names one


def may_be_called(code: Code, subject: Subject, mention: Mention) -> bool:
    """Tell whether a keyword argument of a call that the graph cannot follow may be the subject's."""
    language = code.language(subject.path)
    if language in _BY_PLACE or (language == "python" and mention.member):
        return False
    if language == "python" and all(_is_called_alone(code, key) for key in subject.methods):
        return False
    call = enclosing(mention.node, "call") if mention.node is not None else None
    callee = callee_end(call) if call is not None else None
    if call is not None and _made_of_text(code, subject, mention.path, call.child_by_field_name("function")):
        return False
    return callee is None or code.text(callee, mention.path) == subject.parameter


def _is_called_alone(code: Code, key: str) -> bool:
    """Whether a function lies in another one, where all who have it call it by its name: nobody else can."""

    def find() -> bool:
        symbols = {one.id: one for one in code.graph.symbols(key.partition("::")[0])}
        found = [one for one in symbols.values() if key_of(one.id) == key]
        inside = (one.parent in symbols and symbols[one.parent].kind in _CALLED for one in found)
        kept = any(one.flags & DECORATED for one in found)
        return bool(found) and all(inside) and not kept and not any(map(handed, found))

    def handed(symbol: Symbol) -> bool:
        return any(True for _ in code.graph.incoming(symbol.id, ("references", "writes")))

    known: bool = code.kept(("called alone", key), find)
    return known


def _made_of_text(code: Code, subject: Subject, path: str, made: Node | None) -> bool:
    """Whether what is called was made outside the tree, of text alone that does not name what is meant."""
    if made is None or made.type != "call" or code.language(path) != "python":
        return False
    maker, given = callee_end(made), made.child_by_field_name("arguments")
    told = code.naming.file(path).meaning(maker.start_byte, maker.end_byte) if maker is not None else None
    outside = told is not None and bool(told.targets) and not any("::" in target for target in told.targets)
    if not outside or given is None or every(given, "python", "identifier", "lambda"):
        return False
    words = {word for key in subject.methods for word in key.partition("::")[2].split(".")}
    return not any(word in code.text(given, path) for word in words)


def spread_calls(code: Code, subject: Subject) -> Iterable[Occurrence]:
    """Yield calls of the subject's function that hand on a mapping: its keys may name the parameter."""
    for function in sorted(subject.methods):
        for reference in code.graph.incoming(function, ("calls",)):
            node = around(code.tree(reference.path), reference.span.start, reference.span.end)
            call = enclosing(node, "call")
            arguments = call.child_by_field_name("arguments") if call is not None else None
            for argument in arguments.named_children if arguments is not None else ():
                if argument.type == "dictionary_splat":
                    why = "a mapping whose keys may name the parameter"
                    yield Occurrence(reference.path, argument.start_byte, argument.end_byte, why)


def kept_calls(code: Code, subject: Subject) -> Iterator[Occurrence]:
    """Yield functions that a decorator may call by keyword where nobody sees it, as web frameworks do."""
    symbols = [code.symbol(key) for key in sorted(subject.methods) if code.language(subject.path) == "python"]
    for symbol in symbols:
        mark = keeper(code, symbol)
        if mark and not calls_by_place(mark):
            why = f"handed to @{mark}, which may call it by keyword"
            yield Occurrence(symbol.path, symbol.name_span.start, symbol.name_span.end, why)
    yield from read_by_decorators(code, [symbol.id for symbol in symbols])


def handed_calls(code: Code, subject: Subject) -> Iterator[Occurrence]:
    """Yield calls of code from elsewhere that name the parameter, where its function is handed to such code: what it
    is given there may come back to the function, as signals do."""
    python = bool(subject.parameter) and code.language(subject.path) == "python"
    if not python or not any(_is_handed_out(code, key) for key in sorted(subject.methods)):
        return
    for mention in take_census(code, subject.name, subject.paths):
        keyword = mention.node.parent if mention.node is not None and not mention.prose else None
        given = keyword is not None and keyword.type == "keyword_argument" and keyword.named_children[0] == mention.node
        call = enclosing(keyword, "call") if keyword is not None and given else None
        if call is not None and not _leads_inside(code, mention.path, call):
            why = "given to code from elsewhere, which the function is handed to"
            yield Occurrence(mention.path, mention.start, mention.end, why)


def _is_handed_out(code: Code, key: str) -> bool:
    for symbol in code.graph.symbols(key.partition("::")[0]):
        for reference in code.graph.incoming(symbol.id, ("references",)) if key_of(symbol.id) == key else ():
            call = taken_by(around(code.tree(reference.path), reference.span.start, reference.span.end))
            if call is not None and not _leads_inside(code, reference.path, call):
                return True
    return False


def _leads_inside(code: Code, path: str, call: Node) -> bool:
    """Whether a call may lead to something of the tree; of any other nobody sees what becomes of its arguments."""
    callee = callee_end(call)
    told = code.naming.file(path).called(callee.start_byte, callee.end_byte) if callee is not None else []
    return any("::" in target for target, _, _ in told)


def replaced_calls(code: Code, subject: Subject, named: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Yield objects that stand in for one whose method is called by a keyword, which the places say that are named."""
    nodes = (around(code.tree(one.path), one.start, one.end) for one in named if subject.parameter)
    if any(node.parent is not None and node.parent.type == "keyword_argument" for node in nodes):
        yield from stand_ins(code, subject.methods, subject.parameter)
