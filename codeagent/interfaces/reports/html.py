"""The report as one HTML file that needs nothing from anywhere: data, drawing and style inside."""

import html
import re
from dataclasses import fields, replace
from importlib.resources import files as resources

import msgspec

from codeagent.domain.report import Report
from codeagent.interfaces.reports.words import facts_line, plain

LINKS = 6000  # links between files that are drawn, the strongest first
_TOKEN = re.compile(r"\{\{(\w+)\}\}")


def as_html(report: Report) -> str:
    """Return the whole document; nothing from the repository is ever markup or script."""
    name = html.escape(plain(report.repository.name) or "repository")
    parts = {
        "title": f"{name}: what it is, how it hangs together, where it hurts",
        "name": name,
        "css": _asset("report.css"),
        "js": "\n".join(_asset(file) for file in ("report.js", "lists.js", "map.js", "treemap.js", "start.js")),
        "echarts": _asset("vendor/echarts.min.js"),
        "data": _data(report),
    }
    return _TOKEN.sub(lambda found: parts[found[1]], _asset("report.html"))


def _asset(name: str) -> str:
    return resources("codeagent.interfaces.reports").joinpath(name).read_text(encoding="utf-8")


def _data(report: Report) -> str:
    """Return the report as JSON that cannot end the element it stands in."""
    links = sorted(report.dependencies.files, key=lambda link: (-link.weight, link.source, link.target))[:LINKS]
    small = replace(report, dependencies=replace(report.dependencies, files=tuple(links)))
    tree: dict[str, object] = {field.name: getattr(small, field.name) for field in fields(small)}
    tree["facts"] = facts_line(report)
    text = msgspec.json.encode(tree).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
