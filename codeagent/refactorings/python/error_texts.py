"""Python: names in the words of errors that the language itself raises, and as it shows values, which tests compare."""

import re
from typing import Final

_ARGUMENT: Final = re.compile(r"arguments?\b(?:(?!\bobject\b).)*\W\Z", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"(?:attribute|property|abstract methods?)\W(?:[\w', ]*\W)?\Z")
_OWNER: Final = re.compile(r"(?:class|object|name|module|type|member|variable)\W+\Z")
_ABSTRACT: Final = re.compile(r"abstract class\W+\Z")
_RAISED: Final = re.compile(r"\\?\(\\?\) (?:missing|takes|got|argument|keywords)")
_OBJECT: Final = re.compile(r"' object\b")
_SHOWN: Final = re.compile(r"<(?:class|function|bound method|module|coroutine object|generator object) '?[\w.<>]*\Z")


def in_error(before: str, after: str) -> bool:
    """Tell whether a word stands in a text, between what is `before` and `after` it, as an error of Python names
    something: `f() missing 1 required positional argument: 'x'`, `'Cart' object has no attribute 'total'`, or as Python
    shows a class, a function or a module: `<class 'shop.Cart'>`."""
    if _RAISED.match(after) or _ABSTRACT.search(before) or _SHOWN.search(before):
        return True
    quoted = before.endswith("'") and after.startswith("'")
    if not quoted:
        return "abstract method" in before and _ATTRIBUTE.search(before) is not None
    parts = (_ARGUMENT, _ATTRIBUTE, _OWNER)
    return _OBJECT.match(after) is not None or any(one.search(before) for one in parts)
