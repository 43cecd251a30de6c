"""GitHub's REST API, as much as comments need: pages, patience with its limits, and errors that say what to do."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

from codeagent import __version__
from codeagent.domain.errors import CodeAgentError, NotPermitted

_TIMEOUT: Final = 20.0  # seconds of silence
_TRIES: Final = 3
_PATIENCE: Final = 60.0  # the longest that a limit is waited out, in seconds
_LARGEST: Final = 8 << 20  # bytes of an answer
_PAGES: Final = 30  # of a hundred comments each


class ApiError(CodeAgentError):
    """GitHub did not do what was asked."""

    exit_code = 3


class Api:
    """The API at `url`, such as https://api.github.com, for one repository, OWNER/NAME."""

    def __init__(self, url: str, repository: str, token: str) -> None:
        self._root = url.rstrip("/")
        self._repository = f"/repos/{repository}"
        self._token = token

    def login(self) -> str | None:
        """Return whose token it is; None for that of a workflow, which belongs to a bot."""
        try:
            name = self._ask("GET", "/user").get("login")
        except CodeAgentError:
            return None
        return name if isinstance(name, str) else None

    def get(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, page after page."""
        for page in range(1, _PAGES + 1):
            items = self._ask("GET", f"{self._repository}{path}?per_page=100&page={page}")
            yield from items
            if len(items) < 100:
                return

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Make something."""
        return self._ask("POST", self._repository + path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Change something."""
        return self._ask("PATCH", self._repository + path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._root}{path}", data, self._headers(), method=method)
        for left in range(_TRIES - 1, -1, -1):
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                    return json.loads(answer.read(_LARGEST) or b"null")
            except urllib.error.HTTPError as error:
                wait = _wait(error, _TRIES - left)
                if wait is None or not left or (method == "POST" and error.code >= 500):
                    raise _failed(method, path, error) from error
            except (OSError, ValueError) as error:
                if not left or method == "POST":  # it may have been made: twice is worse than not at all
                    raise ApiError(f"GitHub does not answer: {method} {path}: {error}", "run the job again") from error
                wait = 1.0
            time.sleep(wait)
        raise AssertionError("unreachable")

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "Content-Type": "application/json",
            "User-Agent": f"codeagent/{__version__}",
        }


def _wait(error: urllib.error.HTTPError, attempt: int) -> float | None:
    """Seconds to wait before another try; None where another would not help."""
    told = error.headers.get("Retry-After")
    if told is not None and told.isdigit() and error.code in (403, 429, 503):
        return float(told) if float(told) <= _PATIENCE else None
    return 0.5 * 2**attempt if error.code == 429 or error.code >= 500 else None


def _failed(method: str, path: str, error: urllib.error.HTTPError) -> CodeAgentError:
    try:
        said = str(json.loads(error.read(65536)).get("message", ""))[:200]
    except (OSError, ValueError, AttributeError):
        said = str(error.reason)
    problem = f"GitHub refused {method} {path.partition('?')[0]}: {error.code} {said}"
    if error.code in (401, 403, 404):
        return NotPermitted(problem, "give the job `permissions: pull-requests: write` and the input github-token")
    return ApiError(problem, "run the job again, or set comment: off")
