"""Go: its declaration."""

from typing import Final

from codeagent.languages.go_library import INTERFACES
from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = (
    "append cap clear close complex copy delete imag len make max min new panic print println real recover "
    "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
    "uint uint8 uint16 uint32 uint64 uintptr"
)
# Methods of the interfaces that everything implements: their name alone says nothing.
_COMMON: Final = (
    "Error String Close Read Write Len Less Swap Unwrap Is As Format GoString Scan Next Err Reset Get Set Add Run "
    "Name Key Value Done Wait Lock Unlock RLock RUnlock Do Store Load Delete Range Seek Flush WriteString Bytes "
    "MarshalJSON UnmarshalJSON MarshalText UnmarshalText ServeHTTP Print Printf Println Errorf Fatal Fatalf Log Logf "
    "Helper Cleanup Parallel Skip Execute Parse Open Create Stat Size Mode IsDir Type Kind"
)

GO: Final = Language(
    name="go",
    suffixes=(".go",),
    grammar="tree_sitter_go",
    lower="codeagent.languages.lowering.go:lower",
    modules="codeagent.languages.resolution.go:GoModules",
    scoping=Scoping(
        static_types=True,
        nameless_structs=True,
        imports_private=True,
        type_calls_convert=True,
        built_apart=True,
        adopts_methods=True,
        structural_interfaces=True,
        interfaces=INTERFACES,
        common_members=frozenset(_COMMON.split()),
        builtins=frozenset(_BUILTINS.split()),
    ),
    comments=("//",),
    tests=("*_test.go", "**/testdata/**"),
)
