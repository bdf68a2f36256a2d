"""A process that reads one input after another, and whoever watches it: what it did, and what it died of.

It is forked, reads the seeds first, and then may use a certain amount of memory and time for each input. Where it is
stands in memory that both processes share, so that an input that kills it can be made again.
"""

import contextlib
import gc
import json
import mmap
import multiprocessing
import os
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.core.errors import StudioError
from app.core.paths import HOME_VARIABLE
from tests.fuzz.reader import Inputs, Reader
from tests.fuzz.readers import READERS

MOST_S = 2.0
"""Of processor time for an input; more is a finding."""
MOST_GROWTH_BYTES = 500 * 2**20
_ADDRESSES_BYTES = 4 * 2**30
_GIVE_UP_S = 20.0
"""A worker that is busy with one input for so long is ended."""
_STUCK_S = 60.0
"""Nor does it wait for something so long; other programs may have the processor meanwhile."""
_TIRED_BYTES = 256 * 2**20
"""So much that was never given back, and a fresh worker takes over."""
_LONGEST_SENTENCE = 2_000
_TEMPORARY = tempfile.gettempdir()
"""Found before anything is watched: asking for it again from what watches would wait for itself."""
_PAGE = resource.getpagesize()
_STATE = struct.Struct("qqqqdqq")


@dataclass
class State:
    """Where a worker is: the number of the input, and what became of those before it."""

    number: int = 0
    read: int = 0
    refused: int = 0
    contained: int = 0
    longest_s: float = 0.0
    largest_bytes: int = 0
    is_reading: int = 0


@dataclass
class Finding:
    """Something that must not happen, and the first input that it happened with."""

    what: str
    number: int
    detail: str
    count: int = 1


@dataclass
class Result:
    """What a reader did with its inputs. `contained` ones crashed or took long where the program has a child for it."""

    reader: str
    kind: str
    state: State
    findings: dict[str, Finding] = field(default_factory=dict)

    @property
    def tried(self) -> int:
        """How many inputs there were."""
        return self.state.read + self.state.refused + self.state.contained + self.found

    @property
    def found(self) -> int:
        """With how many of them something happened that must not."""
        return sum(finding.count for finding in self.findings.values())

    def note(self, what: str, number: int, detail: str = "") -> None:
        """Count a finding."""
        if what in self.findings:
            self.findings[what].count += 1
        else:
            self.findings[what] = Finding(what, number, detail)


@dataclass(frozen=True)
class _Job:
    """What a worker is given: inputs up to the one before `end`, a folder of its own, and memory to say where it is."""

    reader: Reader
    seed: int
    end: int
    until: float
    folder: Path
    shared: mmap.mmap


def fuzz_all(names: Sequence[str], seed: int, seconds: float, jobs: int) -> Iterator[Result]:
    """The results of readers, by their names, as each has had its share of the time; `jobs` of them run at once."""
    shares = {name: READERS[name].share for name in names}
    part_s = seconds * jobs / sum(shares.values())
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        longest_first = sorted(names, key=lambda name: -shares[name])
        yield from (
            each.result()
            for each in as_completed(
                [pool.submit(_fuzz_named, name, seed, shares[name] * part_s) for name in longest_first]
            )
        )


def _fuzz_named(name: str, seed: int, seconds: float) -> Result:
    return fuzz(READERS[name], seed, seconds)


def fuzz(reader: Reader, seed: int, seconds: float, most_inputs: int = 2**62, first: int = 0) -> Result:
    """Give a reader inputs until the time is over, one worker after another where they die.

    Raises RuntimeError if it cannot read its own seeds.
    """
    result = Result(reader.name, reader.kind, State(number=first))
    until = time.monotonic() + seconds
    with (
        mmap.mmap(-1, _STATE.size) as shared,
        tempfile.TemporaryDirectory(prefix="fuzz-", dir=_fast_place()) as folder,
    ):
        job = _Job(reader, seed, first + most_inputs, until, Path(folder), shared)
        while result.state.number < job.end and time.monotonic() < until:
            _store(shared, result.state)
            _watch(job, result)
    return result


def _fast_place() -> str | None:
    """Memory, where it looks like a drive: half of the time would go into files that are gone at once."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _watch(job: _Job, result: Result) -> None:
    """Let one worker live, and note what it said and what it died of."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(job, theirs), daemon=True)
    process.start()
    theirs.close()
    killed = ""
    number, busy_s, since = -1, 0.0, time.monotonic()
    while process.is_alive():
        for message in _messages(ours, 0.2):
            _take(message, job, result)
        state, used_s, now = _load(job.shared), _processor_s(process.pid), time.monotonic()
        if state.number != number or not state.is_reading:
            number, busy_s, since = state.number, used_s, now
        elif used_s - busy_s > _GIVE_UP_S or now - since > _STUCK_S:
            killed = f"never ends (ended after {used_s - busy_s:.0f} s of processor time)"
        if killed or now > job.until:
            process.kill()
            break
    process.join()
    for message in _messages(ours, 0):
        _take(message, job, result)
    ours.close()
    result.state = replace(_load(job.shared), is_reading=0)
    died_of = killed or ("" if now > job.until or process.exitcode == 0 else _cause(process.exitcode or 0))
    if died_of:
        if job.reader.runs_in_child:
            result.state.contained += 1
        else:
            result.note(died_of.partition(" (")[0], result.state.number, died_of)
        result.state.number += 1


