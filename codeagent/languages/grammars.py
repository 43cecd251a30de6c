"""Where grammars come from (the official wheel, `semble-grammars`, `tree-sitter-languages`), and how they read."""

import atexit
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import platformdirs
import tree_sitter

from codeagent.domain.errors import UsageError
from codeagent.languages.language import Language, named

CRASHING: Final = frozenset({"0.26.0", "0.26.1"})  # use after free of a Point; double release of a query predicate
_UPGRADE: Final = 'install a safe one: pip install "tree-sitter>=0.25.2,<0.26"'
_ELSEWHERE: Final = {"tsx": ("tree_sitter_typescript", "language_tsx"), "csharp": ("tree_sitter_c_sharp", "language")}
_SEMBLE_FOLDER: Final = "SEMBLE_GRAMMARS_CACHE_DIR"


class GrammarMissing(UsageError):  # named like its siblings in domain.errors
    """No installed package has a grammar for the language."""


def parser_for(language: Language) -> tree_sitter.Parser:
    """Return a new parser for a declared language; a parser serves one thread at a time."""
    return tree_sitter.Parser(get_language(language.name, language.grammar, language.entry))


def read(language: Language, source: bytes, parse: Callable[[bytes], tree_sitter.Tree]) -> tree_sitter.Tree:
    """Return the tree of a file: of what its grammar may be given instead of it, the one with the fewest errors."""
    if language.readings is None:
        tree = parse(source)
        other = named(language.mended)(source, tree) if language.mended else source
        found = tree if other is source else parse(other)
        return found if _broken(found) <= _broken(tree) else tree
    readings = iter(language.readings(source))
    tree = parse(next(readings))
    least = _broken(tree)
    if not least:
        return tree
    for other in readings:
        found = parse(other)
        if (broken := _broken(found)) < least:
            tree, least = found, broken
    return tree


def _broken(tree: tree_sitter.Tree) -> int:
    """How much of a tree is in error: what is missing, and the bytes that fit nowhere."""
    stack, found = [tree.root_node] if tree.root_node.has_error else [], 0
    while stack:
        node = stack.pop()
        found += node.is_missing + (1 + node.end_byte - node.start_byte if node.is_error else 0)
        stack.extend(child for child in node.children if child.has_error and not node.is_error)
    return found


@cache
def get_language(name: str, module: str = "", entry: str = "language") -> tree_sitter.Language:
    """Return the grammar called `name`, from the wheel `module` where that is installed.

    Raises GrammarMissing where no installed package has it, UsageError on a tree-sitter that crashes."""
    refuse_crashing_binding()
    if not module:
        module, entry = _ELSEWHERE.get(name, (f"tree_sitter_{name.replace('-', '_')}", entry))
    pointer = _from_wheel(module, entry) or _from_semble(name) or _from_tree_sitter_languages(name)
    if pointer is not None:
        return pointer if isinstance(pointer, tree_sitter.Language) else tree_sitter.Language(pointer)
    wheel = module.replace("_", "-")
    raise GrammarMissing(
        f"no grammar for {name} is installed",
        f"pip install {wheel}, or the long tail: pip install codeagent[languages]",
    )


@cache
def refuse_crashing_binding() -> None:
    """Raise UsageError when the installed tree-sitter is one of the releases that crash the process."""
    version = binding_version()
    if version in CRASHING:
        raise UsageError(f"tree-sitter {version} crashes on ordinary input and cannot be used", _UPGRADE)


def binding_version() -> str:
    """Return the version of the imported tree-sitter ("" where its metadata is gone).

    Read from the name of the metadata folder: importlib.metadata costs 30 ms that every start would pay."""
    package = Path(tree_sitter.__file__).parent
    for folder in sorted(package.parent.glob("tree_sitter-*.dist-info")):
        return folder.name.removesuffix(".dist-info").partition("-")[2]
    return ""


def _from_wheel(module: str, entry: str) -> object | None:
    try:
        wheel = import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        return None
    short = module.removeprefix("tree_sitter_")
    function = getattr(wheel, entry, None) or getattr(wheel, f"language_{short}", None)
    pointer: object = function() if function else None
    return _capsule(pointer) if isinstance(pointer, int) else pointer


def _from_semble(name: str) -> object | None:
    if importlib.util.find_spec("semble_grammars") is None:
        return None
    semble: Any = import_module("semble_grammars")
    try:
        offered = frozenset(semble.available_languages())
    except semble.UnsupportedPlatformError:
        return None
    found = next((spelling for spelling in _spellings(name) if spelling in offered), None)
    if found is None:
        return None
    folder = private_folder()
    _drop_altered(Path(semble.__file__).parent / "grammars", folder, found)
    before = os.environ.get(_SEMBLE_FOLDER)
    os.environ[_SEMBLE_FOLDER] = str(folder)
    try:
        grammar: object = semble.get_language(found)
        return grammar
    except semble.GrammarLoadError:
        return None
    finally:
        if before is None:
            del os.environ[_SEMBLE_FOLDER]
        else:
            os.environ[_SEMBLE_FOLDER] = before


def _spellings(name: str) -> Iterator[str]:
    yield name
    yield name.replace("-", "_")
    yield name.replace("-", "").replace("_", "")


@cache
def private_folder() -> Path:
    """Return a folder that only this user can write, for libraries about to be loaded.

    Where the cache folder cannot be made so (read-only, somebody else's), a new temporary one."""
    folder = Path(os.environ.get("CODEAGENT_CACHE_DIR") or platformdirs.user_cache_path("codeagent")) / "grammars"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(folder) and os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    temporary = tempfile.mkdtemp(prefix="codeagent-grammars-")
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return Path(temporary)


def _is_private(folder: Path) -> bool:
    if os.name == "nt":
        return True
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        return False
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return True


def _drop_altered(shipped: Path, folder: Path, name: str) -> None:
    """Delete an extracted library that differs from the manifest: semble loads what it finds unchecked."""
    for manifest_path in shipped.glob("*/manifest.json"):
        manifest = json.loads(manifest_path.read_bytes())
        entry = manifest["languages"].get(name)
        library = folder / manifest["platform"] / entry["file"] if entry else folder
        if library.is_symlink() or (
            library.is_file() and hashlib.sha256(library.read_bytes()).hexdigest() != entry["sha256"]
        ):
            library.unlink()


def _from_tree_sitter_languages(name: str) -> object | None:
    """Load from the 2024 bundle by its C symbols: its own API fails with every tree-sitter since 0.22."""
    spec = importlib.util.find_spec("tree_sitter_languages")
    for location in (spec and spec.submodule_search_locations) or ():
        bundle = Path(location) / ("languages.dll" if sys.platform == "win32" else "languages.so")
        if not bundle.is_file():
            continue
        library = ctypes.CDLL(str(bundle))
        for spelling in ("c_sharp" if name == "csharp" else name, *_spellings(name)):
            function = getattr(library, f"tree_sitter_{spelling}", None)
            if function is not None:
                function.restype = ctypes.c_void_p
                return _capsule(function())
    return None


def _capsule(pointer: int | None) -> object:
    """Wrap a TSLanguage pointer the way the binding wants it; some wheels still return plain integers."""
    make = ctypes.pythonapi.PyCapsule_New
    make.restype = ctypes.py_object
    make.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    capsule: object = make(pointer, b"tree_sitter.Language", None)
    return capsule
