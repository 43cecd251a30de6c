"""Accounting holds for every operation: each occurrence of the target's name is in exactly one bucket."""

import re
from pathlib import Path
from typing import Any

import pytest

from codeagent.domain.patch import Safety
from codeagent.graph.update import open_graph
from codeagent.refactorings import OPERATIONS
from codeagent.refactorings.refactoring import Occurrence
from codeagent.workflows.refactor import refactor

FILES = {
    "shop/__init__.py": "from shop.cart import Cart, total\n\n__all__ = ['Cart', 'total']\n",
    "shop/cart.py": '''"""Cart and total: the total of a cart."""


class Tax:
    rate = 2


class Cart:
    """A Cart knows its total."""

    def __init__(self, items, size):
        self.items = items
        self.size = size
        self.tax = Tax()

    def price(self, factor=1):
        return sum(self.items) * self.tax.rate

    def label(self):
        return f"{self.size} items"


def total(cart, start=0):  # the total
    return cart.price() + start


def doubled(number):
    half = number
    return half + half


def _own(items):
    return len(items)
''',
    "shop/extra.py": "def bonus(cart: object) -> int:\n    return 7\n\n\ndef unused():\n    return bonus(1)\n",
    "shop/basket.py": "import sys, os\n\n\nclass Basket: ...\n\n\ndef weigh(it: Basket):\n    return os.name\n",
    "app.py": """import shop.cart
from shop import cart as goods
from shop.cart import Cart, doubled, total
from shop.basket import Basket, weigh
from shop.extra import bonus


class Other:
    def total(self, size):
        return size


def main(total_of=total, size=1):
    made = Cart([1], 2)
    twice = doubled(2)
    print("total", made.size, twice, made.price(1))
    print(made.label(), weigh(Basket()))
    return total(made) + shop.cart.total(made, 1) + goods.total(made) + Other().total(size) + bonus(made)
""",
    "other.py": "def total():\n    total = 1\n    return total\n\n\nsize = cart = 3\n",
    "README.md": "# total\n\ntotal of a Cart in shop.cart, subtotal or total_of; size, price, label and doubled.\n",
    "go.mod": "module example.com/total\n",
}  # fmt: skip

# operation -> what it is asked for, and the names that it is about
CASES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "rename": ({"target": "shop/cart.py::total", "new": "amount"}, ("total",)),
    "change-signature": ({"target": "shop/cart.py::total", "add": ["currency: str = ''"]}, ("total",)),
    "parameter-object": ({"target": "shop/cart.py::total", "params": "cart,start", "name": "Load"}, ("total",)),
    "replace": ({"pattern": "doubled($A)", "with_": "$A * 2"}, ()),
    "safe-delete": ({"targets": ["shop/extra.py::unused"]}, ("unused",)),
    "extract-function": ({"target": "shop/cart.py:24:12-24:32", "name": "added"}, ()),
    "extract-variable": ({"target": "shop/cart.py:24:12-24:24", "name": "paid"}, ()),
    "move": ({"target": ["shop/cart.py::total"], "to": "shop/sums.py"}, ("total",)),
    "move-method": ({"target": "shop/cart.py::Cart.price", "to": "tax"}, ("price",)),
    "merge-module": ({"target": "shop/extra.py", "into": "shop/basket.py"}, ("bonus", "unused", "extra")),
    "split-module": ({"target": "shop/cart.py", "group": ["sums=doubled,total"]}, ("doubled", "total")),
    "organize-imports": ({"target": ["shop/basket.py", "app.py"]}, ()),
    "move-module": ({"target": "shop/basket.py", "to": "."}, ("basket",)),
    "inline": ({"target": "shop/cart.py::doubled.half"}, ("half",)),
    "method-to-function": ({"target": "shop/cart.py::Cart.label"}, ("label",)),
    "function-to-method": ({"target": "shop/basket.py::weigh"}, ("weigh",)),
    "wrap-in-class": ({"target": ["shop/cart.py::doubled", "shop/cart.py::_own"], "name": "Sums"}, ("doubled", "_own")),
    "encapsulate": ({"target": "shop/cart.py::Cart.size"}, ("size",)),
}  # fmt: skip
MORE: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("rename", {"target": "shop/cart.py", "new": "carts"}, ("cart",)),
    ("rename", {"target": "shop", "new": "store"}, ("shop",)),
    ("rename", {"target": "shop/cart.py::Cart.price.factor", "new": "times"}, ("factor",)),
    ("move", {"target": ["shop/cart.py::total"], "to": "shop/sums.py", "reexport": True}, ("total",)),
    ("change-signature", {"target": "shop/cart.py::Cart", "reorder": "size,items"}, ("Cart",)),
    ("inline", {"target": "shop/cart.py::total.start"}, ("total",)),
    ("inline", {"target": "shop/cart.py::doubled", "keep": True}, ("doubled",)),
]


def counted(root: Path, names: tuple[str, ...]) -> int:
    words = re.compile(rb"(?<!\w)(?:" + b"|".join(name.encode() for name in names) + rb")(?!\w)")
    return sum(len(words.findall((root / path).read_bytes())) for path in FILES) if names else 0


def asked() -> list[Any]:
    first = [(operation, *case) for operation, case in CASES.items()]
    return [pytest.param(*case, id=f"{case[0]} {' '.join(case[2])}") for case in (*first, *MORE)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_operation_is_left_out(operation: str):
    assert operation in CASES


@pytest.mark.parametrize(("operation", "arguments", "names"), asked())
def test_every_occurrence_of_the_name_is_in_one_bucket(
    tmp_path: Path, operation: str, arguments: dict[str, Any], names: tuple[str, ...]
):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    graph = open_graph(tmp_path, in_memory=True)
    done = refactor(graph, operation, arguments, accept_unresolved=True)
    if not names:
        assert done.proposal.about == ()
        return
    found = done.proposal.occurrences
    every: list[Occurrence] = [*found.edited, *found.other, *found.text, *found.unresolved]
    places = {(one.path, one.start) for one in every}
    told = {graph.tree.read(one.path)[one.start : one.end].decode() for one in every}
    assert len(every) == len(places) == counted(tmp_path, names)
    assert told == set(names) and found.edited
    assert all(one.why for one in (*found.other, *found.unresolved))


def test_what_a_base_outside_the_tree_may_call_is_left_for_review(tmp_path: Path):
    (tmp_path / "page.py").write_text(
        "from framework import View\n\n\nclass Page(View):\n    def show(self, request, name):\n        return 1\n"
    )
    graph = open_graph(tmp_path, in_memory=True)
    removed = refactor(graph, "change-signature", {"target": "page.py::Page.show", "remove": ["name"]}).proposal
    added = refactor(graph, "change-signature", {"target": "page.py::Page.show", "add": ["size: int = 1"]}).proposal
    assert removed.patch.safety is Safety.REVIEW and "framework.View" in removed.notes[0]
    assert added.patch.safety is not Safety.REVIEW and added.notes == ()
