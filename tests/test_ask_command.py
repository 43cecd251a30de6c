"""`codeagent ask` and `codeagent analyze --model`: what is printed where, how it ends, and what is on record."""

import json
from html.parser import HTMLParser

import pytest
from test_ask import SHOP

from codeagent.workspace.eventlog import log_folders, open_log


@pytest.fixture
def shop(repo):
    return repo(SHOP)


ANSWER = "It **sells**: `Cart` (shop/cart.py:4), `Basket`.\x1b[2J"


def test_an_answer_goes_to_stdout_and_the_rest_to_stderr(server, shop, invoke):
    server.say(ANSWER)
    said = invoke("ask", "what is sold?", cwd=shop.root)
    assert said.code == 0, said.err
    assert said.out == "It **sells**: `Cart` (shop/cart.py:4), [unverified: Basket].\\x1b[2J\n"
    assert "3 citations checked, 1 not in the tree" in said.err
    assert "1 call" in said.err
    assert shop.git("status", "--porcelain") == ""
    log = open_log(shop.root)
    kinds = [one.kind for one in log.records]
    assert (kinds[0], kinds[-1]) == ("run.started", "run.finished")
    assert log.records[0].body["question"] == "what is sold?"
    assert (log.records[-1].body["exit_code"], log.records[-1].body["usage"]["calls"]) == (0, 1)


def test_the_document_of_an_answer(server, shop, invoke):
    server.say(ANSWER, usage={"input": 100, "output": 10, "cached": 60})
    said = invoke("ask", "what is sold?", "--format", "json", cwd=shop.root)
    document = json.loads(said.out)
    assert list(document) == [
        "schema_version", "question", "answer", "citations", "explored", "usage", "run", "notes",
    ]  # fmt: skip
    assert document["citations"] == {"checked": 3, "unresolved": 1, "unverified": ["Basket"]}
    assert document["usage"]["cost"] is None
    assert document["usage"]["cached_tokens"] == 60
    assert document["run"] == log_folders(shop.root)[0].name


def test_what_a_request_begins_with_is_the_same_from_run_to_run(server, shop, repo, invoke):
    other = repo(SHOP, name="other")
    for asked, where in (("what is sold?", shop), ("who buys?", shop), ("who buys?", other)):
        server.say("Tea.")
        assert invoke("ask", asked, cwd=where.root).code == 0
    first, second, elsewhere = ((one["tools"], one["messages"][0]) for one in server.requests)
    assert first == second
    assert elsewhere[1] != first[1], "who wrote one repository knows the marks of another"


def test_a_question_may_come_from_stdin(server, shop, cli):
    server.say("Tea.")
    env = {"CODEAGENT_MODEL": server.model, "CODEAGENT_API_BASE": server.url}
    said = cli("ask", "-", "--format", "md", cwd=shop.root, env=env)
    assert (said.code, "there is no question" in said.err) == (2, True)  # nothing stands there


def test_without_a_model_it_says_what_was_found_and_that_this_is_no_answer(shop, invoke):
    said = invoke("ask", "where is the price of an item looked up?", cwd=shop.root)
    assert said.code == 6
    assert "shop/prices.py" in said.out
    assert "return PRICES[item]" in said.out
    assert "no model is named" in said.err
    assert "CODEAGENT_MODEL" in said.err


@pytest.mark.parametrize(
    ("reply", "options", "code", "told"),
    [
        ({"status": 401, "message": "bad key"}, [], 6, "key"),
        ({"fault": "html"}, [], 6, "web page"),
        ({"calls": [{"cycles": {}}], "times": 9}, [], 6, "cycles was called 3 times"),
        ({"calls": [{"cycles": {}}], "times": 9}, ["--max-calls", "1"], 5, "made its 1 call of"),
        ({"calls": [{"cycles": {}}], "times": 9}, ["--max-cost", "1"], 2, "price"),
    ],
)
def test_failures_have_their_exit_codes(server, shop, invoke, reply, options, code, told):
    server.play(reply)
    said = invoke("ask", "what is sold?", *options, cwd=shop.root)
    assert (said.code, said.out) == (code, ""), said.err
    assert told in said.err
    assert "Traceback" not in said.err
    if code != 2:
        assert open_log(shop.root).records[-1].body["exit_code"] == code


@pytest.mark.parametrize("again", [["ask", "--resume"], ["resume"]])
def test_a_question_that_was_stopped_is_gone_on_with(server, shop, invoke, again):
    server.play({"calls": [{"outline": {"path": "shop/cart.py"}}]}, {"text": "A cart."})
    assert invoke("ask", "what is sold?", "--max-calls", "1", cwd=shop.root).code == 5
    said = invoke(*again, log_folders(shop.root)[0].name, cwd=shop.root)
    assert (said.code, said.out) == (0, "A cart.\n"), said.err
    assert len(server.requests) == 2
    assert [one.kind for one in open_log(shop.root).records].count("tool.called") == 1
    assert invoke("ask", cwd=shop.root).code == 2


