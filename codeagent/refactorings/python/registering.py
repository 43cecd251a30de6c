"""Python: functions that a decorator hands to somebody when their module is imported, as web frameworks do."""

from collections.abc import Collection, Iterator

from codeagent.refactorings.python.decorators import keeper
from codeagent.refactorings.python.modules import PythonModules


def unseen(modules: PythonModules, path: str, names: Collection[str], goal: str) -> Iterator[str]:
    """Yield, in words, which functions of a module that go to another one are handed to somebody only once that is
    imported, where their own module does not import it."""
    code = modules.code
    if code.graph.files[path].test or any(modules.module_of(path, one) == goal for one in modules.imports(path)):
        return
    functions = (one for one in code.graph.symbols(path) if one.parent == path and one.kind == "function")
    for symbol in functions:
        if symbol.name in names and (mark := keeper(code, symbol)):
            yield f"@{mark} is given {symbol.name} once {goal} is imported, which {path} does not import"
