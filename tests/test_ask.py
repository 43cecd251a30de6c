"""Answers and guides: written from the graph, every place in them looked up, the same for any number of workers."""

import json
import textwrap
import time

import pytest

from codeagent.agent.budget import Meter
from codeagent.agent.crew import Crew, Origin
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.patient import Patience
from codeagent.agent.roles import ROLES
from codeagent.config import load_config
from codeagent.domain.errors import BudgetSpent, ModelError
from codeagent.domain.run import Budget
from codeagent.graph.update import open_graph
from codeagent.workflows.analyze import analyze
from codeagent.workflows.asking import ask as asking
from codeagent.workflows.asking.ask import ask
from codeagent.workflows.asking.citations import check_citations
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.evidence import evidence
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.asking.guide import document, guide
from codeagent.workspace.eventlog import EventLog, start_log

SHOP = {
    "README.md": "# Shop\n\nSells tea.\n",
    "shop/__init__.py": "",
    "shop/cart.py": """
        from shop.prices import price_of


        class Cart:
            def __init__(self, items):
                self.items = items

            def total(self):
                return sum(price_of(item) for item in self.items)


        def checkout(items):
            return Cart(items).total()
    """,
    "shop/prices.py": """
        PRICES = {"tea": 3}


        def price_of(item):
            return PRICES[item]
    """,
    "web/__init__.py": "",
    "web/pages.py": """
        from web.render import page
        from shop.cart import checkout


        def cart_page(items):
            return page(str(checkout(items)))
    """,
    "web/render.py": """
        def page(text):
            return f"<p>{text}</p>"
    """,
    "tests/test_cart.py": "from shop.cart import checkout\n\n\ndef test_it():\n    assert checkout(['tea']) == 3\n",
}


@pytest.fixture
def shop(repo):
    return repo(SHOP)


def party(server, root, log=None, budget=None):
    line = (Endpoint(server.model, server.url, timeout=5),)
    log = log or start_log(root)
    crew = Crew(dict.fromkeys(ROLES, line), Meter(budget), Origin(str(root)), patience=Patience(tries=1))
    return Party(Desk(root, load_config(root), lambda event: None), crew.on(log), log, lambda event: None)


# --- ask


def test_an_answer_is_found_by_tools_and_its_places_are_looked_up(server, shop):
    server.play(
        {"text": "I look.", "calls": [{"callers": {"symbol": "price_of"}}]},
        {"text": "`Cart.total` (shop/cart.py:8) asks `price_of`; see `Cart.discount` and shop/cart.py:99."},
    )
    group = party(server, shop.root)
    asked = ask(group, "who asks for prices?", 2)
    assert asked.answer.text == (
        "`Cart.total` (shop/cart.py:8) asks `price_of`; "
        "see [unverified: Cart.discount] and [unverified: shop/cart.py:99]."
    )
    assert (asked.answer.checked, asked.answer.unresolved) == (5, ("shop/cart.py:99", "Cart.discount"))
    assert "return PRICES[item]" in server.texts()[0]
    assert "shop/cart.py::Cart.total calls shop/prices.py::price_of" in server.texts()[1]
    assert asked.usage.calls == 2
    assert json.dumps(asking.document(asked)["citations"]) == (
        '{"checked": 5, "unresolved": 2, "unverified": ["shop/cart.py:99", "Cart.discount"]}'
    )


def test_an_explorer_holds_only_tools_that_read(server, shop):
    server.play({"calls": [{"propose_rename": {"target": "Cart", "new": "Basket"}}]}, {"text": "no"})
    ask(party(server, shop.root), "rename it", 2)
    names = {tool["function"]["name"] for tool in server.requests[0]["tools"]}
    assert {"source", "callers", "locate", "expand"} <= names
    assert not {name for name in names if name.startswith("propose")}
    assert "there is no tool 'propose_rename'" in server.texts()[1]


