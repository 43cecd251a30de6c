"""Passages: the definitions of a few files that a text is about."""

import pytest

from codeagent.graph.update import open_graph
from codeagent.retrieval.passages import passages

FILES = {
    "net.py": """
        class Session:
            '''Keeps cookies between requests.'''

            def follow(self, response):
                '''Go where a redirect leads.'''
                return self._stripped(response)

            def _stripped(self, response):
                def drop(name):
                    return response.headers.pop("Authorization")
                return drop

            def close(self):
                self.closed = 1


        def encode(text):
            return text.encode("ascii")
    """,
    "other.py": "def authorization():\n    return 'Authorization'\n",
    "notes.md": "# Authorization and redirects\n",
}


@pytest.fixture
def graph(repo):
    return open_graph(repo(FILES).root)


def found(graph, text, files=None, most=10):
    return [one.symbol.id for one in passages(graph, text, files or {"net.py": 1.0, "notes.md": 0.9}, most)]


def test_the_words_of_a_definition_count_its_name_above_all(graph):
    assert found(graph, "where is the authorization header stripped?")[0] == "net.py::Session._stripped"
    assert found(graph, "redirects that are followed")[0] == "net.py::Session.follow"
    assert found(graph, "cookies")[0] == "net.py::Session"


def test_what_a_good_one_calls_comes_along(graph):
    assert "net.py::Session._stripped" in found(graph, "redirect leads")


def test_a_better_file_comes_first(graph):
    files = {"other.py": 1.0, "net.py": 0.1}
    assert found(graph, "authorization", files)[0] == "other.py::authorization"


def test_what_is_defined_inside_a_function_is_no_passage_of_its_own(graph):
    assert not [one for one in found(graph, "drop a name of the headers") if one.endswith("drop")]


def test_scores_are_relative_and_bounded_and_nothing_fits_nothing(graph):
    scores = [one.score for one in passages(graph, "redirect header cookies ascii", {"net.py": 1.0}, 3)]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 3
    assert found(graph, "zebra") == found(graph, "") == []
