"""Lua: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = frozenset(
    """
    assert collectgarbage coroutine debug dofile error getmetatable io ipairs load loadfile math next os package
    pairs pcall print rawequal rawget rawlen rawset require select self setmetatable string table tonumber tostring
    type utf8 xpcall
    """.split()
)

LUA: Final = Language(
    name="lua",
    suffixes=(".lua", ".luau", ".rockspec"),
    grammar="tree_sitter_lua",
    interpreters=("lua", "luajit"),
    query="lua.scm",
    modules="codeagent.languages.resolution.loading:LuaModules",
    scoping=Scoping(builtins=_BUILTINS, whole_module="return", adopts_methods=True),
    comments=("--",),
    tests=("**/*_spec.lua", "**/*_test.lua"),
)
