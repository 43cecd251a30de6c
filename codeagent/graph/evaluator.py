"""What the parts of the evaluator ask of each other; `flow.Flow` is the one that answers."""

from typing import Protocol

from codeagent.domain.facts import FunctionFact, ImportFact
from codeagent.graph.sites import Sites
from codeagent.graph.solver import Solver
from codeagent.graph.values import Class, Denoted, Scene, Value, Values
from codeagent.graph.views import FileView
from codeagent.graph.world import World
from codeagent.languages.language import Location

Args = tuple[int, ...]  # positional argument expressions
Keywords = tuple[tuple[str, int], ...]  # keyword arguments; "" is `**`
Landing = tuple[
    str, Args, Keywords, int
]  # file and arguments of a call that reaches a function; how many parameters it has already


class Bases(Protocol):
    """Questions about classes; `classes.Hierarchy` answers them."""

    def find(self, owner: Class, name: str, after: Class | None = None) -> tuple[Value | None, str]:
        """Where a member is defined; see `classes.Hierarchy.find`."""

    def bases(self, owner: Class) -> tuple[Value, ...]:
        """The direct bases."""

    def line(self, owner: Class) -> tuple[Value, ...]:
        """The method resolution order."""

    def outside(self, owner: Class) -> int:
        """How many bases from outside a class has, its own and inherited ones."""

    def written(self, owner: Class) -> list[tuple[FileView, int]]:
        """The bases of a class as they are written: each an expression of a file."""

    def subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The direct subclasses in the tree."""

    def few_subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The first of them; more than anybody follows, where there are many."""

    def overriders(self, owner: Class, name: str, limit: int) -> list[Class]:
        """The classes below `owner` that define `name`."""


class Parameters(Protocol):
    """Questions about type parameters; `generics.Generics` answers them."""

    def parameters(self, owner: Class) -> tuple[Value | None, ...]:
        """The type parameters of a class by position."""

    def named_in(self, view: FileView, index: int) -> frozenset[Value]:
        """The type parameters that a type mentions."""

    def scene(self, receiver: Value, owner: Class) -> Scene:
        """An instance as one of the class that it has a member from."""

    def made(self, view: FileView, value: Value, args: Args, keywords: Keywords) -> Value:
        """The instance that constructing a class gives."""

    def member(self, found: Values, receiver: Value, defining: Class) -> Values:
        """What a member of `defining` is for a receiver."""

    def returned(self, found: Values, view: FileView, function: Value, args: Args, keywords: Keywords) -> Values:
        """What a function returns, for one call of it."""

    def filled(self, values: Values, scene: Scene) -> Values:
        """Put in the place of type parameters what they stand for in a scene."""

    def bounds(self, variable: Value) -> Values:
        """The types that a type parameter is at least."""

    def argument(self, scene: Value, position: int) -> Values:
        """Values of the type argument at a position of an instance with arguments."""


class Together(Protocol):
    """Questions about things written in several places; `parts.Parts` answers them."""

    def definitions(self, function: Denoted) -> list[Denoted]:
        """Where a function that is only declared has its body."""

    def of_type(self, owner: Class) -> tuple[Class, ...]:
        """All parts of a type."""

    def of_namespace(self, view: FileView, dotted: str) -> tuple[Location, ...]:
        """Every place where a namespace is open."""

    def stars(self, view: FileView) -> list[ImportFact]:
        """The star imports that hold in a file."""

    def starred(self, view: FileView, name: str) -> tuple[FileView, int] | None:
        """The file and scope from which star imports bring a name, where they reach many files."""

    def spaces_around(self, view: FileView, scope: int) -> tuple[Location, ...]:
        """Other places where names of a scope may stand."""

    def values(self, view: FileView, scope: int, name: str) -> Values:
        """The values of a name that a scope has from its other parts, or from its receiver's class."""

    def denoted(self, view: FileView, scope: int, name: str) -> list[Denoted | str]:
        """The symbols of such a name."""


class Evaluator(Protocol):
    """Values of expressions, slots, members, calls and containers in one snapshot."""

    world: World
    sites: Sites
    denoting: set[tuple[str, str]]  # imports being followed, against circles
    landings: dict[Denoted, list[Landing]]  # calls that reach a function, once all is known

    @property
    def questions(self) -> Solver: ...

    @property
    def hierarchy(self) -> Bases: ...

    @property
    def parts(self) -> Together: ...

    @property
    def generics(self) -> Parameters: ...

    def expr(self, view: FileView, index: int) -> Values:
        """The values of an expression of a file."""

    def known(self, view: FileView, index: int) -> bool:
        """Whether the values of an expression are final."""

    def settled(self, view: FileView, index: int) -> Values:
        """The same, solved by itself."""

    def result(self, path: str, symbol: int) -> Values:
        """What calling a function gives, whatever it is called with."""

    def argument(self, path: str, symbol: int, index: int) -> Values:
        """What reaches a parameter."""

    def packed(self, value: Value, key: str | int | None) -> Values:
        """What an item of `*args` or `**kwargs` may be."""

    def named(self, view: FileView, scope: int, name: str, before: int = ...) -> Values:
        """The values of a bare name seen from a scope, of star imports of values those before a byte."""

    def opened(self, view: FileView, scope: int, start: int) -> Values:
        """What the star import of a scope that starts at a byte brings the members of."""

    def slot(self, view: FileView, scope: int, name: str) -> Values:
        """The values of a name that a scope defines or binds."""

    def field(self, owner: Class, name: str) -> Values:
        """What a generated constructor puts into a field."""

    def bound(self, variable: Value, scene: Value) -> Values:
        """Values of what a type parameter stands for in a scene."""

    def instances(self, types: Values) -> Values:
        """Values of the given types."""

    def definition(self, view: FileView, index: int, kind: int) -> Value | None:
        """The value a definition is: a function or a class; None for variables."""

    def member(self, view: FileView, value: Value, name: str) -> Values:
        """The values of `value.name`."""

    def module_member(self, view: FileView, locations: tuple[Location, ...], name: str) -> Values:
        """The values of a name of a module."""

    def class_member(self, owner: Class, name: str, *, instance: bool, after: Class | None = None) -> Values:
        """The values of a member of a class."""

    def denoted_in_class(self, owner: Class, name: str) -> list[Denoted | str]:
        """The symbols of a class member."""

    def called(self, view: FileView, value: Value, args: Args, keywords: Keywords) -> Values:
        """What calling a value gives."""

    def container_method(self, name: str, value: Value) -> Values:
        """What calling a container's own method gives."""

    def item(self, value: Value, key: str | int | None) -> Values:
        """The values of `value[key]`."""

    def each(self, value: Value) -> Values:
        """What iterating over a value yields."""

    def adopted(self, view: FileView, symbol: int) -> dict[str, list[Denoted]]:
        """Methods of a type that are written outside it, by name."""

    def added(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """Methods that the tree gives to a type from outside of it."""

    def resembling(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """Methods that the tree gives to an outside type which the type of a value may extend."""

    def function(self, path: str, symbol: int) -> FunctionFact | None:
        """The flow facts of a function symbol."""

    def flags(self, path: str, symbol: int) -> int:
        """The flags of a symbol."""
