"""A call in a process of its own, with limits: for what is made of files that somebody else wrote.

A native library that crashes or never returns takes only that process along. What comes back is JSON and bytes, which
are never unpickled: a process that has been taken over can say something wrong, and no more.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.errors import InputError, StudioError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Answer = tuple[Mapping[str, Any], Sequence[bytes]]
"""What a call gives: facts that JSON can hold, and bytes."""

_MOST_FACTS_BYTES = 2**20
_POLL_S = 0.05
_MEBIBYTE = 2**20
_PATIENCE = 5


@dataclass(frozen=True)
class Limits:
    """How much a call may take. `answer_mib` is of each of its bytes; `file_mib` of each file it writes.

    `seconds` are of processor time where the system can count it, so that a busy machine refuses nothing; on the clock,
    `_PATIENCE` times as many.
    """

    seconds: float = 60.0
    memory_mib: int = 2048
    answer_mib: int = 640
    file_mib: int = 0


class ChildDiedError(InputError):
    """The process crashed, took too long or wanted too much memory: whatever it was given cannot be used."""


def run_in_child(
    call: Callable[..., Answer],
    *arguments: object,
    what: str,
    limits: Limits = Limits(),
    check: Callable[[], None] = lambda: None,
) -> tuple[dict[str, Any], list[bytes]]:
    """Make a call, a function of a module, in a process of its own.

    `what` names the thing that is looked at, for sentences. `check` is called often and may raise, which ends the
    process.

    Raises InputError with the sentence of one that the call raised, ChildDiedError if the process crashed or went
    beyond its limits, StudioError for an error on our side.
    """
    import multiprocessing  # only who looks at something strange needs it

    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_live, args=(theirs, call, arguments, limits), daemon=True)
    process.start()
    theirs.close()
    try:

        def receive(most: int) -> bytes:
            _wait(ours, process, limits, check, what)
            try:
                return ours.recv_bytes(most)
            except (EOFError, OSError):
                process.join(1)
                if sys.platform != "win32" and process.exitcode == -signal.SIGXCPU:
                    raise _too_long(what, limits) from None
                sentence = f"{what} made the program that tried it crash: it is damaged or harmful."
                raise ChildDiedError(sentence) from None

        said = json.loads(receive(_MOST_FACTS_BYTES))
        blobs = [receive(limits.answer_mib * _MEBIBYTE) for _ in said["sizes"]]
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    match said["ended"]:
        case "well":
            return said["facts"], blobs
        case "refused":
            raise InputError(str(said["facts"]["sentence"]))
        case "memory":
            raise ChildDiedError(f"{what} needs more than {limits.memory_mib / 1024:g} GB of memory: it is refused.")
        case _:
            raise StudioError(f"{what} could not be looked at ({said['facts']['sentence']}).")


def _wait(connection: "Connection", process: Any, limits: Limits, check: Callable[[], None], what: str) -> None:
    """Until something has come, or nothing will."""
    began = time.monotonic()
    while not _has_come(connection) and process.is_alive():
        check()
        if time.monotonic() - began > _PATIENCE * limits.seconds:
            raise _too_long(what, limits)


def _too_long(what: str, limits: Limits) -> ChildDiedError:
    return ChildDiedError(f"{what} was still not read after {limits.seconds:.0f} seconds: it is refused.")


def _has_come(connection: "Connection") -> bool:
    try:
        return connection.poll(_POLL_S)
    except OSError:  # on Windows, where the other side is gone
        return True


def _live(connection: "Connection", call: Callable[..., Answer], arguments: tuple[object, ...], limits: Limits) -> None:
    """The life of the process."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us hears of Ctrl+C, and says what it means
    _say_nothing()
    _limit(limits)
    ended = "well"
    answer: Answer = {}, ()
    try:
        answer = call(*arguments)
    except InputError as error:
        ended, answer = "refused", ({"sentence": str(error)}, ())
    except MemoryError:
        ended = "memory"
    except Exception as error:
        ended, answer = "failed", ({"sentence": f"{type(error).__name__}: {error}"[:500]}, ())
    facts, blobs = answer
    connection.send_bytes(json.dumps({"ended": ended, "facts": facts, "sizes": [len(each) for each in blobs]}).encode())
    for blob in blobs:
        connection.send_bytes(blob)


def _say_nothing() -> None:
    """Native libraries talk about what they do not like; nobody listens here."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        with suppress(OSError):
            os.dup2(nowhere, descriptor)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


def _limit(limits: Limits) -> None:
    """As far as the system can: memory, processor time, and the size of files on POSIX; memory on Windows."""
    if sys.platform == "win32":
        _limit_job(limits.memory_mib * _MEBIBYTE)
        return
    import resource

    wanted = (
        (resource.RLIMIT_AS, limits.memory_mib * _MEBIBYTE, 0),
        (resource.RLIMIT_CPU, int(limits.seconds), 1),  # at the harder limit it is killed, and nobody can tell why
        (resource.RLIMIT_FSIZE, limits.file_mib * _MEBIBYTE, 0),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for kind, most, more in wanted:
        with suppress(ValueError, OSError):  # macOS has some of them by name only
            resource.setrlimit(kind, (most, most + more))
    if sys.platform == "darwin":
        threading.Thread(target=_watch_memory, args=(limits.memory_mib * _MEBIBYTE,), daemon=True).start()


def _watch_memory(most_bytes: int) -> None:
    import resource

    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < most_bytes:  # bytes on macOS
        time.sleep(0.1)
    os._exit(1)


def _limit_job(most_bytes: int) -> None:
    """Put this process into a job of Windows that may not have more memory."""
    if sys.platform != "win32":
        return
    import ctypes
    from ctypes import wintypes

    class Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class Extended(ctypes.Structure):
        _fields_ = (
            ("Basic", Basic),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    process_memory, extended_limits = 0x100, 9
    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    job, wanted = kernel.CreateJobObjectW(None, None), Extended()
    wanted.Basic.LimitFlags, wanted.ProcessMemoryLimit = process_memory, most_bytes
    kernel.SetInformationJobObject(job, extended_limits, ctypes.byref(wanted), ctypes.sizeof(wanted))
    kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
