"""A study on a PostgreSQL server, with workers that know nothing of each other: `pytest -m slow tests/distributed -s`.

Starts a server of its own on this machine, and skips where PostgreSQL (Debian: postgresql) or its driver is missing.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.recipes import find_recipe
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.search.plan import SearchPlan
from app.core.search.space import Choices
from app.core.search.status import TrialState, TrialStatus
from app.core.search.study import SearchStudy

pytestmark = pytest.mark.slow

REPO = Path(__file__).resolve().parents[2]
WORKERS = 3
PATIENCE_S = 400


def find_programs() -> Path:
    """The folder of PostgreSQL's own programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return (found[-1] if found else Path(str(on_path)).resolve()).parent


@dataclass(frozen=True)
class Server:
    """A server with an empty database."""

    url: str
    restart: Callable[[], None]


@pytest.fixture(scope="module")
def running_server() -> Iterator[Server]:
    """A server that lives as long as these tests."""
    pytest.importorskip("psycopg", reason="the driver is not installed (pip install 'softmax-studio[postgresql]')")
    programs, account = find_programs(), list[str]()
    folder = Path(tempfile.mkdtemp(prefix="studio-postgresql-"))
    if os.geteuid() == 0:  # whom PostgreSQL refuses to serve
        try:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        account = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [*account, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "studio")
    run("pg_ctl", "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log", "-w", "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "studio", "studies")
        restart = ("-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log", "-m", "immediate", "-w", "restart")
        yield Server(f"postgresql://studio@127.0.0.1:{port}/studies", lambda: run("pg_ctl", *restart))
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def server(running_server: Server) -> str:
    """The URL of the database."""
    return running_server.url


def plan(name: str) -> SearchPlan:
    """Twelve short trials."""
    units = Choices(field="hidden_units", values=(32, 64, 128, 256))
    rates = Choices(field="dropout", values=(0.0, 0.2, 0.4))
    base = find_recipe("quickstart-mnist").config.changed(epochs=20)
    return SearchPlan(name=name, method="grid", bases=(base,), space=(units, rates))


def test_twenty_hands_reach_for_the_same_trials(server: str) -> None:
    SearchStudy.create(plan("hands"), server).close()
    taken: list[int] = []
    start = threading.Barrier(20)

    def reach(name: str) -> None:
        study = SearchStudy("hands", server)
        start.wait()
        while (trial := study.take(name)) is not None:
            taken.append(trial.number)
        study.close()

    threads = [threading.Thread(target=reach, args=(str(number),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(taken) == Counter(range(12))


def test_a_killed_worker_loses_no_trial_and_none_counts_twice(server: str, tmp_path: Path) -> None:
    study = SearchStudy.create(plan("killed"), server)
    began = time.monotonic()
    homes = [tmp_path / f"machine-{number}" for number in range(WORKERS)]
    workers = [start_worker(server, home, "killed") for home in homes]
    lost, worker = wait_for_victim(study, workers)
    os.killpg(worker.pid, signal.SIGKILL)
    killed_at = time.monotonic() - began
    others = [other for other in workers if other is not worker]
    assert [other.wait(timeout=PATIENCE_S) for other in others] == [0, 0]
    worker.wait()
    took_s = time.monotonic() - began

    trials = study.status()
    study.close()
    assert [trial.state for trial in trials] == [TrialState.DONE] * 12
    assert len({tuple(trial.changes.items()) for trial in trials}) == 12
    runs = [run for home in homes for run in RunHistory(home / "runs.sqlite3").runs()]
    finished = Counter(run.trial for run in runs if run.state is RunState.COMPLETED)
    assert finished == Counter(range(12))
    assert [run.trial for run in runs if run.state is not RunState.COMPLETED] == [lost.number]
    print(f"\n{len(trials)} trials, {WORKERS} workers, {took_s:.0f} s")
    print(f"killed after {killed_at:.0f} s: the worker of trial {lost.number}, in epoch {lost.epochs_done + 1}")
    for home in homes:
        own = RunHistory(home / "runs.sqlite3").runs()
        print(f"{home.name}: " + ", ".join(f"{run.trial} {run.state.value}" for run in reversed(own)))
    print(f"{len(runs)} runs were begun, {len(trials)} trials count once each")


def test_a_search_outlives_a_restart_of_the_server(running_server: Server, tmp_path: Path) -> None:
    study = SearchStudy.create(plan("restarted"), running_server.url)
    worker = start_worker(running_server.url, tmp_path, "restarted")
    wait_for_victim(study, [worker])
    study.close()
    running_server.restart()
    assert worker.wait(timeout=PATIENCE_S) == 0
    assert [trial.state for trial in study.status()] == [TrialState.DONE] * 12
    study.close()
    assert Counter(run.trial for run in RunHistory(tmp_path / "runs.sqlite3").runs()) == Counter(range(12))


def start_worker(server: str, home: Path, study: str) -> subprocess.Popen[bytes]:
    """A worker as on a machine of its own: a home of its own, and a process group that can be killed as a whole."""
    command = [sys.executable, "-m", "app", "search-worker", "--study", study, "--storage", server]
    environment = {**os.environ, "SOFTMAX_STUDIO_HOME": str(home)}
    return subprocess.Popen(command, cwd=REPO, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)


def wait_for_victim(
    study: SearchStudy, workers: list[subprocess.Popen[bytes]]
) -> tuple[TrialStatus, subprocess.Popen[bytes]]:
    """A trial in the middle of its epochs, once a few others are done, and the worker that trains it."""
    for _ in range(PATIENCE_S * 20):
        trials = study.status()
        done = sum(trial.state is TrialState.DONE for trial in trials)
        for trial in trials:
            if done >= 2 and trial.state is TrialState.RUNNING and 2 <= trial.epochs_done <= trial.epochs // 2:
                assert trial.report is not None
                owner = int(trial.report.worker.rpartition("-")[0].rpartition("-")[2])
                return trial, next(worker for worker in workers if worker.pid == owner)
        time.sleep(0.05)
    raise AssertionError("no trial ever was in the middle of its epochs")
