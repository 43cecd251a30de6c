"""Java: its declaration."""

from typing import Final

from codeagent.languages.java_library import FUNCTION_TYPES, RETURNS
from codeagent.languages.language import Language, Scoping

# java.lang: imported everywhere
_BUILTINS: Final = (
    "AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException "
    "AssertionError AutoCloseable Boolean Byte CharSequence Character Class ClassCastException ClassLoader "
    "ClassNotFoundException CloneNotSupportedException Cloneable Comparable Deprecated Double Enum Error Exception "
    "ExceptionInInitializerError Float FunctionalInterface IllegalAccessException IllegalArgumentException "
    "IllegalMonitorStateException IllegalStateException IndexOutOfBoundsException InheritableThreadLocal "
    "InstantiationException Integer InterruptedException Iterable LinkageError Long Math Module "
    "NegativeArraySizeException NoClassDefFoundError NoSuchFieldException NoSuchMethodException "
    "NullPointerException Number NumberFormatException Object OutOfMemoryError Override Package Process "
    "ProcessBuilder ProcessHandle Readable Record ReflectiveOperationException Runnable Runtime RuntimeException "
    "SafeVarargs SecurityException SecurityManager Short StackOverflowError StackTraceElement StackWalker "
    "StrictMath String StringBuffer StringBuilder StringIndexOutOfBoundsException SuppressWarnings System Thread "
    "ThreadGroup ThreadLocal Throwable TypeNotPresentException UnsupportedOperationException VerifyError "
    "VirtualMachineError Void"
)
# Methods of Object, String, collections and streams: their name alone says nothing.
_COMMON: Final = (
    "equals hashCode toString getClass clone notify notifyAll wait finalize compareTo compare "
    "length charAt substring indexOf isEmpty contains startsWith endsWith trim split format matches replace join "
    "size get set add addAll put putAll remove clear iterator next hasNext containsKey containsValue keySet values "
    "entrySet getKey getValue getOrDefault computeIfAbsent forEach stream map filter collect reduce flatMap sorted "
    "toList toArray of copyOf empty orElse orElseThrow orElseGet ifPresent isPresent build builder append insert "
    "run call apply accept test close read write flush println print printf name ordinal valueOf intValue longValue "
    "getName getMessage getCause printStackTrace start stop execute submit invoke newInstance peek pop push poll "
    "offer first last sort reverse parse"
)
_ROOT: Final = "equals hashCode toString getClass clone notify notifyAll wait finalize"
_ENUM: Final = "valueOf values ordinal name compareTo getDeclaringClass"

# What an argument of a builtin type may be passed as, best first: the order in which overloads are tried.
_CONVERSIONS: Final = tuple(
    tuple(line.split())
    for line in (
        "byte short int long float double Byte Number Object Comparable",
        "short int long float double Short Number Object Comparable",
        "char int long float double Character Object Comparable",
        "int long float double Integer Number Object Comparable",
        "long float double Long Number Object Comparable",
        "float double Float Number Object Comparable",
        "double Double Number Object Comparable",
        "boolean Boolean Object Comparable",
        "String CharSequence Object Comparable",
        "Integer int Number long float double Object Comparable",
        "Long long Number float double Object Comparable",
        "Double double Number Object Comparable",
        "Float float Number double Object Comparable",
        "Boolean boolean Object Comparable",
        "Character char Object Comparable int",
        "Class Type Object",
        "null Object",
    )
)

JAVA: Final = Language(
    name="java",
    suffixes=(".java",),
    grammar="tree_sitter_java",
    lower="codeagent.languages.lowering.java:lower",
    modules="codeagent.languages.resolution.java:JavaModules",
    scoping=Scoping(
        static_types=True,
        imports_private=True,
        root="Object",
        root_members=frozenset(_ROOT.split()),
        enum_members=frozenset(_ENUM.split()),
        read_by_call=True,
        conversions=_CONVERSIONS,
        returns=RETURNS,
        function_types=FUNCTION_TYPES,
        members_in_scope=True,
        constructor_is_type_name=True,
        common_members=frozenset(_COMMON.split()),
        builtins=frozenset(_BUILTINS.split()),
    ),
    comments=("//",),
    tests=("**/src/test/**", "**/src/*Test/**", "*Test.java", "*Tests.java", "*IT.java", "**/test/**", "**/tests/**"),
)
