"""The pages: a reference in Markdown and a manual page in roff, from every declaration there is."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from codeagent import __version__
from codeagent.agent.roles import KEYS, ROLES
from codeagent.config import SETTINGS
from codeagent.interfaces.docs.described import Described, Taken, described, global_options
from codeagent.interfaces.failures import EXIT_CODES
from codeagent.quality.gates.settings import built_in_gates

_PROJECT = {
    "adds": "may add to it",
    "lowers": "may lower it",
    "tightens": "may make it stricter",
    "never": "may not set it",
}
VARIABLES = {
    "CODEAGENT_CONFIG": "the user's settings file",
    "CODEAGENT_STATE_DIR": "where runs and logs lie",
    "OPENAI_API_KEY, ANTHROPIC_API_KEY, …": "keys of models, as litellm names them",
    "CODEAGENT_…": "any setting, in capitals: CODEAGENT_MODEL, CODEAGENT_CACHE_DIR",
    "NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM": "when to colour",
}


def pages() -> dict[str, str]:
    """Return every generated page by its path under `docs/`."""
    commands = list(described())
    return {"reference.md": "\n".join(_reference(commands)) + "\n", "codeagent.1": "\n".join(_manual(commands)) + "\n"}


def _reference(commands: list[Described]) -> Iterator[str]:
    yield "# Reference\n\nWritten from the declarations that codeagent itself runs by; `tests/test_docs.py` compares.\n"
    yield "## Global options\n\nBefore the command: `codeagent [OPTIONS] COMMAND …`.\n"
    yield from _table(global_options())
    yield "\n## Commands\n"
    for panel, group in groupby(commands, key=lambda one: one.panel):
        yield f"### {panel}\n"
        for one in group:
            yield from _command(one)
    yield "## Gates\n\n| gate | family | in `check` | what it holds |\n|---|---|---|---|"
    for name, gate in sorted(built_in_gates().items()):
        yield f"| `{name}` | {gate.family} | {'yes' if gate.fast else ''} | {_cell(gate.summary)} |"
    yield "\n## Settings\n\n| setting | built-in | a project | what it is |\n|---|---|---|---|"
    for name, setting in SETTINGS.items():
        yield f"| `{name}` | {_cell(str(setting.default))} | {_PROJECT[setting.project]} | {_cell(setting.about)} |"
    yield "\n### Models: `[models.NAME]`\n\nIn your own settings alone. `[roles]` gives one to each of"
    yield f"{', '.join(f'`{role}`' for role in ROLES)}.\n\n| key | what it is |\n|---|---|"
    yield from (f"| `{name}` | {_cell(key.about)} |" for name, key in KEYS.items())
    yield "\n## Environment\n\n| variable | what it is |\n|---|---|"
    yield from (f"| `{name}` | {_cell(about)} |" for name, about in VARIABLES.items())
    yield "\n## Exit codes\n\n| code | meaning |\n|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())


def _command(one: Described) -> Iterator[str]:
    yield f"#### codeagent {one.words}\n\n```text\n{_usage(one)}\n```\n\n{one.about}\n"
    yield from _table(one.takes)
    yield ""


def _table(takes: Iterable[Taken]) -> Iterator[str]:
    rows = [f"| `{_cell(' '.join(filter(None, (one.names, one.value))))}` | {_cell(_about(one))} |" for one in takes]
    if rows:
        yield from ("| | |", "|---|---|", *rows)


def _about(one: Taken) -> str:
    more = [f"default: {one.default}"] if one.default else []
    more += ["repeatable"] if one.repeatable and "repeatable" not in one.about else []
    return f"{one.about} ({'; '.join(more)})" if more else one.about


def _usage(one: Described) -> str:
    words = [f"codeagent {one.words}"]
    if any(not taken.argument for taken in one.takes):
        words.append("[OPTIONS]")
    for taken in one.takes:
        if taken.argument:
            name = taken.names + "…" * taken.repeatable
            words.append(name if taken.required else f"[{name}]")
    return " ".join(words)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _manual(commands: list[Described]) -> Iterator[str]:
    yield f'.TH CODEAGENT 1 "" "codeagent {__version__}" "User Commands"'
    yield ".SH NAME\ncodeagent \\- understand any repository, change it exactly, judge every change"
    yield ".SH SYNOPSIS\n.B codeagent\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR ..."
    yield ".SH OPTIONS"
    yield from _items(global_options())
    yield ".SH COMMANDS"
    for one in commands:
        yield f".SS {_roff(_usage(one))}\n{_roff(one.about)}"
        yield from _items(one.takes)
    yield ".SH ENVIRONMENT"
    for name, about in VARIABLES.items():
        yield f".TP\n.B {_roff(name)}\n{_roff(about)}"
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_CODES.items():
        yield f".TP\n.B {code}\n{_roff(meaning)}"


def _items(takes: Iterable[Taken]) -> Iterator[str]:
    for one in takes:
        value = f" \\fI{_roff(one.value)}\\fR" if one.value else ""
        yield f".TP\n\\fB{_roff(one.names)}\\fR{value}\n{_roff(_about(one)) or chr(92) + '&'}"


def _roff(text: str) -> str:
    """Text without a meaning in roff: backslashes, hyphens, and dots or quotes that open a line."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines if line.strip())
