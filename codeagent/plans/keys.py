"""What may stand in a plan: the keys of each table, told once for reading, writing and the schema."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from codeagent.domain.plan import Otherwise, Risk

Kind = Literal["text", "texts", "flag", "count", "money", "digests", "arguments", "blast", "steps", "version"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it takes, what it is for, whether it must be there; `choices` are the only words it knows."""

    name: str
    kind: Kind
    about: str
    required: bool = False
    choices: tuple[str, ...] = ()


PLAN: Final = (
    Key("version", "version", "The version of this format.", required=True),
    Key("goal", "text", "What is wanted, in words.", required=True),
    Key("summary", "text", "How the steps get there."),
    Key("origin", "text", "Who made it: a model's name, the id of an opportunity or recipe, or person."),
    Key("base", "text", "The commit that it was made at."),
    Key("files", "digests", "The files that it relies on, and the digest of each (BLAKE2b, 16 bytes)."),
    Key("steps", "steps", "What is done, in order.", required=True),
    Key("notes", "texts", "What a reader should know."),
)

STEP: Final = (
    Key("id", "text", "The name of the step: small letters, digits and dashes.", required=True),
    Key("title", "text", "What it does, in one line.", required=True),
    Key("operation", "text", 'The name of a refactoring, or "rewrite": a model writes the edit.', required=True),
    Key("arguments", "arguments", "What the operation takes, as its command does."),
    Key("why", "text", "What it is good for."),
    Key("after", "texts", "Steps that must hold first."),
    Key("preconditions", "texts", "What must be so before it."),
    Key("scope", "texts", "The only paths it may touch: patterns as in .gitignore, seen from the root.", required=True),
    Key("blast", "blast", "How far it is expected to reach, as the graph told."),
    Key("tests", "texts", "The test files that guard it."),
    Key("guarded", "flag", "Whether some test reaches what it changes."),
    Key("tried", "flag", "Whether a dry run has proven it."),
    Key("risk", "text", "How likely it is to break something.", choices=get_args(Risk)),
    Key("expected_cost", "money", "US dollars; null: unknown; 0: no model is asked."),
    Key("otherwise", "text", "What to do when it fails its gates.", choices=get_args(Otherwise)),
)

BLAST: Final = (
    Key("files", "texts", "Files that are written."),
    Key("symbols", "texts", "Symbols that change, then those that lean on them, nearest first."),
    Key("tests", "texts", "Test files that may notice."),
    Key("left_out", "count", "How many symbols and tests more there are."),
)

# --- bounds of what nobody vouches for

MOST_STEPS: Final = 200
MOST_ITEMS: Final = 2000
LONGEST_TEXT: Final = 20_000  # characters
STEP_ID: Final = r"[a-z0-9][a-z0-9-]{0,47}"
DIGEST: Final = r"[0-9a-f]{32}"
