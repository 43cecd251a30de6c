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
