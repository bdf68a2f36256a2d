"""What the Train page is doing, and what leads from one state to the next. Knows no Qt."""

from enum import StrEnum

from app.core.runs.events import (
    EndReason,
    Event,
    RunEnded,
    RunFinishing,
    RunPaused,
    RunPreparing,
    RunResumed,
    RunStarted,
)


class Stage(StrEnum):
    """UNDECIDED: the run is over and its network can still be kept or discarded. KEEPING: it is being saved."""

    IDLE = "idle"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHING = "finishing"
    UNDECIDED = "undecided"
    KEEPING = "keeping"

    @property
    def is_training(self) -> bool:
        """True from the click on Train to the last batch."""
        return self in {Stage.PREPARING, Stage.TRAINING, Stage.PAUSED, Stage.STOPPING}

    @property
    def is_saving(self) -> bool:
        """True while a network is tested and written."""
        return self in {Stage.FINISHING, Stage.KEEPING}

    @property
    def is_pausable(self) -> bool:
        """True while batches run, or wait."""
        return self in {Stage.TRAINING, Stage.PAUSED}

    @property
    def is_stoppable(self) -> bool:
        """True until the last batch."""
        return self in {Stage.PREPARING, Stage.TRAINING, Stage.PAUSED}


_AFTER: dict[type, Stage] = {
    RunPreparing: Stage.PREPARING,
    RunStarted: Stage.TRAINING,
    RunPaused: Stage.PAUSED,
    RunResumed: Stage.TRAINING,
    RunFinishing: Stage.FINISHING,
}


def stage_after(stage: Stage, event: Event, has_started: bool) -> Stage:
    """The stage an event leads to; `has_started` tells whether this run has had a RunStarted."""
    if isinstance(event, RunEnded):
        return Stage.UNDECIDED if has_started and leaves_network(event, stage) else Stage.IDLE
    if stage in {Stage.STOPPING, Stage.KEEPING}:
        return stage
    return _AFTER.get(type(event), stage)


def leaves_network(end: RunEnded, stage: Stage) -> bool:
    """A stopped run leaves a network to decide about, and so does one that trained but could not be saved.

    One that failed before it came to saving leaves nothing worth keeping.
    """
    return end.reason is EndReason.STOPPED or (end.reason is EndReason.FAILED and stage is Stage.FINISHING)
