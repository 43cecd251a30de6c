"""What tests replace is read from the text only where that says no less than the syntax tree would."""

import pytest

from codeagent.graph.update import open_graph
from codeagent.refactorings import replacements
from codeagent.refactorings.code import Code

PLAIN = [
    ('mock.patch("shop.Cart.total")\n', {"total"}),
    ("monkeypatch.setattr(shop, 'cart', Other())\n", {"cart"}),
    ('mock.patch . object ( Cart,\n    "total", )\n', {"total"}),
    ("setattr(cart, name, value)\nmock.patch()\nsetattr(cart)\n", set()),
    ('setattr(cart, "get_%s" % name, value)\n', set()),
    ('# monkeypatch.setattr(shop.carts[0], "total")\n', set()),
    ('"""An object (see the cart), as of patch (of late)."""\n', set()),
    ("patch('a b')\n", set()),
]
UNCLEAR = [
    ('setattr(shop.carts[0], "total", 1)\n', {"total"}),
    ('setattr(  # of it\n    cart, "total", 1)\n', {"total"}),
    ('patch(\n    # that one\n    "shop.total")\n', {"total"}),
    ('patch(r"shop.total")\n', {"total"}),
    ('setattr(name="x", "total")\n', {"total"}),
    ('patch("shop" ".total")\n', set()),
    ('x = f"""\n# {patch("shop.total")}\n"""\n', {"total"}),
    ('print("#", patch("shop.total"))\n', {"total"}),
    ('patch("""shop.total""")\n', {"total"}),
    ('patch(not_ if yes else no, "total")\n', {"total"}),
]


@pytest.mark.parametrize(("source", "names"), PLAIN + UNCLEAR)
def test_the_text_tells_no_less_than_the_tree(repo, source, names):
    code = Code(open_graph(repo({"test_shop.py": source}).root, in_memory=True))
    found = {one.name for one in replacements._replacements(code, "test_shop.py")}
    told = replacements._names_in(source.encode())
    assert found == names
    assert told is None or told >= found


@pytest.mark.parametrize(("source", "names"), PLAIN)
def test_where_it_is_plain_nothing_is_parsed(source, names):
    assert replacements._names_in(source.encode()) == names
