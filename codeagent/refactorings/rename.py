"""rename: a symbol, parameter, local, alias, module or package, and everything in the tree that names it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from codeagent.domain.patch import Edit, Safety
from codeagent.languages.syntax import enclosing
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.clashes import taken
from codeagent.refactorings.code import Code
from codeagent.refactorings.collected import by_name, collected_by, lookups_by_path
from codeagent.refactorings.documented import documents
from codeagent.refactorings.enum_members import asker
from codeagent.refactorings.family import types_elsewhere
from codeagent.refactorings.go.examples import examples_of
from codeagent.refactorings.handed_objects import handed_objects
from codeagent.refactorings.import_mentions import binds_whole, brings_a_shared_name, is_imported_as, plain_name
from codeagent.refactorings.java.leftovers import may_be_seen
from codeagent.refactorings.java.overloads import becomes_overload, methods_of, renumbered, standing_at
from codeagent.refactorings.java.type_files import file_of_type, type_of_file
from codeagent.refactorings.keyword_calls import handed_calls, kept_calls, may_be_called, replaced_calls, spread_calls
from codeagent.refactorings.listed import is_listed
from codeagent.refactorings.looked_at import asked_by_parameters
from codeagent.refactorings.mixins import brought_from_below
from codeagent.refactorings.modules import rename_module
from codeagent.refactorings.names import check_name
from codeagent.refactorings.prose import tells_of_it
from codeagent.refactorings.python.conventions import check_unread
from codeagent.refactorings.python.fixtures import in_mark
from codeagent.refactorings.python.leftovers import sets_members
from codeagent.refactorings.python.one_test import in_another_test
from codeagent.refactorings.python.ownname import loader_of
from codeagent.refactorings.python.strings import is_attribute_name, whole_string
from codeagent.refactorings.receivers import on_container
from codeagent.refactorings.refactoring import Accounting, Occurrence, Proposal, Refusal
from codeagent.refactorings.renaming import (
    Subject,
    escapes,
    receiver_of,
    subject_of,
)
from codeagent.refactorings.rust.shorthand import names_both, told_apart
from codeagent.refactorings.rust_names import spliced
from codeagent.refactorings.shapes import akin, member_at
from codeagent.refactorings.shorthand import shortened
from codeagent.refactorings.spoken import gone_by
from codeagent.refactorings.stand_ins import stand_ins
from codeagent.refactorings.stripped_names import keyword_name, stripped_keywords

_SHORTHAND: Final = frozenset(("shorthand_property_identifier", "shorthand_property_identifier_pattern"))


def rename(
    code: Code,
    target: Annotated[str, "Symbol id, PATH:LINE:COL, or the path of a module or package."],
    new: Annotated[str, "The new name."],
    *,
    docs: Annotated[bool, "Also rename in comments, docstrings, documentation and configuration."] = False,
) -> Proposal:
    """Rename a symbol and everything that refers to it, overrides and keyword arguments included."""
    subject = subject_of(code, target)
    if subject.module and (known := type_of_file(code, subject.module)):
        subject, new = subject_of(code, known), new.removesuffix(".java")
    if subject.module:
        return rename_module(code, subject.module, new, docs=docs)
    receiver = receiver_of(code, subject)
    if receiver and new.startswith(f"{receiver}."):
        check_name(code.language(subject.path), new.removeprefix(f"{receiver}."))
        return _proposal(code, subject, new, docs)  # a local becomes an attribute
    check_name(code.language(subject.path), new, subject.name)
    if f"{subject.path}::{subject.name}" in subject.keys:
        check_unread(code, subject.path, subject.name)
    if (clash := taken(code, subject, new)) is not None:
        raise Refusal(clash, "choose another name, or rename the other one first")
    if subject.member and not subject.overloads and becomes_overload(code, subject.keys, new):
        subject = replace(subject, overloads=frozenset(methods_of(code, subject.keys)))
    return _proposal(code, subject, new, docs)


def _proposal(code: Code, subject: Subject, new: str, docs: bool) -> Proposal:
    buckets: dict[str, list[Occurrence]] = {"edited": [], "other": [], "text": [], "unresolved": []}
    edits: list[Edit] = []
    for mention in take_census(code, subject.name, subject.paths):
        bucket, why = judge(code, subject, mention)
        if bucket == "text" and docs and tells_of_it(code, mention):
            bucket, why = "edited", "documentation"
        if bucket == "edited":
            edits.append(_edit(code, subject, mention, new))
        buckets[bucket].append(Occurrence(mention.path, mention.start, mention.end, why))
    for edit in stripped_keywords(code, subject.keys, subject.name, new) if subject.member else ():
        edits.append(edit)
        buckets["edited"].append(Occurrence(edit.path, edit.start, edit.end, "without its underscore"))
    examples = list(examples_of(code, subject.keys, new))
    for symbol, name in examples:
        start, end = symbol.name_span.start, symbol.name_span.end
        edits.append(Edit(symbol.path, start, end, name.encode()))
        buckets["edited"].append(Occurrence(symbol.path, start, end, "an example of it"))
    buckets["unresolved"] += [*spread_calls(code, subject), *kept_calls(code, subject), *handed_calls(code, subject)]
    if subject.member:
        buckets["unresolved"] += lookups_by_path(code, subject.keys, subject.name)
        buckets["unresolved"] += handed_objects(code, subject.keys, subject.name)
        buckets["unresolved"] += stand_ins(code, subject.keys, subject.name)
        buckets["unresolved"] += asked_by_parameters(code, subject.keys, subject.name)
    buckets["unresolved"] += replaced_calls(code, subject, buckets["edited"])
    accounting = Accounting(**{bucket: tuple(found) for bucket, found in buckets.items()})
    moves = file_of_type(code, subject.path, subject.keys, new)
    patch = code.patch(f"rename {subject.name} to {new}", edits, moves=moves)
    if accounting.unresolved or subject.unseen:
        patch = replace(patch, safety=Safety.REVIEW)
    renamed = {**moves, **{key: _moved(_new_key(key, new, subject.keys), moves) for key in subject.keys}}
    renamed |= {key: _new_key(key, new, subject.keys) for key in types_elsewhere(code.naming.flow, subject.keys)}
    renamed |= {symbol.id: f"{symbol.path}::{name}" for symbol, name in examples}
    split = {}
    if subject.overloads:
        renamed, split = moves, renumbered(code, subject.keys, subject.overloads, new)
    return Proposal(
        patch, renamed, about=(subject.named,), occurrences=accounting, notes=_notes(code, subject), split=split
    )


def _moved(key: str, moves: Mapping[str, str]) -> str:
    path, mark, name = key.partition("::")
    return f"{moves.get(path, path)}{mark}{name}"


def _new_key(key: str, new: str, keys: frozenset[str]) -> str:
    """`a.py::Cart.total` becomes `a.py::Cart.sum`; a block's offset stays behind the name.

    What a key lies in may be renamed with it: a constructor and its class."""
    path, _, dotted = key.partition("::")
    above, dot, last = dotted.rpartition(".")
    if above and f"{path}::{above}" in keys:
        above = _new_key(f"{path}::{above}", new, keys).partition("::")[2]
    if "." in new:  # of the class that the method belongs to
        return f"{path}::{above.rpartition('.')[0]}.{new.rpartition('.')[2]}"
    _, at, offset = last.partition("@")
    return f"{path}::{above}{dot}{new}{at}{offset}"


def _notes(code: Code, subject: Subject) -> tuple[str, ...]:
    found = []
    if subject.unseen:
        bases = ", ".join(subject.unseen[:3])
        found.append(f"nobody can see here whether {bases} has a member {subject.name!r} that this one overrides")
    if subject.member and (place := asker(code, subject.keys)):
        found.append(f"{place} asks the enum for members by names that may come from elsewhere")
    return tuple(found)


# --- one occurrence ------------------------------------------------------------------------------------------------


def judge(code: Code, subject: Subject, mention: Mention) -> tuple[str, str]:
    """Return the bucket of an occurrence (edited: it is the subject; other, text, unresolved), and why."""
    meaning = mention.meaning
    known = meaning.targets & subject.keys or meaning.binding in subject.keys
    if not known and in_another_test(code, subject.keys, mention.path, mention.start):
        return ("text", "") if mention.prose else ("other", "in another test")
    if subject.member and by_name(mention) and (maker := collected_by(code, subject.keys, mention)):
        return "unresolved", f"{maker} may go by that name"
    if mention.node is not None and meaning.targets & subject.keys and spliced(code, mention.path, mention.node):
        return "unresolved", "handed to a macro that takes names"
    if subject.overloads and meaning.targets & subject.keys:
        return _judge_overload(code, subject, mention)
    if subject.alias:
        mine = meaning.binding in subject.keys or (mention.member and meaning.targets == subject.aliased)
        if mine or not mention.prose:
            return ("edited", "alias") if mine else ("other", "another name")
        return "text", ""
    if meaning.binding in subject.keys and not mention.prose and not meaning.targets & subject.keys:
        whole = mention.node is not None and binds_whole(mention.node)
        return (
            ("edited", "an import of that name") if whole else ("unresolved", "an import that binds the name as well")
        )
    if meaning.targets and meaning.targets <= subject.keys:
        return "edited", "string" if mention.prose else str(meaning.certainty)
    if meaning.targets & subject.keys and names_both(code, subject.keys, mention, member=subject.member):
        return "edited", "a field and a variable at once"
    if meaning.targets & subject.keys:
        others = ", ".join(sorted(meaning.targets - subject.keys)[:3])
        return "unresolved", f"may also be {others}"
    if subject.member and not mention.prose and member_at(code, mention) in subject.keys:
        return "edited", "an entry called as the variable that it holds"
    if meaning.targets:
        kin = akin(code, subject.keys, mention) if subject.member and not mention.prose else ""
        return ("unresolved", f"by its form this may be the same as {kin}") if kin else ("other", min(meaning.targets))
    if mention.prose:
        return _judge_prose(code, subject, mention)
    bare = not mention.member and not subject.parameter
    if bare and subject.paths is None and may_be_seen(code, subject.keys, mention.path):
        return "unresolved", "a bare name of which nothing is known"
    if bare and not subject.member:
        return "other", "a bare name that nothing here binds to it"
    return _judge_unknown(code, subject, mention)


def _judge_overload(code: Code, subject: Subject, mention: Mention) -> tuple[str, str]:
    """A method of the name: whether it is one of those that are meant."""
    found = standing_at(code, mention.path, mention.start, mention.end, subject.keys)
    if found and found <= subject.overloads:
        return "edited", str(mention.meaning.certainty)
    if found and not found & subject.overloads:
        return "other", min(found)
    return "unresolved", "may be another method of that name"


def _judge_prose(code: Code, subject: Subject, mention: Mention) -> tuple[str, str]:
    if subject.parameter and documents(code, subject, mention):
        return "edited", "docstring"
    if subject.parameter and mention.node and in_mark(code, mention.path, mention.node, subject.methods):
        return "edited", "parametrize"
    node = mention.node if subject.member else None
    if node is not None and is_attribute_name(code, mention.path, node, mention.start, mention.end):
        return "unresolved", "an attribute by its name as text"
    if node is not None and whole_string(node, mention.start, mention.end) and is_listed(code, mention.path, node):
        return "unresolved", "in a list of attributes by their names"
    why = gone_by(code, subject.keys, mention)
    return ("unresolved", why) if why else ("text", "")


def _judge_unknown(code: Code, subject: Subject, mention: Mention) -> tuple[str, str]:
    """A name of which the graph knows nothing: whether it can be the subject at all."""
    if code.strangers(subject.path, mention.path):
        return "other", "code of another language"
    if subject.parameter:
        mine = may_be_called(code, subject, mention)
        return ("unresolved", "a keyword of an unknown call") if mine else ("other", "no name of that parameter")
    if subject.member:
        if mention.member and on_container(code, mention):
            return "other", "a member of a container"
        if mention.member and (below := brought_from_below(code, subject.keys, mention)) is not None:
            return ("edited", "of the classes below") if below else ("other", "a member that no class below has")
        if mention.member or mention.node is None:
            return "unresolved", "a member of something unknown"
        keyword = mention.node.parent
        if keyword is not None and keyword.type == "keyword_argument" and sets_members(code, mention.path, keyword):
            return "unresolved", "a field that is set by its name"
        inside = enclosing(mention.node, "enum_body") is not None and mention.path == subject.path
        return ("unresolved", "may be a member of the enum around it") if inside else ("other", "no member")
    if mention.member and loader_of(code, subject.path) == mention.path:
        return "unresolved", "a member of something unknown, and modules are loaded there by computed names"
    if mention.member and escapes(code, subject.path):
        return "unresolved", "a member of something unknown, and the module is passed around as a value"
    return "other", "a member of something that is no module"


def _edit(code: Code, subject: Subject, mention: Mention, new: str) -> Edit:
    text = keyword_name(code, subject.keys, mention, new) if subject.member else new
    node = mention.node
    if node is not None and node.type in _SHORTHAND:
        text = f"{new}: {subject.name}" if subject.member else f"{subject.name}: {new}"
        if node.type == "shorthand_property_identifier_pattern" and subject.member:
            text = f"{new}: {subject.name}"
    elif (
        node is not None and (apart := told_apart(code, subject.name, mention, new, member=subject.member)) is not None
    ):
        return apart
    elif node is not None and (short := shortened(code, mention.path, node, new)) is not None:
        return short
    elif node is not None and is_imported_as(subject, mention):
        text = f"{subject.name} as {new}"
    elif node is not None and brings_a_shared_name(code, mention):
        text = f"{new} as {subject.name}"
    elif node is not None and (plain := plain_name(code, mention.path, node, new)) is not None:
        return Edit(mention.path, plain.end_byte, mention.end, b"")  # `import a as b` that is to bind `a`
    return Edit(mention.path, mention.start, mention.end, text.encode("utf-8", "surrogateescape"))
