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
_RUN: Final = frozenset(("__init__", "__new__", "__call__"))  # by a call of the class, or of the object
BY_PLACE: Final = "called by the language, which gives its operands by place"
KEPT_BY_PLACE: Final = "kept by its decorator, which calls it by place"
KNOWN_BY_PLACE: Final = "others call it who know its name, and may be elsewhere"
_KNOWN: Final = f"{KNOWN_BY_PLACE}; what has a default they may name"


def goes_by_name(name: str) -> bool:
    """Tell whether calls of a method name it: not where the language calls it, nor of a class where that is called."""
    return not name.startswith("__") or is_agreed(name)


def is_agreed(name: str) -> bool:
    """Tell whether a method is called by whoever knows its name, as `__html__` is, and not by the language."""
    return name.startswith("__") and name.endswith("__") and name not in SPECIAL | _RUN


def agreed(parameters: Sequence[Parameter]) -> str:
    """Return how such a method is called where nobody sees it, its receiver left out."""
    named = any(one.default or one.star or one.kind == KEYWORD_ONLY for one in parameters)
    return _KNOWN if named else KNOWN_BY_PLACE


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
