"""By which names a proposed change goes: a module that moves is another module, what it defines is as it was."""

from codeagent.config import load_config
from codeagent.graph.proposed import proposed_names
from codeagent.graph.update import open_graph

CART = "class Cart:\n    def total(self):\n        return 1\n"
FILES = {"shop/__init__.py": "", "shop/cart.py": CART, "use.py": "from shop.cart import Cart\n\nCart().total()\n"}
USE = FILES["use.py"].replace("shop.cart", "shop.basket").encode()


def names(repo, text):
    root = repo(FILES).root
    graph = open_graph(root, None, None, load_config(root), in_memory=True)
    contents = {"shop/cart.py": None, "shop/basket.py": text.encode(), "use.py": USE}
    return proposed_names(graph, contents, {"shop/cart.py": "shop/basket.py"})[1]


def test_what_moves_goes_by_the_name_of_the_module_alone(repo):
    found = names(repo, CART)
    assert {"cart", "basket"} <= found.modules
    assert "total" not in found.bound


def test_what_differs_besides_goes_by_its_own_name(repo):
    assert "total" in names(repo, CART.replace("self", "self, more=None")).bound


SHOP = """class Cart:
    limit = 3

    def total(self, tax=0):
        return self.limit + tax


def total(cart):
    return [{"total": 1}, cart.total(tax=1)]
"""


def differing(repo, old, new, name="shop.py", text=SHOP):
    root = repo({name: text}).root
    graph = open_graph(root, None, None, load_config(root), in_memory=True)
    return proposed_names(graph, {name: text.replace(old, new).encode()}, {})[1]


def test_where_names_are_exchanged_a_change_goes_by_those_alone(repo):
    assert differing(repo, "tax", "tariff") == ({"tax", "tariff"}, set(), set())


def test_a_class_that_is_called_otherwise_leaves_its_members_alone(repo):
    assert differing(repo, "Cart", "Basket") == ({"Cart", "Basket"}, set(), set())


def test_names_that_are_exchanged_in_some_places_only_count_with_what_they_are_now(repo):
    assert differing(repo, "cart.total(tax", "cart.total(text") == ({"tax", "text"}, set(), set())


def test_a_change_beside_the_names_goes_by_all_that_it_touches(repo):
    assert differing(repo, "return self.limit + tax", "return tax").bound == {"total"}


def test_a_name_that_takes_the_place_of_two_is_no_mere_exchange(repo):
    text = "def total(cart):\n    return cart.left.total(cart.right)\n"
    assert "total" in differing(repo, "right", "left", text=text).bound


def test_where_members_make_a_type_what_it_is_their_names_are_not_all(repo):
    text = "package shop\n\nfunc Total(tax Tax) Tax { return tax }\n"
    assert "Total" in differing(repo, "tax", "tariff", "shop.go", text).bound
