"""C++: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.includes import Includes

CPP: Final = Language(
    name="cpp",
    suffixes=(".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".tcc", ".ino"),
    grammar="tree_sitter_cpp",
    query="cpp.scm",
    modules=Includes,
    scoping=Scoping(
        members_in_scope=True,
        constructor_is_type_name=True,
        instances_by_call=True,
        declared_apart=True,
        open_types=True,
        wide_stars=True,
        static_types=True,
    ),
    comments=("//",),
    tests=("**/test_*.cpp", "**/*_test.cpp", "**/*_test.cc", "**/tests/**"),
    family="c",
)
