"""What a language is to us: a declaration, and the two protocols that deep languages implement."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from codeagent.domain.facts import FileFacts


class Tree(Protocol):
    """A snapshot's files as import resolution sees them: the working tree or a revision."""

    @property
    def paths(self) -> frozenset[str]:
        """Every file that git would list (indexed or not), POSIX, relative to the root."""

    @property
    def packages(self) -> Mapping[str, str]:
        """The declared package or namespace of each indexed file of this language ("" for none); of Rust the modules
        whose files are named by hand, of TypeScript what is declared for everybody."""

    def read(self, path: str) -> bytes:
        """The bytes of a file, for manifests such as tsconfig.json; empty where it cannot be read."""


class Location(NamedTuple):
    """Where a module's names live: a file, and the dotted symbol inside it ("" for the file itself)."""

    path: str
    inner: str = ""


class Modules(Protocol):
    """How one language finds modules; built once per snapshot from its `Tree`."""

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The places that make up module `spec` as imported from `importer`; empty: not in the tree.

        Several places mean one module spread over files (a Go or Java package, a namespace)."""

    def external(self, importer: str, spec: str) -> str:
        """The dotted name of a module that is not in the tree."""

    def siblings(self, path: str) -> tuple[str, ...]:
        """Other files whose top-level names are in scope in `path` without any import, of those that are ever built
        with it."""


@dataclass(frozen=True, slots=True)
class Scoping:
    """The rules by which a bare name is looked up, where languages differ."""

    class_scope_closed: bool = False  # Python: a method does not see the names of its class
    redefinition_replaces: bool = False  # Python: of two plain definitions in a scope the last one holds
    explicit_receiver: bool = False  # Python: the first parameter of a method is its receiver
    members_in_scope: bool = False  # Java, C#, C++, Kotlin, Swift, Scala: bare `m()` may be `this.m()`
    constructor: str | None = None  # the member that runs on construction: "__init__", "constructor"
    constructor_is_type_name: bool = False  # Java, C#, C++: the constructor is called like its class
    instances_by_call: bool = False  # Python, Kotlin, Swift, Scala: `Cart()` constructs
    type_calls_convert: bool = False  # Go: `T(x)` converts, nothing is constructed by a call
    call_method: str | None = None  # the member that runs when an instance is called: "__call__"
    common_members: frozenset[str] = frozenset()  # members of builtin types: their name alone proves nothing
    loads_unseen: bool = False  # Bash: a file may load others by names that are computed; they see its functions
    statics_of_types: bool = False  # C#, PHP: static members are asked of types alone
    packages_go_on: bool = False  # PHP: what a package of the tree lacks is of the same package elsewhere
    open_world: bool = False  # Ruby: most methods come from outside; that one has the name here proves nothing
    exports_closed: bool = False  # JavaScript: importers see only what `exports` lists
    whole_module: str | None = None  # JavaScript: the member that stands for a module: "export="
    global_block: str = ""  # TypeScript: the namespace in a module whose members every file sees
    global_files: str = ""  # ... the package of files whose top level every file sees
    global_objects: Mapping[str, str] = field(default_factory=dict, hash=False)  # ... builtin objects and their types
    records: bool = False  # JavaScript: a member of a map literal is its entry
    nameless_structs: bool = False  # Go: a member of a struct without a name is its field
    prototype: str | None = None  # the member of a class by which what its instances have is named
    calls_function: frozenset[str] = frozenset()  # methods of functions that call them: `f.apply(x, list)`
    wrappers: bool = False  # JavaScript: `memo(f)` of an outside `memo` is called like `f`; so is what holds it
    built_apart: bool = False  # Go, Rust: what several files or star imports bring by one name is each for other builds
    adopts_methods: bool = False  # Go, Rust: methods stand outside their type (FunctionFact.owner)
    receiver_first: bool = False  # C#: the first parameter of an extension is what it is called on
    crates_named: bool = False  # Rust: what nothing brings may be a crate, though star imports might have brought it
    overriding_said: bool = False  # Rust: what is written for a trait stands in an `impl` of it
    static_types: bool = False  # Go, Java: a declared member is what it says; what is assigned adds nothing
    one_type: bool = False  # Rust: a value has one type: of several guesses, the one that the tree knows is right
    imports_private: bool = False  # Go, Java: what a file imports is not seen through it
    root: str = ""  # Java: the class that all others extend, ...
    root_members: frozenset[str] = frozenset()  # ... and what they have from it
    enum_members: frozenset[str] = frozenset()  # Java: what every enum has
    read_by_call: bool = False  # Java: a record's component is read by calling its name
    conversions: tuple[tuple[str, ...], ...] = ()  # of overloads: a builtin type, then what takes it, best first
    returns: Mapping[str, str] = field(default_factory=dict, hash=False)  # Java, Rust: what methods of builtins return
    function_types: tuple[tuple[str, int], ...] = ()  # Java: patterns of outside function types, their parameters
    structural_interfaces: bool = False  # Go: a type that has the methods of an interface implements it, ...
    interfaces: Mapping[str, frozenset[tuple[str, int]]] = field(default_factory=dict, hash=False)  # ... also of others
    declared_apart: bool = False  # C, C++: a function without body here has it elsewhere, under the same dotted name
    open_types: bool = False  # C#, Ruby, Swift, C++: types or namespaces of one dotted name in several files are one
    wide_stars: bool = False  # C, C++, C#, Kotlin, Scala: star imports reach many files, by includes or packages
    builtins_adopted: bool = False  # Swift: builtin types that others have for a base are protocols
    whole_builtins: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)  # Ruby: all they have
    array: str = ""  # Swift: the type of arrays, which the tree may add to
    values_open: bool = False  # Scala: `import config._` brings the members of a value
    capital_types: bool = False  # Kotlin, Scala, Swift: a name that begins with a capital is of a type, never a member
    per_platform: bool = False  # Kotlin: a package may have a type several times, once for each platform
    extensions_imported: bool = False  # Kotlin: extensions that are members are imported by their names
    project_files: tuple[str, ...] = ()  # C#: ends of what makes a folder a project: some imports hold in all of it
    type_variables: bool = False  # Python: a type parameter may be what a call of `TypeVar` gave
    abstract_bodies: bool = False  # Python: an abstract method has a body that may run
    builtins: frozenset[str] = frozenset()
    spaces: frozenset[str] = frozenset()  # C++, Scala: namespaces from outside that no import names: `std`


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how its files are recognised, parsed, lowered to facts, and how names are found."""

    name: str
    suffixes: tuple[str, ...]
    grammar: str  # module of the grammar wheel, such as "tree_sitter_python"
    entry: str = "language"  # the function in it that returns the grammar
    filenames: tuple[str, ...] = ()  # exact file names: "Makefile"
    interpreters: tuple[str, ...] = ()  # of a #! line: "python3", "bash"
    query: str | None = None  # broad languages: the query file beside the declaration, "ruby.scm"
    lower: str | None = None  # deep languages: "codeagent.languages.lowering.python:lower"
    readings: Callable[[bytes], Iterable[bytes]] | None = None  # what its grammar is given of a file, the best first
    mended: str | None = None  # "module:function" of what it is given instead, once a tree shows what it mistakes
    macros: Callable[[bytes], Iterable[tuple[int, int]]] | None = None  # spans of words that a reading may leave out
    project_imports: str = ""  # C#: "module:function" of what a project's own files import for all of its sources
    modules: str | None = None  # what finds modules in a `Tree`: "codeagent.languages.resolution.go:GoModules"
    scoping: Scoping = Scoping()
    comments: tuple[str, ...] = ()  # starts of line comments: ("#",)
    tests: tuple[str, ...] = ()  # globs of test files: ("**/test_*.py",)
    declarations: tuple[str, ...] = ()  # suffixes of files that only declare what is defined elsewhere: ".pyi"
    family: str = ""  # languages that import each other: "javascript" for js, ts, tsx

    def finder(self, tree: Tree) -> Modules | None:
        """Return what finds the modules of a tree; None where nothing can."""
        found: Modules | None = named(self.modules)(tree) if self.modules else None
        return found


def named(name: str) -> Any:
    """Return what a declaration names, `MODULE:NAME`, which is imported for that: most runs need few languages."""
    module, _, inner = name.partition(":")
    return getattr(import_module(module), inner)


class Lower(Protocol):
    """A deep language's walk: `(source, root node of the tree, locals)` to facts.

    With `locals` true, references to function-local names are reported too (for rename and
    go-to-definition in one file); the index leaves them out."""

    def __call__(self, source: bytes, tree: object, *, locals: bool = False) -> FileFacts: ...
