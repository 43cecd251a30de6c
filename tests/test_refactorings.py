"""Refactorings as Markdown cases: given files and what is asked for, the diff that must come out, or the refusal.

Every case that yields a diff is also proven (syntax, bindings); a `flags` table in `options` says what the command
line would say: `accept_unresolved`. `accounting` counts occurrences, `notes` tells whether somebody is to look at the
change, and why."""

import tomllib
from pathlib import Path

import pytest
from cases import Case, cases

from codeagent.domain.errors import CodeAgentError
from codeagent.graph.update import open_graph
from codeagent.refactorings import OPERATIONS
from codeagent.workflows.refactor import Refactored, refactor


def _run(case: Case, root: Path) -> Refactored:
    options = tomllib.loads(case.expected["options"])
    flags = options.pop("flags", {})
    operation = options.pop("operation", case.source.stem)
    return refactor(open_graph(case.write(root), in_memory=True), operation, options, **flags)


@pytest.mark.parametrize("case", cases("refactorings", "diff"))
def test_a_refactoring_changes_what_it_should(case: Case, tmp_path: Path):
    root = tmp_path / "repo"
    done = _run(case, root)
    case.expect("diff", done.diff)
    if "accounting" in case.expected:
        found = done.proposal.occurrences
        counts = ((name, len(getattr(found, name))) for name in ("edited", "other", "text", "unresolved"))
        case.expect("accounting", "\n".join(f"{name} {count}" for name, count in counts))
    if "notes" in case.expected:
        case.expect("notes", "\n".join([f"safety {done.proposal.patch.safety}", *done.proposal.notes]))
    assert {path: (root / path).read_bytes() for path in done.files} == dict(done.files), "a proposal writes nothing"


@pytest.mark.parametrize("case", cases("refactorings", "refused"))
def test_a_refactoring_refuses_what_it_must(case: Case, tmp_path: Path):
    with pytest.raises(CodeAgentError) as raised:
        _run(case, tmp_path / "repo")
    case.expect("refused", raised.value.message)
    assert raised.value.hint, "a refusal says what to do"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_its_cases(operation: str):
    own = [param.values[0] for tag in ("diff", "refused") for param in cases("refactorings", tag)]
    assert sum(case.source.stem == operation for case in own) >= 5, f"fixtures/refactorings/{operation}.md"


_SETUP = """from functools import update_wrapper


def setup(function):
    def inner(self, *args, **kwargs):
        self.check(function.__name__)
        return function(self, *args, **kwargs)

    KEEPING
    return update_wrapper(inner, function)


class App:
    def check(self, name): ...
"""


@pytest.mark.parametrize(("keeping", "refused"), [("name = function.__name__", False), ("kept.append(function)", True)])
def test_a_decorator_that_hands_on_is_no_keeper_where_too_many_are_decorated_to_follow(
    keeping, refused, tmp_path: Path
):
    others = "".join(f"\n    @setup\n    def other_{number}(self): ...\n" for number in range(90))
    last = "\n    @setup\n    def add(self, rule, endpoint=None):\n        return rule, endpoint\n"
    call = '\n\nApp().add("/", endpoint="index")\n'
    (tmp_path / "app.py").write_text(_SETUP.replace("KEEPING", keeping) + others + last + call)
    graph = open_graph(tmp_path, in_memory=True)
    options = {"target": "app.py::App.add", "rename_parameter": ["endpoint=name"]}
    if refused:
        with pytest.raises(CodeAgentError, match="cannot be resolved"):
            refactor(graph, "change-signature", options)
    else:
        assert '+App().add("/", name="index")' in refactor(graph, "change-signature", options).diff
