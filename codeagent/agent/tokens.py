"""How many tokens a request will take: counted where there is a tokeniser at hand, corrected by what calls took."""

import json
import os
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from codeagent.agent.model import Request
from codeagent.domain.run import Message
from codeagent.domain.tokens import tokens_of

_OVERHEAD: Final = 4  # tokens around each message
_PIECE: Final = 20_000  # characters: tokenisers take very long for one very long word
_BOUNDS: Final = (0.3, 4.0)  # what a correction may come to
_WEIGHT: Final = 0.5  # of the newest call in the correction
_O200K: Final = "fb374d419588a4632f3f557e76b4b70aebbca790"  # the name under which tiktoken looks for that vocabulary


class Tokens:
    """An estimate for one model that gets better with every call; used from many threads."""

    def __init__(self, model: str) -> None:
        self._openai = any(word in model for word in ("gpt-", "openai/o", "o1", "o3", "o4"))
        self._ratio = 1.0
        self._known = False
        self._lock = threading.Lock()

    def of(self, request: Request) -> int:
        """The tokens of a request, its tools included, corrected."""
        return round(self._raw(request) * self._ratio)

    def of_text(self, text: str) -> int:
        """The tokens of a text, corrected."""
        return round(self._count(text) * self._ratio)

    def learn(self, request: Request, taken: int) -> None:
        """A provider counted `taken` tokens for `request`."""
        if taken <= 0:
            return
        least, most = _BOUNDS
        ratio = min(most, max(least, taken / max(1, self._raw(request))))
        with self._lock:
            self._ratio = ratio if not self._known else self._ratio + _WEIGHT * (ratio - self._ratio)
            self._known = True

    def _raw(self, request: Request) -> int:
        tools = sum(self._count(_schema(tool.name, tool.summary, tool.parameters)) for tool in request.tools)
        return tools + sum(self._of_message(message) for message in request.messages)

    def _of_message(self, message: Message) -> int:
        calls = sum(self._count(call.name) + self._count(call.arguments) for call in message.calls)
        return _OVERHEAD + calls + self._count(message.text)

    def _count(self, text: str) -> int:
        return _exact(text) if self._openai else _rough(text)


def _schema(*parts: object) -> str:
    return json.dumps(parts, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _rough(text: str) -> int:
    return tokens_of(text)


@lru_cache(maxsize=4096)
def _exact(text: str) -> int:
    encoding = _encoding()
    if encoding is None:
        return tokens_of(text)
    return sum(len(encoding.encode_ordinary(text[at : at + _PIECE])) for at in range(0, len(text), _PIECE))


@lru_cache(maxsize=1)
def _encoding() -> Any:
    """OpenAI's vocabulary from the files that litellm brings; None without them, for tiktoken would fetch them."""
    spec = find_spec("litellm")
    if spec is None or not spec.submodule_search_locations or find_spec("tiktoken") is None:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "litellm_core_utils" / "tokenizers"
    if not (folder / _O200K).is_file():
        return None
    import tiktoken

    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        return tiktoken.get_encoding("o200k_base")
    except Exception:  # whatever is wrong with its files, an estimate will do
        return None
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before
