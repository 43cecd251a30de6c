"""Ruby: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.loading import RubyModules

RUBY: Final = Language(
    name="ruby",
    suffixes=(".rb", ".rake", ".gemspec", ".ru"),
    grammar="tree_sitter_ruby",
    filenames=("Rakefile", "Gemfile", "Guardfile", "Vagrantfile", "Podfile", "Fastfile"),
    interpreters=("ruby",),
    query="ruby.scm",
    modules=RubyModules,
    scoping=Scoping(members_in_scope=True, constructor="initialize", instances_by_call=True, open_types=True),
    comments=("#",),
    tests=("**/*_test.rb", "**/*_spec.rb", "**/test_*.rb", "**/spec/**", "**/test/**"),
)