def test_a_guide_that_was_stopped_is_gone_on_with(server, shop, invoke):
    play(server)
    stopped = invoke("analyze", "--model", server.model, "--max-calls", "2", "--workers", "1", cwd=shop.root)
    assert stopped.code == 5, stopped.err
    said = invoke("resume", "--model", server.model, cwd=shop.root)
    assert said.code == 0, said.err
    assert "The web." in said.out and "All in all" in said.out
    assert (len(server.requests), server.left) == (3, [])


# --- the guide


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.words.append(data)


EVIL = (
    "# Top\n\n<script>alert(1)</script> ![x](http://evil.example/?q=1) `Cart` [y](javascript:alert(1)) shop/no.py:1\n"
)


def play(server):
    for part in ("shop", "web"):
        server.say(f"The {part}. {EVIL}", when=[f'subsystem "{part}" of a guide'])
    server.say("All in all: `Cart`.", when=["Write the opening of a guide"])


def test_a_guide_in_every_form(server, shop, invoke, tmp_path):
    play(server)
    said = invoke("analyze", "--model", server.model, "--format", "md", cwd=shop.root)
    assert said.code == 0, said.err
    assert server.left == []
    assert said.out.startswith("# ")
    assert "## `shop`" in said.out
    assert "[unverified: shop/no.py:1]" in said.out
    assert "2 not in the tree" in said.err
    assert r"\<script>alert(1)\</script> \![x](http" in said.out
    play(server)
    document = json.loads(invoke("analyze", "--model", server.model, "--format", "json", cwd=shop.root).out)
    assert document["guide"]["opening"] == "All in all: `Cart`."
    assert {one["name"] for one in document["guide"]["sections"]} == {"shop", "web"}
    assert document["guide"]["citations"]["unresolved"] == 2
    assert document["subsystems"]
    play(server)
    said = invoke("analyze", "--model", server.model, cwd=shop.root)
    assert "The web." in said.out
    play(server)
    assert invoke("analyze", "--model", server.model, "-o", tmp_path / "g.html", cwd=shop.root).code == 0
    page = Page((tmp_path / "g.html").read_text())
    assert not {"script", "img", "iframe"} & set(page.tags)
    assert [link for link in page.links if not link.startswith("#s")] == []
    assert any("<script>alert(1)</script>" in text for text in page.words)


def test_a_guide_of_a_revision_is_written_from_that_revision(server, shop, invoke):
    shop.commit("more", {"shop/cart.py": "x = 1\n"})
    play(server)
    said = invoke("analyze", "--model", server.model, "--rev", "HEAD~1", "--format", "md", cwd=shop.root)
    assert said.code == 0, said.err
    assert "[unverified: Cart]" not in said.out


def test_a_budget_without_a_model_makes_no_sense(shop, invoke):
    said = invoke("analyze", "--max-cost", "1", cwd=shop.root)
    assert (said.code, "name one by --model" in said.err) == (2, True)


def test_an_answer_that_nobody_would_read_is_cut_and_said_to_be(server, shop, invoke):
    server.say("So: shop/cart.py:4. ", bytes=500_000)
    said = invoke("ask", "what is sold?", cwd=shop.root)
    assert said.code == 0, said.err
    assert said.out.startswith("So: shop/cart.py:4. xxx")
    assert "(cut: the answer has 500020 characters)" in said.out
    assert len(said.out) < 110_000


# --- whom a run asks


@pytest.mark.parametrize("command", ["ask", "plan", "fix", "analyze"])
def test_who_was_named_by_options_is_asked_again_with_no_option(server, shop, invoke, monkeypatch, command):
    for name in ("CODEAGENT_MODEL", "CODEAGENT_API_BASE"):
        monkeypatch.delenv(name)
    words = {"ask": ("ask", "what is sold?"), "plan": ("plan", "say shop"), "fix": ("fix", "say shop")}
    arguments = words.get(command, ("analyze", "--workers", "1"))
    server.play({"calls": [{"outline": {"path": "shop/cart.py"}}]})
    stopped = invoke(*arguments, "--model", "openai/mine", "--api-base", server.url, "--max-calls", "1", cwd=shop.root)
    assert stopped.code == 5, stopped.err
    log = open_log(shop.root)
    assert log.records[0].body["asked"] == {"model": "openai/mine", "api_base": server.url}
    assert "sk-scripted-key" not in (log.folder / "events.jsonl").read_text()
    server.play({"status": 401, "message": "bad key"})
    assert invoke("resume", cwd=shop.root).code == 6
    assert {body["model"] for body in server.requests} == {"mine"} and len(server.requests) == 2
    server.play({"status": 401, "message": "bad key"})
    assert invoke("resume", "--model", "openai/other", "--api-base", server.url, cwd=shop.root).code == 6
    assert server.requests[-1]["model"] == "other"
