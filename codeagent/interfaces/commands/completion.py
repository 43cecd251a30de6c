"""`codeagent completion`: print or install completion for a shell."""

from enum import StrEnum
from typing import Annotated, Final

import typer

# Typer offers these only as options of the root command, among the global options; here they are a command.
from typer._completion_classes import completion_init
from typer._completion_shared import get_completion_script, install

from codeagent.domain.errors import UsageError
from codeagent.interfaces.terminal import terminal_of, write_result

# A file of zsh's `fpath` is run as the function that it is called after, at the first Tab: that is to complete as well.
_REGISTERED: Final = "compdef _codeagent_completion codeagent"
_LOADED: Final = f"""\
if [[ "${{funcstack[1]}}" == _codeagent ]]; then
  _codeagent_completion "$@"
else
  {_REGISTERED}
fi"""


class Shell(StrEnum):
    """The shells that completion is made for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def command(
    ctx: typer.Context,
    shell: Annotated[Shell, typer.Argument(help="Your shell.")],
    install_it: Annotated[bool, typer.Option("--install", help="Add it to your shell's start-up file.")] = False,
) -> None:
    """Print completion for your shell, or install it.

    [bold]codeagent completion bash >> ~/.bashrc[/] does by hand what --install does."""
    completion_init()
    variable = "_CODEAGENT_COMPLETE"
    if not install_it:
        script = get_completion_script(prog_name="codeagent", complete_var=variable, shell=shell)
        write_result(script.replace(_REGISTERED, _LOADED) if shell is Shell.ZSH else script)
        return
    try:
        _, path = install(shell=shell, prog_name="codeagent", complete_var=variable)
    except OSError as error:
        raise UsageError(f"cannot write the start-up file of {shell}: {error}") from error
    terminal_of(ctx).remark(f"installed in {path}; open a new terminal to use it")