def test_a_question_that_bears_on_several_parts_is_explored_part_by_part(server, shop, monkeypatch):
    monkeypatch.setattr(asking, "_subsystems", lambda graph, found: {"shop": ("shop",), "web": ("web",)})
    for part in ("web", "shop"):
        server.say(f"{part} knows", when=[f'subsystem "{part}" alone'])
    server.say("Both: shop/cart.py:4", when=["explorer of shop", "shop knows", "explorer of web", "web knows"])
    asked = ask(party(server, shop.root), "how is a cart shown?", 2)
    assert (asked.answer.text, asked.explored, asked.usage.calls) == ("Both: shop/cart.py:4", ("shop", "web"), 3)


def test_a_model_that_comes_to_nothing_is_told_as_such(server, shop):
    server.play({"calls": [{"outline": {"path": "shop/cart.py"}}], "times": 9})
    group = party(server, shop.root)
    with pytest.raises(ModelError, match="outline was called 3 times") as raised:
        ask(group, "what is it?", 2)
    assert group.log.id in raised.value.hint
    assert len(server.requests) == 3


def test_a_spent_budget_stops_it_and_what_was_paid_for_is_not_asked_again(server, shop):
    server.play({"calls": [{"outline": {"path": "shop/cart.py"}}]}, {"text": "A cart: shop/cart.py:4"})
    group = party(server, shop.root, budget=Budget(calls=1))
    with pytest.raises(BudgetSpent):
        ask(group, "what is it?", 2)
    group.log.close()
    asked = ask(party(server, shop.root, EventLog(group.log.folder)), "what is it?", 2)
    assert asked.answer.text == "A cart: shop/cart.py:4"
    assert len(server.requests) == 2


# --- what is shown


def test_evidence_is_byte_exact_within_its_budget(shop):
    shop.write({"shop/odd.py": b"def price_of_tea():\r\n    return '\xc3\xa9\t'\r\n"})
    graph = open_graph(shop.root)
    found = evidence(graph, load_config(shop.root), "the price of an item in the cart, price of tea", 2000)
    assert {one.path for one in found.slices} >= {"shop/prices.py", "shop/odd.py", "shop/cart.py"}
    for one in found.slices:
        data = (shop.root / one.path).read_bytes().decode()
        assert data.split("\n")[one.first - 1 : one.last] == one.text.split("\n")
    small = evidence(graph, load_config(shop.root), "the price of an item in the cart", 150)
    assert len(small.slices) < len(found.slices)


# --- citations


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    root = tmp_path_factory.mktemp("cited")
    for name, text in SHOP.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text).lstrip())
    return open_graph(root, in_memory=True)


@pytest.mark.parametrize(
    "text",
    [
        "shop/cart.py:8", "`shop/cart.py:8-9`", "shop/cart.py:8:5", "cart.py:8", "./shop/cart.py:1",
        "shop/cart.py#L4-L9", "shop/cart.py::Cart.total", "`shop/cart.py::Cart`", "cart.py::checkout", "`Cart.total`",
        "`total()`", "checkout()", "`Cart(items).total()`", "`self.items`", "`PRICES`", "`shop/prices.py`", "`shop/`",
        "`README.md`", "`sum`", "Cart.total()", "(see shop/cart.py:8, shop/prices.py:4).", "`price_of(item)`",
        "`Cart.items`", "`tests/test_cart.py`",
    ],
)  # fmt: skip
def test_what_is_there_is_left_as_it_is(graph, text):
    checked = check_citations(graph, f"Look at {text} for that.")
    assert (checked.text, checked.unresolved) == (f"Look at {text} for that.", ())
    assert checked.checked >= 1


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("shop/cart.py:14", "shop/cart.py:14"),
        ("shop/cart.py:0", "shop/cart.py:0"),
        ("`shop/cart.py:9-8`", "shop/cart.py:9-8"),
        ("shop/basket.py:1", "shop/basket.py:1"),
        ("basket.py:3", "basket.py:3"),
        ("`shop/basket.py`", "shop/basket.py"),
        ("shop/cart.py::Cart.discount", "shop/cart.py::Cart.discount"),
        ("`shop/cart.py::Basket`", "shop/cart.py::Basket"),
        ("`Cart.discount`", "Cart.discount"),
        ("`frobnicate()`", "frobnicate()"),
        ("frobnicate()", "frobnicate()"),
        ("`Frobnicator`", "Frobnicator"),
        ("shop/cart.py#L99", "shop/cart.py#L99"),
    ],
)
def test_what_is_not_there_is_marked_once(graph, text, missing):
    checked = check_citations(graph, f"Look at {text} for that.")
    assert missing in checked.unresolved
    assert checked.text.count("[unverified: ") == len(checked.unresolved) == 1
    assert "`[unverified" not in checked.text


