"""`codeagent query path`: the surest way goes before a shorter guess, and each call says how sure it is."""

import json

GUESS = """
def target(): ...


class Job:
    def run(self):
        target()


class Task:
    def run(self): ...


def start(job):
    job.run()
"""
PROVEN = """
    one()


def one():
    two()


def two():
    target()
"""


def steps(invoke, root, *ends):
    """The calls of a path: where each leads, and how sure it is; and the notes."""
    done = invoke("query", "path", *ends, "--format", "json", "--repo", str(root))
    assert done.code == 0, done.err
    document = json.loads(done.out)
    return [(one["target"].partition("::")[2], one["certainty"]) for one in document["results"]]


def test_a_proven_path_goes_before_a_shorter_guess(repo, invoke) -> None:
    made = repo({"app.py": GUESS + PROVEN})
    assert steps(invoke, made.root, "start", "target") == [("one", "exact"), ("two", "exact"), ("target", "exact")]


def test_a_guess_is_told_as_one_where_nothing_surer_leads_there(repo, invoke) -> None:
    made = repo({"app.py": GUESS})
    assert steps(invoke, made.root, "start", "target") == [("Job.run", "name-only"), ("target", "exact")]
    told = invoke("query", "path", "start", "target", "--repo", str(made.root))
    assert "(name-only)" in told.out.splitlines()[0]
    assert "(exact)" in told.out.splitlines()[1]
    assert "no way is known that is sure" in told.out + told.err


def test_of_sure_paths_the_shortest_is_told(repo, invoke) -> None:
    made = repo({"app.py": GUESS + PROVEN + "\n\ndef start2():\n    two()\n    one()\n"})
    assert steps(invoke, made.root, "start2", "target") == [("two", "exact"), ("target", "exact")]
