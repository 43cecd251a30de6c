"""Bash: its declaration."""

from typing import Final

from codeagent.languages.language import Language
from codeagent.languages.resolution.loading import BashModules

BASH: Final = Language(
    name="bash",
    suffixes=(".sh", ".bash", ".zsh", ".ksh", ".bats", ".ebuild"),
    grammar="tree_sitter_bash",
    filenames=(".bashrc", ".bash_profile", ".profile", ".zshrc", "PKGBUILD", "APKBUILD"),
    interpreters=("sh", "bash", "dash", "zsh", "ksh", "ash"),
    query="bash.scm",
    modules=BashModules,
    comments=("#",),
    tests=("**/*.bats", "**/test_*.sh", "**/*_test.sh"),
)
