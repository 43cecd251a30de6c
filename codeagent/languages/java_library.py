"""Java: what often called methods of java.lang return, and how many parameters the standard function types have.

From the API documentation of Java 21 (java.lang, java.util.function)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# A class, and by result type the methods that return it whatever they are given.
_RETURNS: Final = """
String int: length indexOf lastIndexOf compareTo compareToIgnoreCase codePointAt hashCode
String char: charAt
String boolean: isEmpty isBlank equals equalsIgnoreCase contains contentEquals startsWith endsWith matches
String String: substring trim strip stripLeading stripTrailing toLowerCase toUpperCase concat replace replaceAll \
replaceFirst intern repeat toString format formatted valueOf join indent
CharSequence int: length
CharSequence char: charAt
CharSequence String: toString
StringBuilder int: length indexOf lastIndexOf capacity
StringBuilder char: charAt
StringBuilder String: toString substring
StringBuilder StringBuilder: append insert delete deleteCharAt replace reverse
StringBuffer int: length indexOf lastIndexOf capacity
StringBuffer char: charAt
StringBuffer String: toString substring
StringBuffer StringBuffer: append insert delete deleteCharAt replace reverse
Object String: toString
Object int: hashCode
Object boolean: equals
Object Class: getClass
Class String: getName getSimpleName getCanonicalName getTypeName getPackageName toString
Class boolean: isInstance isArray isInterface isEnum isPrimitive isAssignableFrom isRecord isAnnotationPresent
Class int: getModifiers
Class Class: getComponentType getSuperclass getDeclaringClass getEnclosingClass arrayType
Enum String: name
Enum int: ordinal
Throwable String: getMessage getLocalizedMessage toString
Number int: intValue
Number long: longValue
Number double: doubleValue
Number float: floatValue
Integer int: parseInt intValue compare compareTo bitCount signum
Integer long: longValue
Integer double: doubleValue
Integer Integer: valueOf
Integer String: toString toHexString toBinaryString toOctalString
Long long: parseLong longValue
Long int: intValue compare compareTo hashCode
Long Long: valueOf
Long String: toString toHexString
Double double: parseDouble doubleValue longBitsToDouble
Double long: doubleToLongBits doubleToRawLongBits
Double int: intValue compare compareTo
Double boolean: isNaN isInfinite isFinite
Double Double: valueOf
Double String: toString
Float float: parseFloat floatValue intBitsToFloat
Float int: floatToIntBits floatToRawIntBits compare compareTo
Float boolean: isNaN isInfinite isFinite
Float Float: valueOf
Short short: parseShort shortValue
Short Short: valueOf
Byte byte: parseByte byteValue
Byte Byte: valueOf
Boolean boolean: parseBoolean booleanValue logicalAnd logicalOr logicalXor
Boolean Boolean: valueOf
Boolean String: toString
Character boolean: isDigit isLetter isLetterOrDigit isWhitespace isUpperCase isLowerCase isSpaceChar
Character char: charValue
Character int: compare getNumericValue
Character Character: valueOf
Character String: toString
Math double: sqrt pow floor ceil sin cos tan log log10 exp random cbrt hypot
System long: currentTimeMillis nanoTime
System String: lineSeparator getProperty getenv
System int: identityHashCode
Thread Thread: currentThread
Thread String: getName
"""
_OBJECTS: Final = """
java.util.Objects String: toString
java.util.Objects int: hash hashCode
java.text.MessageFormat String: format
java.util.Objects boolean: equals isNull nonNull
"""


def _read(table: str, prefix: str) -> dict[str, str]:
    rows = (line.partition(": ") for line in table.strip().splitlines())
    return {
        f"{prefix}{kind.split()[0]}.{method}": f"<builtin>.{kind.split()[1]}"
        for kind, _, methods in rows
        for method in methods.split()
    }


RETURNS: Final[Mapping[str, str]] = MappingProxyType(_read(_RETURNS, "<builtin>.") | _read(_OBJECTS, ""))

# Patterns of the names of function types, and how many arguments a function of such a type takes.
FUNCTION_TYPES: Final = (
    (r"\w*Supplier|Runnable|Callable", 0),
    (r"Bi\w+|Comparator|BinaryOperator|\w+BinaryOperator|To\w+BiFunction|Obj\w+Consumer", 2),
    (r"\w*Function|\w*Consumer|\w*Predicate|\w*UnaryOperator", 1),
)
