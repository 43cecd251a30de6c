"""Extraction keeps what a program does: whatever can be extracted is, and the program is run before and after."""

import contextlib
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import Case, cases

from codeagent.domain.errors import Refused
from codeagent.graph.update import open_graph
from codeagent.languages import syntax
from codeagent.refactorings.code import Code
from codeagent.refactorings.extract_function import extract_function
from codeagent.refactorings.extract_variable import extract_variable
from codeagent.refactorings.python.region import EXPRESSIONS, is_block

LONGEST = 4  # statements of one selection
TRIED = 30  # selections of one program, always the same


def output(source: bytes) -> str:
    """What a program prints, and the exception that it ends with."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(source, "program", "exec"), {"__name__": "__main__"})
        except Exception as error:
            print(type(error).__name__, error)
    return printed.getvalue().replace("'extracted', ", "")


def place(source: bytes, offset: int) -> str:
    before = source[:offset].decode()
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def selections(source: bytes) -> Iterator[tuple[str, bool]]:
    """Every run of statements and every expression, as (range, whether it is an expression)."""
    pending = [syntax.parse("python", source)]
    while pending:
        node = pending.pop()
        pending.extend(node.named_children)
        inner = [one for one in node.named_children if one.type != "comment"] if is_block(node) else []
        for at, first in enumerate(inner):
            for last in inner[at : at + LONGEST]:
                yield f"{place(source, first.start_byte)}-{place(source, last.end_byte)}", False
        if node.type in EXPRESSIONS:
            yield f"{place(source, node.start_byte)}-{place(source, node.end_byte)}", True


@pytest.mark.parametrize("case", cases("extraction", "answer"))
def test_a_program_does_the_same_after_any_extraction(case: Case, tmp_path: Path):
    root = case.write(tmp_path / "repo")
    source = (root / "program.py").read_bytes()
    assert output(source) == case.expected["answer"]
    code, done = Code(open_graph(root, in_memory=True)), 0
    every = sorted(set(selections(source)))
    for span, expression in random.Random(case.title).sample(every, min(TRIED, len(every))):
        for operation in (extract_function, extract_variable) if expression else (extract_function,):
            for similar in (False, True):
                try:
                    proposal = operation(code, f"program.py:{span}", name="extracted", similar=similar)
                except Refused:
                    continue
                after = proposal.patch.apply({"program.py": source})["program.py"]
                assert after is not None
                assert output(after) == case.expected["answer"], f"{operation.__name__} {span}\n{after.decode()}"
                done += 1
    assert done > TRIED / 10


def test_bytes_of_the_file_are_kept(tmp_path: Path):
    head = b"\xef\xbb\xbf# \xc3\xa4\r\n"
    source = head + b"value = 3 + len('\xc3\xa4')\r\nprint(value)"
    (tmp_path / "a.py").write_bytes(source)
    code = Code(open_graph(tmp_path, in_memory=True))
    variable = extract_variable(code, "a.py:2:13-2:21", name="size").patch.apply({"a.py": source})["a.py"]
    assert variable == head + b"size = len('\xc3\xa4')\r\nvalue = 3 + size\r\nprint(value)"
    function = extract_function(code, "a.py:3-3", name="show").patch.apply({"a.py": source})["a.py"]
    assert function == source[:-12] + b"\r\n\r\ndef show():\r\n    print(value)\r\n\r\n\r\nshow()"
