"""Rust: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.rust import RustModules

_PRIMITIVES: Final = "bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 slice tuple array never"
_PRELUDE: Final = (
    "Option Some None Result Ok Err Box String ToString Vec Copy Send Sized Sync Unpin Drop Fn FnMut FnOnce drop "
    "ToOwned Clone PartialEq PartialOrd Eq Ord AsRef AsMut Into From Default Iterator Extend IntoIterator "
    "DoubleEndedIterator ExactSizeIterator TryFrom TryInto FromIterator Debug Hash Future IntoFuture size_of "
    "size_of_val align_of align_of_val AsyncFn AsyncFnMut AsyncFnOnce"
)
_MACROS: Final = (
    "assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne env "
    "eprint eprintln file format format_args include include_bytes include_str line matches module_path option_env "
    "panic print println stringify thread_local todo unimplemented unreachable vec write writeln derive test bench"
)

RUST: Final = Language(
    name="rust",
    suffixes=(".rs",),
    grammar="tree_sitter_rust",
    lower="codeagent.languages.lowering.rust:lower",
    modules=RustModules,
    scoping=Scoping(
        class_scope_closed=True,
        instances_by_call=True,
        adopts_methods=True,
        builtins=frozenset((*_PRIMITIVES.split(), *_PRELUDE.split(), *_MACROS.split())),
    ),
    comments=("//",),
    tests=("tests/**/*.rs", "**/tests/**/*.rs", "**/tests.rs", "benches/**/*.rs", "**/benches/**/*.rs"),
)
