"""Python: special methods that the language calls by itself, with what it always hands over, by place."""

from typing import Final

from codeagent.refactorings.code import Code

_CALLED: Final = (
    "enter exit aenter aexit getattr getattribute setattr delattr getitem setitem delitem contains get set delete"
    " set_name instancecheck subclasscheck"
    " eq ne lt le gt ge hash repr str bytes format bool len iter next reversed add radd sub rsub mul rmul"
    " truediv floordiv mod divmod pow and or xor lshift rshift matmul neg pos abs invert del copy deepcopy missing"
    " reduce reduce_ex getstate setstate getnewargs getnewargs_ex int float complex index round trunc floor ceil"
    " await aiter anext dir sizeof length_hint fspath buffer release_buffer replace"
    " init_subclass class_getitem subclasshook subclasses prepare mro_entries"
)
_TURNED: Final = "add sub mul truediv floordiv mod divmod pow and or xor lshift rshift matmul"  # `radd`, `iadd`
_NAMES: Final = [*_CALLED.split(), *(f"{side}{name}" for side in "ri" for name in _TURNED.split())]
SPECIAL: Final = frozenset(f"__{name}__" for name in _NAMES)
BY_PLACE: Final = "called by the language, which gives its operands by place"
KEPT_BY_PLACE: Final = "kept by its decorator, which calls it by place"


def called_unnamed(code: Code, key: str, path: str, start: int, end: int) -> str:
    """Return how a place calls a method, by its key, whose call it does not show: an operator, or somebody to whom
    it is handed."""
    name = key.rpartition(".")[2]
    operator = name in SPECIAL and code.read(path)[start:end] != name.encode()
    return BY_PLACE if operator else "handed on to be called"
