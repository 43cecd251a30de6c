"""Markdown: its declaration."""

from typing import Final

from codeagent.languages.language import Language

MARKDOWN: Final = Language(
    name="markdown",
    suffixes=(".md", ".markdown", ".mdown", ".mkd"),
    grammar="tree_sitter_markdown",
    query="markdown.scm",
)
