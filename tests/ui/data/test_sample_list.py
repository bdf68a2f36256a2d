"""The list of samples keeps what is selected, however many there are."""

from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import ClassCount, Sample, SampleSet
from app.core.imaging.preprocess import Preprocessing
from app.ui.data.sample_browser import SampleList

SIGNS = SampleSet("signs", "Signs", Preprocessing.DIGITS, (ClassCount("a", 3, 0), ClassCount("b", 3, 0)))


def samples(*ids: int) -> tuple[Sample, ...]:
    image = np.zeros((28, 28), np.uint8)
    return tuple(Sample(number, 0, False, "pixels", datetime.now(UTC), image) for number in ids)


def test_what_is_selected_stays_so_wherever_it_goes(qtbot: QtBot) -> None:
    listed = SampleList()
    qtbot.addWidget(listed)
    listed.show_samples(samples(9, 8, 7, 6, 5), SIGNS)
    for row in (1, 2, 4):
        listed.selectionModel().select(listed.samples.index(row), QItemSelectionModel.SelectionFlag.Select)
    listed.show_samples(samples(10, 9, 8, 7, 5, 4), SIGNS)
    assert [sample.id for sample in listed.selected] == [8, 7, 5]


def test_thousands_that_stay_selected_are_told_as_one(qtbot: QtBot) -> None:
    listed = SampleList()
    qtbot.addWidget(listed)
    listed.show_samples(samples(*range(3_000)), SIGNS)
    listed.selectAll()
    told: list[int] = []
    listed.selection_changed.connect(lambda: told.append(len(listed.selected)))
    listed.show_samples(samples(*range(3_000)), SIGNS)
    assert 1 <= len(told) <= 3
    assert told[-1] == 3_000
