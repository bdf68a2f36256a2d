"""Work with samples away from the window."""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject

from app.ui.common.jobs import Jobs, Progress
from app.ui.common.samples.facts import CompareModel, ExportSet, ImportSamples, Outcome, Request


class SampleJobs(Jobs):
    """One piece after the other, in the order in which they were asked for; what takes long is done beside that."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_do, _lane, parent)


def _lane(request: Request) -> Hashable:
    return request if isinstance(request, CompareModel | ExportSet | ImportSamples) else None


def _do(request: Request, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Outcome:
    from app.ui.common.samples.work import do  # the window starts without what the work needs

    return do(request, on_progress, should_stop)
