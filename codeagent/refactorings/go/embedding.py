"""Go: fields that have no name of their own, because they embed a type: they are called as it is."""

from typing import Final

from codeagent.domain.facts import KIND
from codeagent.graph.naming import FileNames, key_of
from codeagent.refactorings.code import Code

_FIELD: Final = KIND["field"]


def embeds(names: FileNames, owner: int, name: str) -> bool:
    """Tell whether a field of a struct is an embedded type."""
    slot = names.view.slots.get((owner, name))
    symbols = [names.facts.symbols[index] for index in slot.symbols] if slot else []
    return any((one.name_start, one.name_end) in names.view.named for one in symbols if one.kind == _FIELD)


def fields_of_type(code: Code, key: str) -> set[str]:
    """Return the keys of all fields that are called as a type is, because they embed it."""
    found: set[str] = set()
    path = key.partition("::")[0]
    if path not in code.graph.files or code.language(path) != "go":
        return found
    for reference in code.graph.incoming(key, ("inherits",)):
        for symbol in code.graph.symbols(reference.path):
            if symbol.kind == "field" and symbol.name_span.start == reference.span.start:
                found.add(key_of(symbol.id))
    return found
