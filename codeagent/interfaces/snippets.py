"""`codeagent init --mcp`: what each client is to be told so that it starts our server; nothing is written."""

from dataclasses import asdict
from importlib.util import find_spec

import msgspec

from codeagent.interfaces.terminal import Format, Terminal, write_result
from codeagent.workflows.clients import Client, client, clients


def print_snippets(terminal: Terminal, name: str | None, shape: Format) -> None:
    """Print the snippet of one client, or of all. Raises UsageError for a client that nothing is known of."""
    found = [client(name)] if name else list(clients().values())
    if shape is Format.JSON:
        document = {"schema_version": 1, "clients": [asdict(one) for one in found]}
        write_result(msgspec.json.format(msgspec.json.encode(document)).decode())
    elif name:  # ready to be put into the file
        write_result(found[0].text)
        terminal.remark(_where(found[0]))
    else:
        write_result("\n\n".join(f"# {_where(one)}\n{one.text}" for one in found))
    if find_spec("mcp") is None:
        terminal.remark("the server needs one more package: pip install 'codeagent[mcp]'")


def _where(one: Client) -> str:
    return f"{one.title}: {one.file}" + (f" ({one.remark})" if one.remark else "")
