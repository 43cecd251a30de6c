"""Imports of Java that mean a package of this tree, and name a type that none of its files has."""

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.facts import ImportFact
from codeagent.graph.graph import CodeGraph
from codeagent.workspace.search import Query, search

_PACKAGE: Final = re.compile(rb"^\s*package\s+([\w.]+)", re.MULTILINE)
_MANIFESTS: Final = ("pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml", "settings.gradle.kts")
_INNER: Final = re.compile(r"<(parent|dependencies|dependencyManagement|build|profiles|reporting)>.*?</\1>", re.DOTALL)
_MAVEN: Final = re.compile(r"<groupId>\s*([\w.-]+)\s*</groupId>\s*<artifactId>\s*([\w.-]+)\s*<")
_ARTIFACT: Final = re.compile(r"<artifactId>\s*([\w.-]+)\s*<")
_GRADLE: Final = re.compile(r"[\"']([\w-]+(?:\.[\w-]+)+):([\w.-]+)")
_GENERATING: Final = re.compile(
    r"processor|kapt|ksp|codegen|generat|protobuf|antlr|apt-maven|com\.android", re.IGNORECASE
)
_ANDROID: Final = frozenset(("R", "BR", "BuildConfig", "Manifest"))


def is_stray_java(graph: CodeGraph, path: str, one: ImportFact) -> bool:
    """Tell whether an import names a type that no file and no dependency has: none whose group could have that
    package, none that other files speak of, and none that a generator may make of a type by adding to its name."""
    full = f"{one.spec}.{one.name}" if one.name else one.spec
    builds = graph.once(_Builds)
    package = builds.package_of(full)
    name = next((word for word in full[len(package) + 1 :].split(".") if word[:1].isupper()), "")
    if not package or not name or name in _ANDROID or not builds.are_known or builds.explain(package):
        return False
    if any(builds.declares(each, name) for each in builds.packages[package]) or builds.may_generate(name):
        return False
    others = [other for other in graph.paths if other != path]
    return not search(graph.tree, Query(name, fixed=True, whole_words=True), others, most=1).hits


class _Builds:
    """The packages of a tree, and what its manifests bring from outside."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph = graph
        self.packages: dict[str, list[str]] = {}
        for path, record in graph.files.items():
            if record.language == "java" and (said := _PACKAGE.search(graph.read(path))):
                self.packages.setdefault(said[1].decode(), []).append(path)
        paths = [path for path in graph.paths if basename(path) in _MANIFESTS]
        self._texts = [graph.tree.read(path).decode("utf-8", "replace") for path in paths]
        self._own = {basename(dirname(path)) for path in paths}
        self._own |= {match[1] for text in self._texts if (match := _ARTIFACT.search(_INNER.sub("", text)))}

    @property
    def are_known(self) -> bool:
        """Whether anything says what comes from outside."""
        return bool(self._texts)

    @cached_property
    def _outside(self) -> frozenset[str]:
        pairs = (pair for text in self._texts for form in (_MAVEN, _GRADLE) for pair in form.findall(text))
        return frozenset(group for group, artifact in pairs if artifact not in self._own)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(basename(path).partition(".")[0] for paths in self.packages.values() for path in paths)

    @cached_property
    def _generates(self) -> bool:
        return any(map(_GENERATING.search, self._texts))

    def package_of(self, full: str) -> str:
        """Return the longest package of the tree that a name lies in, "" for none."""
        return next((one for one in _above(full) if one in self.packages), "")

    def explain(self, package: str) -> bool:
        """Tell whether something from outside may have that package too."""
        return any(f"{package}.".startswith(f"{one}.") or f"{one}.".startswith(f"{package}.") for one in self._outside)

    def declares(self, path: str, name: str) -> bool:
        """Tell whether a file declares a type."""
        declared = re.compile(rb"\b(?:class|interface|enum|record)\s+" + re.escape(name.encode()) + rb"\b")
        return bool(declared.search(self._graph.read(path)))

    def may_generate(self, name: str) -> bool:
        """Tell whether a type may be made of another one as the program is built: `CartMapperImpl`."""
        return self._generates and any(len(one) > 2 and one in name for one in self._stems)


def _above(full: str) -> Iterator[str]:
    while "." in full:
        full = full.rpartition(".")[0]
        yield full
