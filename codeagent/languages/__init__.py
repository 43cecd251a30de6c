"""The registry of languages: the explicit list, and which of them a file is written in."""

import re
from typing import Final

from codeagent.languages.bash import BASH
from codeagent.languages.c import C
from codeagent.languages.counted import COUNTED
from codeagent.languages.cpp import CPP
from codeagent.languages.csharp import CSHARP
from codeagent.languages.go import GO
from codeagent.languages.java import JAVA
from codeagent.languages.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from codeagent.languages.kotlin import KOTLIN
from codeagent.languages.language import Language
from codeagent.languages.lua import LUA
from codeagent.languages.markdown import MARKDOWN
from codeagent.languages.php import PHP
from codeagent.languages.python import PYTHON
from codeagent.languages.ruby import RUBY
from codeagent.languages.rust import RUST
from codeagent.languages.scala import SCALA
from codeagent.languages.sql import SQL
from codeagent.languages.swift import SWIFT

# One line a language. Where two claim a suffix, the first one has it.
LANGUAGES: Final[tuple[Language, ...]] = (
    PYTHON,
    GO,
    JAVA,
    RUST,
    JAVASCRIPT,
    TYPESCRIPT,
    TSX,
    C,
    CPP,
    CSHARP,
    RUBY,
    PHP,
    KOTLIN,
    SWIFT,
    SCALA,
    BASH,
    LUA,
    SQL,
    MARKDOWN,
    *COUNTED,
)  # fmt: skip

BY_NAME: Final[dict[str, Language]] = {language.name: language for language in reversed(LANGUAGES)}

_SUFFIXES: Final = {suffix: language for language in reversed(LANGUAGES) for suffix in language.suffixes}
_DECLARATIONS: Final = tuple(suffix for language in LANGUAGES for suffix in language.declarations)
_FILENAMES: Final = {name: language for language in reversed(LANGUAGES) for name in language.filenames}
_INTERPRETERS: Final = {name: language for language in reversed(LANGUAGES) for name in language.interpreters}
_SHEBANG: Final = re.compile(rb"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+|\w+=\S*[ \t]+)*)?(?:\S*/)?([^\s/]+)")
_VERSION: Final = re.compile(r"[\d.]+$")
_CPP: Final = re.compile(
    rb"^[ \t]*(?:class[ \t]+\w|namespace\b|template[ \t]*<|using[ \t]+\w|(?:public|private|protected)[ \t]*:"
    rb"|#[ \t]*include[ \t]*<(?:string|vector|memory|map|iostream|functional|utility|optional|cstd\w+|c?algorithm)>)",
    re.MULTILINE,
)


def for_path(path: str, head: bytes = b"") -> Language | None:
    """Return the language of a file by its name, suffix or `#!` line; None where none claims it.

    `head` holds the first bytes of the file (4 KiB do): it decides for files without a suffix, and
    for `.h` whether it is C++."""
    name = path.rpartition("/")[2]
    language = _FILENAMES.get(name) or _by_suffix(name)
    if language is None:
        return _by_shebang(head)
    if name.endswith(".h") and _CPP.search(head):
        return BY_NAME.get("cpp", language)
    return language


def declares(path: str) -> bool:
    """Tell whether a file only declares what is defined elsewhere: a stub."""
    return path.endswith(_DECLARATIONS)


def _by_suffix(name: str) -> Language | None:
    """Try the longest suffix first: `.d.ts` before `.ts`; a name that is all suffix counts too."""
    at = name.find(".")
    while at >= 0:
        suffix = name[at:]
        language = _SUFFIXES.get(suffix) or _SUFFIXES.get(suffix.lower())
        if language is not None:
            return language
        at = name.find(".", at + 1)
    return _FILENAMES.get(name.partition(".")[0]) if name.startswith(("Dockerfile.", "Makefile.")) else None


def _by_shebang(head: bytes) -> Language | None:
    """Read the interpreter of a `#!` line; versions do not matter: `python3.12` is `python`."""
    match = _SHEBANG.match(head)
    if match is None:
        return None
    interpreter = match[1].decode("ascii", "replace")
    return _INTERPRETERS.get(interpreter) or _INTERPRETERS.get(_VERSION.sub("", interpreter))
