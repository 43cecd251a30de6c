"""`codeagent query locate`: evidence of every kind, honest history, and texts and repositories that are odd."""

import json
import time
from pathlib import Path

import pytest

from codeagent.config import load_config
from codeagent.graph.update import open_graph
from codeagent.retrieval.locate import Locator
from codeagent.retrieval.messages import messages
from codeagent.workspace.git import enclosing

FILES = {
    "shop/cart.py": "class Cart:\n    def total(self):\n        return 1\n",
    "shop/prices.py": "def price_of(item):\n    return 3\n",
    "shop/mail.py": "def send(receiver):\n    return receiver\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_total():\n    assert Cart().total() == 1\n",
    "README.md": "The cart has a total; the price of each item counts.\n",
}


def ask(invoke, root, text, *options):
    """Return the results of `locate`."""
    done = invoke("query", "locate", text, "--format", "json", "--repo", str(root), *options)
    assert done.code == 0, done.err
    return json.loads(done.out)["results"]


def first(invoke, root, text):
    """Return the path that fits best."""
    return ask(invoke, root, text)[0]["path"]


def test_words_names_and_paths(invoke, repo) -> None:
    """Words of the text, names in any spelling, and code before tests and prose."""
    root = repo(FILES).root
    assert first(invoke, root, "The total of a cart is wrong") == "shop/cart.py"
    assert first(invoke, root, "priceOf is slow") == "shop/prices.py"
    assert ask(invoke, root, "price_of is slow")[0]["because"][0] == "names price_of"
    found = ask(invoke, root, "Cart.total() raises")
    assert found[0]["symbols"][0]["symbol"] == "shop/cart.py::Cart.total"
    assert [hit["path"] for hit in found].index("tests/test_cart.py") > 0
    assert len(ask(invoke, root, "the total of a cart", "--limit", "1")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "it happens in shop/mail.py",
        "shop.mail is broken: total total total",
        "shop.mail.send of a cart",
        'Traceback:\n  File "/home/me/site/shop/mail.py", line 2, in total\n    cart total price',
        r"C:\work\shop\mail.py: the cart has no total",
    ],
)
def test_what_is_spelled_out_wins(invoke, repo, text) -> None:
    """Paths, dotted modules and frames of a stack trace outweigh words."""
    assert first(invoke, repo(FILES).root, text) == "shop/mail.py"


def test_past_commits_speak_for_files(invoke, repo) -> None:
    """What an earlier message said of a file counts, also after the file was renamed, and is named as evidence."""
    made = repo(FILES)
    told = made.commit("Nausea when sailing in storms", {"shop/prices.py": "def price_of(item):\n    return 4\n"})
    found = ask(invoke, made.root, "nausea in storms")
    assert found[0]["path"] == "shop/prices.py"
    assert f"like commit {told[:10]}" in found[0]["because"]
    made.git("mv", "shop/prices.py", "shop/costs.py")
    made.commit("move")
    assert first(invoke, made.root, "nausea in storms") == "shop/costs.py"


def locator(root: Path) -> Locator:
    """Return a locator of the files as they are."""
    return Locator(open_graph(root), load_config(root))


def test_only_earlier_commits_are_drawn_on(repo) -> None:
    """`before` hides a commit and all after it; `ignored` hides single ones."""
    made = repo(FILES)
    made.commit("Nausea when sailing", {"shop/prices.py": "x = 1\n"})
    made.commit("Other things", {"shop/mail.py": "x = 2\n"})
    ranks = locator(made.root)
    assert len(ranks.past) == 3
    assert [one.path for one in ranks.rank("nausea", 1)] == ["shop/prices.py"]
    assert [one.path for one in ranks.rank("nausea", 1, before=2)] == ["shop/prices.py"]
    assert ranks.rank("nausea", 1, before=1) == []
    assert ranks.rank("nausea", 1, ignored=frozenset({1})) == []


def test_history_is_read_once_and_then_only_what_is_new(repo) -> None:
    """Reading in steps is the same as reading at once; another branch starts anew."""
    made = repo(FILES)
    settings = load_config(made.root)
    repository = enclosing(made.root)
    start = made.git("rev-parse", "HEAD")
    messages(repository, start, settings)
    made.git("mv", "shop/mail.py", "shop/post.py")
    made.commit("rename")
    head = made.commit("again", {"shop/post.py": "y = 1\n"})
    grown = messages(repository, head, settings)
    (made.root.parent / "home/.cache").rename(made.root.parent / "gone")
    fresh = messages(repository, head, settings)
    assert (grown.paths, list(grown.touched), list(grown.starts)) == (
        fresh.paths,
        list(fresh.touched),
        list(fresh.starts),
    )
    assert grown.commits == fresh.commits
    for word in ("renam", "again"):
        assert list(grown.saying(word, 99)) == list(fresh.saying(word, 99))
    made.git("checkout", "--quiet", "-b", "side", start)
    other = made.commit("aside", {"shop/side.py": "z = 1\n"})
    assert len(messages(repository, other, settings)) == 2


