"""The HTML report in a real headless browser: it draws, sorts, filters, opens, and no name from a repository runs."""

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeagent.interfaces.reports.html import as_html
from codeagent.interfaces.reports.md import code, diagram, label, text
from codeagent.workflows.analyze import analyze
from tests.conftest import Repo

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-extensions --disable-dev-shm-usage --hide-scrollbars"
).split()
HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
AUTHOR = "\"';window.hacked=1;//&amp; <a@example.org>"
WATCH = "<script>window.problems=[];onerror=(m)=>{problems.push(String(m))};</script>"

FILES = {
    "pyproject.toml": "[project]\nname = 'demo'\nversion = '1'\ndescription = '" + HOSTILE + "'\n",
    "core/base.py": "def top(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(20)),
    "core/more.py": "from core.base import top\n\n\ndef more():\n    return top(1)\n\n\ndef _dead():\n    return 1\n",
    "web/pages.py": "from core.more import more\n\n\ndef page():\n    return more()\n\n\nprint(page())\n",
    "web/other.py": "from web.pages import page\nfrom core.base import top\n\nprint(page(), top(2))\n",
    "test_core.py": "from core.base import top\n\n\ndef test_top():\n    assert top(1) == 1\n",
}


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on the PATH: install the system's package `chromium` to run the browser tests")
    return found


@pytest.fixture
def page(repo: Callable[..., Repo]) -> str:
    files = dict(FILES)
    if os.name != "nt":
        files['web/"><img src=x onerror=window.hacked=1>.py'] = FILES["core/more.py"]
    made = repo(files)
    for n in range(4):
        made.commit(f"c{n}", {"core/base.py": f"{FILES['core/base.py']}\n\nprint({n})\n"}, author=AUTHOR)
    return as_html(analyze(made.root))


