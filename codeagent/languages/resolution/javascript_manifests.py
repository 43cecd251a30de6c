"""What package.json, tsconfig.json and workspace files say about where modules lie."""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from codeagent.languages.language import Tree
from codeagent.languages.resolution import yaml_text

_STRING_OR_COMMENT: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STRING_OR_COMMA: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])')
_DEPENDENCIES: Final = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_CONDITIONS: Final = ("source", "development", "import", "module", "default", "require", "node", "browser", "types")
SOURCES: Final = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte")
_EXTENDS_LIMIT: Final = 12  # a chain of `extends` that is longer is a circle


class Compiler(NamedTuple):
    """The options of one tsconfig.json or jsconfig.json, with what it extends; folders from the root."""

    base: str | None  # `baseUrl`
    paths: tuple[tuple[str, tuple[str, ...]], ...]  # pattern, targets from the root
    root_dirs: tuple[str, ...]


class Package(NamedTuple):
    """One package.json: where it lies and what it says."""

    folder: str
    name: str
    manifest: dict[str, Any]


def load(text: bytes) -> dict[str, Any]:
    """Parse JSON with comments and trailing commas; what cannot be parsed is empty."""
    source = text.decode("utf-8-sig", "replace")
    source = _STRING_OR_COMMENT.sub(lambda m: m[0] if m[0][0] == '"' else " ", source)
    source = _STRING_OR_COMMA.sub(lambda m: m[0] if m[0][0] == '"' else "", source)
    try:
        value = json.loads(source)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def join(folder: str, path: str) -> str:
    """Join and normalise; "" is the root. A path that leaves the root starts with `..`."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined


def strings(value: object) -> list[str]:
    """Return the strings of a list, or of one string."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def table(value: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def compiler_options(tree: Tree, path: str, depth: int = 0) -> Iterator[Compiler]:
    """Yield the options of a config with its `extends` applied, then those of its `references`."""
    if depth > _EXTENDS_LIMIT or path not in tree.paths:
        return
    config = load(tree.read(path))
    yield _merged(tree, path, config, 0)
    folder = posixpath.dirname(path)
    references = config.get("references")
    for reference in references if isinstance(references, list) else ():
        target = table(reference).get("path")
        if isinstance(target, str):
            joined = join(folder, target)
            yield from compiler_options(
                tree, joined if joined.endswith(".json") else join(joined, "tsconfig.json"), depth + 1
            )


def _merged(tree: Tree, path: str, config: dict[str, Any], depth: int) -> Compiler:
    """Read one config over the ones that it extends."""
    folder = posixpath.dirname(path)
    base: str | None = None
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    root_dirs: tuple[str, ...] = ()
    for parent in strings(config.get("extends")):
        target = _extended(tree, folder, parent)
        if target and depth < _EXTENDS_LIMIT:
            above = _merged(tree, target, load(tree.read(target)), depth + 1)
            base = base if above.base is None else above.base
            paths, root_dirs = above.paths or paths, above.root_dirs or root_dirs
    options = table(config.get("compilerOptions"))
    if isinstance(options.get("baseUrl"), str):
        base = join(folder, _configured(options["baseUrl"]))
    if isinstance(options.get("paths"), dict):
        start = base if base is not None else folder
        paths = tuple(
            (pattern, tuple(join(start, _configured(target)) for target in strings(targets)))
            for pattern, targets in options["paths"].items()
        )
    if options.get("rootDirs"):
        root_dirs = tuple(join(folder, _configured(entry)) for entry in strings(options["rootDirs"]))
    return Compiler(base, paths, root_dirs)


def _configured(path: str) -> str:
    return path.replace("${configDir}", ".")


def _extended(tree: Tree, folder: str, spec: str) -> str | None:
    """Return the config that `extends` names, where it lies in the tree."""
    if not spec.startswith("."):
        return None
    joined = join(folder, spec)
    for candidate in (joined, f"{joined}.json", join(joined, "tsconfig.json")):
        if candidate in tree.paths:
            return candidate
        tree.read(candidate)  # not there: the tree remembers that its coming would matter
    return None


