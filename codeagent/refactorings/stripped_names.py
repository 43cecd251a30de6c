"""Python: fields of attrs, which constructors take without the underscores before their names."""

from collections.abc import Iterable, Iterator

from codeagent.domain.patch import Edit
from codeagent.graph.fields import takes_stripped
from codeagent.languages.syntax import around
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of, with_all_below
from codeagent.refactorings.python.leftovers import call_of


def keyword_name(code: Code, keys: Iterable[str], mention: Mention, new: str) -> str:
    """Return what a field is called where it is mentioned: `new`, without underscores where a call gives the field."""
    above = mention.node.parent if mention.node is not None else None
    if not new.startswith("_") or above is None or above.type != "keyword_argument":
        return new
    return new.lstrip("_") if above.child_by_field_name("name") == mention.node and _owners(code, keys) else new


def stripped_keywords(code: Code, keys: Iterable[str], name: str, new: str) -> Iterator[Edit]:
    """Yield the edits of the keywords by which calls give a field whose own name begins with an underscore."""
    if not name.startswith("_"):
        return
    short = name.lstrip("_")
    flow = code.naming.flow
    classes = with_all_below(flow, _owners(code, keys))
    for path, index in (one for one in classes if flow.hierarchy.find(one, "__init__")[0] is None):
        for reference in code.graph.incoming(flow.world.view(path).symbol_id(index), ("instantiates",)):
            call = call_of(around(code.tree(reference.path), reference.span.start, reference.span.end))
            given = call.child_by_field_name("arguments") if call is not None else None
            for one in given.named_children if given is not None else ():
                word = one.child_by_field_name("name") if one.type == "keyword_argument" else None
                if word is not None and code.text(word, reference.path) == short:
                    yield Edit(reference.path, word.start_byte, word.end_byte, new.lstrip("_").encode())


def _owners(code: Code, keys: Iterable[str]) -> list[tuple[str, int]]:
    """The classes of the fields that attrs gives constructors."""
    python = (key for key in keys if "::" in key and code.syntax_of(key.partition("::")[0]) == "python")
    found = (owner_of(code.naming.flow, key) for key in python)
    return [one[:2] for one in found if one is not None and takes_stripped(code.naming.flow, one[:2], one[2])]
