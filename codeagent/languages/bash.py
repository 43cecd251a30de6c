"""Bash: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = frozenset(
    """
    . : [ alias bg bind break builtin caller case cd command compgen complete continue declare dirs disown echo
    enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd
    printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset
    ulimit umask unalias unset wait
    """.split()
)

BASH: Final = Language(
    name="bash",
    suffixes=(".sh", ".bash", ".zsh", ".ksh", ".bats", ".ebuild"),
    grammar="tree_sitter_bash",
    filenames=(".bashrc", ".bash_profile", ".profile", ".zshrc", "PKGBUILD", "APKBUILD"),
    interpreters=("sh", "bash", "dash", "zsh", "ksh", "ash"),
    query="bash.scm",
    modules="codeagent.languages.resolution.loading:BashModules",
    scoping=Scoping(builtins=_BUILTINS, loads_unseen=True),
    comments=("#",),
    tests=("**/*.bats", "**/test_*.sh", "**/*_test.sh"),
)