def names_around(tree: Tree, path: str) -> Iterator[str]:
    """Yield the names that manifests around a file may give it: of its packages, of exact `paths`."""
    folder = posixpath.dirname(path)
    while True:
        manifest = join(folder, "package.json")
        if manifest in tree.paths:
            yield from strings(load(tree.read(manifest)).get("name"))
        for name in ("tsconfig.json", "jsconfig.json"):
            for options in compiler_options(tree, join(folder, name)):
                yield from (pattern for pattern, _ in options.paths if "*" not in pattern)
        if not folder:
            return
        folder = posixpath.dirname(folder)


def packages(tree: Tree) -> Iterator[Package]:
    """Yield every package.json of the tree."""
    for path in sorted(tree.paths):
        if path == "package.json" or path.endswith("/package.json"):
            manifest = load(tree.read(path))
            name = manifest.get("name")
            yield Package(posixpath.dirname(path), name if isinstance(name, str) else "", manifest)


def workspace_globs(tree: Tree, package: Package) -> list[str]:
    """Return the folder patterns of the workspaces that a package is the root of, from the tree's root."""
    declared = package.manifest.get("workspaces")
    globs = strings(declared) or strings(table(declared).get("packages"))
    for name in ("pnpm-workspace.yaml", "pnpm-workspace.yml"):
        path = join(package.folder, name)
        if path in tree.paths:
            globs += strings(table(yaml_text.told(tree.read(path))).get("packages"))
    lerna = join(package.folder, "lerna.json")
    if lerna in tree.paths:
        globs += strings(load(tree.read(lerna)).get("packages"))
    return [glob if glob[0] != "!" else "!" + join(package.folder, glob[1:]) for glob in _joined(package.folder, globs)]


def _joined(folder: str, globs: Iterable[str]) -> Iterator[str]:
    for glob in globs:
        yield glob if glob.startswith("!") else join(folder, glob.rstrip("/"))


def in_workspace(folder: str, globs: list[str]) -> bool:
    """Tell whether a package's folder is one that workspace patterns list."""
    listed = False
    for glob in globs:
        negative, pattern = glob.startswith("!"), glob.removeprefix("!")
        if folder == pattern or _matches(folder, pattern):
            listed = not negative
    return listed


def _matches(folder: str, pattern: str) -> bool:
    parts, wanted = folder.split("/"), pattern.split("/")
    if "**" in wanted:
        head = wanted[: wanted.index("**")]
        return len(parts) >= len(head) and all(map(fnmatchcase, parts, head))
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def dependencies(package: Package) -> frozenset[str]:
    """Return the names of the packages that a package may import."""
    return frozenset(name for key in _DEPENDENCIES for name in table(package.manifest.get(key)))


def match(pattern: str, text: str) -> str | None:
    """Return what `*` stands for where a pattern with at most one `*` fits, None where it does not."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if pattern == text else None
    if len(text) >= len(head) + len(tail) and text.startswith(head) and text.endswith(tail):
        return text[len(head) : len(text) - len(tail)]
    return None


def split_spec(spec: str) -> tuple[str, str]:
    """Split `@scope/name/sub/path` into the package's name and the rest."""
    parts = spec.split("/")
    head = 2 if spec.startswith("@") and len(parts) > 1 else 1
    return "/".join(parts[:head]), "/".join(parts[head:])


def exported_targets(exports: Any, wanted: str) -> Iterator[str]:
    """Yield the targets of an `exports` or `imports` table for one subpath, the likeliest source first."""
    if isinstance(exports, dict) and any(key.startswith((".", "#")) for key in exports):
        fitting = [key for key in exports if match(key, wanted) is not None]
        fitting.sort(key=lambda key: (key != wanted, -len(key.partition("*")[0])))
        for key in fitting:
            star = match(key, wanted) or ""
            for target in _targets(exports[key]):
                yield target.replace("*", star)
    elif wanted == ".":
        yield from _targets(exports)


def _targets(value: Any) -> Iterator[str]:
    """Yield the files of nested conditions."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _targets(item)
    elif isinstance(value, dict):
        known = [condition for condition in _CONDITIONS if condition in value]
        for condition in (*known, *(key for key in value if key not in _CONDITIONS)):
            yield from _targets(value[condition])
