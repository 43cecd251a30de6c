"""JavaScript, TypeScript and TSX: their declarations."""

from typing import Final

from codeagent.languages.language import Language, Scoping
from codeagent.languages.resolution.javascript import JavaScriptModules

_GLOBALS: Final = """
Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator
JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer
String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap
WeakRef WeakSet WebAssembly AggregateError decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval
globalThis isFinite isNaN parseFloat parseInt unescape undefined arguments
AbortController AbortSignal Blob BroadcastChannel Buffer CSS CustomEvent Document DOMException DOMParser DOMRect
Element Event EventSource EventTarget File FileList FileReader FormData HTMLElement Headers Image
IntersectionObserver KeyboardEvent MessageChannel MouseEvent MutationObserver Node NodeList Path2D PointerEvent
Range ReadableStream Request ResizeObserver Response SVGElement ShadowRoot Storage TextDecoder TextEncoder
TouchEvent URL URLSearchParams WebSocket Window Worker XMLHttpRequest
__dirname __filename alert atob btoa caches cancelAnimationFrame clearImmediate clearInterval clearTimeout
confirm console crypto customElements document exports fetch frames getComputedStyle getSelection global history
indexedDB localStorage location matchMedia module navigator performance process prompt queueMicrotask
requestAnimationFrame requestIdleCallback require screen self sessionStorage setImmediate setInterval setTimeout
structuredClone window
Awaited Exclude Extract InstanceType NonNullable Omit Parameters Partial Pick PromiseLike Readonly ReadonlyArray
ReadonlyMap ReadonlySet Record Required ReturnType ThisType
afterAll afterEach beforeAll beforeEach describe expect it jest suite test vi
"""
_SCOPING: Final = Scoping(
    class_scope_closed=True,
    constructor="constructor",
    call_method="__call__",
    exports_closed=True,
    whole_module="export=",
    records=True,
    builtins=frozenset(_GLOBALS.split()),
)
_TESTS: Final = (
    "*.test.*",
    "*.spec.*",
    "*.cy.*",
    "*.e2e.*",
    "**/__tests__/**",
    "**/__mocks__/**",
    "**/test/**",
    "**/tests/**",
    "**/e2e/**",
)

JAVASCRIPT: Final = Language(
    name="javascript",
    suffixes=(".js", ".mjs", ".cjs", ".jsx"),
    grammar="tree_sitter_javascript",
    filenames=("Jakefile",),
    interpreters=("node", "nodejs", "bun", "deno"),
    lower="codeagent.languages.lowering.javascript:lower",
    modules=JavaScriptModules,
    scoping=_SCOPING,
    comments=("//",),
    tests=_TESTS,
    family="javascript",
)
TYPESCRIPT: Final = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts", ".d.ts"),
    grammar="tree_sitter_typescript",
    entry="language_typescript",
    interpreters=("ts-node", "tsx"),
    lower="codeagent.languages.lowering.javascript:lower_typescript",
    modules=JavaScriptModules,
    scoping=_SCOPING,
    comments=("//",),
    tests=_TESTS,
    family="javascript",
)
TSX: Final = Language(
    name="tsx",
    suffixes=(".tsx",),
    grammar="tree_sitter_typescript",
    entry="language_tsx",
    lower="codeagent.languages.lowering.javascript:lower_tsx",
    modules=JavaScriptModules,
    scoping=_SCOPING,
    comments=("//",),
    tests=_TESTS,
    family="javascript",
)
