"""Go, Rust and Java: go test, cargo test, Maven and Gradle. What does not compile is one failing test of its own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from codeagent.quality.testing import gradle_home
from codeagent.quality.testing.junit import read_junit
from codeagent.quality.testing.report import BUILD, Outcome, TestCase, TestReport
from codeagent.quality.testing.runner import Files, Place, Runner, Started, TestCommand, outermost, tail, unread, within
from codeagent.quality.testing.sited import of_cargo, of_go, of_java, sited
from codeagent.workspace.process import Completed

# --- Go

_GO: Final = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "skip": Outcome.SKIPPED}
_UNBUILT: Final = re.compile(
    rb"^FAIL\s+(\S+) \[(?:build|setup) failed\]", re.MULTILINE
)  # told beside the JSON before 1.24
_AROUND: Final = re.compile(r"=== (?:RUN|PAUSE|CONT|NAME) |\s*--- (?:PASS|FAIL|SKIP): |# \S+")
_ENDED: Final = "panic: "  # ends all tests of its package


def _find_go(files: Files) -> list[TestCommand]:
    return [TestCommand("go", ("go", "test", "-json"), folder) for folder in files.folders("go.mod")]


def _start_go(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    folders = sorted({f"./{path.rpartition('/')[0]}".rstrip("/") for path in chosen or ()}) or ["./..."]
    return Started((*command.argv, *folders), {"GOPROXY": "off", "GOTOOLCHAIN": "local"})


def _read_go(place: Place, done: Completed) -> TestReport:
    cases: dict[str, TestCase] = {}
    said: dict[tuple[str, str], list[str]] = {}
    for event in _events(done.stdout):
        package, test = str(event.get("Package", "")), str(event.get("Test", ""))
        action = str(event.get("Action", ""))
        if action == "output":
            said.setdefault((package, test), []).append(str(event.get("Output", "")))
        elif action in _GO and test:
            text = "" if action == "pass" else _plain("".join(said.get((package, test), ())))
            raised = "AssertionError" if action == "fail" and "panic:" not in text else ""
            cases[f"{package}::{test}"] = TestCase(_GO[action], _seconds(event), text, raised)
        elif action == "fail" and not any(
            name.startswith(f"{package}::") and one.outcome.is_bad for name, one in cases.items()
        ):
            text = "".join(said.get((package, ""), ())) + done.stderr.decode("utf-8", "replace")
            cases[f"{package}::{BUILD}"] = TestCase(Outcome.ERROR, 0.0, _plain(text))
    for package in _UNBUILT.findall(done.stdout):
        name = f"{package.decode('utf-8', 'replace')}::{BUILD}"
        cases.setdefault(name, TestCase(Outcome.ERROR, 0.0, _plain(done.stderr.decode("utf-8", "replace"))))
    if done.timed_out or done.truncated or (done.code != 0 and not any(one.outcome.is_bad for one in cases.values())):
        return unread(done, f"exit code {done.code}")
    torn = {name.partition("::")[0] for name, one in cases.items() if name.endswith(BUILD) or _ENDED in one.message}
    prefixes = tuple(f"{package}::" for package in sorted(torn))
    return TestReport(sited(cases, place, of_go(place, cases)), seconds=done.seconds, torn=prefixes)


def _plain(text: str) -> str:
    """What a test or a build said, without what `go test` says around it."""
    lines = [line for line in text.splitlines(keepends=True) if not _AROUND.match(line)]
    return "".join(lines)[-4000:]


def _events(output: bytes) -> Iterator[dict[str, object]]:
    for line in output.splitlines():
        if line.startswith(b"{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _seconds(event: dict[str, object]) -> float:
    took = event.get("Elapsed", 0.0)
    return float(took) if isinstance(took, int | float) else 0.0


# --- Rust

_RUNNING: Final = re.compile(
    r"^\s*(?:Running (?:unittests )?(\S+) \((?:.*/)?([\w-]+?)(?:-[0-9a-f]{16})?\)|Doc-tests (\S+))"
)
_TEST: Final = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)")
_RUSTC: Final = re.compile(r"^error(?:\[\w+\])?: ", re.MULTILINE)
_PANICKED: Final = re.compile(r"thread .* panicked at \S+:$")
_RUST: Final = {"ok": Outcome.PASSED, "FAILED": Outcome.FAILED, "ignored": Outcome.SKIPPED}


def _find_rust(files: Files) -> list[TestCommand]:
    command = ("cargo", "test", "--workspace", "--no-fail-fast")
    return outermost([TestCommand("cargo", command, folder) for folder in files.folders("Cargo.toml")])


def _start_rust(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    return Started(command.argv, {"CARGO_NET_OFFLINE": "true", "CARGO_TERM_COLOR": "never", "RUST_BACKTRACE": "0"})


def _read_rust(place: Place, done: Completed) -> TestReport:
    """libtest says on stdout what cargo headed on stderr: the blocks of both come in the same order."""
    heads = [found for line in done.stderr.decode("utf-8", "replace").splitlines() if (found := _RUNNING.match(line))]
    text = done.stdout.decode("utf-8", "replace")
    blocks = re.split(r"^running \d+ tests?$", text, flags=re.MULTILINE)[1:]
    cases: dict[str, TestCase] = {}
    for number, block in enumerate(blocks):
        head = heads[number] if number < len(heads) else None
        unit = "" if head is None else f"{head[2]} {head[1]}" if head[1] else f"{head[3]} (doc)"
        for line in block.splitlines():
            found = _TEST.match(line)
            if found:
                outcome = _RUST[found[2]]
                why = _failure(text, found[1]) if outcome.is_bad else ""
                raised = "AssertionError" if "assert" in why or "panicked" in why else ""
                cases[f"{unit}::{found[1]}"] = TestCase(outcome, 0.0, why, raised)
    if done.timed_out or done.truncated or done.code not in (0, 101):
        return unread(done, f"exit code {done.code}")
    if done.code and not any(one.outcome.is_bad for one in cases.values()):
        said = done.stderr.decode("utf-8", "replace")
        if "could not compile" not in said:
            return unread(done, f"exit code {done.code} though no test failed")
        text = said[found.start() :] if (found := _RUSTC.search(said)) else tail(done, 30)
        cases[within(place.folder, BUILD)] = TestCase(Outcome.ERROR, 0.0, text[:4000])
    torn = ("",) if within(place.folder, BUILD) in cases else ()
    return TestReport(sited(cases, place, of_cargo(place)), seconds=done.seconds, torn=torn)


def _failure(text: str, test: str) -> str:
    found = re.search(
        rf"^---- {re.escape(test)} stdout ----\n(.*?)(?=^---- |^failures:|\Z)", text, re.MULTILINE | re.DOTALL
    )
    if found is None:
        return ""
    where, _, what = found[1].strip().partition("\n")
    return (f"{what}\n{where}" if what and _PANICKED.match(where) else found[1].strip())[:4000]


# --- Java

_DOWNLOADING: Final = re.compile(r"^Downloading \S*/([^\s/]+?)(?:\.zip)?$", re.MULTILINE)  # so Gradle's wrapper
_OFFLINE: Final = re.compile(r"in offline mode and the artifact|available for offline mode")


def _find_maven(files: Files) -> list[TestCommand]:
    found = []
    for folder in files.folders("pom.xml"):
        program = "./mvnw" if files.has(folder, "mvnw") else "mvn"
        found.append(TestCommand("maven", (program, "-B", "-o", "test"), folder))
    return outermost(found)


def _find_gradle(files: Files) -> list[TestCommand]:
    found = []
    for folder in files.folders("settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts"):
        if not files.has(folder, "pom.xml"):
            program = "./gradlew" if files.has(folder, "gradlew") else "gradle"
            found.append(TestCommand("gradle", (program, "--offline", "--no-daemon", "--continue", "test"), folder))
    return outermost(found)


def _start_maven(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    """Failing tests do not end it; what the local repository has counts, whichever mirror it came from."""
    _forget(place, "surefire-reports")
    options = ["-Dmaven.test.failure.ignore=true", "-Daether.enhancedLocalRepository.trackingFilename=none"]
    if chosen:
        classes = ",".join(sorted({path.rpartition("/")[2].partition(".")[0] for path in chosen}))
        options += [f"-Dtest={classes}", "-Dsurefire.failIfNoSpecifiedTests=false"]
    return Started((*command.argv, *options))


def _start_gradle(command: TestCommand, chosen: tuple[str, ...] | None, place: Place) -> Started:
    _forget(place, "test-results")
    return Started(command.argv, gradle_home.told(place.report.with_name("gradle")))


def _forget(place: Place, name: str) -> None:
    """Reports of an earlier run are not those of this one."""
    for file in _reports(place, name):
        file.unlink(missing_ok=True)


def _reports(place: Place, name: str) -> list[Path]:
    return sorted((place.scratch / place.folder).glob(f"**/{name}/**/TEST-*.xml"))


def _read_java(place: Place, done: Completed) -> TestReport:
    files = _reports(place, "surefire-reports") + _reports(place, "test-results")
    try:
        cases = read_junit(files, lambda owner, name, _: f"{owner}::{name}")
    except ValueError as error:
        return unread(done, str(error))
    if done.timed_out or done.truncated:
        return unread(done, "ended before its time")
    if done.code and not any(one.outcome.is_bad for one in cases.values()):
        if not re.search(
            rb"COMPILATION ERROR|Compilation failed|compileTestJava FAILED|compileJava FAILED",
            done.stdout + done.stderr,
        ):
            return unread(done, _not_there(done) or f"exit code {done.code} though no test failed")
        cases[within(place.folder, BUILD)] = TestCase(Outcome.ERROR, 0.0, tail(done, 30)[-4000:])
    torn = ("",) if within(place.folder, BUILD) in cases else ()
    return TestReport(sited(cases, place, of_java(place)), seconds=done.seconds, torn=torn)


def _not_there(done: Completed) -> str:
    """What is not downloaded yet, and how it comes: what we run reaches no network."""
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    if found := _DOWNLOADING.search(said):
        return f"{found[1]} is not downloaded yet: run ./gradlew --version once by yourself, then try again"
    return "something is not downloaded yet: run your build once by yourself, then try again" * bool(
        _OFFLINE.search(said)
    )


GO: Final = Runner(_find_go, _start_go, _read_go, (".go",))
CARGO: Final = Runner(_find_rust, _start_rust, _read_rust, (".rs",), chooses=False)
MAVEN: Final = Runner(_find_maven, _start_maven, _read_java, (".java", ".kt", ".scala", ".groovy"))
GRADLE: Final = Runner(_find_gradle, _start_gradle, _read_java, (".java", ".kt", ".groovy"), chooses=False)
