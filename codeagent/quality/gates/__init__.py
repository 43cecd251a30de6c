"""The gates: what judges a change. Each is a function from the change to a result, or a command told in a TOML file."""

from collections.abc import Callable
from importlib import import_module
from typing import Final, NamedTuple

from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change


class Entry(NamedTuple):
    """One line of the registry: the module that holds `function`, imported when the gate runs."""

    module: str
    function: str


# gate -> where its function is, in the order of running and reporting; quality/gates/NAME.toml says the rest
GATES: Final[dict[str, Entry]] = {
    "parse": Entry("parse", "parse"),
    "bindings": Entry("bindings", "bindings"),
    "imports": Entry("imports", "imports"),
    "contracts": Entry("contracts", "contracts"),
    "purity": Entry("purity", "purity"),
    "tamper": Entry("tamper", "tamper"),
    "complexity": Entry("complexity", "complexity"),
    "dead": Entry("dead", "dead"),
    "duplicates": Entry("duplicates", "duplicates"),
    "secrets": Entry("secrets", "secrets"),
    "honesty": Entry("honesty", "honesty"),
    "scope": Entry("scope", "scope"),
    "protected": Entry("protected", "protected"),
    "stale": Entry("stale", "stale"),
    "red-first": Entry("red_first", "red_first"),
    "tests": Entry("tests", "tests"),
    "coverage": Entry("coverage", "coverage"),
}


def load_gate(name: str) -> Callable[[Change], GateResult]:
    """Import the function behind a gate; KeyError where there is none of that name."""
    entry = GATES[name]
    gate: Callable[[Change], GateResult] = getattr(
        import_module(f"codeagent.quality.gates.{entry.module}"), entry.function
    )
    return gate
