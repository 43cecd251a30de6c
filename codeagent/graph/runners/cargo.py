"""Cargo: targets of a manifest that are tests and lie elsewhere than in the folder `tests`."""

import re
import tomllib
from collections.abc import Iterator
from posixpath import dirname

from codeagent.graph.runners.settings import Says, Settings


def says(settings: Settings) -> Iterator[Says]:
    """Yield what each manifest says of its tests and benchmarks."""
    for where in settings.called("Cargo.toml"):
        try:
            manifest = tomllib.loads(settings.text(where))
        except tomllib.TOMLDecodeError:
            continue
        targets = [one for key in ("test", "bench") if isinstance(many := manifest.get(key), list) for one in many]
        paths = [str(one["path"]) for one in targets if isinstance(one, dict) and "path" in one]
        yield Says(where, dirname(where), tuple(rf"\A/{re.escape(path.removeprefix('./'))}\Z" for path in paths))
