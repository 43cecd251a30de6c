"""Python: special methods that the language calls by itself, with what it always hands over, by place."""

from collections.abc import Sequence
from typing import Final

from codeagent.refactorings.code import Code
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, Parameter

_TURNED: Final = "add sub mul truediv floordiv mod divmod pow and or xor lshift rshift matmul"  # `radd`, `iadd`
_OPERATORS: Final = [f"{side}{name}" for side in ("", "r", "i") for name in _TURNED.split()]
_NOTHING: Final = (
    "enter aenter hash repr str bytes bool len iter next reversed neg pos abs invert copy reduce getstate getnewargs"
    " getnewargs_ex int float complex index trunc floor ceil await aiter anext dir sizeof length_hint fspath"
)
_ONE: Final = (
    "getattr getattribute delattr getitem delitem contains delete instancecheck subclasscheck eq ne lt le gt ge format"
    " deepcopy missing reduce_ex setstate round buffer release_buffer class_getitem subclasshook mro_entries"
)
_GIVEN: Final = (_NOTHING, _ONE, "get set setattr setitem set_name prepare", "exit aexit")
_PLACES: Final = (
    {f"__{name}__": 1 for name in _OPERATORS}
    | {"__pow__": 2}
    | {f"__{name}__": count for count, names in enumerate(_GIVEN) for name in names.split()}
)
SPECIAL: Final = frozenset(_PLACES)
BY_PLACE: Final = "called by the language, which gives its operands by place"
KEPT_BY_PLACE: Final = "kept by its decorator, which calls it by place"


def called_unnamed(code: Code, key: str, path: str, start: int, end: int) -> str:
    """Return how a place calls a method, by its key, whose call it does not show: an operator, or somebody to whom
    it is handed."""
    name = key.rpartition(".")[2]
    operator = name in SPECIAL and code.read(path)[start:end] != name.encode()
    return BY_PLACE if operator else "handed on to be called"


def given_by_language(name: str, parameters: Sequence[Parameter]) -> set[str]:
    """Return the parameters of a special method, its receiver left out, that the language hands over."""
    places = [one.name for one in parameters if not one.star and one.kind != KEYWORD_ONLY]
    return set(places[: _PLACES.get(name, 0)])
