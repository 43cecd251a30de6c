"""Prompt tokens of ten tasks on real repositories, with the graph and by reading whole files, to the same outcome.

Usage: python benchmarks/context_economy.py FOLDER    (which holds clones of flask, requests, rich and django)

A task is a question as a user would put it, and the symbols whose code must have been seen, every line of it, before
it can be answered; the outcome is right once they have. Nobody is asked but a scripted reader, which goes through
the real loop with the real prompts: it asks for the code of a symbol that is needed as soon as its name has come up,
and otherwise looks further in a fixed order (outlines of the files that fit, best first, then callees of what it has
seen). It does not know where anything is.

With whole files, in the best case: the reader is told at once which files hold what is needed and reads exactly
those, all in one turn, from the same opening with the same list of files that fit. `ranked`: it reads the files of
that list in order instead, until the outcome is right (a file that the list lacks comes last).

Counted are all tokens of all requests of a task (rules, tools, everything said so far), estimated alike on both
sides as bytes over 3.5. What a provider would have cached is not taken off.
"""

import argparse
import json
import re
import tempfile
from pathlib import Path

from codeagent.agent.context import show, slice_of
from codeagent.agent.fencing import Fence
from codeagent.agent.hands import Hands
from codeagent.agent.loop import Seat, converse
from codeagent.agent.model import Reply
from codeagent.agent.opening import opening
from codeagent.agent.prompts import render
from codeagent.config import load_config
from codeagent.domain.run import Message, ToolCall, Usage
from codeagent.domain.tokens import tokens_of
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.workflows.asking.ask import TOKENS
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.evidence import evidence
from codeagent.workflows.asking.exploring import DUTY, SPARED
from codeagent.workspace.eventlog import EventLog

TASKS = [
    ("flask", "locate", "Where is what a view function returns turned into a response?", ["Flask.make_response"]),
    (
        "flask", "explain", "How does a request get from the WSGI server to the view function?",
        ["Flask.wsgi_app", "Flask.full_dispatch_request", "Flask.dispatch_request"],
    ),
    (
        "flask", "change", "Always set the session cookie when the session is new, not only when it was modified.",
        ["SessionInterface.should_set_cookie", "SecureCookieSessionInterface.save_session"],
    ),
    (
        "requests", "locate", "Where is the Authorization header dropped when a redirect leads to another host?",
        ["SessionRedirectMixin.rebuild_auth", "SessionRedirectMixin.should_strip_auth"],
    ),
    (
        "requests", "explain", "How is it decided which proxy a request goes through, and when is no_proxy heeded?",
        ["Session.merge_environment_settings", "get_environ_proxies", "should_bypass_proxies"],
    ),
    (
        "requests", "change", "Say in the error message which of the two timeouts of a tuple is invalid.",
        ["HTTPAdapter.send"],
    ),
    (
        "rich", "locate", "Where is it computed how many terminal cells a wide character takes?",
        ["cell_len", "get_character_cell_size"],
    ),
    (
        "rich", "change", "When a table does not fit, shrink columns with a ratio before the others.",
        ["Table._calculate_column_widths", "Table._collapse_widths"],
    ),
    (
        "django", "explain", "How is the CSRF token of a POST request compared with the cookie?",
        ["CsrfViewMiddleware.process_view", "CsrfViewMiddleware._check_token"],
    ),
    (
        "django", "change", "Name the lookup arguments in the error when get() finds more than one object.",
        ["QuerySet.get"],
    ),
]  # fmt: skip
OUTLINES = 8
MOST = 40  # turns after which a task counts as missed


class Reader:
    """Stands in for a model: sees what a model would see, counts it, and asks for more until it has what is needed."""

    name, context_tokens = "reader", 10_000_000

    def __init__(self, needed, further):
        self.needed, self.further = needed, further  # (id, name, its numbered lines); calls to make when at a loss
        self.tokens = self.turns = 0
        self.seen = False

    def answer(self, request, hear):
        """Count the request; call a tool, or end because all has been seen."""
        tools = json.dumps([[tool.name, tool.summary, tool.parameters] for tool in request.tools], default=dict)
        self.tokens += tokens_of(tools) + sum(tokens_of(one.text) for one in request.messages)
        self.tokens += sum(tokens_of(c.name + c.arguments) for one in request.messages for c in one.calls)
        self.turns += 1
        text = "\n".join(one.text for one in request.messages)
        rows = {(int(n), row) for n, row in re.findall(r"^ *(\d+)  (.*)$", text, re.MULTILINE)}
        missing = [one for one in self.needed if not one[2] <= rows]
        self.seen = not missing
        calls = self._calls(missing, text) if missing and self.turns < MOST else []
        said = tuple(ToolCall(f"c{at}", name, json.dumps(given)) for at, (name, given) in enumerate(calls))
        return Reply(Message("assistant", "" if calls else "done", said), Usage(), self.name)

    def _calls(self, missing, text):
        named = [one for one in missing if re.search(rf"\b{re.escape(one[1])}\b", text)]
        if named and "source" in self.further.tools:
            return [("source", {"symbol": one[0]}) for one in named]
        following = self.further.next()
        return [following] if isinstance(following, tuple) else following


