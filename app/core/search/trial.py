"""One trial: a normal run that reports to its study, and is given back if it is stopped. Imports TensorFlow."""

import logging
import threading
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from socket import gethostname
from statistics import fmean

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.errors import StudioError
from app.core.runs.checkpoint import load_checkpoint
from app.core.runs.events import EndReason, EpochDone, Event, RunEnded, RunStarted, RunTested
from app.core.runs.history import RunHistory
from app.core.runs.records import RunLabel
from app.core.search.plan import Objective
from app.core.search.status import TrialReport, TrialState
from app.core.search.storage import retry
from app.core.search.study import SearchStudy, TakenTrial, TrialLost
from app.core.training import runs
from app.core.training.control import RunControl
from app.core.training.runs import make_card
from app.core.training.trainer import TrainedNetwork

BEAT_S = 1.0
"""How often a worker tells its study how far it is."""

_log = logging.getLogger(__name__)


class Reporter:
    """Hears the events of a run in the training thread, and tells the study about them in a thread of its own.

    A slow or far database thus never holds up the training. Ends the run if it is to be pruned, or lost.
    """

    def __init__(self, study: SearchStudy, taken: TakenTrial, control: RunControl, earlier: int | None = None) -> None:
        """`earlier` is the run of the history that the trial goes on with."""
        self._study, self._taken, self._control = study, taken, control
        self._report = TrialReport(worker=taken.worker, host=gethostname(), run=earlier)
        self._epochs = [] if earlier is None else list(RunHistory().epochs(earlier))
        self._told = taken.before.epochs_done if taken.before is not None and earlier is not None else 0
        self._has_started = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self.tested: RunTested | None = None
        self.ended: RunEnded | None = None
        self.is_pruned = self.is_lost = False

    def __enter__(self) -> "Reporter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def receive(self, event: Event) -> None:
        """Take in an event of the run."""
        if isinstance(event, RunStarted):
            self._has_started = True
        elif isinstance(event, EpochDone):
            self._epochs.append(event)
        elif isinstance(event, RunTested):
            self.tested = event
        elif isinstance(event, RunEnded):
            self.ended = event

    def _tell(self) -> None:
        while not self._over.wait(BEAT_S):
            try:
                self.tell()
            except TrialLost:
                self.is_lost = True
                self._control.stop()
                return
            except StudioError:
                continue  # the database may answer again before the trial is over

    def tell(self) -> None:
        """Tell the study what happened since the last time. Raises TrialLost."""
        epochs = self._epochs[self._told :]
        self._report = self._now()
        judged = ((epoch.epoch, objective(epoch, self._study.plan.objective)) for epoch in epochs)
        values = [(epoch, value) for epoch, value in judged if value is not None]
        if self._study.report(self._taken, self._report, values):
            self.is_pruned = True
            self._control.stop()
        self._told += len(epochs)

    def _now(self) -> TrialReport:
        run = self._report.run
        if run is None and self._has_started:
            run = _run_of(self._study.name, self._taken.number)
        report = self._report.model_copy(update={"beat": self._report.beat + 1, "run": run})
        if not self._epochs:
            return report
        last = self._epochs[-1]
        usual_s = fmean(epoch.epoch_s for epoch in self._epochs[1:] or self._epochs)
        progress = {"epochs_done": last.epoch, "elapsed_s": last.elapsed_s, "epoch_s": usual_s}
        return _with_metrics(report, last).model_copy(update=progress)

    def final(self) -> tuple[TrialReport, float | None]:
        """The last report, with the metrics of the weights that the run ended with, and the objective of those.

        Raises TrialLost.
        """
        self.tell()
        assert self.ended is not None
        report, value = self._report, None
        for epoch in self._epochs:
            if epoch.epoch == self.ended.weights_epoch:
                report, value = _with_metrics(report, epoch), objective(epoch, self._study.plan.objective)
        told = {name: getattr(self.ended, name) for name in ("test_loss", "test_accuracy", "message", "elapsed_s")}
        return report.model_copy(update=told), value


