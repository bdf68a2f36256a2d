"""The manual page, written from the help that the commands give themselves."""

from collections.abc import Iterator
from typing import Any

from app.cli.commands import LateCommand
from app.cli.main import program
from tools.installers.project import NAME, SUMMARY, TITLE, VERSION, source_date

_AROUND = """\
.SH EXIT STATUS
0 where all went well, 2 for bad input, 1 where the program failed; both with a sentence.
.SH ENVIRONMENT
.TP
.B SOFTMAX_STUDIO_HOME
The folder with models, runs, data and settings.
.TP
.B SOFTMAX_STUDIO_MIRROR
Where the full data sets are fetched from, in place of the public mirrors.
.TP
.B QT_QPA_PLATFORM
Set to \\fIoffscreen\\fR where there is no screen.
.SH FILES
.TP
.I ~/.local/share/softmax\\-studio
Models, runs, data and settings of the user.
"""


def manual_page() -> str:
    """The page in section 1, as roff."""
    root = program()
    lines = [
        f'.TH {_roff(NAME.upper())} 1 "{source_date():%Y-%m-%d}" "{_roff(f"{NAME} {VERSION}")}" "{TITLE}"',
        *(".SH NAME", f"{_roff(NAME)} \\- {_roff(SUMMARY)}"),
        *(".SH SYNOPSIS", f".B {_roff(NAME)}", "[\\fIFILE\\fR]...", ".br"),
        *(f".B {_roff(NAME)}", "\\fICOMMAND\\fR [\\fIARGUMENT\\fR]..."),
        *(".SH DESCRIPTION", *_paragraphs(root.help), *_options(root, _context(root, NAME))),
        *(".SH COMMANDS", *_commands(root, _context(root, NAME))),
    ]
    return "\n".join(lines) + "\n" + _AROUND


def _commands(group: Any, context: Any) -> Iterator[str]:
    for name, listed in group.commands.items():
        command = listed.loaded() if isinstance(listed, LateCommand) else listed
        inner = _context(command, name, context)
        if hasattr(command, "commands"):
            yield from _commands(command, inner)
            continue
        usage = " ".join(piece for piece in command.collect_usage_pieces(inner) if piece != "[OPTIONS]")
        yield f".SS {_roff(f'{inner.command_path} {usage}'.removeprefix(NAME).strip())}"
        yield from _paragraphs(command.help)
        yield from _options(command, inner)


def _options(command: Any, context: Any) -> Iterator[str]:
    for parameter in command.params:
        if record := parameter.get_help_record(context):
            yield from (".TP", f".B {_roff(record[0])}", _roff(record[1]) or "\\&")


def _paragraphs(text: str | None) -> Iterator[str]:
    for number, paragraph in enumerate((text or "").strip().split("\n\n")):
        if number:
            yield ".PP"
        yield _roff(" ".join(paragraph.split()))


def _context(command: Any, name: str, parent: Any = None) -> Any:
    return command.context_class(command, info_name=name, parent=parent)


def _roff(text: str) -> str:
    """Plain text, with what roff would take for its own made safe."""
    safe = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe
