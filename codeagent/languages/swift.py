"""Swift: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.loading import SwiftModules

SWIFT: Final = Language(
    name="swift",
    suffixes=(".swift",),
    grammar="tree_sitter_swift",
    query="swift.scm",
    modules=SwiftModules,
    scoping=Scoping(members_in_scope=True, constructor="init", instances_by_call=True, open_types=True),
    comments=("//",),
    tests=("**/Tests/**", "**/*Tests.swift"),
)
