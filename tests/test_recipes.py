"""Recipes: learned from a run that held, reviewable as a file, offered only when trusted, demoted when they fail."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.plan import Blast, Plan, Step
from codeagent.domain.recipe import Recipe, Track, Trigger
from codeagent.plans.filling import filled
from codeagent.plans.problems import InvalidPlan
from codeagent.plans.reading import load_plan
from codeagent.plans.recipes import declared, digest_of, read_recipe, recipe_text
from codeagent.plans.writing import as_yaml
from codeagent.workflows.recipes import store
from codeagent.workflows.recipes.learning import learned
from codeagent.workflows.recipes.matching import matching, offered
from codeagent.workflows.recipes.outcomes import ORIGIN, check_reach, note_outcome
from codeagent.workspace.eventlog import EVENTS, EventLog, start_log

PLAN = Plan(
    goal="Rename Cart.total to Cart.amount in src/shop.py and move it to src/money.py",
    steps=(
        Step(
            id="rename",
            title="Rename total to amount",
            operation="rename",
            arguments={"target": "src/shop.py::Cart.total", "new": "amount"},
            scope=("/src/shop.py", "/app.py"),
            blast=Blast(("src/shop.py", "app.py"), ("src/shop.py::Cart.total", "app.py::main"), ("test_shop.py",)),
            tests=("test_shop.py",),
            tried=True,
            expected_cost=0.0,
            risk="low",
        ),
        Step(
            id="tell",
            title="Say so where {total} is explained",
            operation="rewrite",
            arguments={"instructions": "In src/shop.py say amount where total is told of", "files": ["src/shop.py"]},
            after=("rename",),
            scope=("/src/shop.py",),
            why="subtotal is another thing than total",
            otherwise="skip",
        ),
    ),
    base="abc",
    files={"src/shop.py": "0" * 32},
    origin="split-module-1a2b3c4d",
)


def run_of(root: Path, plan: Plan = PLAN, *, code: int = 0, written: bool = True, done: int = 99) -> EventLog:
    """The log of a run as `apply` keeps it."""
    log = start_log(root)
    log.close()
    records = [("run.started", {"command": "apply", "goal": plan.goal}), ("plan.made", msgspec.to_builtins(plan))]
    for step in plan.steps[:done]:
        gates = {"parse": "passed", "bindings": "passed", "tests": "skipped"}
        files = {"src/shop.py": "1" * 32, "app.py": "2" * 32}
        records.append(("step.done", {"step": step.id, "gates": gates, "files": files, "moves": {}, "digest": "x"}))
    if written:
        records.append(("tree.written", {"undo": "1", "files": ["app.py", "src/shop.py"]}))
    records.append(("run.finished", {"exit_code": code, "exit_reason": "ok" if not code else "gate failed"}))
    rows = [
        {"id": number, "time": float(number), "from": "apply", "to": "run", "kind": kind, "body": body}
        for number, (kind, body) in enumerate(records, 1)
    ]
    (log.folder / EVENTS).write_text("".join(json.dumps(row, default=list) + "\n" for row in rows))
    return log


def kept_of(root: Path, **how: object) -> Recipe:
    log = run_of(root, **how)
    return learned(log.id, EventLog(log.folder).records)


def test_what_a_run_was_about_is_left_open(repo):
    recipe = kept_of(repo().root)
    assert recipe.goal == "Rename {symbol} to Cart.{new} in {file} and move it to src/money.py"
    rename, tell = recipe.steps
    assert rename.arguments == {"target": "{file}::{symbol}", "new": "{new}"}
    assert rename.scope == ("**",), "what is proven may reach any file"
    assert tell.scope == ("/{file}",)
    assert rename.blast == Blast() and rename.tests == () and not rename.tried
    assert tell.title == "Say so where {{{symbol.name}}} is explained"
    assert tell.arguments["instructions"] == "In {file} say {new} where {symbol.name} is told of"
    assert tell.why == "subtotal is another thing than {symbol.name}"
    assert (tell.after, tell.otherwise) == (("rename",), "skip")
    assert set(recipe.parameters) == {"file", "symbol", "new"}
    assert recipe.parameters["file"].endswith("such as src/shop.py")
    assert recipe.trigger == Trigger(("renam", "move"), "split-module", ("python",))
    assert recipe.gates == ("bindings", "parse")
    assert (recipe.reach.files, recipe.reach.symbols, recipe.reach.tests, recipe.reach.written) == (2, 2, 1, 2)
    assert recipe.most_files == 4
    assert recipe.track == Track(1, 0, 0)
    assert "split-module-1a2b3c4d" in recipe.origin


def test_filled_with_what_it_was_learned_from_a_recipe_is_the_plan_again(repo):
    recipe = kept_of(repo().root)
    steps = filled(recipe, {"file": "src/shop.py", "symbol": "Cart.total", "new": "amount"})
    for made, was in zip(steps, PLAN.steps, strict=True):
        assert (made.title, made.arguments, made.why) == (was.title, was.arguments, was.why)
    other = filled(recipe, {"file": "a/b.py", "symbol": "sum_up", "new": "add_up"})
    assert other[0].arguments == {"target": "a/b.py::sum_up", "new": "add_up"}
    assert other[1].title == "Say so where {sum_up} is explained"
    with pytest.raises(UsageError, match="needs file"):
        filled(recipe, {"symbol": "x", "new": "y"})
    with pytest.raises(UsageError, match="takes no what"):
        filled(recipe, {"file": "a", "symbol": "x", "new": "y", "what": "z"})


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"code": 1}, "did not hold: gate failed"),
        ({"written": False}, "wrote nothing"),
        ({"done": 1}, "left out the step tell"),
    ],
)
def test_only_a_run_that_held_is_kept(repo, how, why):
    with pytest.raises(Refused, match=why):
        kept_of(repo().root, **how)


def test_a_recipe_reads_as_it_is_written(repo):
    recipe = kept_of(repo().root)
    text = recipe_text(recipe)
    assert read_recipe(text.encode(), "r.yaml") == recipe
    assert declared(text.encode(), "r.yaml") == recipe.digest == digest_of(recipe)
    assert recipe_text(read_recipe(text.encode(), "r.yaml")) == text
    more = replace(recipe, track=Track(7, 1, 0), origin="elsewhere")
    assert digest_of(more) == recipe.digest, "how it went is not what it is"
    assert digest_of(replace(recipe, most_files=9)) != recipe.digest


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version: 1", "version: 2", "this program reads version 1"),
        ("name: rename", "name: Rename Me", "small letters"),
        ("most_files: 4", "most_files: lots", "a whole number"),
        ("most_files: 4", "most_fils: 4", 'did you mean "most_files"'),
        ("operation: rename", "operation: [rename]", "a text is wanted"),
        ("'{file}::{symbol}'", "'{fil}::{symbol}'", "no parameter fil"),
        ("- python", "- {a: b}", "a list of texts"),
        ("gates:", "gates: &a", "anchors"),
        ("scope:\n      - /{file}", "scope:\n      - ../{file}", "leads out of the root"),
    ],
)
def test_a_file_that_is_no_recipe_is_told_by_its_place(repo, old, new, told):
    text = recipe_text(kept_of(repo().root))
    assert old in text, text
    with pytest.raises(InvalidPlan, match=told):
        read_recipe(text.replace(old, new, 1).encode(), "r.yaml")


def test_a_goal_like_the_old_one_finds_it(repo):
    root = repo().root
    recipe = replace(kept_of(root), name="rename-and-move", trigger=Trigger(("renam", "mov", "modul"), "split-module"))
    store.save(root, recipe)
    assert [one.recipe.name for one in matching(root, "renaming helpers and moving them")] == ["rename-and-move"]
    assert matching(root, "delete what is dead") == ()
    assert [one.share for one in matching(root, "", opportunity="split-module")] == [1.0]
    told = offered(matching(root, "rename and move the module"))
    assert "rename-and-move" in told and "{file}::{symbol}" in told
    assert offered(()) == ""


def test_languages_tell_recipes_apart(repo):
    root = repo().root
    store.save(root, replace(kept_of(root), trigger=Trigger(("renam",), "", ("python",))))
    assert matching(root, "rename it", languages=("go",)) == ()
    assert matching(root, "rename it", languages=("go", "python"))


def test_two_runs_that_do_not_pass_demote_and_one_that_does_forgives(repo):
    root = repo().root
    recipe = replace(kept_of(root), name="mine", trigger=Trigger(("renam",)))
    store.save(root, recipe)
    plan = replace(PLAN, origin=f"{ORIGIN}mine")
    assert note_outcome(root, plan, "1", held=False) == Track(1, 1, 1)
    assert note_outcome(root, plan, "1", held=False) == Track(1, 1, 1), "a run counts once"
    assert matching(root, "rename")
    assert note_outcome(root, plan, "2", held=True) == Track(2, 1, 0)
    note_outcome(root, plan, "3", held=False)
    assert note_outcome(root, plan, "4", held=False) == Track(2, 3, 2)
    assert matching(root, "rename") == ()
    kept = store.named(root, "mine")
    assert (kept.status, kept.why) == ("demoted", "its last 2 runs did not pass their gates")
    store.trust(kept)
    assert store.named(root, "mine").status == "ready"
    assert note_outcome(root, PLAN, "5", held=False) is None, "a plan of no recipe"
    assert note_outcome(root, replace(PLAN, origin=f"{ORIGIN}gone"), "5", held=False) is None


def test_a_foreign_recipe_is_not_offered_until_it_is_trusted(repo, home):
    root = repo().root
    recipe = replace(kept_of(root), name="foreign", trigger=Trigger(("renam",)), track=Track(9, 3, 3))
    place = root / store.FOLDER / "foreign.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(recipe_text(recipe))
    assert store.named(root, "foreign").status == "quarantined"
    assert matching(root, "rename") == ()
    store.trust(store.named(root, "foreign"))
    assert store.named(root, "foreign").status == "ready", "whoever trusts it gives it another chance"
    assert matching(root, "rename")
    place.write_text(place.read_text().replace("most_files: 4", "most_files: 400"))
    kept = store.named(root, "foreign")
    assert (kept.status, kept.why.split(";")[0]) == ("quarantined", "it was edited since it was saved")


def test_a_plan_of_a_recipe_keeps_within_its_limit(repo):
    root = repo().root
    store.save(root, replace(kept_of(root), name="small", most_files=2))
    plan = replace(PLAN, origin=f"{ORIGIN}small")
    check_reach(root, plan, ["a", "b"])
    with pytest.raises(Refused, match="allows 2"):
        check_reach(root, plan, ["a", "b", "c"])


def test_a_broken_file_and_a_link_out_of_the_tree_spoil_nothing(repo, tmp_path):
    root = repo().root
    store.save(root, replace(kept_of(root), name="sound"))
    (root / store.FOLDER / "odd.yaml").write_text("a: [1")
    (root / store.FOLDER / "other.yaml").write_text(recipe_text(replace(kept_of(root), name="sound")))
    found = {one.name: one for one in store.recipes(root)}
    assert {name: one.status for name, one in found.items()} == {"sound": "ready", "odd": "broken", "other": "broken"}
    assert "no YAML" in found["odd"].why
    elsewhere = repo(name="elsewhere").root
    (elsewhere / ".codeagent").symlink_to(root / ".codeagent")
    assert store.recipes(elsewhere) == ()


def test_the_command_keeps_lists_shows_trusts_and_removes(repo, invoke):
    made = repo({"src/shop.py": "class Cart:\n    def total(self):\n        return 0\n"})
    run = run_of(made.root).id
    saved = invoke("recipes", "save", run[:17], "--name", "rename-it", "--format", "json", cwd=made.root)
    assert saved.code == 0, saved.err
    assert json.loads(saved.out)["recipe"]["status"] == "ready"
    assert made.git("status", "--porcelain") == "?? .codeagent/"

    listed = json.loads(invoke("recipes", "list", "--format", "json", cwd=made.root).out)["recipes"]
    assert [(one["name"], one["operations"], one["successes"]) for one in listed] == [
        ("rename-it", ["rename", "rewrite"], 1)
    ]
    assert "rename-it  project  held 1, not 0" in invoke("recipes", "list", cwd=made.root).out
    fits = invoke("recipes", "list", "--goal", "rename a cart and move it to src/money.py", cwd=made.root)
    assert "rename-it" in fits.out
    assert invoke("recipes", "list", "--goal", "nothing of the kind", cwd=made.root).out == ""

    shown = invoke("recipes", "show", "rename-it", cwd=made.root)
    assert read_recipe(shown.out.encode(), "shown").name == "rename-it"
    document = json.loads(invoke("recipes", "show", "rename-it", "--format", "json", cwd=made.root).out)
    assert document["schema_version"] == 1 and document["recipe"]["steps"][0]["operation"] == "rename"

    again = invoke("recipes", "save", run, "--name", "rename-it", cwd=made.root)
    assert again.code == 0, "the same run again is the same recipe"
    other = run_of(made.root, replace(PLAN, goal="Do something else")).id
    clash = invoke("recipes", "save", other, "--name", "rename-it", cwd=made.root)
    assert (clash.code, "already" in clash.err) == (2, True)

    foreign = made.root.parent / "foreign.yaml"
    foreign.write_text(shown.out.replace("name: rename-it", "name: foreign"))
    added = invoke("recipes", "add", foreign, cwd=made.root)
    assert added.code == 0 and "somebody else made it" not in added.out
    assert "quarantined" in invoke("recipes", "list", cwd=made.root).out
    assert invoke("recipes", "trust", "foreign", cwd=made.root).code == 0
    assert "quarantined" not in invoke("recipes", "list", cwd=made.root).out

    assert invoke("recipes", "remove", "rename-it", cwd=made.root).code == 0
    assert made.git("status", "--porcelain") == ""
    assert invoke("undo", cwd=made.root).code == 0
    assert (made.root / store.FOLDER / "rename-it.yaml").is_file()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["show", "nothing"], 2, "there is no recipe nothing"),
        (["trust", "nothing"], 2, "there is no recipe nothing"),
        (["save", "2020"], 2, "there is no run 2020"),
        (["add", "nowhere.yaml"], 2, "cannot be read"),
    ],
)
def test_what_is_not_there_is_said(repo, invoke, words, code, told):
    ran = invoke("recipes", *words, cwd=repo().root)
    assert (ran.code, told in ran.err) == (code, True), ran.err


SHOP = {
    "shop.py": "def tax(cart):\n    return len(cart)\n",
    "app.py": "from shop import tax\n\n\ndef main():\n    return tax([1])\n",
}
DUTY = """
version: 1
goal: Say duty for tax and move it to taxes.py
steps:
  - {id: rename, title: Rename tax to duty, operation: rename, arguments: {target: tax, new: duty}, scope: ['*.py']}
  - id: move
    title: Move duty
    operation: move
    arguments: {target: ['shop.py::duty'], to: taxes.py}
    after: [rename]
    scope: ['*.py']
