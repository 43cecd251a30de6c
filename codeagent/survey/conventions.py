"""Commands that a build system makes possible without any file naming them."""

from collections.abc import Iterator
from typing import Final

from codeagent.survey.manifests import read_json
from codeagent.survey.sources import Sources, aside, command, folder, line_of
from codeagent.survey.tasks import Ranked, package_runner

IMPLIED: Final = 2

# file, a pattern of the line that proves it, what it implies (purpose, command)
_CONVENTIONS: Final = (
    ("Cargo.toml", r"^\[(package|workspace)\]", (("build", "cargo build"), ("test", "cargo test"))),
    ("go.mod", r"^module ", (("build", "go build ./..."), ("test", "go test ./..."))),
    ("manage.py", r"__main__", (("run", "python manage.py runserver"), ("test", "python manage.py test"))),
    ("CMakeLists.txt", r"^\s*project", (("build", "cmake -B build && cmake --build build"),)),
    ("CMakeLists.txt", r"^\s*(enable_testing|include\s*\(\s*CTest)", (("test", "ctest --test-dir build"),)),
    ("configure.ac", r"^AC_INIT", (("build", "autoreconf -i && ./configure && make"), ("test", "make check"))),
    ("meson.build", r"^\s*project", (("build", "meson setup build && meson compile -C build"),)),
    ("meson.build", r"^\s*(test\s*\(|subdir\s*\(\s*.tests?\b)", (("test", "meson test -C build"),)),
    ("MODULE.bazel", r"^module", (("build", "bazel build //..."), ("test", "bazel test //..."))),
    ("WORKSPACE", r"", (("build", "bazel build //..."), ("test", "bazel test //..."))),
    ("build.sbt", r"", (("build", "sbt compile"), ("test", "sbt test"))),
    ("uv.lock", r"", (("install", "uv sync"),)),
    ("poetry.lock", r"", (("install", "poetry install"),)),
    ("pdm.lock", r"", (("install", "pdm install"),)),
    ("Pipfile", r"", (("install", "pipenv install --dev"),)),
    ("Gemfile", r"", (("install", "bundle install"),)),
    (".rspec", r"", (("test", "bundle exec rspec"),)),
    ("composer.json", r'"require', (("install", "composer install"),)),
    ("phpunit.xml", r"<phpunit", (("test", "vendor/bin/phpunit"),)),
    ("phpunit.xml.dist", r"<phpunit", (("test", "vendor/bin/phpunit"),)),
    ("Package.swift", r"name:", (("build", "swift build"), ("test", "swift test"))),
    ("mix.exs", r"def project", (("build", "mix compile"), ("test", "mix test"))),
    (".pre-commit-config.yaml", r"repos:", (("lint", "pre-commit run --all-files"),)),
    ("docker-compose.yml", r"services:", (("run", "docker compose up"),)),
    ("compose.yaml", r"services:", (("run", "docker compose up"),)),
    ("Dockerfile", r"^FROM", (("build", "docker build ."),)),
)


def conventional(sources: Sources) -> Iterator[Ranked]:
    """Yield what the root's build system makes possible without naming it."""
    for name, pattern, implied in _CONVENTIONS:
        if sources.has(name) and (line := line_of(sources.text(name), pattern, missing=0)):
            for kind, text in implied:
                yield IMPLIED, command(kind, text, name, line, name)
    yield from _dotnet(sources)
    yield from _java(sources)
    yield from _python(sources)
    yield from _node(sources)


def _dotnet(sources: Sources) -> Iterator[Ranked]:
    found = [
        path for path in sources.ending(".sln", ".slnx") or sources.ending(".csproj", ".fsproj") if not aside(path)
    ]
    for path in found[:1]:
        for kind in ("build", "test"):
            yield IMPLIED, command(kind, f"dotnet {kind}", path, 1, path.rpartition("/")[2])


def _java(sources: Sources) -> Iterator[Ranked]:
    for name, wrapper, plain, built in (
        ("pom.xml", "mvnw", "mvn", ("package", "test")),
        ("build.gradle", "gradlew", "gradle", ("build", "test")),
        ("build.gradle.kts", "gradlew", "gradle", ("build", "test")),
    ):
        if sources.has(name):
            tool = f"./{wrapper}" if sources.has(wrapper) else plain
            for kind, goal in zip(("build", "test"), built, strict=True):
                yield IMPLIED, command(kind, f"{tool} {goal}", name, 1, name)


def _python(sources: Sources) -> Iterator[Ranked]:
    text = sources.text("pyproject.toml") if sources.has("pyproject.toml") else ""
    if "[build-system]" in text or "[project]" in text:
        line = line_of(text, r"^\[(build-system|project)\]")
        yield IMPLIED, command("install", "python -m pip install -e .", "pyproject.toml", line, "pyproject.toml")
        yield IMPLIED, command("build", "python -m build", "pyproject.toml", line, "pyproject.toml")
    elif sources.has("setup.py"):
        yield IMPLIED, command("install", "python -m pip install -e .", "setup.py", 1, "setup.py")
    if "[tool.pytest" in text:
        line = line_of(text, r"^\[tool\.pytest")
        yield IMPLIED, command("test", "python -m pytest", "pyproject.toml", line, "pyproject.toml")
    elif sources.has("pytest.ini"):
        yield IMPLIED, command("test", "python -m pytest", "pytest.ini", 1, "pytest.ini")
    for path in sources.named("requirements.txt"):
        if not folder(path):
            yield IMPLIED, command("install", "python -m pip install -r requirements.txt", path, 1, path)


def _node(sources: Sources) -> Iterator[Ranked]:
    if sources.has("package.json"):
        runner = package_runner(sources, "package.json", read_json(sources.text("package.json")))
        yield IMPLIED, command("install", f"{runner} install", "package.json", 1, "package.json")
