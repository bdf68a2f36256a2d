"""The map of a film: the sample as points that drift apart while the run goes on, and the drawing among them."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from app.core.film.drift import DriftMap
from app.core.film.film import Film
from app.ui.common.film.player import FilmPlayer
from app.ui.common.maps.canvas import MapCanvas
from app.ui.common.maps.painting import MapPoints


class FilmMap(MapCanvas):
    """Shows the moment that a player is at, in the frame of the last one."""

    def __init__(self, player: FilmPlayer, parent: QWidget | None = None) -> None:
        super().__init__(parent, is_small=True)
        self._player = player
        self._film: Film | None = None
        self._shown: DriftMap | None = None
        self.setObjectName("film_map")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are the film's
        self.setToolTip(
            self.tr("Each sign is a class. What the network takes as alike is near; a ring marks a mistake")
        )
        player.opened.connect(self._on_opened)
        player.moved.connect(self._show)
        player.checked.connect(self._show)
        player.framed.connect(self._show_drawing)
        self._on_opened()

    @property
    def title(self) -> str:
        """What its points are made of."""
        is_last = self._film is not None and self._film.mapped_layer == self._film.summary.rows[-1].name
        return self.tr("Map: the logits") if is_last else self.tr("Map: last layer’s input")

    @Slot()
    def _on_opened(self) -> None:
        if self._player.film is not self._film or self._film is None:
            self._film, self._shown = self._player.film, None
        self._show()

    @Slot()
    def _show(self) -> None:
        film, moment = self._player.film, self._player.shown
        found = film.drift(moment) if film is not None and moment is not None else None
        last = film.drift(film.moments[-1]) if film is not None and found is not None else None
        if film is None or found is None or last is None:  # what is shown stays until the next is known
            if self._shown is None:
                waits = self.tr("Reading the pictures…"), self.tr("Drag the slider to see it")
                self.show_points(None, message=waits[0] if self._player.is_travelling else waits[1])
            return
        if self._shown is None:
            self.show_points(MapPoints(film.class_names, found.labels, found.is_wrong, self._words_of), found.places)
        self._shown = found
        self.mark_mistakes(found.is_wrong)
        self.move_points(found.places, last.places)
        self._show_drawing()

    @Slot()
    def _show_drawing(self) -> None:
        film, frame = self._player.film, self._player.frame
        if film is None or frame is None or self._shown is None or frame.moment != self._player.shown:
            return
        self.show_dot(film.dot(frame))

    def _words_of(self, number: int) -> str:
        film, shown = self._film, self._shown
        return film.class_names[int(shown.labels[number])] if film is not None and shown is not None else ""