"""


def test_an_applied_run_becomes_a_recipe_that_does_the_same_elsewhere(repo, invoke, tmp_path):
    first = repo(SHOP, name="first").root
    (tmp_path / "plan.yaml").write_text(DUTY)
    done = invoke("apply", tmp_path / "plan.yaml", "--yes", "--tests", "none", "--format", "json", cwd=first)
    assert done.code == 0, done.err
    run = json.loads(done.out)["run"]
    assert invoke("recipes", "save", run, "--name", "say-it-otherwise", cwd=first).code == 0
    recipe = store.named(first, "say-it-otherwise").recipe
    assert recipe.goal == "Say {new} for {symbol} and move it to {to}"
    assert set(recipe.parameters) == {"symbol", "new", "file", "to"}
    assert "parse" in recipe.gates and recipe.reach.written == 3

    second = repo({"lib.py": "def old():\n    return 1\n", "use.py": "import lib\n\nprint(lib.old())\n"}, name="second")
    values = {"symbol": "old", "new": "fresh", "file": "lib.py", "to": "new_lib.py"}
    store.save(second.root, replace(recipe, most_files=2))
    plan = Plan("Say fresh", filled(recipe, values), origin=f"{ORIGIN}say-it-otherwise")
    (tmp_path / "again.yaml").write_text(as_yaml(plan))
    done = invoke("apply", tmp_path / "again.yaml", "--yes", "--tests", "none", cwd=second.root)
    assert (done.code, "allows 2" in done.err) == (4, True), done.err
    store.remove(second.root, store.named(second.root, "say-it-otherwise"))
    store.save(second.root, recipe)
    done = invoke("apply", tmp_path / "again.yaml", "--yes", "--no-commit", "--tests", "none", cwd=second.root)
    assert done.code == 0, done.err
    assert store.named(second.root, "say-it-otherwise").track == Track(2, 0, 0)
    assert (second.root / "use.py").read_text() == "import new_lib\n\nprint(new_lib.fresh())\n"


def test_a_run_that_no_gate_lets_through_counts_against_its_recipe(repo, invoke, tmp_path):
    made = repo({**SHOP, "test_app.py": "from shop import tax\n\n\ndef test_tax():\n    assert tax([1]) == 1\n"})
    recipe = replace(kept_of(made.root), name="odd", trigger=Trigger(("duty",)))
    store.save(made.root, recipe)
    change = {"target": "app.py::main", "new": "start"}
    step = Step("go", "Say start", "rename", arguments=change, scope=("shop.py",))
    plan = Plan("Say start", (step,), origin=f"someone {ORIGIN}odd")
    (tmp_path / "plan.yaml").write_text(as_yaml(plan))
    for number in (1, 2):
        assert store.named(made.root, "odd").status == "ready"
        done = invoke("apply", tmp_path / "plan.yaml", "--yes", "--tests", "none", cwd=made.root)
        assert (done.code, "scope" in done.err) == (1, True), done.err
        assert store.named(made.root, "odd").track.missed == number
    assert store.named(made.root, "odd").status == "demoted"


def test_a_planner_is_offered_what_fits_and_its_plan_says_what_it_follows(server, repo, invoke, tmp_path):
    made = repo({"cart.py": "class Cart:\n    def total(self):\n        return 0\n"})
    recipe = replace(kept_of(made.root), name="say-it-otherwise", trigger=Trigger(("price", "total")))
    store.save(made.root, recipe)
    server.play("plan-recipe")
    done = invoke("plan", "say price for the total", "-o", tmp_path / "plan.yaml", cwd=made.root)
    assert done.code == 0, done.err
    assert server.left == []
    assert load_plan(tmp_path / "plan.yaml").origin == f"{server.model} {ORIGIN}say-it-otherwise"


def test_a_gate_that_is_broken_says_nothing_of_a_recipe(repo, invoke, tmp_path):
    settings = "[tool.codeagent.gates.own]\ncommand = ['sh', '-c', 'kill -9 $$']\n"
    made = repo({**SHOP, "pyproject.toml": settings})
    store.save(made.root, replace(kept_of(made.root), name="odd", trigger=Trigger(("duty",))))
    step = Step("go", "Say start", "rename", arguments={"target": "app.py::main", "new": "start"}, scope=("**",))
    (tmp_path / "plan.yaml").write_text(as_yaml(Plan("Say start", (step,), origin=f"{ORIGIN}odd")))
    done = invoke("apply", tmp_path / "plan.yaml", "--yes", "--trust", "--tests", "none", cwd=made.root)
    assert (done.code, "own" in done.err) == (1, True), done.err
    assert store.named(made.root, "odd").track == Track(1, 0, 0)
