"""Worker processes as seen by whoever starts them."""

import multiprocessing
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import gethostname

from app.core.search.worker import Assignment, Farewell, work


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
    def pid(self) -> int:
        """The number of the process."""
        assert self._process.pid is not None
        return self._process.pid

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

    def bury(self) -> Farewell | None:
        """Let go of a process that has ended; what it had to say, if anything."""
        self._process.join()
        said: Farewell | None = None
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
