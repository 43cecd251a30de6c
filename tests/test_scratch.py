"""Scratch trees: they hold what the user has, run their own code, and leave the user's tree alone."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from codeagent.domain.errors import Stale, UsageError
from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.workspace.protection import Mode
from codeagent.workspace.scratch import open_scratch

SHOP = {
    "src/shop/__init__.py": "def total():\n    return 1\n",
    "tests/test_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total() == 1\n",
    "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\n",
    ".gitignore": ".env\n.venv/\nbuild/\nnode_modules/\n*.db\n",
}


def everything(folder: Path) -> dict[str, bytes]:
    """Every file and link below a folder but git's own, with its content."""
    return {
        str(path.relative_to(folder)): os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if (path.is_symlink() or path.is_file()) and ".git" not in path.parts
    }


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def test_it_holds_the_uncommitted_state_too(repo, cache):
    made = repo({**SHOP, "gone.py": "", "run.sh": "#!/bin/sh\n"})
    made.write(
        {"src/shop/__init__.py": "def total():\n    return 2\n", "new.py": "n = 1\n", ".env": "KEY=1\n", "x.db": "1"}
    )
    made.write({"staged.py": "s = 1\n"})
    made.git("add", "staged.py")
    (made.root / "gone.py").unlink()
    (made.root / "run.sh").chmod(0o755)
    os.symlink("new.py", made.root / "link.py")
    before = everything(made.root), made.git("status", "--porcelain"), made.git("worktree", "list")
    with open_scratch(made.root, cache) as scratch:
        assert everything(scratch.path) == before[0]
        assert os.access(scratch.path / "run.sh", os.X_OK)
        assert scratch.read("new.py") == b"n = 1\n"
        assert ".env" not in scratch.files
        status = ["git", "status", "--porcelain"]
        there = subprocess.run(status, cwd=scratch.path, capture_output=True, text=True, check=True)
        assert there.stdout.rstrip("\n") == before[1]
    assert (everything(made.root), made.git("status", "--porcelain"), made.git("worktree", "list")) == before


def test_a_plain_folder_is_copied(repo, cache):
    made = repo({**SHOP, ".env": "KEY=1\n"}, git=False)
    with open_scratch(made.root, cache) as scratch:
        assert scratch.files == {*SHOP}
        assert not (scratch.path / ".git").exists()
        with pytest.raises(UsageError, match="no git repository"):
            scratch.at_base()


def test_base_index_and_patch_are_states_of_the_same_folder(repo, cache):
    made = repo(SHOP)
    first = made.git("rev-parse", "HEAD")
    made.commit("two", {"src/shop/__init__.py": "def total():\n    return 2\n", "more.py": "m = 1\n"})
    made.write({"src/shop/__init__.py": "def total():\n    return 3\n"})
    made.git("add", "--all")
    made.write({"src/shop/__init__.py": "def total():\n    return 4\n", "loose.py": ""})
    module = "src/shop/__init__.py"
    with open_scratch(made.root, cache) as scratch:
        said = []
        for state in (scratch.reset, scratch.at_index, scratch.at_base, lambda: scratch.at_base(first), scratch.reset):
            state()
            said.append((scratch.read(module)[-2:-1], (scratch.path / "more.py").exists(), "loose.py" in scratch.files))
            assert (scratch.path / module).read_bytes() == scratch.read(module)
        assert said == [(b"4", True, True), (b"3", True, False), (b"2", True, False), (b"1", False, False), said[0]]
        scratch.at_base(first)
        name, data = scratch.name, scratch.read(module)
        scratch.apply(
            Patch(edits=(Edit(module, 24, 25, b"9"),), moves={module: "shop.py"}, base={module: hex_digest(data)})
        )
        assert (scratch.path / "shop.py").read_bytes() == b"def total():\n    return 9\n"
        assert not (scratch.path / "src").exists()
        assert scratch.name != name
        scratch.at_base(first)
        assert scratch.name == name
        with pytest.raises(Stale):
            scratch.apply(Patch(edits=(Edit(module, 0, 0, b"x"),), base={module: "0" * 32}))
        for path in ("../x", "/etc/x", ".git/hooks/x", "a/../../x", ""):
            with pytest.raises(UsageError):
                scratch.write({path: b""})


