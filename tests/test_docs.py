"""The generated pages are those of the present declarations, and hold what a reader looks for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from codeagent.interfaces.cli import COMMANDS
from codeagent.interfaces.docs.pages import pages
from codeagent.refactorings import OPERATIONS
from codeagent.tools import TOOLS

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def made():
    return pages()


def test_the_pages_are_up_to_date(made):
    if os.environ.get("UPDATE_DOCS"):
        for name, text in made.items():
            (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
    stale = [name for name, text in made.items() if (DOCS / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run `python -m codeagent.interfaces.docs` and read the difference"


def test_every_command_verb_and_operation_has_its_place(made):
    for words in (*COMMANDS, *(f"query {verb}" for verb in TOOLS), *(f"refactor {name}" for name in OPERATIONS)):
        assert f"codeagent {words}" in made["reference.md"], words


def test_every_option_says_what_it_does(made):
    rows = [line for line in made["reference.md"].splitlines() if line.startswith("| `-")]
    assert len(rows) > 100
    assert [row for row in rows if row.endswith("|  |")] == []


def test_the_manual_is_roff_that_a_formatter_takes(made):
    formatter = shutil.which("mandoc") or shutil.which("groff")
    if formatter is None:
        pytest.skip("neither mandoc nor groff is installed")
    options = ["-T", "lint", "-W", "warning"] if formatter.endswith("mandoc") else ["-man", "-Tutf8", "-ww"]
    done = subprocess.run([formatter, *options], input=made["codeagent.1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
