"""Rust: what often called functions of strings, characters and numbers of the standard library return.

From the documentation of the standard library of Rust 1.95 (std::string, std::str, std::char, the integer types)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Types, and by result type the functions that return it, or a reference to it, whatever they are given.
_RETURNS: Final = """
String String: new with_capacity to_string clone split_off to_uppercase to_lowercase repeat replace replacen
String str: as_str as_mut_str trim trim_start trim_end
String bool: is_empty contains starts_with ends_with is_char_boundary
String usize: len capacity
str String: to_string to_owned to_uppercase to_lowercase to_ascii_uppercase to_ascii_lowercase repeat replace replacen \
into_string
str str: trim trim_start trim_end trim_matches trim_start_matches trim_end_matches
str bool: is_empty contains starts_with ends_with is_char_boundary eq_ignore_ascii_case is_ascii
str usize: len
char String: to_string
char bool: is_alphabetic is_numeric is_alphanumeric is_whitespace is_uppercase is_lowercase is_ascii is_ascii_digit
char usize: len_utf8
bool,u8,u16,u32,u64,usize,i8,i16,i32,i64,isize,f32,f64 String: to_string
"""


def _read(table: str) -> dict[str, str]:
    rows = (line.partition(": ") for line in table.strip().splitlines())
    return {
        f"<builtin>.{kind}.{function}": f"<builtin>.{head.split()[1]}"
        for head, _, functions in rows
        for kind in head.split()[0].split(",")
        for function in functions.split()
    }


RETURNS: Final[Mapping[str, str]] = MappingProxyType(_read(_RETURNS))