def test_edits_are_seen_at_once(invoke, repo) -> None:
    """Words kept from before the edit do not count, new ones do, without a commit."""
    made = repo(FILES)
    assert first(invoke, made.root, "receiver") == "shop/mail.py"
    for number in range(12):  # more additions than are kept apart
        made.write({"shop/mail.py": f"def f{number}():\n    walrus{number} = 1\n", "shop/new.py": "receiver = 1\n"})
        assert first(invoke, made.root, f"walrus{number}") == "shop/mail.py"
    assert first(invoke, made.root, "receiver") == "shop/new.py"


def test_a_broken_cache_is_made_anew(invoke, repo, home) -> None:
    """Garbage in what was kept is no answer and no traceback."""
    root = repo(FILES).root
    before = ask(invoke, root, "total of a cart")
    kept = [path for path in (home / ".cache").rglob("*") if path.name in ("terms", "messages")]
    assert len(kept) == 2
    for rubbish in (b"", b"\x00\xff rubbish", b"\x93\xa13\x90"):
        for path in kept:
            path.write_bytes(rubbish)
        assert ask(invoke, root, "total of a cart") == before


def test_without_git_and_in_an_empty_repository(invoke, repo) -> None:
    """No history is no obstacle; nothing to find is said."""
    plain = repo(FILES, name="plain", git=False).root
    assert first(invoke, plain, "total of a cart") == "shop/cart.py"
    unborn = repo(FILES, name="unborn", commit=False).root
    assert first(invoke, unborn, "total of a cart") == "shop/cart.py"
    empty = repo(name="empty", commit=False).root
    done = invoke("query", "locate", "total of a cart", "--repo", str(empty))
    assert done.code == 0
    assert "no word" in done.out + done.err


def test_odd_texts(invoke, repo, tmp_path) -> None:
    """Empty, only stop words, not a word at all, and a past with bytes that are no text."""
    made = repo(FILES | {"odd.py": b"# caf\xe9 \xff\nd\xe9j\xe0 = 1\n"})
    assert invoke("query", "locate", "  ", "--repo", str(made.root)).code == 2
    assert ask(invoke, made.root, "the and of") == []
    assert ask(invoke, made.root, "\x01 \u202e ((((((( [a-z]+*** \\") == []
    note = tmp_path / "note"
    note.write_bytes(b"Zebra caf\xe9 \xff\xfe crossing")
    made.write({"shop/mail.py": "z = 1\n"})
    made.git("add", "--all")
    made.git("-c", "i18n.commitEncoding=latin-1", "commit", "--quiet", "-F", str(note))
    assert first(invoke, made.root, "zebra crossing") == "shop/mail.py"


@pytest.mark.parametrize("piece", ["a", "a.", "a/", "aA", "_a", "a_", "(", "`a", "../", "é"])
def test_huge_hostile_text_takes_no_time(repo, piece) -> None:
    """Nothing that is matched in a text looks back: 200,000 characters of anything are quickly read."""
    ranks = locator(repo(FILES).root)
    start = time.process_time()
    ranks.rank(piece * (200_000 // len(piece)) + " cart", 5)
    assert time.process_time() - start < 5


def test_part_of_a_repository_a_shallow_clone_a_revision(invoke, repo) -> None:
    """A folder inside a repository is a root of its own; cut history is no obstacle; a revision has its own past."""
    made = repo(FILES)
    made.commit("Nausea when sailing", {"shop/prices.py": "x = 1\n"})
    assert first(invoke, made.root / "shop", "nausea") == "prices.py"
    made.git("clone", "--quiet", "--depth", "1", f"file://{made.root}", str(made.root.parent / "shallow"))
    assert first(invoke, made.root.parent / "shallow", "nausea and the cart total") == "shop/cart.py"
    made.git("mv", "shop/prices.py", "shop/costs.py")
    made.commit("move all")
    assert first(invoke, made.root, "nausea") == "shop/costs.py"
    assert ask(invoke, made.root, "nausea", "--rev", "HEAD~2") == []
    assert ask(invoke, made.root, "nausea", "--rev", "HEAD~1")[0]["path"] == "shop/prices.py"
    assert first(invoke, made.root, "nausea") == "shop/costs.py"
