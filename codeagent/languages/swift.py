"""Swift: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = frozenset(
    """
    Any AnyObject Array Bool Character Codable Comparable CustomStringConvertible Decodable Dictionary Double
    Encodable Equatable Error Float Hashable Identifiable Int Never Optional Result Sendable Sequence Set String
    UInt Void abs assert assertionFailure debugPrint fatalError map max min precondition preconditionFailure print
    sequence stride swap type zip
    """.split()
)

_COMMON: Final = frozenset(
    """
    add addTarget allSatisfy append async cancel close compactMap components contains count decode delete
    description distance dropFirst dropLast encode enumerated execute fetch filter finish first firstIndex flatMap
    flush forEach format get hasPrefix hasSuffix hash index init insert invalidate isEmpty joined last load lock log
    lowercased makeIterator map max merge min next open perform popLast post prefix present print read receive
    reduce register release remove removeAll removeFirst removeLast replace reserveCapacity reset resume reversed
    run save send set setValue shuffled sink sorted split start stop store subscript suffix suspend swapAt sync
    trimmingCharacters unlock update uppercased value wait write
    """.split()
)

# What an argument of a builtin type may be passed as, best first: a number that is written fits several.
_CONVERSIONS: Final = tuple(
    tuple(line.split())
    for line in (
        "Int UInt Int64 Int32 Int16 Int8 UInt64 UInt32 UInt8 Double Float CGFloat Decimal TimeInterval Any",
        "Double CGFloat Float Decimal TimeInterval Any",
        "Float CGFloat Any",
        "Bool Any",
        "String Substring StringProtocol LocalizedStringKey Any",
    )
)

SWIFT: Final = Language(
    name="swift",
    suffixes=(".swift",),
    grammar="tree_sitter_swift",
    query="swift.scm",
    modules="codeagent.languages.resolution.loading:SwiftModules",
    scoping=Scoping(
        members_in_scope=True,
        capital_types=True,
        constructor="init",
        instances_by_call=True,
        open_types=True,
        builtins=_BUILTINS,
        static_types=True,
        builtins_adopted=True,
        root="Any",
        array="Array",
        conversions=_CONVERSIONS,
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/Tests/**", "**/*Tests.swift"),
)
