"""The refactorings, one file each: from the graph and what is asked for to a proposal, never to a written file."""

from collections.abc import Callable
from importlib import import_module
from typing import Final, NamedTuple

from codeagent.refactorings.refactoring import Proposal


class Entry(NamedTuple):
    """One line of the registry: the module that holds `function`, and what it is for."""

    module: str  # imported when the operation is used, not before
    function: str
    summary: str
    languages: tuple[str, ...] = ()  # whose code it changes; empty for all that are read


PYTHON: Final = ("python",)

# operation -> where its function is and what it is for, in the order of the help
OPERATIONS: Final[dict[str, Entry]] = {
    "rename": Entry("rename", "rename", "Rename a symbol, parameter, module or package and everything that names it."),
    "change-signature": Entry(
        "change_signature", "change_signature", "Add, remove, reorder or rename parameters; overrides and calls follow."
    ),
    "parameter-object": Entry(
        "parameter_object",
        "parameter_object",
        "Make one parameter, a frozen dataclass, of several; calls follow.",
        PYTHON,
    ),
    "replace": Entry("replace", "replace", "Find code by its shape and put other code there (ast-grep's patterns)."),
    "safe-delete": Entry("safe_delete", "safe_delete", "Delete definitions or files that nothing uses."),
    "extract-function": Entry(
        "extract_function", "extract_function", "Make a function of selected code and call it.", PYTHON
    ),
    "extract-variable": Entry(
        "extract_variable", "extract_variable", "Name an expression by a variable before it.", PYTHON
    ),
    "move": Entry("move", "move", "Move functions, classes and variables to another module; imports follow.", PYTHON),
    "move-method": Entry(
        "move_method", "move_method", "Move a method to the class of an attribute and delegate to it.", PYTHON
    ),
    "merge-module": Entry(
        "merge_module", "merge_module", "Move all of a module into another one and delete it.", PYTHON
    ),
    "split-module": Entry("split_module", "split_module", "Make modules of groups of what a module defines.", PYTHON),
    "organize-imports": Entry(
        "organize_imports", "organize_imports", "Put imports in order; the unused ones go.", PYTHON
    ),
    "move-module": Entry("move_module", "move_module", "Move a module or package to another folder; imports follow."),
    "inline": Entry(
        "inline", "inline", "Put a function, variable, default or import alias where its name stands.", PYTHON
    ),
    "method-to-function": Entry(
        "method_to_function", "method_to_function", "Take a method out of its class; every call follows.", PYTHON
    ),
    "function-to-method": Entry(
        "function_to_method", "function_to_method", "Make a function a method of its first parameter's class.", PYTHON
    ),
    "wrap-in-class": Entry("wrap_in_class", "wrap_in_class", "Make functions static methods of a new class.", PYTHON),
    "encapsulate": Entry("encapsulate", "encapsulate", "Make an attribute a property over a private one.", PYTHON),
}


def works_on(name: str, language: str) -> bool:
    """Tell whether an operation of that name changes code of a language."""
    entry = OPERATIONS.get(name)
    return entry is not None and (not entry.languages or language in entry.languages)


def load_operation(name: str) -> Callable[..., Proposal]:
    """Import the function behind an operation; KeyError where there is none of that name."""
    entry = OPERATIONS[name]
    operation: Callable[..., Proposal] = getattr(
        import_module(f"codeagent.refactorings.{entry.module}"), entry.function
    )
    return operation
