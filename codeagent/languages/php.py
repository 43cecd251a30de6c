"""PHP: its declaration."""

from typing import Final

from codeagent.languages.language import Language, Scoping

_BUILTINS: Final = frozenset(
    """
    ArrayAccess ArrayIterator Closure Countable DateTime DateTimeImmutable Error Exception InvalidArgumentException
    Iterator IteratorAggregate JsonSerializable LogicException PDO RuntimeException Stringable Throwable Traversable
    array_diff array_filter array_key_exists array_keys array_map array_merge array_pop array_push array_reduce
    array_search array_shift array_slice array_unique array_unshift array_values basename call_user_func
    call_user_func_array ceil class_exists count current date define defined die dirname empty end error_log explode
    fclose file_exists file_get_contents file_put_contents floor fopen function_exists fwrite get_class gettype
    implode in_array ini_set intval is_array is_bool is_callable is_dir is_file is_int is_null is_numeric is_object
    is_string isset json_decode json_encode key ksort list ltrim max md5 method_exists microtime min mkdir
    number_format parse_url preg_match preg_match_all preg_quote preg_replace preg_replace_callback preg_split
    print_r printf range realpath reset round rtrim serialize sha1 sort spl_autoload_register sprintf str_contains
    str_pad str_repeat str_replace str_starts_with strlen strpos strrpos strtolower strtotime strtoupper substr time
    trigger_error trim ucfirst uniqid unlink unserialize unset urlencode usort var_dump
    """.split()
)

_COMMON: Final = frozenset(
    """
    add addChild all append attach bind call close commit connect count create current debug delete detach end error
    exec execute exists fetch fetchAll filter find first flush format get getArguments getBody getCode getContent
    getHeader getId getIterator getLine getMessage getName getType getValue handle has info insert invoke isEmpty
    item key last load log map merge modify next offsetGet open parse pop post prepare push put query read register
    remove render reset resolve rewind rollback run save send set setName setValue start stop toArray toString
    update valid value warning write
    """.split()
)

PHP: Final = Language(
    name="php",
    suffixes=(".php", ".phtml", ".php5", ".inc"),
    grammar="tree_sitter_php",
    entry="language_php",
    interpreters=("php",),
    query="php.scm",
    modules="codeagent.languages.resolution.packages:PhpModules",
    scoping=Scoping(
        constructor="__construct",
        instances_by_call=True,
        statics_of_types=True,
        packages_go_on=True,
        builtins=_BUILTINS,
        common_members=_COMMON,
    ),
    comments=("//", "#"),
    tests=("**/*Test.php", "**/tests/**"),
)
