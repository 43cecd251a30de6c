"""`codeagent mcp` as clients meet it: the SDK's own client in both generations of the protocol, and raw JSON-RPC."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

import anyio
import jsonschema
from mcp import types
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from codeagent.domain.errors import UsageError
from codeagent.domain.events import Progress
from codeagent.domain.tool import Effect
from codeagent.interfaces.mcp.protocol import build
from codeagent.interfaces.mcp.worker import Worker
from codeagent.project import open_project
from codeagent.workflows.toolbox import toolbox

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        from shop.prices import price_of


        class Cart:
            def __init__(self, items):
                self.items = items

            def total(self):
                return sum(price_of(item) for item in self.items)
    """,
    "shop/prices.py": """
        PRICES = {"tea": 3}


        def price_of(item):
            return PRICES[item]
    """,
    "plans/tidy.yaml": """
        version: 1
        goal: Say what a price costs
        steps:
          - id: rename
            title: Rename price_of
            operation: rename
            arguments: {target: "shop/prices.py::price_of", new: cost_of}
            scope: ["shop/*.py"]
    """,
}
MODES = ["legacy", "2026-07-28"]
VERSIONS = {"legacy": "2025-11-25", "2026-07-28": "2026-07-28"}


@pytest.fixture
def shop(repo):
    return repo(FILES)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


def server(root: Path) -> StdioServerParameters:
    arguments = ["-m", "codeagent", "mcp", "--repo", str(root)]
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment())


def talk(root: Path, conversation, mode: str = "legacy", *, process: bool = False):
    """Hold a conversation; return what it returns. The server is one of this process, or started as clients do."""

    async def hold():
        worker = Worker(open_project(root))
        try:
            async with Client(server(root) if process else build(worker), mode=mode) as client:
                try:
                    return await conversation(client)
                except MCPError as error:
                    return error
        finally:
            worker.close()

    return anyio.run(hold)


def state(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


# --- what is offered


@pytest.mark.parametrize("mode", MODES)
def test_the_whole_toolbox_is_offered_as_reading(shop, mode):
    async def conversation(client):
        assert client.protocol_version == VERSIONS[mode]
        return await client.list_tools()

    listed = talk(shop.root, conversation, mode).tools
    ours = toolbox(open_project(shop.root), (Effect.READ, Effect.PROPOSE))
    assert [tool.name for tool in listed] == list(ours)
    for tool in listed:
        assert tool.input_schema == ours[tool.name].parameters
        assert tool.output_schema == ours[tool.name].returns
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint


@pytest.mark.parametrize("mode", MODES)
def test_calls_answer_in_words_and_in_structure(shop, mode):
    async def conversation(client):
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        for name, arguments in (
            ("callers", {"symbol": "price_of"}),
            ("map", {}),
            ("propose_rename", {"target": "price_of", "new": "cost_of"}),
            ("propose_rename", {"target": "Cart.total", "new": "items"}),
            ("check", {"operation": "rename", "arguments": {"target": "price_of", "new": "cost_of"}}),
        ):
            result = await client.call_tool(name, arguments)
            assert not result.is_error
            jsonschema.validate(result.structured_content, schemas[name])
            assert result.content[0].text
        return True

    before = state(shop.root)
    assert talk(shop.root, conversation, mode, process=True) is True
    assert state(shop.root) == before


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("callers", {"symbl": "price_of"}, "did you mean `symbol`?"),
        ("callers", {}, "callers needs `symbol`"),
        ("callers", {"symbol": 3}, "expected str, got int"),
        ("callers", {"symbol": "price_off"}, "price_of"),
    ],
)
def test_wrong_arguments_are_errors_of_the_tool_that_say_what_to_do(shop, mode, name, arguments, said):
    result = talk(shop.root, lambda client: client.call_tool(name, arguments), mode)
    assert result.is_error
    assert "hint: " in result.content[0].text
    assert said in result.content[0].text


@pytest.mark.parametrize("mode", MODES)
def test_an_unknown_tool_is_an_error_of_the_protocol(shop, mode):
    failed = talk(shop.root, lambda client: client.call_tool("write_file", {}), mode)
    assert failed.error.code == types.INVALID_PARAMS
    assert "no tool 'write_file': there are definition, find" in failed.error.message


def test_answers_follow_the_files(shop):
    async def conversation(client):
        found = []
        for text in ("", "def brand_new(): ...\n", ""):
            shop.write({"shop/new.py": text})
            result = await client.call_tool("find", {"text": "brand_new"})
            found.append(len(result.structured_content["results"]))
        return found

    assert talk(shop.root, conversation) == [0, 1, 0]


@pytest.mark.parametrize("mode", MODES)
def test_progress_grows(shop, mode):
    shop.write({f"many/m{number}.py": f"def f{number}(): ...\n" * 40 for number in range(300)})
    heard = []

    async def hear(progress, total, message):
        heard.append((progress, message))

    async def conversation(client):
        return await client.call_tool("find", {"text": "price"}, progress_callback=hear)

    assert not talk(shop.root, conversation, mode).is_error
    assert heard
    assert [at for at, _ in heard] == sorted({at for at, _ in heard})
    assert heard[0][1].startswith("read ")


