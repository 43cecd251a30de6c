"""Scala: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import ScalaModules

_BUILTINS: Final = frozenset(
    """
    Any AnyRef AnyVal App Array BigDecimal BigInt Boolean Byte Char Double Either Exception Float Future
    IllegalArgumentException Int Iterable Iterator Left List Long Map Nil None Nothing Null Option Ordering Product
    Range Right RuntimeException Seq Serializable Set Short Some Stream String StringBuilder Throwable Try Unit
    Vector assert implicitly print printf println require summon
    """.split()
)

SCALA: Final = Language(
    name="scala",
    suffixes=(".scala", ".sc", ".sbt"),
    grammar="tree_sitter_scala",
    query="scala.scm",
    modules=ScalaModules,
    scoping=Scoping(
        members_in_scope=True,
        instances_by_call=True,
        adopts_methods=True,
        builtins=_BUILTINS,
        wide_stars=True,
        imports_private=True,
        static_types=True,
    ),
    comments=("//",),
    tests=("**/src/test/**", "**/*Spec.scala", "**/*Test.scala", "**/*Suite.scala"),
)