def _take(message: dict[str, Any], job: _Job, result: Result) -> None:
    if "failed" in message:
        raise RuntimeError(f"{job.reader.name} cannot read its own seeds: {message['failed']}")
    result.note(**message)


def _messages(connection: Connection, wait_s: float) -> Iterator[dict[str, Any]]:
    """All that a worker has said by now."""
    with contextlib.suppress(EOFError, OSError):
        while connection.poll(wait_s):
            yield json.loads(connection.recv_bytes())
            wait_s = 0


def _cause(exit_code: int) -> str:
    return f"crash: {signal.Signals(-exit_code).name}" if exit_code < 0 else f"ended with exit code {exit_code}"


def _work(job: _Job, connection: Connection) -> None:
    """The life of a worker."""

    def say(**message: object) -> None:
        connection.send_bytes(json.dumps(message).encode())

    reader, watcher = job.reader, os.getppid()
    _be_quiet()
    os.chdir(job.folder)
    os.environ[HOME_VARIABLE] = str(job.folder / "home")
    path = job.folder / reader.file
    try:
        inputs = Inputs(reader, job.seed)
        for content in inputs.seeds:
            _put(path, content)
            reader.read(path)
    except BaseException:
        say(failed=traceback.format_exc())
        return
    gc.collect()
    gc.freeze()
    began_bytes = _size_bytes()
    addresses = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (addresses + _ADDRESSES_BYTES,) * 2)
    deeds: list[str] = []
    sys.addaudithook(lambda event, arguments: _notice(event, arguments, job.folder, deeds))
    state = _load(job.shared)
    while state.number < job.end and os.getppid() == watcher and _size_bytes() - began_bytes < _TIRED_BYTES:
        _put(path, inputs.input(state.number))
        deeds.clear()
        state.is_reading = 1
        _store(job.shared, state)
        before_bytes, before_peak, before_s = _size_bytes(), _peak_bytes(), time.process_time()
        what, detail = _outcome(reader, path)
        used_s, peak = time.process_time() - before_s, _peak_bytes()
        growth = peak - before_bytes if peak > before_peak else 0
        for deed in dict.fromkeys(deeds):
            what, detail = f"did something it must not: {deed}", deed
        if used_s > MOST_S:
            what, detail = f"takes longer than {MOST_S:g} s", f"{used_s:.1f} s, {what} {detail}"
        if growth > MOST_GROWTH_BYTES:
            what, detail = f"grows by more than {MOST_GROWTH_BYTES >> 20} MB", f"{growth >> 20} MB, {what} {detail}"
        match what:
            case "read":
                state.read += 1
            case "refused":
                state.refused += 1
            case _:
                say(what=what, number=state.number, detail=detail[-4_000:])
        state.longest_s = max(state.longest_s, used_s)
        state.largest_bytes = max(state.largest_bytes, growth)
        state.number += 1
        state.is_reading = 0
        _store(job.shared, state)


def _outcome(reader: Reader, path: Path) -> tuple[str, str]:
    """What became of an input, in one word if it was well, and the details."""
    try:
        reader.read(path)
    except StudioError as error:
        sentence = str(error)
        if not all(character.isprintable() for character in sentence) or len(sentence) > _LONGEST_SENTENCE:
            return "a sentence that is none", ascii(sentence)
        return "refused", sentence
    except Exception as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/app/" in frame.filename]
        where = f"{Path(frames[-1].filename).name} {frames[-1].name}" if frames else "the reader's row"
        return f"{type(error).__name__} in {where}", ascii(traceback.format_exc())
    return "read", ""


def _notice(event: str, arguments: tuple[Any, ...], folder: Path, deeds: list[str]) -> None:
    """Note what no file may make the program do."""
    if event in {"pickle.find_class", "os.system", "os.exec", "subprocess.Popen", "socket.connect", "socket.bind"}:
        deeds.append(event)
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        place = arguments[0]
        if isinstance(place, str | bytes) and not _is_ours(os.fsdecode(place), folder):
            deeds.append(f"writes {os.fsdecode(place)[:100]}")


def _is_ours(place: str, folder: Path) -> bool:
    return os.path.abspath(place).startswith((str(folder), _TEMPORARY, "/dev/null"))  # noqa: PTH100


def _put(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _be_quiet() -> None:
    """Native libraries say what they do not like."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


def _size_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _processor_s(pid: int | None) -> float:
    """What a process has used so far; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _store(shared: mmap.mmap, state: State) -> None:
    shared[:] = _STATE.pack(*vars(state).values())


def _load(shared: mmap.mmap) -> State:
    return State(*_STATE.unpack(shared[:]))
