"""`python -m tests.kills.full_disk [ACT ...] [--most N] [--json]`: a disk that is full, at every write in turn.

Each act is begun again and again, and the disk refuses at its first write, at its second and so on: from then on, or
that once. An act may say a sentence, or do without what could not be written; what it told before must be there, and
everything must open. So it goes with a quota, and with a drive that cannot lock files. Needs gcc.
"""

import argparse
import ctypes
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kills.killing import Act, Killing

_SOURCE = Path(__file__).with_name("full_disk.c")
_CLAIMS = 3
"""So many things are begun; the writes of further ones are the same."""


def main() -> int:
    """Fill the disk, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills.full_disk", description=__doc__)
    parser.add_argument("acts", nargs="*", metavar="ACT")
    parser.add_argument("--most", type=int, default=120, help="writes of an act that are refused, at most")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    library = os.environ.get("LD_PRELOAD", "")
    if not library:
        return _again_with_library()
    from tests.kills.acts import ACTS

    shim, losses = ctypes.CDLL(library), 0
    for act in ACTS:
        if not act.needs_tensorflow and (not arguments.acts or act.name in arguments.acts):
            tried, lost = _every_write(act, shim, arguments.most)
            losses += lost
            facts = {"act": act.name, "faults": tried, "losses": lost}
            words = f"{act.name:<20} {tried:>4} faults, {lost} losses"
            print(json.dumps(facts) if arguments.json else words, flush=True)
    return 1 if losses else 0


def _again_with_library() -> int:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "full_disk.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
        command = [sys.executable, "-m", "tests.kills.full_disk", *sys.argv[1:]]
        return subprocess.run(command, env={**os.environ, "LD_PRELOAD": str(library)}, check=False).returncode


def _every_write(act: "Act", shim: ctypes.CDLL, most: int) -> tuple[int, int]:
    """Try an act with each kind of fault at each write; returns how many, and how many lost something."""
    from tests.kills.killing import Killing

    killing, tried, lost = Killing(act, 1), 0, 0
    faults = [(errno.ENOSPC, False), (errno.ENOSPC, True), (errno.EDQUOT, False)]
    for code, is_once in faults:
        for after in range(most):
            problem, is_over = _one_fault(killing, partial(_arm, shim, after, code, is_once, False))
            if is_over:
                break
            tried += 1
            if problem:
                lost += 1
                print(
                    f"  {act.name}, {errno.errorcode[code]} at {after}{' once' * is_once}: {problem}", file=sys.stderr
                )
    problem, _ = _one_fault(killing, partial(_arm, shim, -1, 0, False, True))
    lost += bool(problem)
    if problem:
        print(f"  {act.name}, no locks: {problem}", file=sys.stderr)
    killing.close()
    return tried + 1, lost


def _arm(  # noqa: PLR0917 - what the library takes
    shim: ctypes.CDLL, after: int, code: int, is_once: bool, no_locks: bool, folder: Path
) -> Callable[[], int]:
    """Let the disk refuse from now on in this process; returns what tells how many writes are still to come."""
    shim.fault_left.restype = ctypes.c_long
    shim.fault_arm(os.fsencode(folder), ctypes.c_long(after), code, int(is_once), int(no_locks))
    return lambda: int(shim.fault_left())


def _one_fault(killing: "Killing", arm: Callable[[Path], Callable[[], int]]) -> tuple[str, bool]:
    """What was lost by a fault in a fresh copy, and whether the act was over before it came."""
    from tests.kills.killing import in_child

    folder = killing.fresh()
    told = folder.parent / "told"
    told.write_text("")

    def do(tell: Callable[[str], None]) -> None:
        from app.core.errors import StudioError

        claims = 0

        def count(claim: str) -> None:
            nonlocal claims
            tell(claim)
            claims += 1
            if claims == _CLAIMS:
                raise _Enough

        left = arm(folder)
        try:
            with suppress(_Enough, StudioError):
                killing.act.do(folder, count)
        finally:
            told.write_text("over" if left() > 0 else "")

    claims, problem = in_child(folder, do)
    is_over = told.read_text() == "over"
    if not problem:
        problem = in_child(folder, lambda _tell: killing.look(folder, claims))[1]
    shutil.rmtree(folder)
    return problem, is_over


class _Enough(Exception):  # noqa: N818 - not an error
    """The act has done what was wanted."""


if __name__ == "__main__":
    sys.exit(main())
