"""`SearchRunner`: worker processes for a study on this computer, and what the whole study looks like now.

Knows nothing of windows and terminals. Whoever holds a runner calls `poll` about twice a second until `is_running` is
False: that is also when dead workers are noticed and replaced. If the runner's own process dies, its workers end too.
"""

import math
import os
import threading
import time
from dataclasses import replace

from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError
from app.core.models.store import StoredModel, ensure_writable
from app.core.networks.summary import saving_bytes
from app.core.search.outlook import TimeLeft
from app.core.search.plan import SearchPlan, check_plan
from app.core.search.status import SearchStatus, TrialState, TrialStatus, best_of
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy
from app.core.search.worker import WorkerProcess
from app.core.training.images import check_run

SILENCE_S = 60.0
"""A trial whose worker says nothing for so long is taken up by another: it usually speaks every second."""

STOPPING_S = 30.0
"""A worker that has not ended so long after it was told to is killed; its trial is taken up again another time."""

MOST_FALSE_STARTS = 3
"""So many workers in a row may end without having taken up a trial before the search gives up."""


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usual_workers() -> int:
    """How many workers use this computer best: one a core, each with one thread.

    Measured with dense 512-512 on MNIST: two threads for one run take a seventh more processor time an epoch.
    """
    return cores()


def check_data(plan: SearchPlan) -> None:
    """Raise InputError unless the data of the plan is on this computer, and its runs make sense with it."""
    for name, data in sorted({(base.dataset, base.data) for base in plan.bases}):
        dataset = load_dataset(name, data)
        for base in plan.bases:
            if (base.dataset, base.data) == (name, data):
                check_run(base, dataset)


class SilenceWatch:
    """Notices workers that are not heard of any more, wherever they ran.

    Only this process' own clock is used: those of other machines may differ.
    """

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._heard: dict[int, tuple[tuple[str, int], float]] = {}

    def silent(self, trials: tuple[TrialStatus, ...]) -> list[tuple[int, str, int]]:
        """The running trials (number, worker, last beat) that nothing was heard of for too long."""
        now, heard, lost = time.monotonic(), dict[int, tuple[tuple[str, int], float]](), []
        for trial in trials:
            if trial.state is not TrialState.RUNNING:
                continue
            mark = (trial.report.worker, trial.report.beat) if trial.report else ("", 0)
            before, since = self._heard.get(trial.number, (mark, now))
            heard[trial.number] = (mark, since if before == mark else now)
            if now - heard[trial.number][1] > self._silence_s:
                lost.append((trial.number, *mark))
        self._heard = heard
        return lost


