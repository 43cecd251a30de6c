"""SQL: its declaration."""

from typing import Final

from codeagent.languages.language import Language

SQL: Final = Language(
    name="sql",
    suffixes=(".sql", ".ddl", ".psql", ".pgsql"),
    grammar="tree_sitter_sql",
    query="sql.scm",
    modules="codeagent.languages.resolution.loading:SqlModules",
    comments=("--",),
)
