"""JavaScript, TypeScript and TSX: their declarations."""

from typing import Final

from codeagent.languages.javascript_readings import readings
from codeagent.languages.language import Language, Scoping
from codeagent.languages.scripts import SCRIPT

_GLOBALS: Final = """
Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator
JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer
String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap
WeakRef WeakSet WebAssembly AggregateError decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval
globalThis isFinite isNaN parseFloat parseInt unescape undefined arguments
AbortController AbortSignal Blob BroadcastChannel Buffer CSS CustomEvent Document DOMException DOMParser DOMRect
AnimationEvent Attr AudioContext BeforeUnloadEvent CanvasGradient CanvasPattern CanvasRenderingContext2D CharacterData
Clipboard ClipboardEvent ClipboardItem CloseEvent CompositionEvent CSSRule CSSStyleDeclaration CSSStyleSheet
DataTransfer DataTransferItem DocumentFragment DOMMatrix DOMPoint DOMRectReadOnly DOMStringMap DOMTokenList
DragEvent ErrorEvent FocusEvent FontFace FontFaceSet Gamepad GeolocationPosition HashChangeEvent History
HTMLAnchorElement HTMLAudioElement HTMLBodyElement HTMLButtonElement HTMLCanvasElement HTMLCollection
HTMLDialogElement HTMLDivElement HTMLDocument HTMLFormElement HTMLHeadElement HTMLHeadingElement HTMLIFrameElement
HTMLImageElement HTMLInputElement HTMLLabelElement HTMLLIElement HTMLLinkElement HTMLMediaElement HTMLMetaElement
HTMLOListElement HTMLOptionElement HTMLParagraphElement HTMLPreElement HTMLScriptElement HTMLSelectElement
HTMLSlotElement HTMLSpanElement HTMLStyleElement HTMLTableElement HTMLTableRowElement HTMLTemplateElement
HTMLTextAreaElement HTMLUListElement HTMLVideoElement IDBDatabase IDBTransaction ImageBitmap ImageData InputEvent
IntersectionObserverEntry Location MediaQueryList MediaRecorder MediaStream MessageEvent MessagePort Mouse
MutationRecord Navigator Notification OffscreenCanvas OffscreenCanvasRenderingContext2D ParentNode Performance
PerformanceObserver Permissions PopStateEvent ProgressEvent PromiseRejectionEvent ReadableStreamDefaultReader
Screen ScrollBehavior Selection ServiceWorker ServiceWorkerRegistration SharedWorker StorageEvent SubmitEvent
SVGAElement SVGCircleElement SVGGElement SVGLineElement SVGPathElement SVGRect SVGRectElement SVGSVGElement
SVGTextElement Text TextMetrics Touch TouchList TransformStream TransitionEvent TreeWalker UIEvent ValidityState
WebGL2RenderingContext WebGLProgram WebGLRenderingContext WebGLShader WheelEvent WritableStream XMLSerializer
AsyncGenerator AsyncIterable AsyncIterableIterator AsyncIterator ArrayLike BigInteger Generator Iterable
IterableIterator JSX NodeJS PropertyKey PropertyDescriptor RegExpExecArray RegExpMatchArray TemplateStringsArray
Uppercase Lowercase Capitalize Uncapitalize ConstructorParameters
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
bench beforeAll before after context specify xit fit xdescribe fdescribe assert
afterAll afterEach beforeAll beforeEach describe expect it jest suite test vi
"""
_COMMON: Final = """
add addEventListener all appendChild apply arc at beginPath bezierCurveTo bind blur call catch charAt charCodeAt
clear clearRect click clip clone cloneNode close closePath closest codePointAt concat contains copyWithin
createElement createTextNode delete dispatchEvent drawImage end endsWith entries every exec fill fillRect fillText
filter finally find findIndex findLast flat flatMap focus forEach freeze from get getAttribute
getBoundingClientRect getContext getDate getFullYear getTime has hasAttribute hasOwnProperty includes indexOf
insertBefore isPointInPath join json keys lastIndexOf lineTo localeCompare log map match matchAll matches measureText
moveTo next normalize now observe of off on once open padEnd padStart parse pipe pop postMessage preventDefault
push querySelector querySelectorAll quadraticCurveTo race rect reduce reduceRight reject release remove
removeAttribute removeChild removeEventListener repeat replace replaceAll replaceChildren reset resolve restore
reverse rotate save scale search select send set setAttribute setItem getItem removeItem setTransform shift slice
some sort splice split start startsWith stop stopPropagation stringify stroke strokeRect subscribe substr substring
test text then toFixed toISOString toJSON toLocaleString toLowerCase toString toUpperCase transform translate trim
trimEnd trimStart unobserve unshift update values write emit
"""
_SCOPING: Final = Scoping(
    class_scope_closed=True,
    constructor="constructor",
    call_method="__call__",
    exports_closed=True,
    global_block="global",
    global_files=SCRIPT,
    global_objects={"window": "Window", "self": "Window", "globalThis": "Window"},
    whole_module="export=",
    records=True,
    prototype="prototype",
    calls_function=frozenset(("call", "apply")),
    wrappers=True,
    common_members=frozenset(_COMMON.split()),
    builtins=frozenset(_GLOBALS.split()),
)
_TESTS: Final = (
    "*.test.*",
    "*.spec.*",
    "*.test-d.*",
    "*.spec-d.*",
    "*.cy.*",
    "*.e2e.*",
    "**/__tests__/**",
    "**/__mocks__/**",
    "**/test/**",
    "**/tests/**",
    "**/e2e/**",
    "**/test-d/**",
    "**/dtslint/**",
)

JAVASCRIPT: Final = Language(
    name="javascript",
    suffixes=(".js", ".mjs", ".cjs", ".jsx"),
    grammar="tree_sitter_javascript",
    filenames=("Jakefile",),
    interpreters=("node", "nodejs", "bun", "deno"),
    lower="codeagent.languages.lowering.javascript:lower",
    modules="codeagent.languages.resolution.javascript:JavaScriptModules",
    scoping=_SCOPING,
    comments=("//",),
    tests=_TESTS,
    family="javascript",
)
TYPESCRIPT: Final = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts", ".d.ts"),
    declarations=(".d.ts", ".d.mts", ".d.cts"),
    grammar="tree_sitter_typescript",
    entry="language_typescript",
    interpreters=("ts-node", "tsx"),
    lower="codeagent.languages.lowering.javascript:lower_typescript",
    readings=readings,
    modules="codeagent.languages.resolution.javascript:JavaScriptModules",
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
    readings=readings,
    modules="codeagent.languages.resolution.javascript:JavaScriptModules",
    scoping=_SCOPING,
    comments=("//",),
    tests=_TESTS,
    family="javascript",
)