def test_whatever_ran_there_is_put_right_and_what_was_built_stays(repo, cache, tmp_path):
    made = repo(SHOP)
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "__init__.py").write_text("mine")
    with open_scratch(made.root, cache) as scratch:
        (scratch.path / "build").mkdir()
        (scratch.path / "build/lib.o").write_text("built")
        (scratch.path / "x.db").write_text("left by a test")
        (scratch.path / "src/shop/extra.py").write_text("left by a test")
        (scratch.path / "tests/test_shop.py").unlink()
        for path in (scratch.path / "src/shop").iterdir():
            path.unlink()
        (scratch.path / "src/shop").rmdir()
        os.symlink(victim, scratch.path / "src/shop")
        scratch.reset()
        assert everything(scratch.path) == everything(made.root) | {"build/lib.o": b"built"}
        assert (victim / "__init__.py").read_text() == "mine"


def test_only_what_differs_is_written_again(repo, cache):
    made = repo(SHOP)
    with open_scratch(made.root, cache) as scratch:
        place = scratch.path
        times = {path: path.stat().st_mtime_ns for path in place.rglob("*.py")}
    made.write({"src/shop/__init__.py": "changed = 1\n"})
    with open_scratch(made.root, cache) as scratch:
        assert scratch.path == place
        assert {path.name for path in times if path.stat().st_mtime_ns != times[path]} == {"__init__.py"}


def test_two_at_once_have_their_own_and_the_oldest_gives_way(repo, cache):
    one, two = repo(SHOP, name="one"), repo(SHOP, name="two")
    with open_scratch(one.root, cache) as first, open_scratch(one.root, cache) as second:
        assert first.path != second.path
        assert everything(first.path) == everything(second.path)
    with open_scratch(two.root, cache, most=0) as third:
        assert third.path.exists()
    assert not any(path.exists() for path in (first.path, second.path, third.path))


