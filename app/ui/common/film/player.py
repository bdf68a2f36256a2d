"""Goes through the moments of a run, and has read what is to be shown of each: nothing is painted here."""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.film.film import NO_KERNELS, Check, Film, Frame
from app.core.inference.explaining.numpy_network import Array
from app.core.runs.events import EpochDone
from app.core.runs.progress import best_epoch
from app.core.runs.records import RunRecord
from app.core.runs.snapshots import Moment, has_snapshots, made_room
from app.core.training.control import Probe
from app.ui.common.tasks import Task, Tasks, leave_the_window_first

SPEEDS = (0.5, 1.0, 2.0, 4.0)
PER_SECOND = 4.0
"""Moments in a second, at speed 1."""
QUICK_S = 0.005
"""A frame that takes no longer is read in the window's thread: less than a thread would take to begin."""


class _Lane(StrEnum):
    DRAWING = "drawing"
    FRAME = "frame"
    RIBBON = "ribbon"
    CHECKS = "checks"


class FilmPlayer(QObject):
    """One film at a time. `moment` is None while nobody travels: then the present is shown, whatever it is.

    Frames are read beside the window, one at a time and always the newest that is wanted.
    """

    opened = Signal()  # another film, more moments, or none
    moved = Signal()  # to another moment, or back to the present
    framed = Signal(object)  # Frame: what there is to see at `shown`
    checked = Signal()  # what was read in the sample of some moment
    ribbon_changed = Signal()
    played = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.film: Film | None = None
        self.made_room = False
        """Whether the film of the run was deleted to make room for others."""
        self.moment: Moment | None = None
        self.frame: Frame | None = None
        self.ribbon: Array | None = None
        """(moments, classes): what was believed of the drawing at every moment of the film."""
        self.epochs: tuple[EpochDone, ...] = ()
        self.speed = 1.0
        self._frame_s = math.inf
        self._probe: Probe | None = None
        self._drawing: Array | None = None
        self._end: Moment | None = None
        self._record: RunRecord | None = None
        self._is_live = self._is_reading = self._is_stale = self._is_checking = False
        self._is_watched = self._is_drawn = self._is_preparing = self._is_asked = False
        self._tasks = Tasks(self)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._on_time)

    @property
    def moments(self) -> Sequence[Moment]:
        """All that were kept."""
        return self.film.moments if self.film is not None else ()

    @property
    def shown(self) -> Moment | None:
        """The moment one is at: while nobody travels the one the run ended with, or the last one."""
        if self.moment is not None or not self.moments:
            return self.moment
        return self._end if self._end in self.moments else self.moments[-1]

    @property
    def drawing(self) -> Array | None:
        """What is read at every moment: (28, 28) in [0, 1], None for nothing."""
        return self._drawing

    @property
    def number(self) -> int:
        """The place of `shown` among all moments."""
        return self.moments.index(self.shown) if self.shown in self.moments else 0

    @property
    def is_travelling(self) -> bool:
        """True away from the present."""
        return self.moment is not None

    @property
    def is_playing(self) -> bool:
        """True while it goes on by itself."""
        return self._clock.isActive()

    @property
    def best(self) -> int | None:
        """The best epoch so far."""
        found = best_epoch(self.epochs)
        return found.epoch if found is not None else None

    @property
    def position(self) -> float | None:
        """Where one is on the axis of epochs, None at present."""
        return None if self.film is None or self.moment is None else self.film.position(self.moment)

    @property
    def check(self) -> Check | None:
        """What was read in the sample at `shown`, None before that is known."""
        return None if self.film is None or self.shown is None else self.film.checked(self.shown)

    @property
    def epoch(self) -> EpochDone | None:
        """The epoch that ended at `shown`."""
        moment = self.shown
        if moment is None or moment.batch:
            return None
        return next((epoch for epoch in self.epochs if epoch.epoch == moment.epochs), None)

    def open(self, run: int | None, record: RunRecord | None = None, *, is_live: bool = False) -> None:
        """Show the film of a run, which the history knows as `record`, or none if it has none.

        While a run `is_live`, its present is shown by others.
        """
        self.pause()
        for lane in _Lane:
            self._tasks.drop(lane)
        self._is_reading = self._is_stale = self._is_checking = False
        self.moment, self.frame, self.ribbon, self.film = None, None, None, None
        self._frame_s = math.inf
        self._is_live, self._end, self._drawing = is_live, None, None
        self._is_drawn = self._is_preparing = self._is_asked = False
        self._record = record
        self.made_room = run is not None and made_room(run, record)
        if run is not None and has_snapshots(run, record):
            try:
                self.film = Film(run, record)
            except StudioError:  # a film that is damaged is none
                self.film = None
        self.opened.emit()
        self.moved.emit()

    def look_again(self) -> None:
        """There may be more moments by now, or fewer."""
        if self.film is None:
            return
        before = self.moment
        moments = self.film.look_again()
        if not moments:  # it made room for another one, or is gone with all of the user's folder
            run = self.film.run if made_room(self.film.run, self._record) else None
            self.open(run, self._record, is_live=self._is_live)
            return
        if before is not None and before not in moments:
            self.moment = self.film.nearest(self.film.position(before))
        self.opened.emit()
        if self.moment != before:
            self.moved.emit()
        if self.is_travelling:
            self._refresh()

    def set_epochs(self, epochs: Sequence[EpochDone]) -> None:
        """What the history, or the run under way, says of its epochs."""
        self.epochs = tuple(epochs)
        self.opened.emit()

    def end(self, epoch: int | None) -> None:
        """The run is over, with the weights of that epoch: from now on, other drawings are read with them."""
        self._is_live, self._end = False, None if epoch is None else Moment(epoch)

    def watch(self, is_watched: bool) -> None:
        """Somebody looks at the film, or nobody any more: then no drawing is read."""
        self._is_watched = is_watched
        if is_watched and self._is_asked:
            self._refresh()
        elif not is_watched:
            self.pause()

    def set_drawing(self, probe: Probe | None) -> None:
        """Another drawing is to be read at every moment, or none, as soon as somebody wants to see it."""
        if probe == self._probe:
            return
        self._probe, self._is_drawn = probe, False
        self._is_asked = self.is_travelling or not self._is_live
        if self._is_watched and self._is_asked:
            self._refresh()

    @Slot(int)
    def go_to_number(self, number: int) -> None:
        """Go to a moment by its place among all."""
        if 0 <= number < len(self.moments):
            self.go_to(self.moments[number])

    def go_to(self, moment: Moment | None) -> None:
        """Go to a moment, or back to the present."""
        if moment == self.moment:
            return
        self.moment = moment
        if moment is None:
            self.pause()
        self.moved.emit()
        if self.is_travelling or not self._is_live:
            self._refresh()

    @Slot()
    def leave(self) -> None:
        """Back to the present."""
        self.go_to(None)

    def step(self, by: int) -> None:
        """So many moments on, or back."""
        if self.moments:
            self.go_to_number(min(max(0, self.number + by), len(self.moments) - 1))

    @Slot()
    def go_to_best(self) -> None:
        """To the epoch with the lowest loss."""
        if self.film is not None and self.moments and self.best is not None:
            self.go_to(self.film.nearest(self.best))

    @Slot()
    def play(self) -> None:
        """Go on by itself, from the beginning if one is at the end."""
        if not self.moments:
            return
        if self.number >= len(self.moments) - 1:
            self.go_to_number(0)
        self._clock.start(round(1000 / (PER_SECOND * self.speed)))
        self.played.emit(True)

    @Slot()
    def pause(self) -> None:
        """Stay here."""
        if self._clock.isActive():
            self._clock.stop()
            self.played.emit(False)

    def set_speed(self, speed: float) -> None:
        """So many times as fast as usual."""
        self.speed = speed
        if self.is_playing:
            self._clock.setInterval(round(1000 / (PER_SECOND * speed)))

    @Slot()
    def _on_time(self) -> None:
        self.step(1)
        if self.number >= len(self.moments) - 1:
            self.pause()

    def _refresh(self) -> None:
        """Read what is to be seen now, and what will be soon; first of all the drawing, if it is another one."""
        if self.film is None or not self.moments:
            return
        if not self._is_drawn:
            self._prepare_drawing(self.film.facts.preprocessing)
            return
        self._is_asked, self._is_stale = False, True
        self._read_frame()
        if self.ribbon is None or len(self.ribbon) != len(self.moments):
            self._read_ribbon()
        if self.is_travelling or not self._is_live:
            self._read_checks()

    def _prepare_drawing(self, preprocessing: str) -> None:
        """As the run's data is prepared."""
        if self._is_preparing:
            return
        self._is_preparing, probe = True, self._probe

        def done(image: Array | None) -> None:
            self._is_preparing, self._is_drawn = False, probe == self._probe
            self._drawing, self.ribbon = image, None
            self._refresh()

        self._tasks.start(
            lambda _task: probe(preprocessing) if probe is not None else None,
            done,
            failed=lambda _sentence: done(None),
            lane=_Lane.DRAWING,
        )

    def _read_frame(self) -> None:
        """One at a time: what was asked for meanwhile is read next, and only the newest of it.

        Here if that takes but a moment, as it does with small networks, otherwise beside the window.
        """
        film, moment, drawing = self.film, self.shown, self._drawing
        if self._is_reading or not self._is_stale or film is None or moment is None:
            return
        self._is_reading, self._is_stale = True, False

        def read() -> tuple[Frame, float]:
            began = time.thread_time()
            try:
                frame = film.frame(moment, drawing)
            except StudioError:
                frame = Frame(moment, NO_KERNELS)
            return frame, time.thread_time() - began

        def done(outcome: tuple[Frame, float]) -> None:
            self._is_reading, (self.frame, self._frame_s) = False, outcome
            self.framed.emit(self.frame)
            self._read_frame()

        if self._frame_s < QUICK_S:
            done(read())
        else:
            self._tasks.start(lambda _task: read(), done, lane=_Lane.FRAME)

    def _read_ribbon(self) -> None:
        film, drawing = self.film, self._drawing
        if film is None or drawing is None:
            self.ribbon = None
            self.ribbon_changed.emit()
            return
        moments = tuple(film.moments)

        def read(task: "Task[Array]") -> Array:
            return film.probabilities(moments, drawing, task.check)

        def done(ribbon: Array) -> None:
            self.ribbon = ribbon
            self.ribbon_changed.emit()

        self._tasks.start(read, done, failed=lambda _sentence: None, lane=_Lane.RIBBON, newest_only=True)

    def _read_checks(self) -> None:
        """Read the sample at every moment: the one that is shown and, for the map, the last one; then their neighbours.

        What is shown may be another one by then.
        """
        film = self.film
        if film is None or self._is_checking or all(film.checked(moment) for moment in film.moments):
            return
        self._is_checking = True

        def read(task: "Task[None]") -> None:
            leave_the_window_first()
            unread = set(film.moments)
            while unread:
                here = film.position(self.shown) if self.shown is not None else 0.0
                moment = min(unread, key=lambda each: abs(film.position(each) - here))
                if moment != self.shown and film.moments[-1] in unread:
                    moment = film.moments[-1]
                unread.remove(moment)
                if film.checked(moment) is None:
                    with suppress(StudioError):
                        film.check(moment, task.check)
                        task.tell(moment, often=True)

        def ended(_outcome: object) -> None:
            self._is_checking = False

        self._tasks.start(read, ended, failed=ended, progressed=lambda _moment: self.checked.emit(), lane=_Lane.CHECKS)
