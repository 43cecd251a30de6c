"""Packages of the tree that an environment holds as copies: the tree's code runs, or it is said that it does not."""

import ast
import json
import os
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest

from codeagent.languages.python_script import named_values, parsed
from codeagent.quality.testing import copies, projects
from codeagent.quality.testing.report import Copied
from codeagent.quality.testing.runner import Files
from codeagent.quality.testing.running import files_of, plan, run_tests
from codeagent.workspace.protection import Mode
from codeagent.workspace.scratch import open_scratch

ONE = "def total():\n    return 1\n"
NAMED = '[project]\nname = "The_Shop"\n'
BUILT = sysconfig.get_config_var("EXT_SUFFIX")


def environment(root: Path, name: str = ".venv") -> Path:
    """Make an environment with what this one has besides, and return its folder of packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / name], check=True)
    site = next((root / name / "lib").glob("python*/site-packages"))
    (site / "others.pth").write_text("\n".join(one for one in sys.path if one.endswith("-packages")))
    return site


def install(site: Path, files: dict[str, str], name: str = "the_shop", **about: str) -> None:
    """Put a distribution where packages are installed, as an installer does."""
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (folder / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    for key, text in about.items():
        (folder / key.replace("_json", ".json").replace("_txt", ".txt")).write_text(text)


def said(made, cache, code: str, *, change=None, mode: Mode = Mode.OFF) -> tuple[str, tuple[Copied, ...]]:
    """What a Python of the environment prints in a scratch that holds a change, and what it says of copies."""
    with open_scratch(made.root, cache) as scratch:
        scratch.write(change or {})
        python = str(made.root / ".venv/bin/python")
        done = scratch.run([python, "-c", code], mode=mode, extra=copies.told(scratch)).done
        text = (done.stdout + done.stderr.splitlines()[-1] if done.stderr else done.stdout).decode().strip()
        return text.replace(str(scratch.path), "TREE").replace(str(made.root), "USER"), copies.copied(scratch)


UNIT = "import unittest, shop\nclass A(unittest.TestCase):\n    def test_a(self): shop.total()\n"
ASK = "import shop; print(shop.__file__, shop.total())"
LAYOUTS = {
    "src": ({"src/shop/__init__.py": ONE}, NAMED),
    "a folder that setuptools is told": (
        {"code/shop/__init__.py": ONE},
        NAMED + '[tool.setuptools.packages.find]\nwhere = ["code"]\n',
    ),
    "a folder of another name": (
        {"source/__init__.py": ONE},
        NAMED + '[tool.setuptools.package-dir]\nshop = "source"\n',
    ),
    "a folder that hatch is told": (
        {"product/python/shop/__init__.py": ONE},
        NAMED + '[tool.hatch.build.targets.wheel]\npackages = ["product/python/shop"]\n',
    ),
    "a folder that poetry is told": (
        {"code/shop/__init__.py": ONE},
        '[tool.poetry]\nname = "the-shop"\npackages = [{ include = "shop", from = "code" }]\n',
    ),
    "setup.cfg": (
        {
            "code/shop/__init__.py": ONE,
            "setup.cfg": "[metadata]\nname = the-shop\n[options]\npackage_dir =\n    = code\n",
        },
        "",
    ),
    "setup.py": (
        {
            "code/shop/__init__.py": ONE,
            "setup.py": "from setuptools import *\nN = 'the.shop'\nsetup(name=N, package_dir={'': 'code'})\n",
        },
        "",
    ),
    "a single module": ({"src/shop.py": ONE}, NAMED),
    "beside the tests": ({"shop/__init__.py": ONE}, NAMED),
}


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.OFF])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_copy_gives_way_to_the_tree(repo, tmp_path, layout, mode):
    files, manifest = LAYOUTS[layout]
    made = repo({**files, "pyproject.toml": manifest, ".gitignore": ".venv/\n", "elsewhere/x": ""})
    path = next(path for path in files if path.endswith(".py"))
    site = environment(made.root)
    install(site, {"shop.py" if path.endswith("shop.py") else "shop/__init__.py": ONE})
    change = {path: b"def total():\n    return 'changed'\n"}
    code = f"import os, sys; sys.path.remove(''); {ASK}"
    assert said(made, tmp_path / "cache", code, change=change, mode=mode) == (f"TREE/{path} changed", ())
    outside = subprocess.check_output([made.root / ".venv/bin/python", "-c", ASK], cwd=site)
    assert outside.endswith(b" 1\n")


def test_the_place_of_the_installation_tells_whose_it_is_where_no_name_does(repo, tmp_path):
    made = repo({"src/shop/__init__.py": ONE, "setup.py": "setup(name=read_the_name())", ".gitignore": ".venv/\n"})
    came = json.dumps({"url": f"file://{made.root}", "dir_info": {}})
    install(environment(made.root), {"shop/__init__.py": ONE}, direct_url_json=came)
    assert said(made, tmp_path / "cache", ASK)[0] == "TREE/src/shop/__init__.py 1"


def test_a_package_of_somebody_else_is_left_alone(repo, tmp_path):
    """Though a folder of its name lies where packages of ours do."""
    made = repo(
        {"src/redis/client.py": "", "src/shop/__init__.py": "", "pyproject.toml": NAMED, ".gitignore": ".venv/\n"}
    )
    site = environment(made.root)
    install(site, {"shop/__init__.py": ""})
    install(site, {"redis/__init__.py": "", "redis/client.py": "here = 1"}, "redis")
    code = "import redis.client; print(redis.__file__, redis.client.here)"
    assert said(made, tmp_path / "cache", code)[0].startswith("USER/.venv/lib/")


def test_what_the_tree_has_lost_or_won_is_lost_or_won(repo, tmp_path):
    made = repo({"src/shop/__init__.py": ONE, "src/shop/old.py": "", "pyproject.toml": NAMED, ".gitignore": ".venv/\n"})
    install(environment(made.root), {"shop/__init__.py": ONE, "shop/old.py": "x = 1"})
    cache = tmp_path / "cache"
    change = {"src/shop/old.py": None, "src/shop/new.py": b"n = 2", "src/store/__init__.py": b"s = 3"}
    assert "No module named 'shop.old'" in said(made, cache, "import shop.old", change=change)[0]
    code = "import shop.new, store; print(shop.new.n, store.s)"
    assert said(made, cache, code, change=change)[0] == "2 3"
    gone = {"src/shop/__init__.py": None, "src/shop/old.py": None, "src/store/__init__.py": b""}
    text, copied = said(made, cache, "import store, shop", change=gone)
    assert "No module named 'shop'" in text
    assert [(one.module, one.kept) for one in copied] == [("shop", False)]


def test_a_namespace_is_shared_with_what_others_installed(repo, tmp_path):
    made = repo(
        {
            "src/acme/shop/__init__.py": ONE,
            "src/acme/more.py": "m = 1",
            "pyproject.toml": NAMED,
            ".gitignore": ".venv/\n",
        }
    )
    site = environment(made.root)
    install(site, {"acme/shop/__init__.py": "", "acme/shop/old.py": "", "acme/gone.py": ""})
    install(site, {"acme/bank/__init__.py": "b = 2", "acme/bank/old.py": ""}, "acme-bank")
    code = "import acme.shop, acme.more, acme.bank; print(acme.shop.total(), acme.more.m, acme.bank.b)"
    assert said(made, tmp_path / "cache", code)[0] == "1 1 2"
    for gone in ("acme.gone", "acme.shop.old"):
        assert f"No module named '{gone}'" in said(made, tmp_path / "cache", f"import {gone}")[0]
    assert said(made, tmp_path / "cache", "import acme.bank.old")[0] == ""


def test_what_a_build_made_is_taken_from_the_copy_and_said(repo, tmp_path):
    """A compiled module, and one that git ignores, also in a package below; a module that was deleted is not."""
    init = "from ._version import v\nassert v == 7\n"
    made = repo(
        {
            "src/shop/__init__.py": init, "src/shop/in_it/__init__.py": "", "src/shop/in_it/there.py": "",
            "pyproject.toml": NAMED, ".gitignore": ".venv/\n_version.py\n",
        }
    )  # fmt: skip
    site = environment(made.root)
    install(
        site,
        {
            "shop/__init__.py": "", "shop/_version.py": "v = 7", "shop/gone.py": "", "shop/in_it/__init__.py": "",
            f"shop/in_it/_fast{BUILT}": "", "shop/in_it/there.py": "raise 1",
        },
    )  # fmt: skip
    cache = tmp_path / "cache"
    code = "print(find_spec('shop.in_it._fast').origin, find_spec('shop.gone'))"
    code = f"import shop.in_it.there; from importlib.util import find_spec; {code}"
    text, copied = said(made, cache, code)
    assert text.endswith(f"shop/in_it/_fast{BUILT} None")
    assert {(one.module, one.kept) for one in copied} == {("shop._version", True), ("shop.in_it._fast", True)}


def test_a_script_of_the_copy_runs_the_tree_s_code(repo, tmp_path):
    made = repo({"src/shop/__init__.py": ONE, "pyproject.toml": NAMED, ".gitignore": ".venv/\n"})
    install(environment(made.root), {"shop/__init__.py": "def total(): return 'the copy'"})
    script = made.root / ".venv/bin/shop"
    script.write_text(f"#!{made.root}/.venv/bin/python\nimport sys\nfrom shop import total\nsys.exit(str(total()))\n")
    script.chmod(0o755)
    code = "import subprocess as s; print(s.run(['shop'], capture_output=True, text=True).stderr)"
    path = f"{script.parent}{os.pathsep}{os.environ['PATH']}"
    code = f"import os; os.environ['PATH'] = {path!r}; {code}"
    assert said(made, tmp_path / "cache", code)[0] == "1"


def test_a_plug_in_of_pytest_is_the_tree_s(repo, tmp_path):
    """pytest looks by itself for the modules whose assertions it rewrites."""
    made = repo(
        {
            "src/shop/__init__.py": "", "src/shop/plugin.py": "import pytest\n@pytest.fixture\ndef n(): return 2\n",
            "tests/test_it.py": "def test_it(n): assert n == 2\n", "pytest.ini": "[pytest]\n",
            "pyproject.toml": NAMED, ".gitignore": ".venv/\n",
        }
    )  # fmt: skip
    old = {"shop/__init__.py": "", "shop/plugin.py": "import pytest\n@pytest.fixture\ndef n(): return 1\n"}
    install(environment(made.root), old, entry_points_txt="[pytest11]\nshop = shop.plugin\n")
    with open_scratch(made.root, tmp_path / "cache") as scratch:
        report = run_tests(scratch, plan(files_of(scratch)))
    assert [str(case.outcome) for case in report.cases.values()] == ["passed"], report.broken


@pytest.mark.parametrize("style", ["tox", "active", "egg", "no record"])
def test_other_environments_and_older_installations(repo, tmp_path, monkeypatch, style):
    made = repo({"src/shop/__init__.py": ONE, "setup.py": "", "pyproject.toml": NAMED, ".gitignore": ".tox/\n.venv/\n"})
    made.write(
        {
            "tests/__init__.py": "",
            "tests/test_it.py": UNIT,
        }
    )
    if style == "tox":
        site = environment(made.root, ".tox/py3")
    elif style == "active":
        site = environment(tmp_path, "active")
        monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    else:
        site = environment(made.root)
    copy = {"shop/__init__.py": "def total(): raise ValueError\n"}
    if style == "egg":
        egg = site / "The_Shop-1.0-py3.egg"
        (egg / "EGG-INFO").mkdir(parents=True)
        (egg / "EGG-INFO/top_level.txt").write_text("shop\n")
        (egg / "shop").mkdir()
        (egg / "shop/__init__.py").write_text(copy["shop/__init__.py"])
        (site / "easy-install.pth").write_text(f"{egg}\n")
    elif style == "no record":
        install(site, copy)
        (site / "the_shop-1.0.dist-info/RECORD").unlink()
    else:
        install(site, copy)
    with open_scratch(made.root, tmp_path / "cache") as scratch:
        commands = plan(files_of(scratch))
        report = run_tests(scratch, commands)
    assert commands[0].runner == "unittest"
    assert [str(case.outcome) for case in report.cases.values()] == ["passed"], report


@pytest.fixture
def judged(repo, invoke):
    def judge(files, copy, change, gate="tests", *options):
        made = repo({"pyproject.toml": NAMED + "[tool.pytest.ini_options]\n", ".gitignore": ".venv/\n*.so\n", **files})
        install(environment(made.root), copy)
        made.write(change)
        ran = invoke("gate", "--only", gate, "--trust", "--format", "json", *options, cwd=made.root)
        return json.loads(ran.out)["results"][0], made

    return judge


TEST = {"tests/test_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total() == 1\n"}


@pytest.mark.parametrize("gate", ["tests", "coverage"])
def test_a_change_is_tested_though_a_copy_of_what_it_changes_is_installed(judged, gate):
    files = {"src/shop/__init__.py": ONE, **TEST}
    told, _ = judged(files, {"shop/__init__.py": ONE}, {"src/shop/__init__.py": "def total():\n    return 2\n"}, gate)
    expected = ["new-failure"] if gate == "tests" else []
    assert (told["status"], [one["rule"] for one in told["findings"]]) == ("failed" if expected else "passed", expected)


def test_a_red_test_is_red_on_the_code_before_and_not_on_the_copy(judged):
    new = {
        "src/shop/__init__.py": "def total():\n    return 2\n",
        "tests/test_shop.py": TEST["tests/test_shop.py"].replace("== 1", "== 2"),
    }
    files = {"src/shop/__init__.py": ONE, **TEST}
    told, _ = judged(
        files, {"shop/__init__.py": new["src/shop/__init__.py"]}, new, "red-first", "--red-first", "test_total"
    )
    assert told["status"] == "passed", told


def test_a_copy_whose_source_is_not_found_is_told_and_nothing_passes(judged):
    odd = {"deep/inside/__init__.py": ONE, "setup.py": "setup(package_dir=made())", **TEST}
    told, _ = judged(
        odd,
        {"shop/__init__.py": ONE},
        {"deep/inside/__init__.py": "def total():\n    return 2\n"},
        "tests",
        "--tests",
        "all",
    )
    assert told["status"] == "broken"
    assert "shop is installed as a copy" in told["reason"]
    assert "pip install -e ." in told["reason"]


def test_a_compiled_module_that_is_older_than_the_change_is_told(judged):
    files = {"src/_fast.c": "int one;\n", **TEST}
    files["src/shop/__init__.py"] = "import importlib.util as u\nassert u.find_spec('shop._fast').origin\n" + ONE
    copy = {"shop/__init__.py": "", f"shop/_fast{BUILT}": ""}
    told, _ = judged(files, copy, {"src/_fast.c": "int two;\n"}, "tests", "--tests", "all")
    assert told["status"] == "broken"
    assert "is older than src/_fast.c, which the change touches" in told["reason"]


def test_manifests_that_cannot_be_read_say_nothing(tmp_path):
    files = {"pyproject.toml": "[[", "setup.cfg": "no section", "setup.py": "def", "src/shop/__init__.py": ""}
    (project,) = json.loads(projects.told(Files(tmp_path, files, lambda path: files[path].encode())))
    assert project == {"name": "", "folder": "", "roots": ["src", ""], "places": {}, "tops": ["shop"]}


def test_a_setup_script_that_python_warns_of_is_read_without_a_word() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        tree = parsed("where = {'': 'src'}\nsetup(name='shop', description='\\d', package_dir=where)\n")
    assert not told and ast.unparse(named_values(tree)["where"]) == "{'': 'src'}"
