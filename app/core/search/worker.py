"""A worker: one process that takes up trial after trial of a study. Loads TensorFlow once it has something to do."""

import multiprocessing
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from socket import gethostname

from app.core.errors import StudioError
from app.core.search.storage import retry
from app.core.search.study import SearchStudy
from app.core.training.control import RunControl

TRIALS_PER_PROCESS, SECONDS_PER_PROCESS = 25, 600.0
"""After so many trials or so long a fresh process goes on: TensorFlow never forgets what it traced, and grows by 4 MB a
trial on starter data, by up to 80 MB on full data. Loading it again takes 4 to 6 seconds."""


@dataclass(frozen=True)
class Assignment:
    """What a worker process is told when it starts. `name` is unique among all workers of the study."""

    study: str
    storage: str
    name: str
    threads: int


@dataclass(frozen=True)
class WorkerExit:
    """Why a worker ends before its time. `is_final`: another one would fare no better."""

    sentence: str
    is_final: bool = False


class StopListener:
    """Watches the connection to whoever started this process: its end, wanted or not, is the order to stop."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._control: RunControl | None = None
        self.is_over = False
        self.may_vanish = False  # nothing was taken up yet that would have to be given back
        threading.Thread(target=self._watch, daemon=True).start()

    def hold(self, control: RunControl) -> None:
        """Stop this run too when the order comes."""
        with self._lock:
            self._control = control
            if self.is_over:
                control.stop()

    def _watch(self) -> None:
        try:
            self._connection.recv()
        except (EOFError, OSError):
            if self.may_vanish:  # nobody is left to wait for this process
                os._exit(0)
        with self._lock:
            self.is_over = True
            if self._control is not None:
                self._control.stop()


def work(assignment: Assignment, connection: Connection) -> None:
    """The life of a worker process: ends when nothing waits any more, when told to, or to be renewed.

    What it sends is a `WorkerExit`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches us too; whoever started us says what it means
    limit_threads(assignment.threads)
    listener = StopListener(connection)
    try:
        _take_trials(SearchStudy(assignment.study, assignment.storage), assignment.name, listener)
    except StudioError as error:
        connection.send(WorkerExit(str(error), is_final=True))
        sys.exit(error.exit_code)
    except Exception as error:
        connection.send(WorkerExit(f"A worker failed ({type(error).__name__}: {error})."))
        sys.exit(StudioError.exit_code)


def limit_threads(threads: int) -> None:
    """Let TensorFlow use so many cores. Must be said before it is loaded."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(threads)


def _take_trials(study: SearchStudy, worker: str, listener: StopListener) -> None:
    from app.core.quiet import load_tensorflow

    listener.may_vanish = True  # loading takes long where others compute, too
    load_tensorflow()
    from app.core.search.trial import run_trial

    listener.may_vanish = False
    began = time.monotonic()
    for _ in range(TRIALS_PER_PROCESS):
        if listener.is_over or time.monotonic() - began > SECONDS_PER_PROCESS:
            return
        taken = retry(lambda: study.take(worker), lambda: listener.is_over)
        if taken is None:
            return
        control = RunControl()
        listener.hold(control)
        run_trial(study, taken, control)


# Worker processes as seen by whoever starts them.


class WorkerProcess:
    """A worker process and the connection that ends it."""

    def __init__(self, study: str, storage: str, threads: int) -> None:
        self.name = f"{gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        assignment = Assignment(study, storage, self.name, threads)
        self._process = context.Process(target=work, args=(assignment, theirs), name=self.name, daemon=True)
        with _without_interrupts():
            self._process.start()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        """True until the process has ended."""
        return self._process.is_alive()

    @property
    def died(self) -> bool:
        """True if it has ended otherwise than it should."""
        return self._process.exitcode != 0

    def stop(self) -> None:
        """Tell it to give its trial back and to end."""
        with suppress(OSError):
            self._connection.send("stop")

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close(self) -> WorkerExit | None:
        """Let go of a process that has ended; what it had to say, if anything."""
        self._process.join()
        said: WorkerExit | None = None
        with suppress(EOFError, OSError):
            if self._connection.poll():
                said = self._connection.recv()
        self._connection.close()
        self._process.close()
        return said


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Keep Ctrl+C from a process started meanwhile, where it is also sent to all processes of the terminal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
