"""C++: its declaration."""

from typing import Final

from codeagent.languages.conditions import macros, readings
from codeagent.languages.language import Language, Scoping

_COMMON: Final = frozenset(
    """
    append assign at back begin c_str cbegin cend clear close compare contains copy count data emplace emplace_back
    empty end erase fail find find_first_of find_last_of flush front get getline good insert is_open join length
    load lock lower_bound max_size merge move notify_all notify_one open pop pop_back pop_front push push_back
    push_front put rbegin read release rend replace reserve reset resize rfind seekg size sort splice starts_with
    store str substr swap tellg top try_lock unlock upper_bound value value_or wait what write
    """.split()
)

# Types that are words of the language.
_BUILTINS: Final = frozenset("bool char double float int long short size_t unsigned void wchar_t".split())

# What an argument of a builtin type may be passed as, best first; `text` is a string literal, and
# `char` mostly a pointer to some: no number is passed as that.
_CONVERSIONS: Final = tuple(
    tuple(line.split())
    for line in (
        "bool int long size_t double float",
        "char int unsigned long size_t double float bool",
        "short int long unsigned size_t double float bool",
        "int long unsigned size_t int64_t uint64_t int32_t uint32_t short double float bool",
        "unsigned uint32_t long size_t uint64_t int double float bool",
        "long int64_t size_t uint64_t unsigned int double float bool",
        "size_t unsigned long uint64_t int64_t int double float bool",
        "float double int long bool",
        "double float int long unsigned size_t bool",
        "text char string_view string path bool",
        "string string_view path",
        "string_view string path",
    )
)

CPP: Final = Language(
    name="cpp",
    suffixes=(".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".tcc", ".ino"),
    grammar="tree_sitter_cpp",
    query="cpp.scm",
    readings=readings,
    macros=macros,
    modules="codeagent.languages.resolution.includes:Includes",
    scoping=Scoping(
        members_in_scope=True,
        constructor_is_type_name=True,
        instances_by_call=True,
        declared_apart=True,
        open_types=True,
        wide_stars=True,
        static_types=True,
        conversions=_CONVERSIONS,
        builtins=_BUILTINS,
        spaces=frozenset(("std",)),
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/test_*.cpp", "**/*_test.cpp", "**/*_test.cc", "**/tests/**"),
    family="c",
)
