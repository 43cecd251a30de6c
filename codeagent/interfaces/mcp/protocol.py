"""The handlers of the protocol: our values in the words of the SDK, which is why this is loaded only to serve."""

from collections.abc import Mapping
from typing import Any, Final, TextIO

from mcp import types
from mcp.server.caching import CacheHint
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from codeagent import __version__
from codeagent.agent.prompts import load_prompt
from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.printable import printable
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.interfaces.failures import describe_bug, keep_log
from codeagent.interfaces.mcp.offers import (
    MARKDOWN,
    PLAN_TEMPLATE,
    fill_in,
    offered_prompts,
    read_resource,
    resources_of,
)
from codeagent.interfaces.mcp.wire import Wire
from codeagent.interfaces.mcp.worker import Worker
from codeagent.workflows.toolbox import toolbox

INSTRUCTIONS: Final = """\
Answers about this repository come from its code graph: definitions, references, calls, imports. Ask `locate` where an
issue is about, `find` for a name, `source` for code with line numbers, `impact` for what a change may break. Symbols
are written like src/shop.py::Cart.total, or PATH:LINE:COL. The propose_ tools return proven diffs and write nothing;
`check` judges a diff or a proposal. Answers follow the files on disk; an empty one says how far it is proof."""
_STEADY: Final = CacheHint(ttl_ms=3_600_000, scope="public")  # what is offered stays the same as long as we run
_HINTS: Final = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


async def run(worker: Worker, stdout: TextIO) -> None:
    """Serve on stdin and `stdout` until the client closes the wire."""
    server = build(worker)
    wire: Any = Wire(stdout)  # all that the SDK uses of an `anyio.AsyncFile`
    async with stdio_server(stdout=wire) as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def build(worker: Worker) -> "Server[Any]":
    """Return the SDK's server: nothing is indexed before something is asked."""
    tools = toolbox(worker.project, (Effect.READ, Effect.PROPOSE))
    return Server(
        "codeagent",
        version=__version__,
        title="codeagent",
        instructions=INSTRUCTIONS,
        cache_hints={
            "tools/list": _STEADY,
            "prompts/list": _STEADY,
            "resources/list": _STEADY,
            "resources/templates/list": _STEADY,
        },
        **_tool_handlers(worker, tools),
        **_resource_handlers(worker, tools),
        **_prompt_handlers(),
    )


def _tool_handlers(worker: Worker, tools: Mapping[str, Tool]) -> dict[str, Any]:
    listed = types.ListToolsResult(tools=[_described(tool) for tool in tools.values()])

    async def list_tools(ctx: Any, params: Any) -> Any:
        return listed

    async def call_tool(ctx: Any, params: Any) -> Any:
        tool = tools.get(params.name)
        if tool is None:
            raise _invalid(UsageError(f"no tool {params.name[:80]!r}", f"there are {', '.join(tools)}"))

        async def report(done: float, what: str) -> None:
            await ctx.session.report_progress(done, message=what)

        try:
            result = await worker.run(lambda: tool.run(params.arguments or {}), report)
        except Exception as error:
            return types.CallToolResult(content=[_text(_told(error))], is_error=True)
        return _answer(result)

    return {"on_list_tools": list_tools, "on_call_tool": call_tool}


def _described(tool: Tool) -> Any:
    return types.Tool(
        name=tool.name,
        description=tool.summary,
        input_schema=dict(tool.parameters),
        output_schema=dict(tool.returns),
        annotations=_HINTS,
    )


def _answer(result: ToolResult) -> Any:
    return types.CallToolResult(content=[_text(result.text)], structured_content=dict(result.data))


def _text(text: str) -> Any:
    return types.TextContent(type="text", text=text.encode("utf-8", "backslashreplace").decode())


def _told(error: Exception) -> str:
    """What the client's model should read: what is wrong and what to do; of our own faults, where the log lies."""
    if isinstance(error, CodeAgentError):
        return printable(f"error: {error.message}" + (f"\nhint: {error.hint}" if error.hint else ""))
    try:
        where = f"; the log is {keep_log(describe_bug(error))}"
    except OSError:
        where = ""
    return printable(f"internal error of codeagent: {type(error).__name__}: {error}{where}")


def _invalid(error: CodeAgentError) -> Exception:
    """The protocol's own error, for what names something that there is not."""
    return MCPError(code=types.INVALID_PARAMS, message=printable(f"{error.message}: {error.hint}"))


def _resource_handlers(worker: Worker, tools: Mapping[str, Tool]) -> dict[str, Any]:
    resources = resources_of(worker.project, tools)
    listed = [
        types.Resource(uri=one.uri, name=one.name, description=one.about, mime_type=one.kind)
        for one in resources.values()
    ]
    template = types.ResourceTemplate(
        uri_template=PLAN_TEMPLATE, name="plan", description="A plan file of the repository.", mime_type=MARKDOWN
    )

    async def list_resources(ctx: Any, params: Any) -> Any:
        return types.ListResourcesResult(resources=listed)

    async def list_templates(ctx: Any, params: Any) -> Any:
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read(ctx: Any, params: Any) -> Any:
        uri = str(params.uri)
        try:
            text, kind = await worker.run(lambda: read_resource(worker.project, resources, uri))
        except CodeAgentError as error:
            raise _invalid(error) from error
        clean = text.encode("utf-8", "backslashreplace").decode()
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=uri, text=clean, mime_type=kind)])

    return {
        "on_list_resources": list_resources,
        "on_list_resource_templates": list_templates,
        "on_read_resource": read,
    }


def _prompt_handlers() -> dict[str, Any]:
    async def list_prompts(ctx: Any, params: Any) -> Any:
        found = []
        for name, file in offered_prompts().items():
            prompt = load_prompt(file)
            arguments = [types.PromptArgument(name=one, required=True) for one in prompt.variables]
            about = prompt.purpose.partition("; ")[2]
            found.append(types.Prompt(name=name, description=about, arguments=arguments))
        return types.ListPromptsResult(prompts=found)

    async def get_prompt(ctx: Any, params: Any) -> Any:
        try:
            text = fill_in(params.name, params.arguments or {})
        except UsageError as error:
            raise _invalid(error) from error
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=_text(text))])

    return {"on_list_prompts": list_prompts, "on_get_prompt": get_prompt}
