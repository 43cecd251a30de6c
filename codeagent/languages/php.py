"""PHP: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import PhpModules

PHP: Final = Language(
    name="php",
    suffixes=(".php", ".phtml", ".php5", ".inc"),
    grammar="tree_sitter_php",
    entry="language_php",
    interpreters=("php",),
    query="php.scm",
    modules=PhpModules,
    scoping=Scoping(constructor="__construct", instances_by_call=True),
    comments=("//", "#"),
    tests=("**/*Test.php", "**/tests/**"),
)
