"""Kotlin: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import KotlinModules

KOTLIN: Final = Language(
    name="kotlin",
    suffixes=(".kt", ".kts"),
    grammar="tree_sitter_kotlin",
    query="kotlin.scm",
    modules=KotlinModules,
    scoping=Scoping(members_in_scope=True, instances_by_call=True),
    comments=("//",),
    tests=("**/src/test/**", "**/*Test.kt"),
)
