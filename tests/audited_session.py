"""A session on the command line, watched by an audit hook: `python -m tests.audited_session FOLDER COMMAND...`.

The user's folder lies in FOLDER, and so does the one for temporary files, where others could write, too. Prints, as
JSON, what no session may do.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

_NEVER = {"pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.startfile", "subprocess.Popen"}
_NAMES_ONLY = {"socket.__new__", "socket.gethostname"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree"}


class Watch:
    """Notes events of Python's that a program would need to do harm."""

    def __init__(self, *allowed: Path) -> None:
        self.found: list[str] = []
        self._temporary = Path(tempfile.gettempdir()).resolve()
        self._allowed = tuple(f"{folder.resolve()}{os.sep}" for folder in allowed)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The hook."""
        is_network = event.startswith("socket.") and event not in _NAMES_ONLY
        if event in _NEVER or is_network:
            self.found.append(f"{event} {arguments}"[:300])
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
            self._look_at(event, arguments[0])
            if self._is_temporary(arguments[0]) and not arguments[2] & os.O_EXCL:  # what another has put there
                self.found.append(f"opens a temporary file that may be there {arguments[0]}")
        elif event in _CHANGES:
            is_new = event == "os.mkdir" and self._is_temporary(arguments[0]) and not os.path.lexists(arguments[0])
            if is_new and arguments[1] & 0o077:
                self.found.append(f"makes a temporary folder for everybody {arguments[0]}")
            for place in arguments[:2]:
                self._look_at(event, place, arguments[-1])
        elif event == "exec" and _is_ours(sys._getframe(1)) and arguments[0].co_filename == "<string>":
            self.found.append("a text is run as a program")

    def _look_at(self, event: str, place: object, open_folder: object = None) -> None:
        if isinstance(place, str | bytes | os.PathLike):
            is_in = isinstance(open_folder, int) and open_folder >= 0  # as rmtree removes, safe from links
            base = f"/proc/self/fd/{open_folder}" if is_in else "."
            path = os.path.realpath(os.path.join(base, os.fsdecode(place)))  # noqa: PTH118
            if path != os.devnull and not f"{path}{os.sep}".startswith(self._allowed):
                self.found.append(f"{event} {path}")

    def _is_temporary(self, place: object) -> bool:
        if not isinstance(place, str | bytes | os.PathLike):
            return False
        return Path(os.path.realpath(os.fsdecode(place))).parent == self._temporary


def _is_ours(frame: Any) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] == "app"


def main() -> None:
    """Run the commands one after another."""
    folder, *commands = sys.argv[1:]
    sys.dont_write_bytecode = True
    watch = Watch(Path(folder))
    sys.addaudithook(watch)
    from app.cli.main import run_command

    for command in commands:
        try:
            code = run_command(command.split())
        except SystemExit as ended:
            code = int(ended.code or 0)
        if code:
            watch.found.append(f"{command!r} ended with {code}")
    print(json.dumps(watch.found), file=sys.stderr)


if __name__ == "__main__":
    main()
