"""The command line: the same core as the window, without Qt."""

import io
import logging
import os
import sys
import traceback
from contextlib import suppress
from types import ModuleType
from typing import Annotated

import typer
from typer.core import TyperGroup
from typer.main import get_group

from app import __version__
from app.cli.commands import late_commands
from app.cli.signals import ENDING, SIGNALLED, end, on_signals
from app.core.errors import StudioError, error_sentence
from app.core.log import log_file, start_log
from app.core.paths import HOME_VARIABLE
from app.core.texts import printable

_DEBUG_VARIABLE = "SOFTMAX_STUDIO_DEBUG"
_log = logging.getLogger(__name__)

app = typer.Typer(
    name="softmax-studio",
    help="Draw, recognize and train small image classifiers. Without a command, or with files in place of one (their "
    "names have a dot or a slash), the window opens; the one that is open already, if there is one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run_command(arguments: list[str]) -> int:
    """Run one command; returns its exit code: 0, 1 for our failure, 2 for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name the terminal cannot show is no reason to fail
    start_log()  # also, because Python prints what nobody keeps, tracebacks and all
    try:
        with on_signals(end, *ENDING):
            code = _run(arguments)
        if code > SIGNALLED:
            with suppress(OSError):  # the terminal may be what has gone
                print("softmax-studio: Ended before it was done; what was finished is kept.", file=sys.stderr)
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = io.StringIO()  # what could not be written would be tried again at the end
        if not isinstance(error, BrokenPipeError):
            _log.error("a command failed", exc_info=error)
            what = "The output could not be written" if error.filename is None else f"{error.filename} cannot be used"
            print(f"softmax-studio: {what} ({error.strerror or error}).", file=sys.stderr)
        return StudioError.exit_code
    return code


def _run(arguments: list[str]) -> int:
    _leave_out_unused()
    try:
        program()(args=arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except (StudioError, MemoryError) as error:
        print(f"softmax-studio: {printable(error_sentence(error))}", file=sys.stderr)
        return getattr(error, "exit_code", StudioError.exit_code)
    except OSError:
        raise
    except Exception as error:
        _log.critical("a command failed", exc_info=error)
        sentence = error_sentence(error).removesuffix("; try again.")
        if os.environ.get(_DEBUG_VARIABLE):
            traceback.print_exc()
        else:
            sentence = f"{sentence}{_details()}; start it with --debug to see more here"
        print(f"softmax-studio: {printable(sentence)}.", file=sys.stderr)
        return StudioError.exit_code
    return 0


def _leave_out_unused() -> None:
    """Typer's help can be Markdown, and its errors tracebacks in colour; ours are not, and loading both takes long."""
    for module, name in (("rich.markdown", "Markdown"), ("rich.traceback", "Traceback")):
        stand_in = ModuleType(module)
        stand_in.__dict__[name] = None
        sys.modules.setdefault(module, stand_in)


def _details() -> str:
    """Where details of an error are, if they could be kept."""
    with suppress(OSError, StudioError):
        if log_file().is_file():
            return f"; details are in {log_file()}"
    return ""


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    home: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Keep models, runs and settings there; the window is one of its own."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error happened.")] = False,
) -> None:
    if home is not None:
        os.environ[HOME_VARIABLE] = home
    if debug:
        os.environ[_DEBUG_VARIABLE] = "1"
    if version:
        print(f"softmax-studio {__version__}")
        raise typer.Exit


def program() -> TyperGroup:
    """The command line as a whole."""
    group = get_group(app)
    for command in late_commands():
        group.add_command(command)
    return group
