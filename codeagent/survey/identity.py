"""What a repository calls itself: name, description and licence, by its own manifests, README and LICENSE file."""

import re
from collections.abc import Callable
from configparser import ConfigParser
from configparser import Error as IniError
from typing import Final

from codeagent.survey.manifests import read_json, read_toml, table
from codeagent.survey.readme import opening
from codeagent.survey.setup_call import setup_call
from codeagent.survey.sources import Sources

LICENSES: Final = (
    ("Apache-2.0", r"Apache License\s+Version 2\.0"),
    ("MIT", r"Permission is hereby granted, free of charge"),
    ("GPL-3.0", r"GNU GENERAL PUBLIC LICENSE\s+Version 3"),
    ("GPL-2.0", r"GNU GENERAL PUBLIC LICENSE\s+Version 2"),
    ("LGPL-3.0", r"GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3"),
    ("AGPL-3.0", r"GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3"),
    ("MPL-2.0", r"Mozilla Public License Version 2\.0"),
    ("BSD-3-Clause", r"Redistribution and use in source and binary forms[\s\S]*Neither the name"),
    ("BSD-2-Clause", r"Redistribution and use in source and binary forms"),
    ("Unlicense", r"This is free and unencumbered software"),
    ("ISC", r"Permission to use, copy, modify, and/or distribute"),
)

_Found = tuple[str, str, str]  # name, description, licence; each may be empty


def identity(sources: Sources, fallback: str) -> _Found:
    """Return (name, description, licence) as the root's own manifests, README and LICENSE file give them."""
    name = description = licence = ""
    for suffix, reader in MANIFESTS:
        for path in [path for path in sources.ending(suffix) if "/" not in path][:1]:
            found = reader(sources.text(path))
            name, description, licence = name or found[0], description or found[1], licence or found[2]
    name = name or fallback
    return name, " ".join((description or opening(sources, name)).split()), licence or _licence(sources)


def _licence(sources: Sources) -> str:
    for path in sources.named("LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING", "LICENCE", "LICENSE-MIT"):
        if "/" not in path:
            text = sources.text(path)[:4000]
            return next((name for name, pattern in LICENSES if re.search(pattern, text)), "")
    return ""


def _toml(text: str) -> _Found:
    data = read_toml(text)
    own = table(data, "project") or table(data, "tool", "poetry") or table(data, "package")
    licence = own.get("license")
    licence = licence.get("text", "") if isinstance(licence, dict) else licence
    return _string(own.get("name")), _string(own.get("description")), _string(licence)


def _json(text: str) -> _Found:
    data = read_json(text)
    return _string(data.get("name")), _string(data.get("description")), _string(data.get("license"))


def _setup_cfg(text: str) -> _Found:
    config = ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text)
    except IniError:
        return "", "", ""
    name, description = (config.get("metadata", key, fallback="") for key in ("name", "description"))
    return name, "" if description.startswith(("file:", "attr:")) else description, ""


def _setup_py(text: str) -> _Found:
    said = setup_call(text)
    name, description, licence = (said[key].text if key in said else "" for key in ("name", "description", "license"))
    return name, description, licence


def _quoted(*patterns: str) -> Callable[[str], _Found]:
    """Make a reader of formats that give each of the three in quotes: the group `said` of a pattern."""
    expressions = [re.compile(pattern, re.MULTILINE) for pattern in patterns]

    def read(text: str) -> _Found:
        name, description, licence = (found["said"] if (found := one.search(text)) else "" for one in expressions)
        return name, description, licence

    return read


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


_IN_RUBY: Final = r"^\s*\w+\.{}\s*=\s*([\"'])(?P<said>[^\n#]+?)\1"
MANIFESTS: Final[tuple[tuple[str, Callable[[str], _Found]], ...]] = (
    ("pyproject.toml", _toml),
    ("setup.cfg", _setup_cfg),
    ("setup.py", _setup_py),
    ("package.json", _json),
    ("Cargo.toml", _toml),
    ("composer.json", _json),
    (".gemspec", _quoted(*(_IN_RUBY.format(key) for key in ("name", "(?:description|summary)", "licenses?")))),
)
