"""A file that the resolver fails on may call anything that it names: what is chosen and what is told widen."""

import json

import pytest

from codeagent.graph.linking import Resolver

FILES = {
    "pytest.ini": "[pytest]\n",
    "shop/__init__.py": "",
    "shop/prices.py": "def total():\n    return 1\n\n\ndef other():\n    return 1\n",
    "shop/odd.py": "from shop.prices import total as sum_up\n\n\ndef bill():\n    return sum_up()\n",
    "shop/page.py": "from shop import odd\n\n\ndef show():\n    return odd.bill()\n",
    "tests/test_page.py": "from shop.page import show\n\n\ndef test_show():\n    assert show() == 1\n",
    "tests/test_prices.py": "from shop.prices import total\n\n\ndef test_total():\n    assert total() == 1\n",
    "tests/test_other.py": "from shop.prices import other\n\n\ndef test_other():\n    assert other() == 1\n",
    "tests/test_apart.py": "def test_apart():\n    assert True\n",
}
PAGE, PRICES, APART = "tests/test_page.py", "tests/test_prices.py", "tests/test_apart.py"


@pytest.fixture
def failing(monkeypatch):
    """Make the resolver fail on some files."""
    link = Resolver.link

    def fail_on(*paths):
        def failing_link(resolver, path, *arguments):
            if path in paths:
                raise RecursionError
            return link(resolver, path, *arguments)

        monkeypatch.setattr(Resolver, "link", failing_link)

    return fail_on


def chosen(invoke, repo):
    """The test files that a plan would run for a changed `total`, and why."""
    made = repo(FILES)
    made.write({"shop/prices.py": FILES["shop/prices.py"].replace("return 1", "return 2", 1)})
    said = invoke("gate", "--plan", "--only", "tests", "--format", "json", cwd=made.root)
    plan = json.loads(said.out)["gates"][0]
    words = set(" ".join(plan["commands"]).split())
    return {path for path in FILES if path.startswith("tests/") and path in words}, plan["why"]


def test_what_is_resolved_chooses_closely(invoke, repo):
    files, why = chosen(invoke, repo)
    assert files == {PAGE, PRICES}
    assert "resolved" not in why


@pytest.mark.parametrize("path", ["shop/odd.py", "shop/page.py", PAGE, PRICES])
def test_what_the_resolver_fails_on_leads_to_all_that_it_names(invoke, repo, failing, path):
    failing(path)
    files, why = chosen(invoke, repo)
    assert {PAGE, PRICES} <= files
    assert APART not in files
    assert path in why


def test_a_test_that_could_not_be_resolved_is_chosen(invoke, repo, failing):
    failing(APART)
    assert APART in chosen(invoke, repo)[0]


def test_all_of_them_fail(invoke, repo, failing):
    failing(*(path for path in FILES if path.endswith(".py")))
    files, why = chosen(invoke, repo)
    assert files == {path for path in FILES if path.startswith("tests/")}
    assert "files" in why


def test_impact_tells_by_name_alone(invoke, repo, failing):
    failing(PRICES)
    made = repo(FILES)
    said = invoke("query", "impact", "total", "--format", "json", "--repo", str(made.root))
    hits = {hit["symbol"]: hit["certainty"] for hit in json.loads(said.out)["results"]}
    assert hits[f"{PRICES}::test_total"] == "name-only"
    assert hits["shop/odd.py::bill"] == "exact"
    told = invoke("query", "impact", "total", "--repo", str(made.root))
    assert f"{PRICES} could not be resolved" in told.out + told.err
