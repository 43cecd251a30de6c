"""Python: places that run a function and do not show what it is given: wrappers hand that on, generators go on."""

from typing import Final

from codeagent.domain.code import Reference
from codeagent.domain.facts import GENERATOR
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.special_methods import SPECIAL

RESUMED: Final = "goes on with it, or is handed it to be called"


def resumes(code: Code, function: str, reference: Reference) -> bool:
    """Tell whether a place that runs a generator, by its id, does not name it: what it asks for more may be what a call
    elsewhere has given, as in `for part in all_parts()`."""
    key, span = key_of(function), reference.span
    name = key.rpartition(":")[2].rpartition(".")[2]
    if not code.symbol(function).flags & GENERATOR or name in SPECIAL:
        return False
    if code.read(reference.path)[span.start : span.end] == name.encode():
        return False
    meaning = code.naming.file(reference.path).meaning(span.start, span.end)
    return meaning is None or key not in meaning.targets


def only_spread(call: Node) -> bool:
    """Tell whether all arguments but perhaps the first are spread: `function(self, *args, **kwargs)`."""
    listed = call.child_by_field_name("arguments")
    given = [one.type for one in listed.named_children if one.type != "comment"] if listed is not None else []
    rest = given if given[:1] and given[0].endswith("_splat") else given[1:]
    return bool(rest) and all(kind in ("list_splat", "dictionary_splat") for kind in rest)


def is_local(code: Code, reference: Reference) -> bool:
    """Tell whether what is called there is a parameter or a local: a key that no symbol has."""
    names = code.naming.file(reference.path)
    meaning = names.meaning(reference.span.start, reference.span.end)
    if meaning is None or not meaning.targets:
        return False
    symbols = {key_of(symbol.id) for symbol in code.graph.symbols(reference.path)}
    return all(target.startswith(f"{reference.path}::") and target not in symbols for target in meaning.targets)
