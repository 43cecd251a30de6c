"""inline where text matters byte by byte: line endings, byte order marks, tabs."""

from codeagent.graph.update import open_graph
from codeagent.workflows.refactor import refactor


def inlined(repo, files, target, **options):
    graph = open_graph(repo(files).root, in_memory=True)
    done = refactor(graph, "inline", {"target": target, **options})
    return done.proposal.patch.apply(done.files)


def test_a_variable_in_a_file_of_windows_keeps_its_line_endings(repo):
    files = {"a.py": b"\xef\xbb\xbfx = '\xc3\xa4'  # why\r\nif x:\r\n\tprint(x)\r\n"}
    expected = "\ufeff# why\r\nif 'ä':\r\n\tprint('ä')\r\n".encode()
    assert inlined(repo, files, "a.py::x") == {"a.py": expected}


def test_a_body_is_written_with_the_line_endings_and_indentation_of_its_place(repo):
    files = {
        "lib.py": b"def f(x):\n  if x:\n    print('\xc3\xa4')\n  print(x)\n",
        "a.py": b"from lib import f\r\n\r\n\r\ndef main():\r\n\tf(1)\r\n",
    }
    written = inlined(repo, files, "lib.py::f")
    assert written["lib.py"] == b""
    assert written["a.py"] == "def main():\r\n\tif 1:\r\n\t  print('ä')\r\n\tprint(1)\r\n".encode()
