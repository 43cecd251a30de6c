"""Ruby: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = frozenset(
    """
    ArgumentError Array Class Comparable Dir ENV Enumerable Exception File Float Hash IO Integer Kernel Math Module
    NameError NilClass NoMethodError Object Proc Random Range Rational Regexp RuntimeError Set StandardError String
    Struct Symbol Thread Time TypeError abort alias_method at_exit attr_accessor attr_reader attr_writer binding
    block_given? catch define_method eval exit extend fail format freeze gets include instance_variable_get
    instance_variable_set lambda load loop method_missing module_function p prepend print printf private
    private_constant proc protected public puts raise rand refine require require_relative respond_to? send sleep
    sprintf system throw using warn
    """.split()
)

# What the modules of the language that classes mix in have, and nothing else.
_MIXINS: Final = {
    "Comparable": frozenset("< <= == > >= between? clamp".split()),
    "Enumerable": frozenset(
        """
        all? any? chain chunk chunk_while collect collect_concat compact count cycle detect drop drop_while each_cons
        each_entry each_slice each_with_index each_with_object entries filter filter_map find find_all find_index
        first flat_map grep grep_v group_by include? inject lazy map max max_by member? min min_by minmax minmax_by
        none? one? partition reduce reject reverse_each select slice_after slice_before slice_when sort sort_by sum
        take take_while tally to_a to_h to_set uniq zip
        """.split()
    ),
    "Singleton": frozenset(("instance", "clone", "dup")),
}

RUBY: Final = Language(
    name="ruby",
    suffixes=(".rb", ".rake", ".gemspec", ".ru"),
    grammar="tree_sitter_ruby",
    filenames=("Rakefile", "Gemfile", "Guardfile", "Vagrantfile", "Podfile", "Fastfile"),
    interpreters=("ruby",),
    query="ruby.scm",
    modules="codeagent.languages.resolution.loading:RubyModules",
    scoping=Scoping(
        members_in_scope=True,
        constructor="initialize",
        instances_by_call=True,
        open_types=True,
        builtins=_BUILTINS,
        whole_builtins=_MIXINS,
        open_world=True,
        read_by_call=True,
    ),
    comments=("#",),
    tests=("**/*_test.rb", "**/*_spec.rb", "**/test_*.rb", "**/spec/**", "**/test/**"),
)
