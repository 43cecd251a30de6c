"""The toolbox: schemas that hold, arguments that are checked, answers that are bounded, and nothing that writes."""

import json

import jsonschema
import pytest

from codeagent.domain.errors import NotPermitted, UsageError
from codeagent.domain.tool import Effect
from codeagent.project import open_project
from codeagent.refactorings import OPERATIONS
from codeagent.tools import TOOLS
from codeagent.workflows.toolbox import toolbox

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        from shop.prices import price_of


        class Cart:
            def __init__(self, items):
                self.items = items

            def total(self):
                return sum(price_of(item) for item in self.items)


        def checkout(items):
            cart = Cart(items)
            return cart.total()
    """,
    "shop/prices.py": """
        import shop.cart

        PRICES = {"tea": 3}


        def price_of(item):
            return PRICES[item]
    """,
    "tests/test_cart.py": """
        from shop.cart import checkout


        def test_checkout():
            assert checkout(["tea"]) == 3
    """,
}

# one call of every verb that finds something in the shop
CALLS = {
    "definition": {"place": "shop/cart.py:9:20"},
    "find": {"text": "total"},
    "source": {"symbol": "Cart.total"},
    "outline": {"path": "shop/cart.py"},
    "references": {"symbol": "price_of"},
    "callers": {"symbol": "price_of", "depth": 2},
    "callees": {"symbol": "checkout"},
    "imports": {"path": "shop/cart.py"},
    "path": {"start": "checkout", "end": "price_of"},
    "cycles": {},
    "search": {"pattern": "cart"},
    "map": {"tokens": 500},
    "locate": {"text": "the price of an item in the cart"},
    "impact": {"symbols": ["price_of"]},
    "edges": {"kind": "calls"},
}


@pytest.fixture
def shop(repo):
    return repo(SHOP)


@pytest.fixture
def tools(shop):
    return toolbox(open_project(shop.root), {Effect.READ, Effect.PROPOSE})


def state(repo) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(repo.root.rglob("*")) if path.is_file()}


# --- what is handed out


def test_every_verb_and_every_refactoring_is_there_in_stable_order(tools):
    names = [verb.replace("-", "_") for verb in TOOLS]
    names += ["check", *(f"propose_{name.replace('-', '_')}" for name in OPERATIONS)]
    assert list(tools) == names


def test_effects_decide_what_is_handed_out(shop):
    project = open_project(shop.root)
    reading = toolbox(project, {Effect.READ})
    assert {tool.effect for tool in reading.values()} == {Effect.READ}
    assert not any(name.startswith("propose_") for name in reading)
    with pytest.raises(NotPermitted):
        toolbox(project, {Effect.READ, Effect.WRITE})


def test_no_tool_writes(tools, shop):
    before = state(shop)
    for name, arguments in CALLS.items():
        tools[name].run(arguments)
    tools["propose_rename"].run({"target": "price_of", "new": "cost_of"})
    tools["check"].run({"operation": "rename", "arguments": {"target": "price_of", "new": "cost_of"}})
    assert state(shop) == before


# --- schemas


def test_schemas_are_schemas_of_objects(tools):
    for tool in tools.values():
        for schema in (tool.parameters, tool.returns):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert tool.summary.endswith(".")
        assert all(one["description"] for one in tool.parameters["properties"].values()), tool.name
        assert "--" not in json.dumps(tool.parameters)


@pytest.mark.parametrize("verb", list(TOOLS))
def test_answers_fit_their_schema_and_find_something(tools, verb):
    tool = tools[verb.replace("-", "_")]
    jsonschema.validate(CALLS[verb], tool.parameters)
    result = tool.run(CALLS[verb])
    jsonschema.validate(result.data, tool.returns)
    assert result.data["results"]
    assert result.text
    assert json.loads(json.dumps(result.data)) == result.data


def test_a_proposal_tells_diff_and_accounting(tools):
    tool = tools["propose_rename"]
    result = tool.run({"target": "price_of", "new": "cost_of"})
    jsonschema.validate(result.data, tool.returns)
    assert not result.refused
    assert result.data["occurrences"]["edited"]["count"] == 3
    assert "+def cost_of(item):" in result.data["diff"]
    assert "+def cost_of(item):" in result.text


def test_a_refusal_is_an_answer(tools):
    tool = tools["propose_rename"]
    result = tool.run({"target": "Cart.total", "new": "items"})
    jsonschema.validate(result.data, tool.returns)
    assert result.refused
    assert result.data["refused"]["reason"] in result.text


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ({}, "ok"),
        ({"operation": "propose_rename", "arguments": {"target": "price_of", "new": "cost_of"}}, "ok"),
        ({"patch": "--- /dev/null\n+++ b/shop/new.py\n@@ -0,0 +1 @@\n+def broken(:\n"}, "blocked"),
        ({"operation": "rename", "arguments": {"target": "Cart.total", "new": "items"}}, "refused"),
    ],
)
def test_check_judges_the_tree_a_diff_and_a_proposal(tools, arguments, verdict):
    result = tools["check"].run(arguments)
    jsonschema.validate(result.data, tools["check"].returns)
    assert result.data["verdict"] == verdict, result.text
    assert result.refused == (verdict == "refused")


# --- arguments


@pytest.mark.parametrize(
    ("name", "arguments", "message", "hint"),
    [
        ("callers", {"symbl": "Cart"}, "callers has no argument `symbl`", "did you mean `symbol`?"),
        ("callers", {}, "callers needs `symbol`", "symbol id"),
        ("callers", {"symbol": "Cart", "depth": "two"}, '`depth` of callers: expected int, got str', "calls away"),
        ("callers", {"symbol": "Cart", "depth": 0}, "depth 0 makes no sense", "direct ones"),
        ("callers", {"symbol": "Carrt"}, "Carrt", "Cart"),
        ("impact", {"symbols": ["Cart", 3]}, "expected str, got int (at $[1])", "Symbols"),
        ("impact", {}, "diff BASE..HEAD, or staged", "exactly one"),
        ("edges", {"limit": 0}, "limit 0 makes no sense", "1 is the least"),
        ("check", {"operation": "fly"}, "no such operation: fly", "rename"),
        ("check", {"operation": "rename", "arguments": {"target": "Cart"}}, "rename needs `new`", "The new name."),
        ("propose_rename", {"target": "Cart", "new": "Basket", "accept": True}, "accept", "accept_unresolved"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_told_with_what_to_do(tools, name, arguments, message, hint):
    with pytest.raises(UsageError) as failed:
        tools[name].run(arguments)
    assert message in failed.value.message
    assert hint in failed.value.hint
    assert "--" not in failed.value.message + failed.value.hint


def test_what_a_text_can_mean_is_taken(tools):
    def told(name, **given):
        return tools[name].run(given).data

    assert told("callers", symbol="price_of", depth="2") == told("callers", symbol="price_of", depth=2)
    assert told("search", pattern="CART", ignore_case="True") == told("search", pattern="CART", ignore_case=True)
    several = told("impact", symbols=["price_of"])
    assert told("impact", symbols="price_of") == told("impact", symbols='["price_of"]') == several


def test_null_stands_for_what_is_left_out(tools):
    assert tools["callers"].run({"symbol": "price_of", "depth": None}).data["results"]
    with pytest.raises(UsageError, match="needs `symbol`"):
        tools["callers"].run({"symbol": None})


# --- bounds, freshness, strangers' names


def test_answers_are_bounded_and_say_what_is_left(tools, shop):
    shop.write({"many.py": "\n".join(f"def f{number}(): return f{number - 1}()" for number in range(1, 900))})
    few = tools["edges"].run({"kind": "calls", "limit": 10})
    assert len(few.data["results"]) == 10
    assert few.data["left_out"] > 300
    assert f"ask with limit={10 + few.data['left_out']}" in few.text
    wide = tools["edges"].run({"kind": "calls", "limit": 100_000})
    assert len(wide.text) < 26_000
    assert "more lines" in wide.text


def test_source_is_told_in_windows(tools, shop):
    shop.write({"long.py": "def long():\n" + "".join(f"    x{number} = {number}\n" for number in range(999))})
    first = tools["source"].run({"symbol": "long"})
    assert first.data["results"][0]["left_out"] == 600
    assert "600 more lines: first 401 shows them" in first.text
    second = tools["source"].run({"symbol": "long", "first": 401})
    assert second.text.splitlines()[1].split() == ["401", "x399", "=", "399"]


def test_a_long_diff_is_cut_by_lines(tools):
    result = tools["propose_rename"].run({"target": "price_of", "new": "cost_of", "limit": 3})
    assert len(result.data["diff"].splitlines()) == 3
    assert result.data["left_out"] > 0
    assert f"ask with limit={3 + result.data['left_out']}" in result.text


def test_answers_follow_the_files(tools, shop):
    assert not tools["find"].run({"text": "brand_new"}).data["results"]
    shop.write({"new/place.py": "def brand_new(): ...\n"})
    assert tools["find"].run({"text": "brand_new"}).data["results"]
    (shop.root / "new/place.py").unlink()
    assert not tools["find"].run({"text": "brand_new"}).data["results"]


def test_names_of_strangers_cannot_steer_a_terminal(tools, shop):
    shop.write({"evil\x1b[2J\nname.py": "def f():\n    return '\x1b]0;title\x07\u202e'\n\n\nf()\n"})
    told = [tools["outline"].run({"path": "evil\x1b[2J\nname.py"}), tools["callers"].run({"symbol": "f"})]
    told += [tools["source"].run({"symbol": "f"}), tools["find"].run({"text": "f"})]
    assert any("evil\\x1b[2J\\nname.py" in result.text for result in told)
    for result in told:
        assert not any(letter in result.text for letter in "\x1b\x07\u202e")


def test_locate_never_reads_stdin(tools):
    assert tools["locate"].run({"text": "-"}).data["results"] == []