# --- resources and prompts


@pytest.mark.parametrize("mode", MODES)
def test_resources_are_read(shop, mode):
    async def conversation(client):
        listed = [one.uri for one in (await client.list_resources()).resources]
        templates = [one.uri_template for one in (await client.list_resource_templates()).resource_templates]
        plan = "codeagent://plan/plans/tidy.yaml"
        texts = {uri: (await client.read_resource(uri)).contents[0].text for uri in (*listed, plan)}
        return listed, templates, texts

    listed, templates, texts = talk(shop.root, conversation, mode)
    assert listed == ["codeagent://map", "codeagent://report"]
    assert templates == ["codeagent://plan/{path}"]
    assert "def price_of(item):" in texts["codeagent://map"]
    assert texts["codeagent://report"].startswith("# ")
    assert "Rename price" in texts["codeagent://plan/plans/tidy.yaml"]


@pytest.mark.parametrize(
    "uri",
    [
        "codeagent://plan/../secret.yaml",
        "codeagent://plan/%2e%2e/secret.yaml",
        "codeagent://plan//etc/passwd",
        "codeagent://plan/link.yaml",
        "codeagent://plan/nothing.yaml",
        "codeagent://plan/%00",
        "codeagent://nothing",
    ],
)
def test_nothing_else_is_read(shop, uri):
    secret = shop.root.parent / "secret.yaml"
    secret.write_text(FILES["plans/tidy.yaml"])
    (shop.root / "link.yaml").symlink_to(secret)
    failed = talk(shop.root, lambda client: client.read_resource(uri))
    assert failed.error.code == types.INVALID_PARAMS
    assert "cost_of" not in failed.error.message


@pytest.mark.parametrize("mode", MODES)
def test_prompts_are_filled_in(shop, mode):
    async def conversation(client):
        listed = (await client.list_prompts()).prompts
        got = {
            one.name: await client.get_prompt(one.name, {argument.name: "THE VALUE" for argument in one.arguments})
            for one in listed
        }
        with pytest.raises(MCPError, match="needs goal"):
            await client.get_prompt("change", {})
        with pytest.raises(MCPError, match="did you mean goal"):
            await client.get_prompt("change", {"gaol": "x"})
        return listed, got

    listed, got = talk(shop.root, conversation, mode)
    assert [one.name for one in listed] == ["change", "review", "understand"]
    for one in listed:
        assert one.description
        assert "THE VALUE" in got[one.name].messages[0].content.text


# --- the wire


class Raw:
    """A client that knows nothing but JSON lines."""

    def __init__(self, root: Path, code: str = "") -> None:
        start = [sys.executable, "-m", "codeagent"] if not code else [sys.executable, "-c", code]
        self.process = subprocess.Popen(
            [*start, "mcp", "--repo", str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )

    def send(self, message: object) -> None:
        self.line(json.dumps(message).encode())

    def line(self, data: bytes) -> None:
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def ask(self, number: int, method: str, params: object = None) -> bytes:
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}})
        return self.process.stdout.readline()

    def initialize(self, version: str = "2025-11-25") -> dict:
        about = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
        answer = json.loads(self.ask(0, "initialize", about))
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return answer["result"]

    def end(self) -> tuple[int, bytes, bytes]:
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def raw(shop):
    started = []

    def start(code: str = "") -> Raw:
        started.append(Raw(shop.root, code))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


@pytest.mark.parametrize("version", ["2025-06-18", "2024-11-05"])
def test_older_clients_get_their_version(raw, version):
    client = raw()
    assert client.initialize(version)["protocolVersion"] == version
    assert json.loads(client.ask(1, "tools/call", {"name": "find", "arguments": {"text": "Cart"}}))["result"]


def test_a_stateless_client_needs_no_handshake(raw):
    envelope = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    client = raw()
    found = json.loads(client.ask(1, "server/discover", {"_meta": envelope}))["result"]
    assert "2026-07-28" in found["supportedVersions"]
    called = {"_meta": envelope, "name": "find", "arguments": {"text": "Cart"}}
    result = json.loads(client.ask(2, "tools/call", called))["result"]
    assert result["resultType"] == "complete"
    assert result["structuredContent"]["results"][0]["symbol"] == "shop/cart.py::Cart"
    listed = json.loads(client.ask(3, "tools/list", {"_meta": envelope}))["result"]
    assert listed["ttlMs"] > 0
    assert listed["cacheScope"] == "public"


def test_lists_are_the_same_byte_for_byte(raw):
    first, second = raw(), raw()
    first.initialize()
    second.initialize()
    for method in ("tools/list", "prompts/list", "resources/list"):
        assert len({first.ask(7, method), first.ask(7, method), second.ask(7, method)}) == 1


