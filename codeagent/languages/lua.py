"""Lua: its declaration."""

from typing import Final

from codeagent.languages.language import Language
from codeagent.languages.resolution.loading import LuaModules

LUA: Final = Language(
    name="lua",
    suffixes=(".lua", ".luau", ".rockspec"),
    grammar="tree_sitter_lua",
    interpreters=("lua", "luajit"),
    query="lua.scm",
    modules=LuaModules,
    comments=("--",),
    tests=("**/*_spec.lua", "**/*_test.lua"),
)
