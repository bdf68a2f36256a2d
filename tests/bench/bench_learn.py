"""Time travel: what snapshots cost a training and the disk, and how fast the slider moves everything.

The cost is the share of one run that went into its snapshots, so that whatever else the machine does cancels out.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.core.config.config import TrainingConfig
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.inference.evaluation import evaluate_model
from app.core.inference.mapping.knowledge import KnowledgeMap, Projection
from app.core.inference.mapping.making import map_evaluated
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model
from app.core.networks.summary import network_summary
from app.core.paths import HOME_VARIABLE
from app.core.quiet import load_tensorflow
from app.core.recipes import find_recipe
from app.core.runs.snapshots import SAMPLE, FilmFacts, Moment, Sample, begin_snapshots, snapshots_bytes, write_snapshot
from app.ui.common.film.player import FilmPlayer
from app.ui.common.film.slider import FilmSlider
from app.ui.common.maps.canvas import MapCanvas
from app.ui.common.maps.painting import MapPoints
from tests.bench.report import Figure, quantile
from tests.bench.studio import wait, wait_until

ENGINES = (
    ("quickstart-mnist", "gradient_tape", 2),
    ("quickstart-mnist", "fit", 3),
    ("quickstart-mnist", "graph", 10),
    ("quickstart-mnist", "xla", 10),
    ("fast-cnn", "graph", 3),
)
"""Recipes with an engine and so many epochs of the starter data."""
SLIDES = 200
DRAG_MS, SWEEP_S = 4000, 0.6
"""How long the mouse drags the slider, and how fast: 27 moments in so many seconds, 45 in one."""


def measure() -> Iterator[Figure]:
    """The slider first: it needs no TensorFlow."""
    with tempfile.TemporaryDirectory() as home:
        before, os.environ[HOME_VARIABLE] = os.environ.get(HOME_VARIABLE), home
        try:
            yield from _slider("fast-cnn", 900, ">= 30")
            yield from _map("fast-cnn", 10_000)
            yield from _costs()
        finally:
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before


def _costs() -> Iterator[Figure]:
    load_tensorflow()
    from app.core.film.filming import Filming
    from app.core.training.control import RunControl
    from app.core.training.trainer import train

    for number, (recipe, engine, epochs) in enumerate(ENGINES):
        config = find_recipe(recipe).config.changed(engine=engine, epochs=epochs, data="starter")
        film = Filming(number + 1, lambda _event: None)
        trained = train(config, load_dataset(config.dataset, config.data), lambda _event: None, RunControl(), film=film)
        share = 100 * film.spent_s / trained.elapsed_s
        name = f"{recipe}, {engine}, {epochs} epochs of starter data"
        yield Figure("learn", f"{name}: share of the time that the training waits for snapshots", share, "%", "<= 2")
        share += 100 * film.written_s / trained.elapsed_s
        yield Figure("learn", f"{name}: with the processor time of the thread that writes them", share, "%", "<= 2")
        yield Figure("learn", f"{name}: snapshots on disk", snapshots_bytes(number + 1) / 1e6, "MB", "<= 50")


def made_film(run: int, config: TrainingConfig) -> None:
    """A film of random weights: what is read of it takes as long as that of any other."""
    data = load_dataset("mnist", "starter")
    facts = FilmFacts(config=config, class_names=data.class_names, preprocessing="mnist-1", batches_per_epoch=60)
    begin_snapshots(run, facts, Sample(data.train.images[:SAMPLE], data.train.labels[:SAMPLE]))
    random, count = np.random.default_rng(1), network_summary(config, len(data.class_names)).parameters
    for moment in (Moment(0), *(Moment(0, 1 << power) for power in range(6)), *map(Moment, range(1, 21))):
        write_snapshot(run, moment, [random.normal(0, 0.05, count).astype(np.float32)])


class _Painted(QObject):
    """Counts the moments that a widget has painted."""

    def __init__(self, player: FilmPlayer, view: QWidget) -> None:
        super().__init__(view)
        self.count, self._player, self._last = 0, player, player.frame
        view.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._player.frame is not self._last:
            self._last, self.count = self._player.frame, self.count + 1
        return False


def _dragged(slider: FilmSlider, player: FilmPlayer, view: QWidget) -> float:
    """Moments painted a second, while the mouse moves from end to end and back 125 times a second."""
    painted, began, moves = _Painted(player, view), time.perf_counter(), QTimer()
    left, right = slider.place(0).x(), slider.place(slider.maximum()).x()

    def move() -> None:
        share = abs((time.perf_counter() - began) / SWEEP_S % 2 - 1)
        QTest.mouseMove(slider, QPoint(round(left + share * (right - left)), slider.height() // 2))

    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(right), slider.height() // 2))
    moves.timeout.connect(move)
    moves.start(8)
    wait(DRAG_MS)
    moves.stop()
    return painted.count / (time.perf_counter() - began)


def _slider(recipe: str, run: int, goal: str) -> Iterator[Figure]:
    """Bar, views and curves, as on Runs; a move ends when everything of its moment is painted."""
    from PySide6.QtWidgets import QApplication

    from app.ui import theme
    from app.ui.common.tasks import shut_down_all
    from app.ui.runs.details import RunsSelection
    from app.ui.settings import Settings

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.use_own_font(app)
    theme.apply_theme(app, theme.Scheme.LIGHT)
    made_film(run, find_recipe(recipe).config)
    selection = RunsSelection(Settings())
    selection.resize(1180, 360)
    curves, player, slider = selection.curves, selection.film, selection.film_bar.slider
    drawing: NDArray[np.float32] = load_dataset("mnist", "starter").test.images[0].astype(np.float32) / np.float32(255)

    def probe(_preprocessing: str) -> NDArray[np.float32]:
        return drawing

    selection.show()
    player.open(run)
    player.set_drawing(probe)
    began = time.perf_counter()
    slider.setValue(3)
    film = player.film
    assert film is not None
    wait_until(lambda: all(film.checked(moment) for moment in film.moments) and player.ribbon is not None, 300)
    yield Figure("learn", f"{recipe}: all 27 moments read in {SAMPLE:,} pictures", time.perf_counter() - began, "s")
    wait(200)
    spent_ms: list[float] = []
    computed_s = time.process_time()
    for slide in range(SLIDES):
        number = abs(slide % (2 * slider.maximum()) - slider.maximum())
        began = time.perf_counter()
        slider.setValue(number)
        while player.frame is None or player.frame.moment != player.moment:
            app.processEvents()
        for part in (curves, selection.film_bar, selection.film_views):
            part.grab()
        spent_ms.append(1000 * (time.perf_counter() - began))
    computed_ms = 1000 * (time.process_time() - computed_s) / SLIDES
    yield Figure("learn", f"{recipe}: processor time of a frame", computed_ms, "ms", "<= 33")
    yield Figure(
        "learn", f"{recipe}: frames a second of the slider, median", 1000 / quantile(spent_ms, 0.5), "/s", goal
    )
    yield Figure("learn", f"{recipe}: frames a second of the slider, p95", 1000 / quantile(spent_ms, 0.95), "/s")
    name = f"{recipe}: moments painted a second while the mouse drags the slider"
    yield Figure("learn", name, _dragged(selection.film_bar.slider, player, selection.film_views.confusion), "/s", goal)
    selection.close()
    ended: list[bool] = []
    shut_down_all(selection, lambda: ended.append(True))
    wait_until(lambda: bool(ended), 60)


def _map(name: str, count: int) -> Iterator[Figure]:
    """From pictures to the map, and the map under the hand: starter pictures, moved by a pixel to be enough."""
    starter, model = load_dataset("mnist", "starter"), find_model(name)
    both = np.concatenate([starter.train.images, starter.test.images])
    labels = np.concatenate([starter.train.labels, starter.test.labels])
    images = np.concatenate([both, np.roll(both, 1, axis=2), np.roll(both, 1, axis=1)])[:count]
    dataset = replace(starter, test=LabelledImages(images, np.tile(labels, 3)[:count]))
    began_s = time.process_time()
    evaluation = evaluate_model(Predictor(model), dataset, unseen_only=False)
    title = f"{name}: {count:,} pictures"
    yield Figure("learn", f"{title} read, with what goes into the last layer", time.process_time() - began_s, "s")
    began_s = time.process_time()
    knowledge = map_evaluated(model, evaluation, lambda _done, _total: None).knowledge
    yield Figure("learn", f"{title}: map by PCA", time.process_time() - began_s, "s", "<= 1")
    began_s = time.process_time()
    knowledge = knowledge.with_neighbourhood(lambda _done, _total, _places: None)
    yield Figure("learn", f"{title}: map by t-SNE, processor time", time.process_time() - began_s, "s", "<= 30")
    yield from _under_the_hand(knowledge, images)


def _under_the_hand(knowledge: KnowledgeMap, images: NDArray[np.uint8]) -> Iterator[Figure]:
    """The map is painted once, and only moved while it is dragged."""
    canvas = MapCanvas()
    canvas.resize(760, 480)
    points = MapPoints(knowledge.class_names, knowledge.labels, knowledge.is_wrong, None, images)
    canvas.show_points(points, knowledge.places(Projection.TSNE))
    canvas.show()
    wait(200)
    yield Figure("learn", f"map of {len(knowledge):,} points, zoomed: a frame", _frame_ms(canvas, _zoom), "ms")
    dragged_ms = _frame_ms(canvas, _drag)
    yield Figure("learn", f"map of {len(knowledge):,} points, dragged: a frame", dragged_ms, "ms", "<= 16")
    canvas.close()
    canvas.deleteLater()


def _zoom(canvas: MapCanvas, number: int) -> None:
    canvas.zoom(1.01 if number % 2 else 1 / 1.01)


def _drag(canvas: MapCanvas, number: int) -> None:
    canvas.drag(QPointF(4, 3) if number < SLIDES / 2 else QPointF(-4, -3))


def _frame_ms(canvas: MapCanvas, act: Callable[[MapCanvas, int], None]) -> float:
    """Processor time of moving and painting."""
    canvas.repaint()
    began_s = time.process_time()
    for number in range(SLIDES):
        act(canvas, number)
        canvas.repaint()
    return 1000 * (time.process_time() - began_s) / SLIDES
