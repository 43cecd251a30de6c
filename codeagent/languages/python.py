"""Python: its declaration."""

import builtins
import io
from typing import Final

from codeagent.languages.language import Language, Scoping

_COMMON: Final = (str, bytes, list, dict, set, tuple, int, float, io.IOBase, io.TextIOWrapper, BaseException)

PYTHON: Final = Language(
    name="python",
    suffixes=(".py", ".pyi", ".pyw"),
    declarations=(".pyi",),
    grammar="tree_sitter_python",
    filenames=("SConstruct", "SConscript", "wscript"),
    interpreters=("python", "python2", "python3", "pypy3"),
    mended="codeagent.languages.lowering.python_stars:mended",
    lower="codeagent.languages.lowering.python:lower",
    modules="codeagent.languages.resolution.python:python_modules",
    scoping=Scoping(
        class_scope_closed=True,
        redefinition_replaces=True,
        explicit_receiver=True,
        type_variables=True,
        abstract_bodies=True,
        constructor="__init__",
        instances_by_call=True,
        call_method="__call__",
        common_members=frozenset(name for kind in _COMMON for name in dir(kind)),
        builtins=frozenset(name for name in dir(builtins) if name[0] != "_" or name == "__import__"),
    ),
    comments=("#",),
    tests=("test_*.py", "*_test.py", "tests.py", "conftest.py", "**/tests/**", "**/test/**"),
)
