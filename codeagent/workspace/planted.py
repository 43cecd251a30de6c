"""A small git repository made from texts, for trying what needs a history: a commit, and branches from it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from codeagent.workspace.git import Repository

BRANCH = "change"  # the one that is checked out
_WHO = "codeagent <codeagent@localhost> 1700000000 +0000"

Files = Mapping[str, str]


def plant(root: Path, files: Files, branches: Mapping[str, Files]) -> None:
    """Make a folder that holds these files a repository with one commit of them, on `main` and on `change`.

    Each branch gets a commit more, with files that differ; one named `main` moves that on."""
    repository = Repository(root, root)
    repository.run("init", "--quiet", "--template=")
    repository.run("fast-import", "--quiet", stdin=b"".join(_stream(files, branches)))
    (root / ".git" / "HEAD").write_text(f"ref: refs/heads/{BRANCH}\n", encoding="ascii")
    repository.run("read-tree", "HEAD")


def _stream(files: Files, branches: Mapping[str, Files]) -> Iterator[bytes]:
    yield from _commit(BRANCH, "start", files)
    for name, more in {"main": {}, **branches}.items():
        yield f"reset refs/heads/{name}\nfrom refs/heads/{BRANCH}\n\n".encode()
        if more:
            yield from _commit(name, f"work on {', '.join(more)}", more)


def _commit(branch: str, message: str, files: Files) -> Iterator[bytes]:
    text = message.encode()
    yield f"commit refs/heads/{branch}\ncommitter {_WHO}\ndata {len(text)}\n".encode() + text + b"\n"
    for path, content in files.items():
        data = content.encode("utf-8", "surrogateescape")
        yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
