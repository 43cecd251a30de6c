"""SARIF as `check`, `gate` and `review` write it, held to the published schema of version 2.1.0."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, FormatChecker

SCHEMA = json.loads((Path(__file__).parent.parent / "fixtures/schemas/sarif-schema-2.1.0.json").read_text("utf-8"))

BEFORE = {
    "shop/__init__.py": "",
    "shop/cart, 100% é.py": "from shop.prices import price_of\n\n\ndef total(items):\n    return price_of(items)\n",
    "shop/prices.py": "def price_of(item):\n    return 3\n",
    "tests/test_prices.py": "from shop.prices import price_of\n\n\ndef test_price():\n    assert price_of(1) == 3\n",
}
AFTER = {
    "shop/prices.py": "import shop.missing\n\n\ndef price(item):\n    return 3\n\n\nKEY = 'AKIAIOSFODNN7EXAMPLE'\n",
    "tests/test_prices.py": "from shop.prices import price\n\n\ndef test_price():\n    assert True\n",
    "broken.py": "def f(:\n",
}


def problems(text):
    document = json.loads(text)
    found = Draft4Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(document)
    return document, [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


@pytest.fixture
def shop(repo):
    return repo(BEFORE)


def test_the_schema_is_one_and_refuses_what_does_not_fit():
    Draft4Validator.check_schema(SCHEMA)
    assert problems('{"version": "2.1.0", "runs": [{"results": []}]}')[1] != []


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--format", "sarif"),
        ("gate", "--format", "sarif", "--tests", "none"),
        ("review", "--format", "sarif"),
        ("check", "--format", "sarif", "--waive", "imports=intended:it comes later"),
    ],
)
def test_what_is_written_fits_the_schema(shop, invoke, command):
    shop.write(AFTER)
    said = invoke(*command, cwd=shop.root)
    document, wrong = problems(said.out)
    assert wrong == []
    (run,) = document["runs"]
    assert {one["ruleId"] for one in run["results"]} >= {"unresolved-import", "lost-reference"}
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert "shop/cart%2C%20100%25%20%C3%A9.py" in places
    assert {one["ruleId"] for one in run["results"]} == {one["id"] for one in run["tool"]["driver"]["rules"]}
    assert any("suppressions" in one for one in run["results"]) == ("--waive" in command)


def test_nothing_found_and_a_broken_gate_fit_too(shop, invoke):
    assert problems(invoke("check", "--format", "sarif", cwd=shop.root).out)[1] == []
    tool = '[gates.own]\nsummary = "ours"\ncommand = ["no-such-program-anywhere"]\nfast = true\n'
    shop.write({"codeagent.toml": tool, "shop/prices.py": "def price_of(item):\n    return 4\n"})
    invoke("trust", "--yes", cwd=shop.root)
    document, wrong = problems(invoke("check", "--format", "sarif", cwd=shop.root).out)
    assert wrong == []
    (call,) = document["runs"][0]["invocations"]
    assert not call["executionSuccessful"] and call["toolExecutionNotifications"]
