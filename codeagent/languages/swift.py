"""Swift: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.loading import SwiftModules

_BUILTINS: Final = frozenset(
    """
    Any AnyObject Array Bool Character Codable Comparable CustomStringConvertible Decodable Dictionary Double
    Encodable Equatable Error Float Hashable Identifiable Int Never Optional Result Sendable Sequence Set String
    UInt Void abs assert assertionFailure debugPrint fatalError map max min precondition preconditionFailure print
    sequence stride swap type zip
    """.split()
)

SWIFT: Final = Language(
    name="swift",
    suffixes=(".swift",),
    grammar="tree_sitter_swift",
    query="swift.scm",
    modules=SwiftModules,
    scoping=Scoping(
        members_in_scope=True,
        constructor="init",
        instances_by_call=True,
        open_types=True,
        builtins=_BUILTINS,
        static_types=True,
    ),
    comments=("//",),
    tests=("**/Tests/**", "**/*Tests.swift"),
)
