"""One module per command of the command line, each imported only when its command runs.

A module here exposes `command`: a function whose parameters Typer turns into options, or a
`typer.Typer` for a command with verbs. Its line in `codeagent.interfaces.cli.COMMANDS` gives the
name, the panel and the one line of help. `ctx.obj` of the Typer context is a
`codeagent.interfaces.terminal.Terminal` (colour, quiet, verbose, settings). Results go to stdout,
everything else to stderr, long work runs inside `with progress(terminal) as emit:`; foreseen failures
are raised from `codeagent.domain.errors`, and `typer.Exit(1)` says that there were findings.
"""
