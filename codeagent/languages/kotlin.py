"""Kotlin: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

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

_COMMON: Final = frozenset(
    """
    add addAll all any append associate await body build cancel clear close collect commit contains containsKey copy
    count create debug delete distinct drop emit equals error execute exists filter filterNotNull find first
    firstOrNull flatMap flush fold forEach format get getOrDefault getOrNull getOrPut groupBy hashCode indexOf info
    insert invoke isBlank isEmpty isNotEmpty iterator joinToString keys last launch length let load log lowercase
    map mapNotNull match matches max min next open parse plus poll pop push put putAll read readLine remove removeAt
    removeIf render replace reset resolve run save send set size sort sortBy sorted sortedBy split start startsWith
    stop sum take toInt toList toLong toMap toSet toString toUpperCase trim update uppercase use value values write
    zip
    """.split()
)

# What an argument of a builtin type may be passed as, best first: a number that is written fits several.
_CONVERSIONS: Final = tuple(
    tuple(line.split())
    for line in (
        "Int Long Short Byte Number Comparable Any",
        "Long Number Comparable Any",
        "Double Number Comparable Any",
        "Float Number Comparable Any",
        "Boolean Comparable Any",
        "Char Comparable Any",
        "String CharSequence Comparable Any",
    )
)

KOTLIN: Final = Language(
    name="kotlin",
    suffixes=(".kt", ".kts"),
    grammar="tree_sitter_kotlin",
    query="kotlin.scm",
    modules="codeagent.languages.resolution.packages:KotlinModules",
    scoping=Scoping(
        members_in_scope=True,
        capital_types=True,
        extensions_imported=True,
        per_platform=True,
        call_method="invoke",
        instances_by_call=True,
        adopts_methods=True,
        builtins=_BUILTINS,
        wide_stars=True,
        imports_private=True,
        static_types=True,
        root="Any",
        conversions=_CONVERSIONS,
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/src/test/**", "**/src/*Test/**", "**/*Test.kt"),
)
