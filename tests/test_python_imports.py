"""Imports of Python that are gone when the program runs: `if TYPE_CHECKING`."""

import json

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": "{cart}\n\nclass Cart:\n    def buy(self) -> 'Order':\n        return Order(self)\n",
    "shop/order.py": "{order}\n\nclass Order:\n    def __init__(self, cart: 'Cart'):\n        self.cart = cart\n",
}


def circles(invoke, repo, name, order):
    files = {p: t.format(cart="from shop.order import Order", order=order) for p, t in SHOP.items()}
    ran = invoke("query", "cycles", "--format", "json", cwd=repo(files, name=name).root)
    return [result["at_import_time"] for result in json.loads(ran.out)["results"]]


def test_a_circle_through_an_import_for_types_does_not_close_when_modules_load(invoke, repo):
    assert circles(invoke, repo, "a", "from shop.cart import Cart") == [True]
    guarded = "from typing import TYPE_CHECKING\nif {}TYPE_CHECKING:\n    from shop.cart import Cart"
    assert circles(invoke, repo, "b", guarded.format("")) == [False]
    assert circles(invoke, repo, "c", "import typing as t\n" + guarded.format("t.")) == [False]
    assert circles(invoke, repo, "d", guarded.format("not ")) == [True]
