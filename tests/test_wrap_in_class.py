"""wrap-in-class on files whose bytes a Markdown case cannot say."""

from codeagent.graph.update import open_graph
from codeagent.workflows.refactor import refactor


def test_a_class_is_written_with_the_line_endings_and_indentation_of_its_file(repo):
    files = {
        "a.py": b"\xef\xbb\xbfdef f():\r\n\treturn '\xc3\xa4'\r\n\r\n\r\nx = 1\r\n\r\n\r\ndef g():\r\n\treturn f()\r\n",
        "b.py": b"from a import g\r\nprint(g())\r\n",
    }
    graph = open_graph(repo(files).root, in_memory=True)
    done = refactor(graph, "wrap-in-class", {"target": ["a.py::f", "a.py::g"], "name": "T"})
    written = done.proposal.patch.apply(done.files)
    expected = (
        "\ufeffclass T:\r\n\t@staticmethod\r\n\tdef f():\r\n\t\treturn 'ä'\r\n\r\n"
        "\t@staticmethod\r\n\tdef g():\r\n\t\treturn T.f()\r\n\r\n\r\nx = 1\r\n"
    )
    assert written == {"a.py": expected.encode(), "b.py": b"from a import T\r\nprint(T.g())\r\n"}