def ask(browser: str, page: str, folder: Path, script: str, *, width: int = 1200, query: str = "") -> Any:
    """Open the page, run a script in it, and return what the script returns (as JSON)."""
    probe = (
        "<script>addEventListener('load', () => setTimeout(async () => { let answer;"
        f"try {{ answer = await (async () => {{ {script} }})(); }} "
        "catch (error) { answer = {failed: String(error)}; }"
        "const out = document.createElement('pre'); out.id = 'answer';"
        "out.textContent = JSON.stringify({answer, problems, hacked: window.hacked === undefined ? null : 1});"
        "document.body.append(out); }, 300));</script>"
    )
    # the report forbids every other source of script; the probe stands inside the document like the report's own
    head, body = page.replace("<title>", WATCH + "<title>", 1).rsplit("</body>", 1)
    document = f"{head}{probe}</body>{body}"
    file = folder / "report.html"
    file.write_text(document, "utf-8")
    command = [browser, *QUIET, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900"]
    command += ["--virtual-time-budget=2000", "--dump-dom", f"{file.as_uri()}{query}"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    found = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    result = json.loads(html.unescape(found[1]))
    assert result["problems"] == [] and result["hacked"] is None
    assert not (isinstance(result["answer"], dict) and "failed" in result["answer"]), result["answer"]
    return result["answer"]


def test_the_file_asks_for_nothing(page: str) -> None:
    outside = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|action|poster|data)\s*=\s*["']?(?:https?:)?//""", outside)
    assert "@import" not in outside and "url(" not in outside
    assert "default-src 'none'" in page and "connect-src" not in page
    assert page.count("<script") == page.count("</script>") == 3  # data, library, ours: nothing of the repository's


def test_data_cannot_end_its_element(page: str) -> None:
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data and "<" not in data[1] and "&" not in data[1]
    assert json.loads(data[1])["repository"]["description"] == HOSTILE


def test_it_draws_and_is_accessible(browser: str, page: str, tmp_path: Path) -> None:
    script = """
        const nameless = [...document.querySelectorAll('button, input, a')].filter((n) => n.offsetParent !== null
          && !(n.textContent.trim() || n.getAttribute('aria-label')));
        const levels = [...document.querySelectorAll('h1, h2, h3')].map((n) => Number(n.tagName[1]));
        const root = document.documentElement, tables = [...document.querySelectorAll('table')];
        return { ready: root.dataset.ready, title: document.title, lang: root.lang,
          sections: [...document.querySelectorAll('section.part')].map((n) => n.id),
          canvases: document.querySelectorAll('canvas').length, nameless: nameless.length,
          jumps: levels.filter((level, n) => n && level > levels[n - 1] + 1).length,
          charts: [...document.querySelectorAll('[role=img]')].map((n) => n.getAttribute('aria-label')),
          headers: tables.every((t) => t.getAttribute('aria-label') && t.querySelector('th[scope=col]')),
          lead: document.getElementById('lead').textContent, shown: document.body.innerText.includes('undefined') };
    """
    seen = ask(browser, page, tmp_path, script)
    assert seen["ready"] == "true" and seen["lang"] == "en" and seen["title"].startswith("demo")
    assert {"is", "map", "read", "sizes", "hurts", "people", "tests", "findings", "do"} <= set(seen["sections"])
    assert seen["canvases"] >= 2 and seen["nameless"] == 0 and seen["jumps"] == 0 and seen["headers"]
    assert all(seen["charts"]) and seen["lead"] == HOSTILE and seen["shown"] is False


def test_sorting_filtering_and_the_find_box(browser: str, page: str, tmp_path: Path) -> None:
    script = """
        const table = document.querySelector('table[aria-label="Key symbols"]');
        const column = () => [...table.querySelectorAll('tbody tr')].map((row) => row.cells[0].textContent);
        const head = table.querySelector('th button');
        head.click(); const up = column(), sort = table.querySelector('th').getAttribute('aria-sort');
        head.click(); const down = column();
        dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
        const find = document.activeElement;
        find.value = 'core/base.py'; find.dispatchEvent(new Event('input'));
        const filtered = column();
        dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
        const group = document.querySelector('#findings .seg');
        const all = document.querySelectorAll('#findings tbody tr').length;
        if (group) group.children[1].click();
        return { up, down, sort, focused: find.id, filtered, cleared: column().length, all,
          one: document.querySelectorAll('#findings tbody tr').length };
    """
    seen = ask(browser, page, tmp_path, script)
    assert seen["up"] == sorted(seen["up"], key=str.lower) and seen["sort"] == "ascending"
    assert seen["down"] == seen["up"][::-1] and len(seen["up"]) > 1
    assert seen["focused"] == "find" and 0 < len(seen["filtered"]) < len(seen["up"])
    assert all("core/base.py" in row for row in seen["filtered"]) and seen["cleared"] == len(seen["up"])
    assert 0 < seen["one"] < seen["all"]


def test_the_map_opens_subsystems_by_keyboard(browser: str, page: str, tmp_path: Path) -> None:
    script = """
        const side = document.getElementById('map-side');
        const names = [...side.querySelectorAll('button b')].map((n) => n.textContent);
        const before = document.getElementById('map-chart').getAttribute('aria-label');
        side.querySelector('button').focus(); document.activeElement.click();
        const chosen = side.querySelector('.chosen').textContent, focused = document.activeElement.className;
        const files = [...side.querySelectorAll('button b')].map((n) => n.textContent);
        for (const button of [...side.querySelectorAll('button')].slice(-3)) button.click();
        side.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
        const back = document.getElementById('map-chart').getAttribute('aria-label');
        return { names, before, chosen, focused, files, back };
    """
    seen = ask(browser, page, tmp_path, script)
    assert seen["chosen"] == seen["names"][0] and seen["focused"] == "chosen"
    assert any(name.endswith(".py") for name in seen["files"]) and seen["back"] == seen["before"]


def test_light_and_dark(browser: str, page: str, tmp_path: Path) -> None:
    script = """
        const ground = () => getComputedStyle(document.body).backgroundColor;
        const first = ground(), mode = document.documentElement.dataset.mode;
        const button = document.getElementById('theme'); const names = [button.getAttribute('aria-label')];
        for (const time of [1, 2]) { button.click(); names.push(button.getAttribute('aria-label')); }
        return { first, mode, names, canvases: document.querySelectorAll('canvas').length };
    """
    light = ask(browser, page, tmp_path, script, query="?theme=light")
    dark = ask(browser, page, tmp_path, script, query="?theme=dark")
    assert light["mode"] == "light" and dark["mode"] == "dark" and light["first"] != dark["first"]
    assert len(set(light["names"])) == 3 and light["canvases"] >= 2
    scheme = "return getComputedStyle(document.documentElement).colorScheme"  # of scroll bars and boxes
    assert [ask(browser, page, tmp_path, scheme, query=f"?theme={one}") for one in ("light", "dark")] == [
        "light",
        "dark",
    ]


def test_it_fits_a_phone(browser: str, page: str, tmp_path: Path) -> None:
    script = """
        const room = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll('main *')].filter(
          (n) => !n.closest('.scroll') && n.getBoundingClientRect().right > room + 1).map((n) => n.outerHTML);
        return { scroll: document.documentElement.scrollWidth, room, wide: wide.slice(0, 3) };
    """
    seen = ask(browser, page, tmp_path, script, width=500)
    assert seen["scroll"] <= seen["room"] + 1 and seen["wide"] == []


LITTLE: dict[str, dict[str, str]] = {"empty": {}, "one file": {"a.py": "x = 1\n"}}


@pytest.mark.parametrize("files", LITTLE.values(), ids=LITTLE)
def test_little_repositories_draw_too(
    files: dict[str, str], browser: str, repo: Callable[..., Repo], tmp_path: Path
) -> None:
    page = as_html(analyze(repo(files, git=False).root))
    assert ask(browser, page, tmp_path, "return document.documentElement.dataset.ready") == "true"


def test_one_is_one_and_stands_in_the_middle(browser: str, repo: Callable[..., Repo], tmp_path: Path) -> None:
    """Words agree with their number, and a single subsystem is drawn in the middle of the map."""
    script = """
        const box = document.getElementById('map-chart'), chart = echarts.getInstanceByDom(box);
        const spot = chart.getOption().series[0].data.find((one) => !one.name.startsWith('\\0'));
        const at = chart.convertToPixel({ seriesIndex: 0 }, [spot.x, spot.y])[0];
        const cards = [...document.querySelectorAll('.card span')].map((n) => n.textContent);
        const legend = document.querySelector('.legend').textContent;
        return { off: Math.abs(at - box.clientWidth / 2), cards, legend };
    """
    seen = ask(browser, as_html(analyze(repo({"a.py": "x = 1\n"}, git=False).root)), tmp_path, script)
    assert seen["off"] < 2
    assert {"line of code", "code file", "subsystem"} <= set(seen["cards"])
    assert seen["legend"] == "Python100%, 1 line"


def test_long_names_break_behind_their_marks(browser: str, page: str, tmp_path: Path) -> None:
    script = """
        const told = (text) => breakable(text).map((part) => part.nodeName ? '|' : part).join('');
        return [told('django/core/__init__.py:19'), told('execute_from_command_line'), told('shop.Basket.total')];
    """
    assert ask(browser, page, tmp_path, script) == [
        "django/|core/|__init__.py:19",
        "execute_|from_|command_|line",
        "shop.|Basket.|total",
    ]


# --- Markdown, which GitHub draws ---------------------------------------------------------------------------


def test_markdown_escapes() -> None:
    assert text("a|b <i> *x* `y` [z](w) @me") == r"a\|b \<i\> \*x\* \`y\` \[z\]\(w\) \@me"
    assert code("a`b|c") == "``a`b\\|c``" and code("`") == "`` ` ``" and code("") == ""


def test_mermaid_takes_any_name(repo: Callable[..., Repo]) -> None:
    assert label('a"b]c;d') == "a#34;b#93;c#59;d"
    lines = diagram(analyze(repo(FILES).root)).splitlines()
    assert lines[:2] == ["```mermaid", "flowchart TD"] and lines[-1] == "```"
    node, edge = (
        re.compile(r'    s\d+\["[\w ./#;()-]+<br/>[\d,]+ lines"\]'),
        re.compile(r"    s\d+ (-->|-\.->)\|\d+\| s\d+"),
    )
    assert all(node.fullmatch(line) or edge.fullmatch(line) for line in lines[2:-1]) and len(lines) > 3
