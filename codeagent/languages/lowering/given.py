"""What an anonymous function is handed, as a question that the expressions of a file ask."""

from typing import NamedTuple, Protocol

from tree_sitter import Node


class Given(NamedTuple):
    """What an anonymous function is handed: elements of a receiver, or the receiver itself."""

    receiver: Node
    itself: bool


class Hands(Protocol):
    """The anonymous functions of a file; `handing.Handing` answers."""

    implies: bool  # whether any of them runs on a receiver that its names may be members of

    def receivers(self, position: int, name: str) -> list[Node]:
        """Return the receivers of the anonymous functions around a position, outermost first; those within which an
        anonymous function has `name` for itself."""

    def at(self, position: int, name: str) -> Given | None:
        """Return what a name stands for at a position, None where no anonymous function tells."""


def is_called(node: Node) -> bool:
    """Tell whether a name stands as the method of a call, with arguments."""
    around = node.parent
    method = around.child_by_field_name("method") if around is not None else None
    return method is not None and method.id == node.id
