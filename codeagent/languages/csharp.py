"""C#: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import CSharpModules

CSHARP: Final = Language(
    name="csharp",
    suffixes=(".cs", ".csx"),
    grammar="tree_sitter_c_sharp",
    query="csharp.scm",
    modules=CSharpModules,
    scoping=Scoping(
        members_in_scope=True,
        constructor_is_type_name=True,
        open_types=True,
        adopts_methods=True,
        wide_stars=True,
        imports_private=True,
        static_types=True,
    ),
    comments=("//",),
    tests=("**/*Test.cs", "**/*Tests.cs", "**/*.Tests/**"),
)
