"""Scala: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.packages import ScalaModules

SCALA: Final = Language(
    name="scala",
    suffixes=(".scala", ".sc", ".sbt"),
    grammar="tree_sitter_scala",
    query="scala.scm",
    modules=ScalaModules,
    scoping=Scoping(members_in_scope=True, instances_by_call=True),
    comments=("//",),
    tests=("**/src/test/**", "**/*Spec.scala", "**/*Test.scala", "**/*Suite.scala"),
)
