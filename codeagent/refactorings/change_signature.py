"""change-signature: add, remove, reorder and rename parameters; overrides and every call site follow."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit, Safety
from codeagent.languages.syntax import around, child
from codeagent.refactorings.code import Code
from codeagent.refactorings.function_uses import Function, Uses, uses_of
from codeagent.refactorings.python.arguments import Unmatched, arguments_of, bind
from codeagent.refactorings.python.fixtures import asked_for, asks, given_by_name
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, Parameter, parameters_of, signature_text
from codeagent.refactorings.python.special_methods import given_by_language
from codeagent.refactorings.refactoring import Accounting, Occurrence, Proposal, Refusal
from codeagent.refactorings.rename import rename
from codeagent.refactorings.signature_calls import edit_of, fits_as_it_is, own_parameters, text_after
from codeagent.refactorings.signature_change import Change, apply, read_change, stays


def change_signature(
    code: Code,
    target: Annotated[str, "The function or method: symbol id or PATH:LINE:COL."],
    *,
    add: Annotated[list[str] | None, "A new parameter, such as 'limit: int = 10'; repeatable."] = None,
    call_value: Annotated[list[str] | None, "What calls hand over for an added one; in the same order."] = None,
    call_value_in: Annotated[list[tuple[str, str]] | None, "GLOB EXPR: the same for files of that pattern."] = None,
    remove: Annotated[list[str] | None, "A parameter to remove; repeatable."] = None,
    reorder: Annotated[str, "All parameters in their new order, separated by commas."] = "",
    rename_parameter: Annotated[list[str] | None, "OLD=NEW; repeatable."] = None,
    keyword_only: Annotated[list[str] | None, "A parameter to be given by keyword only; repeatable."] = None,
) -> Proposal:
    """Change what a function takes; what overrides it and every call of it follow."""
    wish = (add or [], call_value or [], call_value_in or [], remove or [])
    change = read_change(*wish, reorder, rename_parameter or [], keyword_only or [])
    if not change:
        raise UsageError("nothing to change", "say --add, --remove, --reorder, --rename-parameter or --keyword-only")
    uses = uses_of(code, target)
    _check_givers(code, uses, change)
    going = _going(code, uses, change)
    changes = [_for(code, uses, function, change) for function in uses.functions]
    headers = [_header(code, one, own, going) for one, own in zip(uses.functions, changes, strict=True)]
    doubtful = [*uses.unresolved, *uses.values]
    unresolved = [one for one in doubtful if not stays(change, one) and not fits_as_it_is(code, uses, one, changes)]
    indifferent = [one for one in doubtful if one not in unresolved]
    edits = [edit for edit in headers if edit is not None]
    keywords, names = _renames(code, uses, change)
    edits += [edit for edit in names if not any(within(edit, one) for one in edits)]
    done = [one.named_at for one, edit in zip(uses.functions, headers, strict=True) if edit is not None]
    for call in sorted(uses.calls, key=lambda one: one.node.end_byte - one.node.start_byte):  # inner ones first
        try:
            edit = edit_of(code, uses, call, change, edits)
        except Unmatched as problem:
            unresolved.append(Occurrence(call.path, call.start, call.end, str(problem)))
            continue
        done.append(Occurrence(call.path, call.start, call.end, "call"))
        if edit is not None:
            edits = [one for one in edits if not within(one, edit)] + [edit]
    edits += [edit for edit in keywords if not any(within(edit, one) for one in edits)]
    keys = [name for one in uses.functions for name in (one.key, one.id)]
    patch = code.patch(f"change the signature of {uses.name}", edits)
    notes = _notes(uses, change)
    return Proposal(
        replace(patch, safety=Safety.REVIEW) if notes else patch,
        {f"{key}.{old}": f"{key}.{new}" for key in keys for old, new in change.renamed},
        dropped=frozenset(f"{key}.{name}" for key in keys for name in change.removed),
        about=(uses.named,),
        occurrences=Accounting(tuple(done), (*uses.other, *indifferent), uses.text, tuple(unresolved)),
        notes=notes,
    )


def _notes(uses: Uses, change: Change) -> tuple[str, ...]:
    if not uses.unseen or change.harmless:
        return ()
    bases = ", ".join(uses.unseen[:3])
    return (f"nobody can see here whether {bases} calls {uses.name} with the arguments that it takes now",)


def within(inner: Edit, outer: Edit) -> bool:
    """Tell whether an edit lies in the bytes that another one writes anew."""
    return (
        inner.path == outer.path and outer.start <= inner.start and inner.end <= outer.end and outer.start < outer.end
    )


def _check_givers(code: Code, uses: Uses, change: Change) -> None:
    """Raise Refusal where pytest gives the parameters, and where an added one would be given by another place in each
    function of a family, of which one takes by `*` what the others name."""
    for function in uses.functions:
        _check_fixtures(code, function, change)
    by_place = [one for one in change.added if one.kind != KEYWORD_ONLY and one.name not in change.keyword_only]
    rows = [own_parameters(code, function) for function in uses.functions]
    places = {sum(not one.star and one.kind != KEYWORD_ONLY for one in row) for row in rows}
    taking = [one for one, row in zip(uses.functions, rows, strict=True) if any(p.star == "*" and p.name for p in row)]
    if by_place and taking and len(places) > 1:
        why = f"{taking[0].id} takes by * what others of its family name: by place the new one would be another in each"
        raise Refusal(why, f"add it to be given by keyword: --keyword-only {by_place[0].name}")


# --- the definitions -----------------------------------------------------------------------------------------------


def _for(code: Code, uses: Uses, function: Function, change: Change) -> Change:
    """The change in the names of an override, which may call the same places otherwise."""
    ours = [one.name for one in own_parameters(code, uses.target) if not one.star]
    theirs = [one.name for one in own_parameters(code, function) if not one.star]
    if all(name in theirs for name in ours):
        return change
    if len(ours) != len(theirs):
        raise Refusal(f"{function.id} takes other parameters than {uses.target.id}", "bring them in line first")
    names = dict(zip(ours, theirs, strict=True))
    told = next((name for name in change.keyword_only if names.get(name, name) != name), None)
    if told is not None:
        why = f"{function.id} calls {told} otherwise, so that no call by keyword fits both"
        raise Refusal(why, f"rename its parameter first: {names[told]}={told}")
    return replace(
        change,
        removed=tuple(names.get(name, name) for name in change.removed),
        order=tuple(names.get(name, name) for name in change.order),
        renamed=tuple((names.get(old, old), new) for old, new in change.renamed),
        keyword_only=tuple(names.get(name, name) for name in change.keyword_only),
    )


def _header(code: Code, function: Function, change: Change, going: Collection[tuple[str, int]]) -> Edit | None:
    _check_unused(code, function, change, going)
    source = code.read(function.path)
    every = parameters_of(function.node, source)
    receiver = every[:1] if function.receiver else []
    slots = apply(change, every[len(receiver) :], function.id)
    return header_edit(code, function, [*receiver, *(slot.parameter for slot in slots)])


def header_edit(code: Code, function: Function, parameters: list[Parameter]) -> Edit | None:
    """Return the edit that gives a definition these parameters, its receiver among them; None where it has them."""
    source = code.read(function.path)
    parts = signature_text(parameters)
    listed = child(function.node, "parameters")
    inside = source[listed.start_byte + 1 : listed.end_byte - 1]
    lead = inside[: len(inside) - len(inside.lstrip())]
    tail = inside[len(inside.rstrip()) :]
    nodes = listed.named_children
    joint = source[nodes[0].end_byte : nodes[1].start_byte] if len(nodes) > 1 else b", "
    if b"#" in inside:
        raise Refusal(f"comments stand among the parameters of {function.id}", "move them first")
    ending = b"," if inside.rstrip().endswith(b",") else b""
    joint = joint if b"\n" in lead or joint.strip(b" ,") == b"" else b", "
    text = joint.join(part.encode("utf-8", "surrogateescape") for part in parts)
    new = lead + text + (ending if parts else b"") + tail if parts else b""
    if new == inside:
        return None
    return Edit(function.path, listed.start_byte + 1, listed.end_byte - 1, new)


def _check_fixtures(code: Code, function: Function, change: Change) -> None:
    symbol = code.symbol(function.id)
    given = given_by_language(symbol.name, own_parameters(code, function))
    touched = {*change.removed, *change.keyword_only, *(change.order or ())}
    if touched & given:
        raise Refusal(f"{symbol.name} is a special method: the language calls it", "its parameters must stay")
    asked = sorted(given_by_name(code, symbol).intersection(change.removed))
    asked += (
        sorted(asked_for(code, symbol).intersection(old for old, _ in change.renamed)) if asks(code, symbol) else []
    )
    asked += [one.name for one in change.added if not one.default and asks(code, symbol)]
    if asked:
        raise Refusal(f"pytest gives {asked[0]} to {function.id} by its name", "change that by hand")


def _going(code: Code, uses: Uses, change: Change) -> set[tuple[str, int]]:
    """Where the values of arguments start that go with a removed parameter: `super().add(item, price=price)`."""
    found, parameters = set[tuple[str, int]](), own_parameters(code, uses.target)
    for call in uses.calls if change.removed else ():
        source = code.read(call.path)
        try:
            arguments = arguments_of(call.node, partial(text_after, source, call.path, []))
            bound = bind(parameters, arguments[call.explicit and uses.target.receiver :])
        except Unmatched:
            continue
        gone = [bound.by_name[name] for name in change.removed if name in bound.by_name]
        found |= {(call.path, one.end - len(one.text.encode("utf-8", "surrogateescape"))) for one in gone}
    return found


def _check_unused(code: Code, function: Function, change: Change, going: Collection[tuple[str, int]]) -> None:
    names = code.naming.file(function.path)
    listed = child(function.node, "parameters")
    gone = {f"{function.id}.{name}" for name in change.removed} | {f"{function.key}.{name}" for name in change.removed}
    for start, end in names.asked(change.removed):
        inside = listed.end_byte <= start < function.node.end_byte and (function.path, start) not in going
        meaning = names.meaning(start, end) if inside else None
        if meaning is not None and meaning.targets & gone:
            line = code.graph.place(function.path, start, end).line
            name = min(meaning.targets).rpartition(".")[2]
            raise Refusal(f"{name} is used at {function.path}:{line}", "remove what uses it first")


def _renames(code: Code, uses: Uses, change: Change) -> tuple[list[Edit], list[Edit]]:
    """The edits that rename parameters: of keywords in calls, which calls bring with them, and of all else."""
    parts: tuple[list[Edit], list[Edit]] = [], []
    for old, new in change.renamed:
        for edit in rename(code, f"{uses.target.key}.{old}", new).patch.edits:
            above = around(code.tree(edit.path), edit.start, edit.end).parent
            given = above is not None and above.type == "keyword_argument" and above.start_byte == edit.start
            parts[0 if given else 1].append(edit)
    return parts