def test_after_a_kill_the_next_run_finds_it_in_order(repo, cache):
    made = repo(SHOP)
    program = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from codeagent.workspace.scratch import open_scratch
        with open_scratch(Path({str(made.root)!r}), Path({str(cache)!r})) as scratch:
            (scratch.path / "src/shop/__init__.py").write_text("half writ")
            (scratch.temporary / "left").write_text("x")
            scratch.run([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"])
    """)
    process = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 20
    while not list(cache.glob("scratch/*/0/tmp/left")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with open_scratch(made.root, cache) as scratch:
        assert scratch.path.parent.name == "0"
        assert everything(scratch.path) == everything(made.root)
        assert list(scratch.temporary.iterdir()) == []
    assert made.git("worktree", "list").count("\n") == 0


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.OFF])
@pytest.mark.parametrize("style", ["path", "finder"])
def test_editable_installs_lead_to_the_scratch(repo, cache, style, mode):
    """The two ways in which setuptools installs editable: a folder in a .pth file, and a finder with a table."""
    made = repo(SHOP)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made.root / ".venv"], check=True)
    site = next((made.root / ".venv/lib").glob("python*/site-packages"))
    if style == "path":
        (site / "__editable__.shop-1.pth").write_text(f"{made.root}/src\n")
    else:
        (site / "__editable___shop_finder.py").write_text(FINDER.replace("PLACE", f"{made.root}/src/shop"))
        (site / "__editable__.shop-1.pth").write_text("import __editable___shop_finder as f; f.install()\n")
    python = made.root / ".venv/bin/python"
    code = "import shop; print(shop.__file__, shop.total())"
    with open_scratch(made.root, cache) as scratch:
        scratch.write({"src/shop/__init__.py": b"def total():\n    return 'scratch'\n"})
        done = scratch.run([str(python), "-c", code], mode=mode).done
        assert done.stdout.decode() == f"{scratch.path}/src/shop/__init__.py scratch\n", done.stderr.decode()
        scratch.write({"src/shop/__init__.py": None, "src/store/__init__.py": b""})
        assert b"No module named 'shop'" in scratch.run([str(python), "-c", code], mode=mode).done.stderr
    outside = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert outside.stdout == f"{made.root}/src/shop/__init__.py 1\n"


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.OFF])
def test_links_that_a_build_made_into_the_tree_lead_to_the_scratch(repo, cache, mode):
    """As a strict editable installation of setuptools makes them."""
    made = repo(SHOP)
    made.write({"build/links/readme": ""})
    os.symlink(made.root / "src/shop/__init__.py", made.root / "build/links/shop.py")
    code = "import sys; sys.path.insert(0, 'build/links'); import shop; print(shop.total())"
    with open_scratch(made.root, cache) as scratch:
        scratch.write({"src/shop/__init__.py": b"def total():\n    return 'scratch'\n"})
        assert scratch.run([sys.executable, "-c", code], mode=mode).done.stdout == b"scratch\n"


FINDER = """
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
MAPPING = {"shop": "PLACE"}
class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return spec_from_file_location(name, MAPPING[name] + "/__init__.py")
def install():
    sys.meta_path.append(Finder)
"""


def test_packages_of_node_are_used_where_they_lie_and_workspaces_are_the_scratch_s(repo, cache):
    made = repo(
        {
            "package.json": '{"workspaces": ["packages/*"]}',
            "packages/cart/package.json": '{"name": "@shop/cart", "main": "index.js"}',
            "packages/cart/index.js": "module.exports = 1;",
            "main.js": "console.log(require('left'), require('@shop/cart'), require.resolve('@shop/cart'));",
            ".gitignore": "node_modules/\n",
        }
    )
    made.write({"node_modules/left/index.js": "module.exports = 'left';", "node_modules/.bin/left": ""})
    (made.root / "node_modules/@shop").mkdir()
    os.symlink("../../packages/cart", made.root / "node_modules/@shop/cart")
    with open_scratch(made.root, cache) as scratch:
        links = everything(scratch.path / "node_modules")
        assert links["left"] == os.fsencode(made.root / "node_modules/left")
        assert links["@shop/cart"] == os.fsencode(scratch.path / "packages/cart")
        scratch.write({"packages/cart/index.js": b"module.exports = 2;"})
        assert (scratch.path / "node_modules/@shop/cart/index.js").read_bytes() == b"module.exports = 2;"


@pytest.mark.parametrize("wanted", ["file:packages/cart", "workspace:*"])
def test_a_copy_of_a_package_of_the_tree_is_the_scratch_s(repo, cache, wanted):
    """Some package managers copy what is required from a folder; what is required from a registry is another one."""
    made = repo(
        {
            "package.json": json.dumps({"devDependencies": {"@shop/cart": wanted, "shop": "^1", "gone": "file:gone"}}),
            "packages/cart/package.json": '{"name": "@shop/cart", "main": "index.js"}',
            "packages/cart/index.js": "module.exports = 1;",
            "packages/shop/package.json": '{"name": "shop"}',
            ".gitignore": "node_modules/\n",
        }
    )
    for name in ("@shop/cart", "shop", "gone"):
        made.write({f"node_modules/{name}/index.js": "module.exports = 0;"})
    with open_scratch(made.root, cache) as scratch:
        links = everything(scratch.path / "node_modules")
        assert links["@shop/cart"] == os.fsencode(scratch.path / "packages/cart")
        assert [links[name] for name in ("shop", "gone")] == [
            os.fsencode(made.root / f"node_modules/{name}") for name in ("shop", "gone")
        ]


def test_a_worktree_a_submodule_and_a_detached_head(repo, cache, tmp_path):
    part = repo({"part.py": "p = 1\n"}, name="part")
    made = repo(SHOP)
    made.git("submodule", "--quiet", "add", str(part.root), "lib/part")
    made.commit("with a part")
    made.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "other"))
    with open_scratch(tmp_path / "other", cache) as scratch:
        log = subprocess.run(
            ["git", "log", "--format=%s"], cwd=scratch.path, capture_output=True, text=True, check=True
        )
        assert log.stdout.split("\n")[0] == "with a part"
    with open_scratch(made.root, cache) as scratch:
        assert (scratch.path / "lib/part/part.py").read_text() == "p = 1\n"
    assert len(made.git("worktree", "list").splitlines()) == 2