def run_trial(study: SearchStudy, taken: TakenTrial, control: RunControl) -> None:
    """Train, test and settle a trial; one that `control` stops is given back.

    Raises InputError if its data is not on this computer: the trial is given back then too.
    """
    try:
        dataset = _dataset(taken.config.dataset, taken.config.data)
    except StudioError:
        study.give_back(taken)
        raise
    label, earlier = RunLabel(study.name, taken.number, taken.name), _earlier_run(study.name, taken, dataset)
    with Reporter(study, taken, control, earlier) as reporter:
        trained = runs.run(
            taken.config, dataset, reporter.receive, control, label=label, save_model=False, resume=earlier
        )
    retry(lambda: _settle(study, taken, reporter, trained))


def _settle(study: SearchStudy, taken: TakenTrial, reporter: Reporter, trained: TrainedNetwork | None) -> None:
    assert reporter.ended is not None
    try:
        report, value = reporter.final()
        match reporter.ended.reason:
            case EndReason.COMPLETED | EndReason.EARLY_STOPPED:
                if trained is not None and value is not None and study.would_lead(taken, value):
                    _keep(study, taken, trained, reporter)
                study.finish(taken, report, TrialState.DONE, value)
                study.winners.forget_beaten(study.status())
            case EndReason.FAILED:
                study.finish(taken, report, TrialState.FAILED, None)
            case EndReason.STOPPED if reporter.is_pruned:
                message = f"Pruned after epoch {report.epochs_done}: half of the other trials did better by then."
                study.finish(taken, report.model_copy(update={"message": message}), TrialState.PRUNED, value)
                _explain(report.run, reporter.ended, message)
            case EndReason.STOPPED:
                study.give_back(taken)
                _explain(report.run, reporter.ended, "Stopped with its search, which takes it up again.")
    except TrialLost:
        return  # it counts where it is trained now


def _keep(study: SearchStudy, taken: TakenTrial, trained: TrainedNetwork, reporter: Reporter) -> None:
    """Keep the model of the best trial so far; one that cannot be kept can still be trained again."""
    assert reporter.tested is not None
    try:
        study.winners.keep(
            taken.number,
            make_card(trained, reporter.tested, None),
            runs.network_writer(trained.engine.network, trained.config, trained.dataset),
        )
    except Exception:  # whatever a converter throws: the trial's metrics stand all the same
        _log.exception("the model of a trial could not be kept")


def _earlier_run(study: str, taken: TakenTrial, dataset: Dataset) -> int | None:
    """The run in which another worker of this computer began the trial, if it can be taken up where it ended."""
    before = taken.before
    if before is None or before.run is None or before.host != gethostname():
        return None
    try:
        record = RunHistory().run_of_trial(before.run, study, taken.number)
        load_checkpoint(before.run)
        same = (record.config, record.data_sha256) == (taken.config, dataset.sha256)
    except StudioError:
        return None
    return record.id if same and record.state.can_resume else None


def _explain(run: int | None, ended: RunEnded, message: str) -> None:
    """Say in the history why a run was stopped."""
    if run is not None:
        RunHistory().end(run, replace(ended, message=message))


def objective(epoch: EpochDone, name: Objective) -> float | None:
    """The metric by which the search chooses, None without a validation split."""
    return epoch.val_accuracy if name == "val_accuracy" else epoch.val_loss


def _with_metrics(report: TrialReport, epoch: EpochDone) -> TrialReport:
    return report.model_copy(
        update={
            "train_loss": epoch.loss,
            "train_accuracy": epoch.accuracy,
            "val_loss": epoch.val_loss,
            "val_accuracy": epoch.val_accuracy,
        }
    )


def _run_of(study: str, trial: int) -> int | None:
    """The newest run of a trial in the history of this computer."""
    with suppress(StudioError):
        return next((run.id for run in RunHistory().runs() if (run.study, run.trial) == (study, trial)), None)
    return None


@lru_cache(maxsize=2)
def _dataset(name: str, data: str) -> Dataset:
    return load_dataset(name, data)