class Further:
    """What to look at when no needed name has come up, in a fixed order."""

    def __init__(self, steps, tools):
        self.steps, self.tools = list(steps), tools

    def next(self):
        """The next call, or calls; nothing when there is nothing left."""
        return self.steps.pop(0) if self.steps else []


def needed_of(graph, names):
    """For each symbol its id, its last name, and its lines with their numbers."""
    found = []
    for name in names:
        symbol = graph.symbol(name)
        data = graph.read(symbol.path)
        first = data.count(b"\n", 0, symbol.span.start) + 1
        lines = slice_of(symbol.path, data, first, symbol.end_line).text.split("\n")
        found.append((symbol.id, symbol.name, {(first + at, row) for at, row in enumerate(lines)}))
    return found


def held(folder, question, told, tools, reader):
    """Hold the conversation of one task; return the tokens, the turns, and whether the outcome is right."""
    with tempfile.TemporaryDirectory() as place:
        log = EventLog(Path(place))
        task = render("ask", question=question, evidence=Fence(log.seed).wrap(told, "the code graph"))
        converse(Seat(reader, log, "reader", turns=MOST), opening(log.seed, DUTY, task), Hands(tools, "explorer"))
        log.close()
    return reader.tokens, reader.turns, reader.seen


def with_graph(desk, question, names):
    """A task with what `codeagent ask` shows and its tools."""
    found = desk.ask(lambda graph: evidence(graph, desk.config, question, TOKENS))
    steps = [("outline", {"path": one.path}) for one in found.files[:OUTLINES]]
    steps += [("callees", {"symbol": name}) for one in found.files for name in one.symbols[:2]]
    tools = {name: tool for name, tool in desk.tools({Effect.READ}).items() if name not in SPARED}
    reader = Reader(desk.ask(lambda graph: needed_of(graph, names)), Further(steps, tools))
    return held(desk.root, question, found.text, tools, reader)


def with_files(desk, question, names, *, best):
    """The same task by reading whole files: those that are needed, or the ranked ones in order."""
    found = desk.ask(lambda graph: evidence(graph, desk.config, question, TOKENS))
    needed = desk.ask(lambda graph: needed_of(graph, names))
    homes = list(dict.fromkeys(one[0].partition("::")[0] for one in needed))
    listed = [one.path for one in found.files]
    order = [*listed, *(path for path in homes if path not in listed)]
    reads = [("read", {"path": path}) for path in (homes if best else order)]

    def read(given):
        def whole(graph):
            data = graph.read(given["path"])
            return show(slice_of(given["path"], data, 1, data.count(b"\n") + 1)).text

        return ToolResult(desk.ask(whole))

    schema = {
        "type": "object",
        "properties": {"path": {"type": "string", "description": "A file, relative to the root."}},
        "required": ["path"],
        "additionalProperties": False,
    }
    tools = {"read": Tool("read", Effect.READ, "Read a file with line numbers.", schema, read)}
    reader = Reader(needed, Further([reads] if best else reads, tools))
    return held(desk.root, question, "files that fit, best first:\n" + "\n".join(listed), tools, reader)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    total = [0, 0, 0]
    print("| task | with the graph | whole files, best case | share | whole files, ranked | share |")
    print("|---|---|---|---|---|---|")
    for repository, kind, question, names in TASKS:
        root = folder / repository
        with Desk(root, load_config(root), lambda event: None) as desk:
            sides = [
                with_graph(desk, question, names),
                *(with_files(desk, question, names, best=b) for b in (True, False)),
            ]
        tokens = [side[0] for side in sides]
        total = [a + b for a, b in zip(total, tokens, strict=True)]
        shown = [f"{t:,} in {turns} turns{'' if right else ', MISSED'}" for t, turns, right in sides]
        print(f"| {repository}, {kind}: {question} | {shown[0]} | {shown[1]} | {tokens[0] / tokens[1]:.0%} "
              f"| {shown[2]} | {tokens[0] / tokens[2]:.0%} |")  # fmt: skip
    print(f"| all | {total[0]:,} | {total[1]:,} | **{total[0] / total[1]:.0%}** | {total[2]:,} "
          f"| **{total[0] / total[2]:.0%}** |")  # fmt: skip


if __name__ == "__main__":
    main()
