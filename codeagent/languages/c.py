"""C: its declaration."""

from typing import Final

from codeagent.languages.conditions import macros, readings
from codeagent.languages.language import Language, Scoping

C: Final = Language(
    name="c",
    suffixes=(".c", ".h"),
    grammar="tree_sitter_c",
    query="c.scm",
    readings=readings,
    macros=macros,
    modules="codeagent.languages.resolution.includes:Includes",
    scoping=Scoping(declared_apart=True, wide_stars=True),
    comments=("//",),
    tests=("**/test_*.c", "**/*_test.c", "**/tests/**"),
    family="c",
)
