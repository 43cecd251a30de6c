"""C: its declaration."""

from typing import Final

from codeagent.languages.conditions import macros, readings
from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.includes import Includes

C: Final = Language(
    name="c",
    suffixes=(".c", ".h"),
    grammar="tree_sitter_c",
    query="c.scm",
    readings=readings,
    macros=macros,
    modules=Includes,
    scoping=Scoping(declared_apart=True, wide_stars=True),
    comments=("//",),
    tests=("**/test_*.c", "**/*_test.c", "**/tests/**"),
    family="c",
)