NOISY = """
import ctypes, os, subprocess, sys, warnings
import codeagent.workflows.proposing as proposing
from codeagent.interfaces import cli
import codeagent.tools.lookups as lookups
from codeagent.tools import TOOLS

quiet = lookups.find

def find(graph, text, *, limit=50):
    "Find, and make noise in every way there is."
    print("printed")
    sys.stdout.write("written"); sys.stdout.flush()
    sys.__stdout__.write("written past the stream"); sys.__stdout__.flush()
    os.write(1, b"written to the descriptor\\n")
    libc = ctypes.CDLL(None)
    libc.puts(b"written by C"); libc.fflush(None)
    subprocess.run(["echo", "written by a child"])
    warnings.warn("warned")
    return quiet(graph, text, limit=limit)

find.__annotations__ = quiet.__annotations__
lookups.find = find
sys.exit(cli.run(sys.argv[1:]))
"""


def test_nothing_but_messages_is_on_the_wire(raw):
    client = raw(NOISY)
    client.initialize()
    answer = json.loads(client.ask(1, "tools/call", {"name": "find", "arguments": {"text": "Cart"}}))
    assert answer["result"]["structuredContent"]["results"]
    code, out, err = client.end()
    assert (code, out) == (0, b"")
    for noise in (b"printed", b"past the stream", b"to the descriptor", b"by C", b"by a child", b"warned"):
        assert noise in err


def test_what_is_no_message_ends_nothing(raw):
    client = raw()
    client.initialize()
    for rubbish in (b"{", b"\xff\xfe", b"[]", b'{"jsonrpc": "2.0", "id": 5, "method": "no/such/method"}'):
        client.line(rubbish)
    while json.loads(line := client.process.stdout.readline()).get("id") != 5:
        pass
    assert json.loads(line)["error"]["code"] == -32601
    assert b"result" in client.ask(6, "ping")
    assert client.end()[0] == 0  # it ends when the client goes


def test_the_wire_is_alive_while_the_index_is_made(raw, shop):
    shop.write({f"many/m{number}.py": f"def f{number}(): ...\n" * 200 for number in range(400)})
    client = raw()
    client.initialize()
    client.send({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "edges", "arguments": {}}})
    assert json.loads(client.ask(2, "ping"))["id"] == 2
    assert json.loads(client.process.stdout.readline())["id"] == 1


def long_work(project, began, ended):
    """Work that says how far it is, over and over, and would go on for a minute."""

    def work():
        began.set()
        try:
            for number in range(6000):
                project.emit(Progress("work", number, 6000))
                time.sleep(0.01)
        finally:
            ended.set()

    return work


def test_what_is_cancelled_ends_and_does_not_hold_up_what_comes_next(shop):
    worker = Worker(open_project(shop.root))
    began, ended = threading.Event(), threading.Event()

    async def conversation():
        asked = asyncio.create_task(worker.run(long_work(worker.project, began, ended)))
        await asyncio.to_thread(began.wait, 10)
        asked.cancel()
        return await asyncio.wait_for(worker.run(lambda: "next"), 10)

    assert asyncio.run(conversation()) == "next"
    assert ended.is_set()
    worker.close()


def test_a_client_that_hangs_up_lets_the_work_end(shop):
    worker = Worker(open_project(shop.root))
    began, ended = threading.Event(), threading.Event()

    async def conversation():
        asked = asyncio.create_task(worker.run(long_work(worker.project, began, ended)))
        await asyncio.to_thread(began.wait, 10)
        worker.close()
        with pytest.raises(KeyboardInterrupt):
            await asked

    with suppress(KeyboardInterrupt):  # the loop lets it pass, too
        asyncio.run(conversation())
    assert ended.is_set()


@pytest.mark.parametrize("name", ["find", "search", "references"])
def test_a_text_that_is_far_too_long_is_refused_at_once(shop, name):
    tool = toolbox(open_project(shop.root), (Effect.READ, Effect.PROPOSE))[name]
    with pytest.raises(UsageError, match=r"has more than 32,000 characters"):
        tool.run({tool.parameters["required"][0]: "x" * 1_000_000})


def test_a_diff_may_be_long(shop):
    tool = toolbox(open_project(shop.root), (Effect.READ,))["check"]
    rows = "".join(f"+row{number} = {number}\n" for number in range(4000))
    diff = f"--- /dev/null\n+++ b/shop/new.py\n@@ -0,0 +1,4000 @@\n{rows}"
    assert tool.run({"patch": diff}).data["verdict"] in ("ok", "blocked")


def test_a_name_that_is_no_text_does_not_break_the_wire(raw, shop):
    name = os.fsdecode(b"caf\xe9\x1b.py")
    try:
        (shop.root / name).write_text("def odd(): ...\n")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    client = raw()
    client.initialize()
    answer = json.loads(client.ask(1, "tools/call", {"name": "find", "arguments": {"text": "odd"}}))
    assert "\x1b" not in answer["result"]["content"][0]["text"]
    assert len(answer["result"]["structuredContent"]["results"]) == 1


# --- the command


def test_a_folder_that_is_no_repository_is_not_indexed_by_mistake(cli, home):
    done = cli("mcp", cwd=home)
    assert done.code == 2
    assert "codeagent mcp --repo DIR" in done.err


def test_the_sdk_is_loaded_for_this_command_only():
    code = "import sys; import codeagent.interfaces.commands.mcp; sys.exit('mcp' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())