class SearchRunner:
    """Runs a study with worker processes of this computer. Thread-safe; all methods but `stop` may take a moment."""

    def __init__(self, storage: str | None = None, silence_s: float = SILENCE_S) -> None:
        """Keep studies in `storage`, a URL; without one in the user's folder."""
        self._storage = storage or own_storage()
        self._watch = SilenceWatch(silence_s)
        self._lock = threading.Lock()
        self._study: SearchStudy | None = None
        self._workers: list[WorkerProcess] = []
        self._wanted = self._threads = self._false_starts = 0
        self._stop_asked_at: float | None = None
        self._is_running = False
        self._problem = ""
        self._time_left: TimeLeft | None = None

    def start(self, plan: SearchPlan, workers: int | None = None) -> SearchPlan:
        """Begin the search, or go on with the study of that name. Workers come up in the next `poll`.

        Raises InputError for a plan that cannot be carried out, data that is not here or another study's name,
        StudioError if the storage refuses.
        """
        check_plan(plan)
        check_data(plan)
        ensure_writable(max(saving_bytes(base, 10) for base in plan.bases) * (workers or usual_workers()))
        return self._begin(SearchStudy.create(plan, self._storage), workers)

    def join(self, study: str, workers: int | None = None) -> SearchPlan:
        """Help with a study that was begun elsewhere, or go on with one that was begun here; returns its plan.

        Raises InputError if there is none of that name, or if its data is not on this computer.
        """
        found = SearchStudy(study, self._storage)
        check_data(found.plan)
        ensure_writable()
        return self._begin(found, workers)

    def _begin(self, study: SearchStudy, workers: int | None) -> SearchPlan:
        with self._lock:
            assert not self._is_running, "this runner runs a search already"
            self._study, self._wanted = study, workers or usual_workers()
            self._time_left = TimeLeft(study.plan)
            self._threads = max(1, cores() // self._wanted)
            self._false_starts, self._stop_asked_at, self._problem = 0, None, ""
            self._is_running = True
        return study.plan

    @property
    def is_running(self) -> bool:
        """True from `start` until the last trial is over, or the last worker has stopped."""
        return self._is_running

    def stop(self, at_once: bool = False) -> None:
        """Let the workers give their trials back and end; `poll` until they have. `at_once` kills them instead."""
        if at_once:
            self._stop_asked_at = -math.inf
        elif self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()

    def poll(self) -> SearchStatus:
        """Look after the workers, and say how the search goes. Raises StudioError if the storage does not answer."""
        with self._lock:
            assert self._study is not None, "start a search first"
            trials = self._study.status()
            if self._is_running:
                self._replace_dead(trials)
                self._requeue_silent(trials)
                self._stop_or_staff(trials)
            if not self._is_running:
                trials = self._study.status()  # as the last worker left them
                self._study.close()
            return replace(
                self._study.plan.status(trials),
                is_running=self._is_running,
                is_stopping=self._is_running and self._stop_asked_at is not None,
                problem=self._problem,
                left_s=self._left_s(trials),
            )

    def _left_s(self, trials: tuple[TrialStatus, ...]) -> float | None:
        assert self._time_left is not None
        running = sum(trial.state is TrialState.RUNNING for trial in trials)  # other machines may help
        return self._time_left.look(trials, max(self._wanted, running), time.monotonic())

    def publish_best(self) -> StoredModel | None:
        """Put the best trial's model among the user's own; None if there is none, or it is on another machine."""
        assert self._study is not None, "start a search first"
        best = best_of(self._study.status(), self._study.plan.maximizes)
        winners = self._study.winners
        return winners.publish(best) if best is not None and winners.has(best) else None

    def close(self) -> None:
        """Stop, and wait until all workers have ended."""
        self.stop()
        while self._is_running:
            try:
                self.poll()
            except StudioError:
                self._abandon()
            time.sleep(0.05)

    def _abandon(self) -> None:
        """End the workers although the storage does not answer; their trials are taken up again once it does."""
        with self._lock:
            for worker in self._workers:
                worker.kill()
                worker.close()
            self._workers, self._is_running = [], False

    def _replace_dead(self, trials: tuple[TrialStatus, ...]) -> None:
        assert self._study is not None
        for worker in [worker for worker in self._workers if not worker.is_alive]:
            self._workers.remove(worker)
            died, said = worker.died, worker.close()
            had_trial = any(trial.report is not None and trial.report.worker == worker.name for trial in trials)
            self._false_starts = 0 if had_trial or not died else self._false_starts + 1
            if said is not None and said.is_final:
                self._give_up(said.sentence)
            elif self._false_starts >= MOST_FALSE_STARTS:
                self._give_up(said.sentence if said else f"{MOST_FALSE_STARTS} workers ended before they began.")
            if died:
                self._study.requeue(worker.name, was_killed=self._stop_asked_at is not None)

    def _give_up(self, problem: str) -> None:
        self._problem = problem
        self.stop()

    def _requeue_silent(self, trials: tuple[TrialStatus, ...]) -> None:
        assert self._study is not None
        for number, worker, beat in self._watch.silent(trials):
            self._study.requeue_stale(number, worker, beat)

    def _stop_or_staff(self, trials: tuple[TrialStatus, ...]) -> None:
        if self._stop_asked_at is not None:
            is_late = time.monotonic() - self._stop_asked_at > STOPPING_S
            for worker in self._workers:
                worker.kill() if is_late else worker.stop()
            self._is_running = bool(self._workers)
            return
        waiting = sum(trial.state is TrialState.WAITING for trial in trials)
        busy = {trial.report.worker for trial in trials if trial.state is TrialState.RUNNING and trial.report}
        idle = sum(worker.name not in busy for worker in self._workers)  # they come up, and will take what waits
        for _ in range(min(self._wanted - len(self._workers), waiting - idle)):
            assert self._study is not None
            self._workers.append(WorkerProcess(self._study.name, self._storage, self._threads))
        self._is_running = bool(self._workers) or not all(trial.state.is_over for trial in trials)
