"""C#: its declaration."""

from typing import Final

from codeagent.languages.conditions import readings
from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import CSharpModules

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

CSHARP: Final = Language(
    name="csharp",
    suffixes=(".cs", ".csx"),
    grammar="tree_sitter_c_sharp",
    query="csharp.scm",
    readings=readings,
    modules=CSharpModules,
    scoping=Scoping(
        members_in_scope=True,
        constructor_is_type_name=True,
        open_types=True,
        adopts_methods=True,
        wide_stars=True,
        project_files=(".csproj", ".vbproj", ".fsproj"),
        imports_private=True,
        static_types=True,
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/*Test.cs", "**/*Tests.cs", "**/*Tests/**", "**/*.Test/**"),
)
