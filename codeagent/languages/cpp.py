"""C++: its declaration."""

from typing import Final

from codeagent.languages.conditions import readings
from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.includes import Includes

_COMMON: Final = frozenset(
    """
    append assign at back begin c_str cbegin cend clear close compare contains copy count data emplace emplace_back
    empty end erase fail find find_first_of find_last_of flush front get getline good insert is_open join length
    load lock lower_bound max_size merge move notify_all notify_one open pop pop_back pop_front push push_back
    push_front put rbegin read release rend replace reserve reset resize rfind seekg size sort splice starts_with
    store str substr swap tellg top try_lock unlock upper_bound value value_or wait what write
    """.split()
)

CPP: Final = Language(
    name="cpp",
    suffixes=(".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".tcc", ".ino"),
    grammar="tree_sitter_cpp",
    query="cpp.scm",
    readings=readings,
    modules=Includes,
    scoping=Scoping(
        members_in_scope=True,
        constructor_is_type_name=True,
        instances_by_call=True,
        declared_apart=True,
        open_types=True,
        wide_stars=True,
        static_types=True,
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/test_*.cpp", "**/*_test.cpp", "**/*_test.cc", "**/tests/**"),
    family="c",
)
