"""Time travel by hand and by keys: what is shown is what the film says of the moment."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.film.film import Film
from app.core.runs.events import EpochDone
from app.core.runs.snapshots import USUAL_ROOM, FilmRoom, Moment, make_room, remove_moments, snapshots_dir
from app.ui.common import build
from app.ui.common.film.bar import FilmBar
from app.ui.common.film.export import FilmOf
from app.ui.common.film.player import FilmPlayer
from app.ui.common.film.views import FilmViews
from app.ui.common.text import ElidedLabel
from app.ui.settings import Settings
from tests.core.film.made_films import MOMENTS, drawing, made_film
from tests.core.runs.helpers import epoch
from tests.ui.hand import SLOW_MS, click, find
from tests.ui.ways import Ways

INSIDE = (0, 50, 480, 370)
"""Of a picture of a film: between its title and the line that tells how far it is."""


class Travel(QWidget):
    """A bar with its views, as pages have them."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        self.player = FilmPlayer(self)
        self.bar = FilmBar(self.player, Settings(), choose=lambda _parent, _name: path)
        self.views = FilmViews(self.player, with_bars=True)
        build.column((self.views, 1), self.bar, on=self)
        self.resize(900, 320)

    def go(self, number: int, qtbot: QtBot) -> None:
        self.bar.slider.setValue(number)
        qtbot.waitUntil(lambda: self.is_read, timeout=SLOW_MS)

    @property
    def is_read(self) -> bool:
        frame = self.player.frame
        return frame is not None and frame.moment == self.player.shown and self.player.check is not None


def epochs() -> list[EpochDone]:
    return [epoch(1), epoch(2), epoch(3, is_best=False)]


def probe(_preprocessing: str) -> np.ndarray:
    return drawing()


@pytest.fixture
def travel(home: Path, qtbot: QtBot) -> Travel:
    made_film(1)
    made = Travel(home / "film.gif")
    qtbot.addWidget(made)
    Ways.of(made)
    made.show()
    made.player.open(1)
    made.player.set_epochs(epochs())
    made.player.set_drawing(probe)
    qtbot.waitUntil(lambda: made.player.ribbon is not None, timeout=SLOW_MS)
    return made


def test_there_is_no_bar_without_a_film(home: Path, qtbot: QtBot) -> None:
    made = Travel()
    qtbot.addWidget(made)
    made.show()
    for run in (None, 5):
        made.player.open(run)
        assert made.bar.isHidden()
        made.player.play()
        made.player.step(1)
        made.player.go_to_best()
        assert not made.player.is_travelling


def test_the_slider_moves_everything(travel: Travel, qtbot: QtBot) -> None:
    film = Film(1)
    for number in (0, 2, 5):
        travel.go(number, qtbot)
        frame = film.frame(MOMENTS[number], drawing())
        assert travel.views.bars.probabilities == pytest.approx(frame.probabilities, abs=1e-6)
        assert travel.player.frame is not None
        assert travel.player.frame.kernels.tolist() == frame.kernels.tolist()
        check = travel.player.check
        assert check is not None
        assert check.confusion.tolist() == film.check(MOMENTS[number]).confusion.tolist()
    assert travel.player.position == 2.0
    assert "After epoch 2" in travel.bar.words
    assert "val_loss 1.0000" in travel.bar.words
    assert travel.views.ribbon.columns == len(MOMENTS)


def test_the_mouse_drags_the_slider(travel: Travel, qtbot: QtBot) -> None:
    slider = travel.bar.slider
    start, end = (slider.place(number).toPoint() for number in (6, 1))
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(slider, (start + end) / 2)
    QTest.mouseMove(slider, end)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    assert travel.player.moment == MOMENTS[1]
    assert "After batch 1" in travel.bar.words
    QTest.mouseMove(slider, start)  # let go
    assert travel.player.moment == MOMENTS[1]


def test_keys(travel: Travel) -> None:
    slider = travel.bar.slider
    slider.setFocus()
    for key, wanted in (
        (Qt.Key.Key_Home, MOMENTS[0]),
        (Qt.Key.Key_Right, MOMENTS[1]),
        (Qt.Key.Key_Right, MOMENTS[2]),
        (Qt.Key.Key_Left, MOMENTS[1]),
        (Qt.Key.Key_End, MOMENTS[-1]),
        (Qt.Key.Key_B, Moment(2)),
        (Qt.Key.Key_Escape, None),
    ):
        QTest.keyClick(slider, key)
        assert travel.player.moment == wanted


def test_it_plays_to_the_end_and_again_from_the_beginning(travel: Travel, qtbot: QtBot) -> None:
    travel.player.set_speed(50.0)
    seen: list[Moment | None] = []
    travel.player.moved.connect(lambda: seen.append(travel.player.moment))
    click(travel, "film_play")
    qtbot.waitUntil(lambda: not travel.player.is_playing, timeout=SLOW_MS)
    assert seen == list(MOMENTS)
    QTest.keyClick(travel.bar.slider, Qt.Key.Key_Space)
    assert travel.player.moment == MOMENTS[0]
    QTest.keyClick(travel.bar.slider, Qt.Key.Key_Space)
    assert not travel.player.is_playing


