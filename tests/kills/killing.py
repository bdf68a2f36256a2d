"""A child process does an act in a home of its own, is killed after a random claim, and another one looks what is left.

Children are forks of this process, which has loaded what they need: a kill costs milliseconds. Before a fork there is
one thread here, and TensorFlow is loaded, but has computed nothing.
"""

import os
import random
import select
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ORPHANS_END_S = 180.0
"""Workers notice at once that nobody waits for them, and give back their trial: on a busy machine it takes a while."""
_SILENCE_S = 600.0
_LONG_S = 4.0
"""As long as what takes longest: converting a network."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Act:
    """Something that a process does. Everything is given the folder that is all there is to it.

    `prepare` is called once, `do` goes on until it is killed or done and tells what is finished (a claim), `check` is
    called in a new process and raises AssertionError if a claim does not hold. A kill comes after fewer claims than
    `claims`.
    """

    name: str
    prepare: Callable[[Path], None]
    do: Callable[[Path, Tell], None]
    check: Callable[[Path, list[str]], None]
    claims: int = 12
    share: int = 10
    needs_tensorflow: bool = False


@dataclass
class Tally:
    """What kills of one act have shown."""

    kills: int = 0
    ended_before: int = 0
    losses: list[str] = field(default_factory=list)
    orphans: int = 0


class Killing:
    """Kills of one act, each in a fresh copy of what the act was prepared with."""

    def __init__(self, act: Act, seed: int) -> None:
        self.act, self.tally = act, Tally()
        self._random = random.Random(f"{act.name} {seed}")
        self._work = tempfile.TemporaryDirectory(prefix="softmax-studio-kills-")
        self._prepared = Path(self._work.name) / "prepared"
        (self._prepared / "home").mkdir(parents=True)
        problem = in_child(self._prepared, lambda _tell: act.prepare(self._prepared))[1]
        assert not problem, problem

    def close(self) -> None:
        """Remove all of it."""
        self._work.cleanup()

    def fresh(self) -> Path:
        """A copy of what the act was prepared with, for whoever removes it again."""
        return Path(shutil.copytree(self._prepared, Path(self._work.name) / "kill"))

    def kill(self) -> str:
        """One kill; returns what was lost, or an empty text."""
        folder = self.fresh()
        after, share = self._random.randrange(self.act.claims), self._random.random()
        delay = (share, share * _LONG_S if self._random.random() < 0.3 else 0.0)
        claims, orphans, ended = killed_child(folder, lambda tell: self.act.do(folder, tell), after, delay)
        problem = in_child(folder, lambda _tell: self.look(folder, claims))[1]
        if orphans:
            problem += f" {orphans} processes were left."
        self.tally.kills += 1
        self.tally.ended_before += ended
        self.tally.orphans += orphans
        if problem:
            self.tally.losses.append(f"after {len(claims)} claims, the last {claims[-1:]}: {problem}")
        shutil.rmtree(folder)
        return problem

    def look(self, folder: Path, claims: list[str]) -> None:
        """In a new process: raise AssertionError for a claim that does not hold, whatever does not open raises."""
        from tests.kills.everything import check_everything

        check_everything(folder)
        self.act.check(folder, claims)
        check_everything(folder)


def killed_child(
    folder: Path, do: Callable[[Tell], None], after: int, delay: tuple[float, float]
) -> tuple[list[str], int, bool]:
    """Let a child do something and kill it in the middle of what comes after so many claims.

    `delay` is how long after, as a share of the time between two claims and in seconds. Returns all claims, how many
    processes it left behind, and whether it had ended before.
    """
    child, pipe = _fork(folder, do)
    claims: list[str] = []
    rest, usual_s, told_at = b"", 0.05, time.monotonic()
    kill_at = told_at + delay[0] * usual_s + delay[1] if after == 0 else None
    ended = False
    while True:
        wait_s = _SILENCE_S if kill_at is None else max(0.0, kill_at - time.monotonic())
        if not select.select([pipe], [], [], wait_s)[0]:
            break
        read = os.read(pipe, 65536)
        if not read:
            ended = True
            break
        *lines, rest = (rest + read).split(b"\n")
        claims += [line.decode() for line in lines]
        now = time.monotonic()
        usual_s, told_at = 0.5 * usual_s + 0.5 * (now - told_at), now
        if kill_at is None and len(claims) >= after:
            kill_at = now + delay[0] * usual_s + delay[1]
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while read := os.read(pipe, 65536):  # workers that it started do not have the pipe
        *lines, rest = (rest + read).split(b"\n")
        claims += [line.decode() for line in lines]
    os.close(pipe)
    return claims, _end_orphans(child), ended


def in_child(folder: Path, do: Callable[[Tell], None]) -> tuple[list[str], str]:
    """Let a child do something to its end; returns what it told, and why it failed."""
    child, pipe = _fork(folder, do)
    told = b""
    while read := os.read(pipe, 65536):
        told += read
    os.close(pipe)
    _, status = os.waitpid(child, 0)
    lines = told.decode().splitlines()
    if status:
        return lines, (folder.parent / "trace.txt").read_text().strip() or f"ended with {status}"
    return lines, ""


def _fork(folder: Path, do: Callable[[Tell], None]) -> tuple[int, int]:
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        return child, ours
    code = 1
    try:
        os.close(ours)
        os.setsid()
        log = os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ["SOFTMAX_STUDIO_HOME"] = str(folder / "home")
        do(lambda claim: _tell(theirs, claim))
        code = 0
    except BaseException:
        (folder.parent / "trace.txt").write_text(traceback.format_exc())
    finally:
        os._exit(code)


def _tell(pipe: int, claim: str) -> None:
    os.write(pipe, f"{claim}\n".encode())


def _end_orphans(session: int) -> int:
    """Wait for the end of all that a child has started; how many had to be killed."""
    until = time.monotonic() + ORPHANS_END_S
    while (left := _of_session(session)) and time.monotonic() < until:
        time.sleep(0.05)
    for process in left:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return len(left)


def _of_session(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, _parent, _group, its = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(its) == session and state != "Z":
                    found.append(int(entry.name))
    return found
