"""Rust: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.rust_library import RETURNS

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
    "panic print println stringify thread_local todo unimplemented unreachable vec write writeln derive test bench "
    "is_x86_feature_detected offset_of addr_of pin"
)
_COMMON: Final = """
    abs all and_then any append as_bytes as_deref as_mut as_path as_ptr as_ref as_slice as_str borrow borrow_mut
    bytes by_ref capacity chain chars checked_add checked_sub chunks clear clone cloned cmp collect concat contains
    contains_key context copied count cycle dedup deref deref_mut display drain drop elapsed ends_with entry enumerate
    eq err exists expect extend extension file_name file_type filter filter_map find find_map finish first flat_map
    flatten flush fmt fold for_each from from_str from_utf8 fuse ge get get_mut get_or_insert_with gt hash insert
    inspect into into_bytes into_inner into_iter into_string is_dir is_digit is_empty is_err is_file is_none is_ok
    is_some is_some_and iter iter_mut join keys kill last le len lines lock lt map map_err map_or map_or_else max
    metadata min min_by_key ne next next_back not nth ok ok_or ok_or_else open or or_default or_else or_insert
    or_insert_with parent parse partial_cmp partition peek peekable poll pop pop_front position pow product push
    push_back push_str read read_line read_to_end read_to_string recv remove repeat replace reserve resize retain
    rev rfind round saturating_sub seek send skip skip_while sort sort_by sort_by_key spawn split split_at
    split_whitespace splitn starts_with status step_by stdin stdout sum swap take take_while then to_lowercase
    to_owned to_path_buf to_string to_string_lossy to_uppercase to_vec trim trim_end trim_start truncate try_from
    try_into unwrap unwrap_err unwrap_or unwrap_or_default unwrap_or_else values values_mut wait windows with_capacity
    with_context wrapping_add wrapping_sub write write_all write_fmt write_str zip
"""

RUST: Final = Language(
    name="rust",
    suffixes=(".rs",),
    grammar="tree_sitter_rust",
    lower="codeagent.languages.lowering.rust:lower",
    modules="codeagent.languages.resolution.rust:RustModules",
    scoping=Scoping(
        class_scope_closed=True,
        instances_by_call=True,
        built_apart=True,
        crates_named=True,
        adopts_methods=True,
        overriding_said=True,
        static_types=True,
        one_type=True,
        returns=RETURNS,
        common_members=frozenset(_COMMON.split()),
        builtins=frozenset((*_PRIMITIVES.split(), *_PRELUDE.split(), *_MACROS.split())),
    ),
    comments=("//",),
    tests=("tests/**/*.rs", "**/tests/**/*.rs", "**/tests.rs", "benches/**/*.rs", "**/benches/**/*.rs"),
)
