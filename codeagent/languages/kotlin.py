"""Kotlin: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import KotlinModules

_BUILTINS: Final = frozenset(
    """
    Any Array Boolean Byte Char CharSequence Collection Comparable Double Enum Exception Float
    IllegalArgumentException IllegalStateException Int Iterable List Long Map MutableList MutableMap MutableSet
    Nothing Number Pair Regex Result RuntimeException Sequence Set Short String StringBuilder Throwable Triple Unit
    also apply arrayOf assert buildList buildMap buildString check checkNotNull emptyList emptyMap emptySet error
    lazy let listOf listOfNotNull mapOf mutableListOf mutableMapOf mutableSetOf print println readLine repeat
    require requireNotNull run runCatching sequenceOf setOf synchronized takeIf to use with
    """.split()
)

KOTLIN: Final = Language(
    name="kotlin",
    suffixes=(".kt", ".kts"),
    grammar="tree_sitter_kotlin",
    query="kotlin.scm",
    modules=KotlinModules,
    scoping=Scoping(
        members_in_scope=True,
        instances_by_call=True,
        adopts_methods=True,
        builtins=_BUILTINS,
        wide_stars=True,
        imports_private=True,
        static_types=True,
    ),
    comments=("//",),
    tests=("**/src/test/**", "**/*Test.kt"),
)
