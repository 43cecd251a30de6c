"""Grammars come from the safest place that has them, and a tree-sitter that crashes is refused."""

import os
import shutil
import stat
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import tree_sitter

from codeagent.languages import grammars
from codeagent.languages.grammars import GrammarMissing, get_language, parser_for
from codeagent.languages.language import Language

WHEELS = [
    *("python", "javascript", "typescript", "tsx", "go", "rust", "java", "c", "cpp", "csharp", "c-sharp", "ruby"),
    *("php", "bash", "kotlin", "swift", "scala", "lua", "sql", "markdown"),
]
USE_AFTER_FREE = """
import tree_sitter, tree_sitter_python
root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language())).parse(b"x = 1\\n" * 2000).root_node
for child in root.children:
    child.start_point.row, child.end_point
for _ in range(100_000):
    root.descendant_for_point_range(tree_sitter.Point(0, 0), tree_sitter.Point(0, 1))
"""
DOUBLE_RELEASE = """
import tree_sitter, tree_sitter_python
language = tree_sitter.Language(tree_sitter_python.language())
for _ in range(3000):
    tree_sitter.Query(language, '((identifier) @a (#eq? @a "x") (#set! k "v"))')
"""
ASK = """
from codeagent.domain.errors import CodeAgentError
from codeagent.languages.grammars import get_language
try:
    get_language("python")
except CodeAgentError as error:
    print(error.exit_code, error.message, error.hint)
"""


def run(script: str, *path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh interpreter with `path` before everything else."""
    root = Path(__file__).parent.parent
    search = os.pathsep.join(map(str, (*path, root, os.environ.get("PYTHONPATH", ""))))
    env = {**os.environ, **environment, "PYTHONPATH": search}
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=env, timeout=120, check=False
    )


@pytest.mark.parametrize("name", WHEELS)
def test_every_wheel_of_the_core_loads_by_name(name: str) -> None:
    tree = tree_sitter.Parser(get_language(name)).parse(b"x")
    assert tree.root_node.end_byte == 1


def test_a_declaration_gets_its_own_grammar() -> None:
    tsx = Language("tsx", (".tsx",), "tree_sitter_typescript", "language_tsx")
    assert not parser_for(tsx).parse(b"const a = <b>c</b>").root_node.has_error
    typescript = Language("typescript", (".ts",), "tree_sitter_typescript", "language_typescript")
    assert parser_for(typescript).parse(b"const a = <b>c</b>").root_node.has_error


def test_a_missing_grammar_says_what_to_install() -> None:
    with pytest.raises(GrammarMissing) as error:
        get_language("klingon")
    assert "klingon" in error.value.message
    assert "tree-sitter-klingon" in error.value.hint
    assert error.value.exit_code == 2


@pytest.mark.parametrize("version", ["0.26.0", "0.26.1"])
def test_the_crashing_releases_are_refused(version: str, tmp_path: Path) -> None:
    shutil.copytree(Path(tree_sitter.__file__).parent, tmp_path / "tree_sitter")
    (tmp_path / f"tree_sitter-{version}.dist-info").mkdir()
    done = run(ASK, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"2 tree-sitter {version} crashes")
    assert "pip install" in done.stdout


def test_the_installed_release_is_accepted() -> None:
    assert grammars.binding_version() not in grammars.CRASHING
    assert run(ASK).stdout == ""


@pytest.mark.parametrize("script", [USE_AFTER_FREE, DOUBLE_RELEASE], ids=["0.26.0", "0.26.1"])
def test_what_crashed_those_releases_does_not_crash_this_one(script: str) -> None:
    assert run(script).returncode == 0


SEMBLE = """
from codeagent.languages.grammars import get_language, private_folder
import tree_sitter
assert not tree_sitter.Parser(get_language("vue")).parse(b"<template><p/></template>").root_node.has_error
print(private_folder())
"""


@pytest.mark.skipif(find_spec("semble_grammars") is None, reason="the extra `languages` is not installed")
def test_the_long_tail_is_kept_private_and_verified(tmp_path: Path) -> None:
    first = run(SEMBLE, CODEAGENT_CACHE_DIR=str(tmp_path))
    assert first.returncode == 0, first.stderr
    folder = Path(first.stdout.strip())
    assert folder.is_relative_to(tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (library,) = folder.glob("*/*vue*")
    good = library.read_bytes()
    library.write_bytes(good[:-1] + b"!")
    assert run(SEMBLE, CODEAGENT_CACHE_DIR=str(tmp_path)).returncode == 0
    assert library.read_bytes() == good


@pytest.mark.skipif(find_spec("semble_grammars") is None, reason="the extra `languages` is not installed")
def test_a_cache_that_cannot_be_written_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "grammars").write_text("a file where the folder should be")
    done = run(SEMBLE, CODEAGENT_CACHE_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()


OLD_BUNDLE = """
import tree_sitter
from codeagent.languages.grammars import get_language
print(tree_sitter.Parser(get_language("elm")).parse(b"x = 1").root_node)
"""


@pytest.mark.skipif(find_spec("tree_sitter_languages") is None, reason="tree-sitter-languages is not installed")
def test_the_old_bundle_is_the_last_resort() -> None:
    done = run(OLD_BUNDLE)
    assert "value_declaration" in done.stdout, done.stderr
