"""litellm, imported when a model is asked for the first time, with everything off that reaches out or speaks up."""

import importlib.util
import logging
import os
import threading
import warnings
from typing import Any, Final

from codeagent.domain.errors import ModelError

_LOCK: Final = threading.Lock()
_QUIET: Final = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else importing it fetches a list of prices
    "LITELLM_MODE": "PRODUCTION",  # else it reads an .env that may be the analysed repository's
}
_SILENT: Final = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai")


def load_litellm() -> Any:
    """Import litellm, which takes seconds the first time. Raises ModelError where it is not installed."""
    with _LOCK:
        if importlib.util.find_spec("litellm") is None:
            raise ModelError("asking a model needs litellm, which is not installed", "pip install 'codeagent[model]'")
        os.environ.update(_QUIET)
        warnings.filterwarnings("ignore", category=UserWarning, module="pydantic")
        import litellm

        if not litellm.suppress_debug_info:
            for name in _SILENT:
                logging.getLogger(name).setLevel(logging.CRITICAL)
            litellm.telemetry = False
            litellm.disable_streaming_logging = True
            litellm.disable_token_counter = True
            litellm.disable_hf_tokenizer_download = True
            _stay_at_home(litellm)
            litellm.suppress_debug_info = True
        return litellm


def _stay_at_home(litellm: Any) -> None:
    """Follow no redirects: an answer does not send a conversation, and the key with it, to another place."""
    import httpx
    from litellm.llms.custom_httpx.http_handler import HTTPHandler, get_ssl_configuration

    litellm.client_session = httpx.Client(verify=get_ssl_configuration(), follow_redirects=False)
    handlers: Any = HTTPHandler
    begin = handlers.__init__

    def begin_at_home(handler: Any, *arguments: Any, **options: Any) -> None:
        begin(handler, *arguments, **options)
        handler.client.follow_redirects = False

    handlers.__init__ = begin_at_home
