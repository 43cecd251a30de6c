"""What a server offers beside tools: resources that can be read, and prompts that can be filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from urllib.parse import unquote

from codeagent.agent.prompts import load_prompt, prompt_names
from codeagent.domain.errors import UsageError
from codeagent.domain.printable import one_line
from codeagent.domain.tool import Tool
from codeagent.interfaces.plans.md import as_markdown as plan_as_markdown
from codeagent.interfaces.reports.md import as_markdown as report_as_markdown
from codeagent.plans.reading import load_plan
from codeagent.project import Project
from codeagent.workflows.analyze import analyze

MARKDOWN: Final = "text/markdown"
PLAN_TEMPLATE: Final = "codeagent://plan/{path}"
_PLAN: Final = "codeagent://plan/"
_PROMPTS: Final = "mcp-"  # what the names of their files begin with
_SHOWN: Final = 10  # of every list of the report


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to be read: `uri` names it, `read` returns its text."""

    uri: str
    name: str
    about: str
    kind: str  # MIME type
    read: Callable[[], str]


def resources_of(project: Project, tools: Mapping[str, Tool]) -> dict[str, Resource]:
    """Return the resources that are always there, by URI."""

    def report() -> str:
        project.current()
        return report_as_markdown(analyze(project.root, emit=project.emit, config=project.config), _SHOWN)

    found = (
        Resource(
            "codeagent://map",
            "map",
            "A skeleton of the definitions that matter most.",
            "text/plain",
            lambda: tools["map"].run({}).text,
        ),
        Resource(
            "codeagent://report",
            "report",
            "What the repository is, how it hangs together, and where it hurts.",
            MARKDOWN,
            report,
        ),
    )
    return {one.uri: one for one in found}


def read_resource(project: Project, resources: Mapping[str, Resource], uri: str) -> tuple[str, str]:
    """Return the text of a resource and its MIME type. Raises UsageError: there is none of that URI."""
    known = resources.get(uri)
    if known is not None:
        return known.read(), known.kind
    if uri.startswith(_PLAN):
        return _plan(project, unquote(uri.removeprefix(_PLAN))), MARKDOWN
    raise UsageError(f"no resource {one_line(uri)[:200]}", f"there are {', '.join(resources)} and {PLAN_TEMPLATE}")


def _plan(project: Project, path: str) -> str:
    """A plan of the repository; nothing outside it is read, whatever the path says."""
    root = project.root.resolve()
    try:
        file = (root / path).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{one_line(path)[:200]} is no path", "name a plan file below the root") from error
    if not file.is_relative_to(root):
        raise UsageError(f"{one_line(path)[:200]} is outside the repository", "name a plan file below the root")
    return plan_as_markdown(load_plan(file))


def offered_prompts() -> dict[str, str]:
    """Return the prompts for clients: what they are called there to the name of ours."""
    return {name.removeprefix(_PROMPTS): name for name in prompt_names() if name.startswith(_PROMPTS)}


def fill_in(name: str, values: Mapping[str, str]) -> str:
    """Return the text of a prompt. Raises UsageError for one that there is not, and for what is missing or unknown."""
    offered = offered_prompts()
    if name not in offered:
        raise UsageError(f"no prompt {one_line(name)[:80]}", f"there are {', '.join(offered)}")
    prompt = load_prompt(offered[name])
    for value in values:
        if value not in prompt.variables:
            near = get_close_matches(value, prompt.variables, n=1)
            takes = f"did you mean {near[0]}?" if near else f"it takes {', '.join(prompt.variables)}"
            raise UsageError(f"prompt {name} takes no {one_line(value)[:80]}", takes)
    missing = [one for one in prompt.variables if not values.get(one, "").strip()]
    if missing:
        raise UsageError(f"prompt {name} needs {missing[0]}", prompt.purpose.partition("; ")[2])
    return prompt.render(values)
