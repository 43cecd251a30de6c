"""Languages and sizes, what was left out and why, and the repository's name, description and licence."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from codeagent.domain.report import LanguageShare, Skipped
from codeagent.graph.records import FileRecord
from codeagent.graph.tables import is_code
from codeagent.survey.manifests import read_json, read_toml, table
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


def languages(files: Mapping[str, FileRecord]) -> tuple[LanguageShare, ...]:
    """Return each language's part of the lines of code, code before data, the biggest first."""
    rows: dict[str, list[int]] = {}
    for record in files.values():
        row = rows.setdefault(record.language, [0, 0, 0, 0])
        row[0] += 1
        row[1] += record.test
        row[2] += record.lines
        row[3] += record.code_lines
    total = sum(row[3] for name, row in rows.items() if is_code(name)) or 1
    ordered = sorted(rows, key=lambda name: (not is_code(name), -rows[name][3], name))
    return tuple(
        LanguageShare(name, files, trials, lines, code, round(code / total, 4) if is_code(name) else 0.0)
        for name, (files, trials, lines, code) in ((name, rows[name]) for name in ordered)
    )


def skipped(reasons: Mapping[str, Iterable[str]]) -> tuple[Skipped, ...]:
    """Return what was left out, the commonest reason first."""
    found = [
        Skipped(reason, len(paths), tuple(paths[:5])) for reason, given in reasons.items() if (paths := sorted(given))
    ]
    return tuple(sorted(found, key=lambda s: (-s.count, s.reason)))


def identity(sources: Sources, fallback: str) -> tuple[str, str, str]:
    """Return (name, description, licence) as the root's own manifests and LICENSE file give them."""
    name = description = licence = ""
    for path, reader in (("pyproject.toml", _toml), ("package.json", _json), ("Cargo.toml", _toml)):
        if sources.has(path):
            found = reader(sources.text(path))
            name, description = name or found[0], description or found[1]
            licence = licence or found[2]
    description = description or _first_paragraph(sources)
    if not licence:
        for path in sources.named("LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING", "LICENCE", "LICENSE-MIT"):
            if "/" not in path:
                text = sources.text(path)[:4000]
                licence = next((name for name, pattern in LICENSES if re.search(pattern, text)), "")
                break
    return name or fallback, " ".join(description.split()), licence


def _toml(text: str) -> tuple[str, str, str]:
    data = read_toml(text)
    own = table(data, "project") or table(data, "tool", "poetry") or table(data, "package")
    licence = own.get("license")
    licence = licence.get("text", "") if isinstance(licence, dict) else licence
    return _string(own.get("name")), _string(own.get("description")), _string(licence)


def _json(text: str) -> tuple[str, str, str]:
    data = read_json(text)
    return _string(data.get("name")), _string(data.get("description")), _string(data.get("license"))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _first_paragraph(sources: Sources) -> str:
    """Return the first prose of the README: no headings, badges, markup or notes."""
    for path in sources.named("README.md", "README.rst", "README", "README.txt", "readme.md"):
        if "/" in path:
            continue
        text = re.sub(r"<!--.*?-->", "", sources.text(path), flags=re.DOTALL)
        for block in re.split(r"\n\s*\n", text):
            plain = re.sub(r"!\[[^\]]*\]\([^)]*\)|\[!\[.*", "", block)
            plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", re.sub(r"<[^>]+>", "", plain)).strip()
            prose = len(plain.split()) >= 5 and not re.match(r"[#=|*`>\-.:\[]", plain) and "====" not in plain
            if prose:
                return re.split(r"(?<=[.!?])\s", " ".join(plain.split()))[0][:300]
    return ""
