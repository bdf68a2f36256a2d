"""The row under the curves that leads through a run: play, step, slider, speed, and what to do with a moment."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.percentages import percent
from app.core.runs.progress import metric_text
from app.core.runs.snapshots import USUAL_ROOM, most_moments
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.film.export import FilmOf, choose_film, moment_text, save_film
from app.ui.common.film.player import PER_SECOND, SPEEDS, FilmPlayer
from app.ui.common.film.slider import FilmSlider
from app.ui.common.messages import Messages
from app.ui.common.navigator import Navigator
from app.ui.common.tasks import Tasks
from app.ui.settings import Settings

_ROOM_FOR_BEST, _ROOM_FOR_LEAVE, _ROOM_FOR_STEPS = 420, 330, 270
"""In a narrower bar these buttons are left out; keys and menu do the same."""
_LEAST_WIDTH = 150
_ROOMS_GB = (0.5, 1, 2, 5, 10, 50)
"""For all films, to choose from."""


class FilmBar(Card):
    """Hidden while there is no film. Space plays, the arrows step, B goes to the best epoch, Escape to the present."""

    def __init__(
        self,
        player: FilmPlayer,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        choose: Callable[[QWidget, str], Path | None] = choose_film,
        tells_if_off: bool = False,
    ) -> None:
        """With `tells_if_off` it is also there where no snapshots are kept, and says why."""
        super().__init__("", parent)
        self._player, self._settings, self._choose = player, settings, choose
        self._tells_if_off, self._parameters = tells_if_off, 0
        self._saving = Tasks(self)
        self.slider = FilmSlider()
        strong = Qt.FocusPolicy.StrongFocus
        self._back = self._tool("step-back", "film_back", self.tr("One moment back (left arrow)"))
        self._play = self._tool("play", "film_play", self.tr("Play (Space)"))
        self._on = self._tool("step-on", "film_on", self.tr("One moment on (right arrow)"))
        tip = self.tr("Go to the epoch with the lowest loss (key B)")
        self._best = build.tool_button(self.tr("Best"), name="film_best", kind="link", tip=tip, focus=strong)
        tip = self.tr("End time travel (Escape)")
        self._leave = build.tool_button(self.tr("Leave"), name="film_leave", kind="link", tip=tip, focus=strong)
        tip = self.tr("Speed, keep this moment, save as a moving picture")
        self._more = build.tool_button(
            "⋯", name="film_more", kind="link", tip=tip, says=self.tr("Menu of the film"), focus=strong
        )
        self._title, self._figures = build.label(name="film_moment"), build.elided(name="film_figures", role="muted")
        self.menu = QMenu(self)
        self._fill_menu()
        give_menu(self._more, self.menu, arrow=False)
        self._lay_out()
        self._connect()
        self._on_opened()

    @property
    def words(self) -> str:
        """The moment and its figures, as they are read."""
        return f"{self._title.text()} {self._figures.whole}".strip()

    def expect(self, parameters: int) -> None:
        """A run of a network with so many weights begins; 0 for none yet."""
        self._parameters = parameters
        self._on_opened()

    @property
    def _why_none(self) -> str:
        room = self._settings.film_room
        if self._player.made_room:
            words = self.tr("The snapshots of this run were deleted: all films together take {room} GB at most.")
            return words.format(room=f"{room.of_all / 10**9:g}")
        if not room.of_run:
            return self.tr("No snapshots are kept of new runs; the menu switches them on.")
        if self._parameters and not most_moments(self._parameters, room.of_run):
            words = self.tr("The network is too large for time travel: its snapshots would take more than {room} MB.")
            return words.format(room=room.of_run // 10**6)
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer buttons in a narrow window."""
        super().resizeEvent(event)
        self._best.setVisible(self.width() >= _ROOM_FOR_BEST)
        self._leave.setVisible(self.width() >= _ROOM_FOR_LEAVE)
        for button in (self._back, self._on):
            button.setVisible(self.width() >= _ROOM_FOR_STEPS)

    def minimumSizeHint(self) -> QSize:
        """Room to play, and for a slider."""
        least = super().minimumSizeHint()
        least.setWidth(min(_LEAST_WIDTH, least.width()))
        return least

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks at the film."""
        super().showEvent(event)
        self._player.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody does any more."""
        super().hideEvent(event)
        self._player.watch(False)

    def event(self, event: QEvent) -> bool:
        """While one travels, Escape is the bar's, and not the window's."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_asked and event.key() == Qt.Key.Key_Escape and self._player.is_travelling:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a film, wherever in it the keyboard is."""
        match event.key():
            case Qt.Key.Key_Space | Qt.Key.Key_K:
                self._on_play_clicked()
            case Qt.Key.Key_Left:
                self._player.step(-1)
            case Qt.Key.Key_Right:
                self._player.step(1)
            case Qt.Key.Key_B:
                self._player.go_to_best()
            case Qt.Key.Key_Escape if self._player.is_travelling:
                self._player.leave()
            case _:
                super().keyPressEvent(event)

    def _tool(self, icon: str, name: str, tip: str) -> QToolButton:
        made = build.tool_button(name=name, kind="link", tip=tip, says=tip, focus=Qt.FocusPolicy.StrongFocus)
        made.setIcon(theme.icon(icon))
        return made

    def _fill_menu(self) -> None:
        self.menu.setToolTipsVisible(True)
        self._speeds = QActionGroup(self)
        speeds = self.menu.addMenu(self.tr("Speed"))
        for speed in SPEEDS:
            action = speeds.addAction(f"{speed:g}×")
            action.setData(speed)
            action.setCheckable(True)
            action.setChecked(speed == self._player.speed)
            self._speeds.addAction(action)
        self._go_to_best = self.menu.addAction(self.tr("Go to the best epoch"))
        self._leave_too = self.menu.addAction(self.tr("Leave time travel"))
        self.menu.addSeparator()
        self.keep = self._action("film_keep", self.tr("Keep this moment as a model"))
        self.start = self._action("film_start", self.tr("Start a new run from here"))
        self.start.setToolTip(self.tr("Keeps the moment as a model, and puts it into the form as initial weights"))
        self.menu.addSeparator()
        self.saves = self.menu.addMenu(self.tr("Save as a moving picture"))
        for what, words in (
            (FilmOf.BARS, self.tr("Bars of your drawing…")),
            (FilmOf.FILTERS, self.tr("Filters of the first layer…")),
            (FilmOf.CONFUSION, self.tr("Confusion matrix…")),
            (FilmOf.MAP, self.tr("Map of the pictures…")),
            (FilmOf.DECISION, self.tr("Weights × drawing = sums…")),
        ):
            action = self.saves.addAction(words)
            action.setData(what.value)
            if what is FilmOf.DECISION:
                self._save_decision = action
        self.menu.addSeparator()
        self.films = self._action("film_films", self.tr("Keep snapshots of new runs"))
        self.films.setCheckable(True)
        megabytes = USUAL_ROOM.of_run // 10**6
        self.films.setToolTip(self.tr("{megabytes} MB a run at most; deleted with the run").format(megabytes=megabytes))
        self._rooms = QActionGroup(self)
        rooms = self.menu.addMenu(self.tr("Room for all films"))
        rooms.setToolTipsVisible(True)
        for size in _ROOMS_GB:
            action = rooms.addAction(self.tr("{size} GB").format(size=f"{size:g}"))
            action.setToolTip(
                self.tr("If a new run needs more, the snapshots of the oldest runs are thinned, then deleted")
            )
            action.setData(round(size * 10**9))
            action.setCheckable(True)
            self._rooms.addAction(action)

    def _action(self, name: str, words: str) -> QAction:
        action = self.menu.addAction(words)
        action.setObjectName(name)
        return action

    def _lay_out(self) -> None:
        self.layout().setContentsMargins(theme.PADDING, theme.SPACING // 2, theme.PADDING, theme.SPACING)  # type: ignore[union-attr]
        buttons = build.row(self._back, self._play, self._on, spacing=2)
        self.body.setSpacing(0)
        self.body.addLayout(build.row(buttons, (self.slider, 1), self._best, self._leave, self._more))
        self.body.addLayout(build.row(self._title, (self._figures, 1)))

    def _connect(self) -> None:
        player = self._player
        player.opened.connect(self._on_opened)
        player.moved.connect(self._show)
        player.checked.connect(self._show_figures)
        player.played.connect(self._on_played)
        self.slider.valueChanged.connect(player.go_to_number)
        self.slider.sliderPressed.connect(player.pause)
        self._back.clicked.connect(self._on_back_clicked)
        self._on.clicked.connect(self._on_on_clicked)
        self._play.clicked.connect(self._on_play_clicked)
        self._best.clicked.connect(player.go_to_best)
        self._go_to_best.triggered.connect(player.go_to_best)
        self._leave.clicked.connect(player.leave)
        self._leave_too.triggered.connect(player.leave)
        self._speeds.triggered.connect(self._on_speed)
        self.keep.triggered.connect(self._on_keep)
        self.start.triggered.connect(self._on_start)
        self.films.toggled.connect(self._on_films)
        self._rooms.triggered.connect(self._on_room)
        self.menu.aboutToShow.connect(self._on_menu)
        self.saves.triggered.connect(self._on_save)
        theme.notifier().changed.connect(self._on_colours_changed)

    @Slot()
    def _on_opened(self) -> None:
        player = self._player
        has_film = bool(player.moments)
        is_wanted = has_film or player.made_room or (self._tells_if_off and bool(self._why_none))
        if self.parent() is not None or not is_wanted:  # alone, it would become a window
            self.setVisible(is_wanted)
        for widget in (self.slider, self._play, self.keep, self.start, self.saves):
            widget.setEnabled(has_film)
        self.slider.show_moments(player.moments, player.best)
        self._best.setEnabled(player.best is not None)
        self._go_to_best.setEnabled(player.best is not None)
        self._show()

    @Slot()
    def _show(self) -> None:
        player = self._player
        with QSignalBlocker(self.slider):
            self.slider.setValue(player.number)
        self.slider.update()
        for way_out in (self._leave, self._leave_too):
            way_out.setEnabled(player.is_travelling)
        self._back.setEnabled(player.number > 0)
        self._on.setEnabled(player.number < len(player.moments) - 1)
        shown = player.shown
        self._title.setText(
            moment_text(shown) if shown is not None and player.is_travelling else self.tr("Time travel")
        )
        self._show_figures()

    @Slot()
    def _show_figures(self) -> None:
        player = self._player
        if not player.moments:
            self._figures.set_whole(self._why_none)
            return
        if not player.is_travelling:
            thinned = player.film is not None and player.film.stride > 1
            words = self.tr("Drag the slider to see what the network was like before.")
            if thinned and player.film is not None:
                kept = self.tr("Of every {stride} epochs one was kept.").format(stride=player.film.stride)
                words = f"{words} {kept}"
            self._figures.set_whole(words)
            return
        parts = []
        if (epoch := player.epoch) is not None:
            parts.append(self.tr("loss {loss}").format(loss=metric_text(epoch.loss, 4)))
            parts.append(self.tr("accuracy {accuracy}").format(accuracy=percent(epoch.accuracy, 1)))
            if epoch.val_loss is not None and epoch.val_accuracy is not None:
                parts.append(self.tr("val_loss {loss}").format(loss=metric_text(epoch.val_loss, 4)))
                parts.append(self.tr("val_accuracy {accuracy}").format(accuracy=percent(epoch.val_accuracy, 1)))
        elif (check := player.check) is not None:
            parts.append(self.tr("sample: loss {loss}").format(loss=metric_text(check.loss, 4)))
            parts.append(self.tr("accuracy {accuracy}").format(accuracy=percent(check.accuracy, 1)))
        self._figures.set_whole(", ".join(parts))

    @Slot(bool)
    def _on_played(self, is_playing: bool) -> None:
        self._play.setIcon(theme.icon("pause" if is_playing else "play"))
        words = self.tr("Pause (Space)") if is_playing else self.tr("Play (Space)")
        self._play.setToolTip(words)
        self._play.setAccessibleName(words)

    @Slot()
    def _on_play_clicked(self) -> None:
        if self._player.is_playing:
            self._player.pause()
        else:
            self._player.play()

    @Slot()
    def _on_back_clicked(self) -> None:
        self._player.step(-1)

    @Slot()
    def _on_on_clicked(self) -> None:
        self._player.step(1)

    @Slot(QAction)
    def _on_speed(self, action: QAction) -> None:
        self._player.set_speed(action.data())

    @Slot()
    def _on_menu(self) -> None:
        film, room = self._player.film, self._settings.film_room
        self._save_decision.setVisible(film is not None and film.has_decision)
        self.films.setChecked(bool(room.of_run))
        for action in self._rooms.actions():
            action.setChecked(action.data() == room.of_all)

    @Slot(bool)
    def _on_films(self, is_on: bool) -> None:
        room = self._settings.film_room
        if is_on != bool(room.of_run):
            self._settings.film_room = replace(room, of_run=USUAL_ROOM.of_run if is_on else 0)
            self._on_opened()

    @Slot(QAction)
    def _on_room(self, action: QAction) -> None:
        self._settings.film_room = replace(self._settings.film_room, of_all=action.data())
        self._on_opened()

    @Slot(QAction)
    def _on_save(self, action: QAction) -> None:
        what, film, drawing = FilmOf(action.data()), self._player.film, self._player.drawing
        path = self._choose(self, f"run-{film.run}-{what}") if film is not None else None
        if film is None or path is None:
            return
        messages = Messages.of(self)
        messages.notice(self.tr("Painting the film…"))
        frame_ms = round(1000 / (PER_SECOND * self._player.speed))
        self._saving.start(
            lambda task: save_film(film, what, drawing, path, frame_ms=frame_ms, task=task),
            lambda _count: messages.notice(self.tr("Saved as {path}").format(path=path), folder=path.parent),
            failed=messages.error,
        )

    @Slot()
    def _on_keep(self) -> None:
        self._read_from_here(starts=False)

    @Slot()
    def _on_start(self) -> None:
        self._read_from_here(starts=True)

    def _read_from_here(self, *, starts: bool) -> None:
        film, moment = self._player.film, self._player.shown
        if film is not None and moment is not None:
            Navigator.of(self).keep_moment(film.run, moment, starts)

    @Slot()
    def _on_colours_changed(self) -> None:
        for button, name in ((self._back, "step-back"), (self._on, "step-on")):
            button.setIcon(theme.icon(name))
        self._on_played(self._player.is_playing)