@pytest.mark.parametrize(
    "text",
    [
        "at 12:30 on localhost:8080",
        "http://127.0.0.1:5000/a.py:3",
        "`pip install x`",
        "`application/json`",
        "Note: 3",
        "1.5:2",
    ],
)
def test_what_is_no_citation_is_not_counted(graph, text):
    assert check_citations(graph, text).checked == 0


def test_blocks_of_code_keep_their_names_and_words_of_the_reader_are_no_claims(graph):
    text = "No `Basket`.\n\n```python\nfrobnicate()  # shop/cart.py:99\n```\n"
    checked = check_citations(graph, text, "is there a Basket?")
    assert checked.text == text.replace("shop/cart.py:99", "[unverified: shop/cart.py:99]")
    assert checked.checked == 1


# --- the guide


def test_a_guide_is_the_same_for_any_number_of_workers(server, shop):
    written = []
    report = analyze(shop.root)
    names = [one.name for one in report.subsystems if one.role == "product"]
    assert len(names) >= 2
    for workers in (1, 2, 4):
        server.reset()
        for at, part in enumerate(names):
            server.say(
                f"{part}: shop/cart.py:4, shop/x.py:1", when=[f'subsystem "{part}" of a guide'], delay=0.2 / (at + 1)
            )
        server.say("All of it: `Cart`", when=["Write the opening of a guide", *(f"{part}: shop" for part in names)])
        made = document(guide(party(server, shop.root), report, workers))
        assert server.left == []
        made.pop("run"), made.pop("usage")
        written.append(json.dumps(made))
    assert written[0] == written[1] == written[2]
    sections = json.loads(written[0])["sections"]
    assert sorted(one["name"] for one in sections) == sorted(names)
    assert sections[0]["text"] == f"{sections[0]['name']}: shop/cart.py:4, [unverified: shop/x.py:1]"
    assert json.loads(written[0])["citations"]["unresolved"] == len(names)


def test_an_explorer_that_comes_to_nothing_leaves_a_note_not_a_hole(server, shop):
    report = analyze(shop.root)
    first, *rest = [one.name for one in report.subsystems if one.role == "product"]
    server.play({"when": [f'subsystem "{first}" of a guide'], "calls": [{"cycles": {}}], "times": 3})
    for part in rest:
        server.say("fine", when=[f'subsystem "{part}" of a guide'])
    server.say("All.", when=["Write the opening", "not described: cycles was called 3 times"])
    made = guide(party(server, shop.root), report, 2)
    assert [one.problem for one in made.sections if one.name == first] == [
        "not described: cycles was called 3 times with the same arguments and the same answer"
    ]


def test_a_failure_of_one_explorer_stops_the_others(server, shop):
    report = analyze(shop.root)
    server.play({"status": 401, "message": "wrong key", "times": 9})
    with pytest.raises(ModelError, match="wrong key"):
        guide(party(server, shop.root), report, 1)
    assert len(server.requests) == 1


@pytest.mark.parametrize("piece", ["+", "-", "a/", "a.", "`", "```\n", "x::", "@", "a+", "./", "a:1", "(", "::a"])
def test_no_text_takes_long_to_look_up(graph, piece):
    began = time.perf_counter()
    check_citations(graph, piece * (100_000 // len(piece)))
    assert time.perf_counter() - began < 5