def test_buttons_step_go_to_the_best_and_back_to_the_present(travel: Travel) -> None:
    click(travel, "film_back")
    assert travel.player.moment == MOMENTS[-2]
    click(travel, "film_on")
    assert travel.player.moment == MOMENTS[-1]
    assert not find(travel, QWidget, "film_on").isEnabled()
    click(travel, "film_best")
    assert travel.player.moment == Moment(2)
    click(travel, "film_leave")
    assert not travel.player.is_travelling


def test_a_click_on_the_ribbon_goes_there(travel: Travel) -> None:
    ribbon = travel.views.ribbon
    QTest.mouseClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(1, 10))
    assert travel.player.moment == MOMENTS[0]


def test_another_drawing_is_read_at_the_moment_one_is_at(travel: Travel, qtbot: QtBot) -> None:
    travel.go(3, qtbot)
    other = 1 - drawing()
    travel.player.set_drawing(lambda _preprocessing: other)
    wanted = Film(1).frame(MOMENTS[3], other).probabilities
    assert wanted is not None
    qtbot.waitUntil(
        lambda: (
            travel.views.bars.probabilities is not None
            and bool(np.allclose(travel.views.bars.probabilities, wanted, atol=1e-6))
        ),
        timeout=SLOW_MS,
    )
    travel.player.set_drawing(None)
    qtbot.waitUntil(lambda: travel.views.bars.probabilities is None, timeout=SLOW_MS)


def test_moments_that_come_and_go_leave_one_where_one_is(travel: Travel, qtbot: QtBot) -> None:
    travel.go(5, qtbot)
    remove_moments(1, [Moment(2), Moment(0, 1)])
    travel.player.look_again()
    assert travel.player.moment in {Moment(1), Moment(3)}
    assert travel.bar.slider.maximum() == len(MOMENTS) - 3


def test_a_damaged_snapshot_shows_nothing_and_hurts_nobody(travel: Travel, qtbot: QtBot) -> None:
    (snapshots_dir(1) / "000001-000000000.f16").write_bytes(b"no")
    travel.bar.slider.setValue(4)
    qtbot.waitUntil(
        lambda: travel.player.frame is not None and travel.player.frame.moment == Moment(1), timeout=SLOW_MS
    )
    assert travel.views.bars.probabilities is None
    travel.go(5, qtbot)
    assert travel.views.bars.probabilities is not None


@pytest.mark.parametrize("what", list(FilmOf))
@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_a_film_is_saved_as_a_moving_picture(home: Path, qtbot: QtBot, what: FilmOf, suffix: str) -> None:
    if what is FilmOf.DECISION:
        made_film(1, "flatten")
    else:
        made_film(1)
    path = home / f"film{suffix}"
    made = Travel(path)
    qtbot.addWidget(made)
    Ways.of(made)
    made.show()
    made.player.open(1)
    made.player.set_drawing(probe)
    qtbot.waitUntil(lambda: made.player.drawing is not None, timeout=SLOW_MS)
    next(action for action in made.bar.saves.actions() if action.data() == what.value).trigger()
    qtbot.waitUntil(path.exists, timeout=SLOW_MS)
    with Image.open(path) as picture:
        assert (picture.size, picture.n_frames) == ((480, 400), len(MOMENTS))  # type: ignore[attr-defined]
        assert picture.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
        first = picture.convert("RGB").crop(INSIDE).tobytes()
        picture.seek(picture.n_frames - 1)  # type: ignore[attr-defined]
        assert picture.convert("RGB").crop(INSIDE).tobytes() != first


def test_snapshots_of_new_runs_can_be_switched_off(travel: Travel) -> None:
    assert Settings().film_room == USUAL_ROOM
    action = find(travel.bar, QAction, "film_films")
    travel.bar.menu.aboutToShow.emit()
    assert action.isChecked()
    action.trigger()
    assert Settings().film_room.of_run == 0
    travel.player.open(None)
    assert travel.bar.isHidden()
    told = FilmBar(travel.player, Settings(), travel, tells_if_off=True)
    told.show()
    assert "switches them on" in told.words
    action.trigger()
    assert Settings().film_room == USUAL_ROOM


def test_a_bar_that_is_made_is_no_window(home: Path, qtbot: QtBot) -> None:
    Settings().film_room = FilmRoom(0)
    player = FilmPlayer()
    bar = FilmBar(player, Settings(), tells_if_off=True)
    qtbot.addWidget(bar)
    assert not bar.isVisible()
    holder = QWidget()
    qtbot.addWidget(holder)
    build.column(bar, on=holder)
    holder.show()
    assert bar.isVisible()


