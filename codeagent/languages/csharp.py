"""C#: its declaration."""

from typing import Final

from codeagent.languages.csharp_readings import readings
from codeagent.languages.language import Language, Scoping

_COMMON: Final = frozenset(
    """
    Add AddRange All Any Append AppendLine AsSpan Average Cast Clear Clone Close Combine Compare CompareTo Concat
    ConfigureAwait Contains ContainsKey Copy CopyTo Count Create Delete Dequeue Dispose Distinct EndsWith Enqueue
    Equals Except Execute Exists Find First FirstOrDefault Flush ForEach Format Get GetAsync GetAwaiter
    GetEnumerator GetHashCode GetResult GetType GetValue GroupBy IndexOf Insert Invoke IsMatch Join Last
    LastOrDefault Load Log Match Max Min MoveNext Next Open OrderBy Parse Peek Pop Post Push Read ReadAsync ReadLine
    Remove RemoveAll RemoveAt Replace Reset Reverse Run Save Select SelectMany Send Sequence Set Single
    SingleOrDefault Skip Sort Split Start StartsWith Stop Substring Sum Take ToArray ToDictionary ToList ToLower
    ToString ToUpper Trim TryAdd TryGetValue TryParse Union Update Wait Where Write WriteAsync WriteLine Zip
    """.split()
)

# Types that are words of the language.
_BUILTINS: Final = frozenset(
    "bool byte char decimal double float int long nint nuint object sbyte short string uint ulong ushort void".split()
)

# What an argument of a builtin type may be passed as, best first.
_CONVERSIONS: Final = tuple(
    tuple(line.split())
    for line in (
        "byte Byte short ushort int uint long ulong float double decimal object Object IComparable",
        "short Int16 int long float double decimal object Object IComparable",
        "char Char ushort int uint long ulong float double decimal object Object IComparable",
        "int Int32 long float double decimal nint short byte object Object IComparable ValueType",
        "uint UInt32 long ulong float double decimal object Object IComparable",
        "long Int64 float double decimal object Object IComparable ValueType",
        "float Single double object Object IComparable ValueType",
        "double Double object Object IComparable ValueType",
        "decimal Decimal object Object IComparable ValueType",
        "bool Boolean object Object IComparable ValueType",
        "string String ReadOnlySpan object Object IComparable IEnumerable FormattableString",
        "String string ReadOnlySpan object Object IComparable IEnumerable",
    )
)

CSHARP: Final = Language(
    name="csharp",
    suffixes=(".cs", ".csx"),
    grammar="tree_sitter_c_sharp",
    query="csharp.scm",
    readings=readings,
    project_imports="codeagent.languages.resolution.msbuild:usings",
    modules="codeagent.languages.resolution.packages:CSharpModules",
    scoping=Scoping(
        members_in_scope=True,
        constructor_is_type_name=True,
        open_types=True,
        adopts_methods=True,
        receiver_first=True,
        wide_stars=True,
        project_files=(".csproj", ".vbproj", ".fsproj"),
        imports_private=True,
        static_types=True,
        statics_of_types=True,
        root="object",
        conversions=_CONVERSIONS,
        builtins=_BUILTINS,
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/*Test.cs", "**/*Tests.cs", "**/*Tests/**", "**/*.Test/**"),
)
