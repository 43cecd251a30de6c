"""codeagent: understand a repository from facts. The public face; each name is imported when it is first used."""

from importlib import import_module

TYPE_CHECKING = False  # what checkers take for true; `typing` itself may be a file of the folder we are started in
if TYPE_CHECKING:
    from codeagent.config import load_config
    from codeagent.domain.errors import CodeAgentError
    from codeagent.graph.graph import CodeGraph
    from codeagent.graph.update import open_graph
    from codeagent.workflows.analyze import analyze

__version__ = "0.1.0"

__all__ = ["CodeAgentError", "CodeGraph", "analyze", "load_config", "open_graph"]

_HOMES = {
    "CodeAgentError": "codeagent.domain.errors",
    "CodeGraph": "codeagent.graph.graph",
    "analyze": "codeagent.workflows.analyze",
    "load_config": "codeagent.config",
    "open_graph": "codeagent.graph.update",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'codeagent' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