def test_the_weights_of_a_network_of_one_layer_move_with_the_slider(home: Path, qtbot: QtBot) -> None:
    made_film(1, "flatten")
    made_film(2)
    made = Travel()
    qtbot.addWidget(made)
    made.show()
    made.player.open(1)
    made.player.set_drawing(probe)
    save = next(action for action in made.bar.saves.actions() if action.data() == FilmOf.DECISION.value)
    made.bar.menu.aboutToShow.emit()
    assert save.isVisible()
    for number in (1, 4):
        made.go(number, qtbot)
        rows, logits = made.views.decision, Film(1).frame(MOMENTS[number], drawing()).outputs[-1].values
        assert rows.isVisible()
        said = find(made.views, ElidedLabel, "film_read")
        qtbot.waitUntil(lambda said=said: re.fullmatch(r"\d+ of 40 right", said.whole) is not None)  # type: ignore[misc]
        assert not made.views.kernels.isVisible()
        assert f"logit {logits[2]:.2f}".replace("-", "−") in rows.example_in_words(2)
    made.player.open(2)
    made.go(1, qtbot)
    assert made.views.outputs.isVisible()
    assert made.views.kernels.isVisible()
    assert not made.views.decision.isVisible()
    made.bar.menu.aboutToShow.emit()
    assert not save.isVisible()


def test_a_film_that_made_room_for_others_is_told_and_the_room_can_be_chosen(travel: Travel, qtbot: QtBot) -> None:
    assert make_room(2, FilmRoom(1, 1)) == ((), (1,))
    travel.player.open(1)
    assert travel.bar.isVisible()
    assert "deleted: all films together take 2 GB at most" in travel.bar.words
    assert not travel.bar.slider.isEnabled()
    travel.bar.menu.aboutToShow.emit()
    rooms = travel.bar._rooms.actions()
    assert [action.text() for action in rooms if action.isChecked()] == ["2 GB"]
    rooms[-1].trigger()
    assert Settings().film_room == FilmRoom(USUAL_ROOM.of_run, 50 * 10**9)
    assert "50 GB" in travel.bar.words


def test_a_film_that_is_thinned_or_goes_while_it_is_shown(travel: Travel, qtbot: QtBot) -> None:
    """Another run has begun meanwhile."""
    travel.go(5, qtbot)
    remove_moments(1, [MOMENTS[5]])
    travel.player.look_again()
    assert travel.player.moment in {MOMENTS[4], MOMENTS[6]}
    make_room(2, FilmRoom(1, 1))
    travel.player.look_again()
    assert not travel.player.is_travelling
    assert "deleted: all films together take 2 GB at most" in travel.bar.words


def test_a_film_that_another_one_takes_the_place_of_is_gone(travel: Travel, qtbot: QtBot) -> None:
    """The user's folder was replaced, and another run has the number."""
    travel.go(5, qtbot)
    made_film(1, "flatten")
    travel.player.look_again()
    assert travel.player.film is None
    assert not travel.player.is_travelling


def test_the_map_says_what_it_waits_for(home: Path, qtbot: QtBot) -> None:
    made_film(1)
    made = Travel()
    qtbot.addWidget(made)
    made.player.open(1)
    assert made.views.map.message == "Drag the slider to see it"
    made.player.go_to_number(1)
    assert made.views.map.message == "Reading the pictures…"


def test_the_slider_moves_the_map_and_the_drawing_on_it(travel: Travel, qtbot: QtBot) -> None:
    film, canvas = Film(1), travel.views.map
    seen = []
    for number in (6, 0, 3):
        travel.go(number, qtbot)
        qtbot.waitUntil(lambda: travel.player.film is not None and travel.player.film.drift(MOMENTS[6]) is not None)
        for moment in (MOMENTS[6], MOMENTS[number]):
            film.check(moment)
        expected = film.drift(MOMENTS[number])
        frame = film.frame(MOMENTS[number], drawing())
        assert expected is not None
        values = next(each.values for each in frame.outputs if each.name == film.mapped_layer)
        place = pytest.approx(expected.place_of(values).tolist(), abs=1e-3)
        # The map is drawn after it is known, in a turn of the event loop of its own.
        qtbot.waitUntil(lambda place=place: canvas.dot is not None and (canvas.dot.x(), canvas.dot.y()) == place)  # type: ignore[misc]
        fifth = pytest.approx(expected.places[5].tolist(), abs=1e-3)
        qtbot.waitUntil(lambda fifth=fifth: canvas.view.on_map(canvas.point_of(5)).toTuple() == fifth)  # type: ignore[misc]
        seen.append(canvas.grab().toImage())
    assert len({canvas.view.scale}) == 1
    assert seen[0] != seen[1] != seen[2]


def test_another_film_has_another_map(travel: Travel, qtbot: QtBot) -> None:
    travel.go(2, qtbot)
    qtbot.waitUntil(lambda: travel.views.map.dot is not None, timeout=SLOW_MS)
    travel.player.open(5)
    assert travel.views.map.message
    assert travel.views.map.dot is None
