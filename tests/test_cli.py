"""The command line: help, global options, errors and exit codes."""

from codeagent import __version__


def test_version(cli):
    ran = cli("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"codeagent {__version__}\n", "")


def test_help_has_panels_and_exit_codes(invoke):
    ran = invoke("--help")
    assert ran.code == 0
    for word in ("Understand", "Setup", "analyze", "query", "doctor", "Exit codes"):
        assert word in ran.out


def test_a_typo_gets_a_suggestion(invoke):
    ran = invoke("analyse")
    assert ran.code == 2
    assert "Did you mean 'analyze'?" in ran.err
    assert ran.out == ""


def test_dash_c_enters_the_folder(cli, tmp_path):
    ran = cli("-C", tmp_path / "absent", "doctor")
    assert (ran.code, ran.out) == (2, "")
    assert "error: cannot enter" in ran.err
