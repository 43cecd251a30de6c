"""Scala: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = frozenset(
    """
    Any AnyRef AnyVal App Array BigDecimal BigInt Boolean Byte Char Double Either Exception Float Future
    IllegalArgumentException Int Iterable Iterator Left List Long Map Nil None Nothing Null Option Ordering Product
    Range Right RuntimeException Seq Serializable Set Short Some Stream String StringBuilder Throwable Try Unit
    Vector assert implicitly print printf println require summon
    """.split()
)

_COMMON: Final = frozenset(
    """
    add addOne andThen append apply asInstanceOf bind clear close collect compose contains copy count create delete
    distinct drop dropWhile empty endsWith equals execute exists filter filterNot find flatMap flatten flush fold
    foldLeft foldRight forall foreach format get getOrElse groupBy hashCode head headOption indexOf info insert
    isDefined isEmpty isInstanceOf iterator join keys last lastOption length lines load log map max min mkString
    next nonEmpty open orElse parse partition pop push put range read reduce remove replace reset resolve reverse
    run save send set size slice sliding sort sortBy sorted split start startsWith stop sum tail take takeWhile
    toArray toInt toList toMap toSeq toSet toString transform trim unapply update updated values withFilter write
    zip zipWithIndex
    """.split()
)

# What an argument of a builtin type may be passed as, best first.
_CONVERSIONS: Final = tuple(
    tuple(line.split())
    for line in (
        "Byte Short Int Long Float Double AnyVal Any",
        "Short Int Long Float Double AnyVal Any",
        "Char Int Long Float Double AnyVal Any",
        "Int Long Float Double Short Byte BigInt BigDecimal AnyVal Any",
        "Long Float Double BigInt BigDecimal AnyVal Any",
        "Float Double AnyVal Any",
        "Double BigDecimal AnyVal Any",
        "Boolean AnyVal Any",
        "String CharSequence AnyRef Any",
    )
)

SCALA: Final = Language(
    name="scala",
    suffixes=(".scala", ".sc", ".sbt"),
    grammar="tree_sitter_scala",
    query="scala.scm",
    modules="codeagent.languages.resolution.packages:ScalaModules",
    scoping=Scoping(
        members_in_scope=True,
        capital_types=True,
        values_open=True,
        call_method="apply",
        instances_by_call=True,
        adopts_methods=True,
        builtins=_BUILTINS,
        spaces=frozenset(("java", "javax", "scala", "sys", "collection")),
        wide_stars=True,
        imports_private=True,
        static_types=True,
        root="Any",
        conversions=_CONVERSIONS,
        common_members=_COMMON,
    ),
    comments=("//",),
    tests=("**/src/test/**", "**/*Spec.scala", "**/*Test.scala", "**/*Suite.scala"),
)
