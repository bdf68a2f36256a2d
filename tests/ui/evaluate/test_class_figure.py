"""The table of classes as a file shows it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtWidgets import QApplication

from app.ui.common.plots.figure import save_figure
from app.ui.evaluate.classes import ClassFigure
from tests.ui.evaluate.evaluations import evaluation_of

COUNTS = ((8, 2, 0), (1, 9, 0), (0, 3, 7))


def test_a_picture_of_the_classes_holds_each_name_in_full(qapp: QApplication) -> None:
    short, long = (ClassFigure(evaluation_of(COUNTS, ("a", "b", last))) for last in ("c", "c" * 80))
    assert long.size.width() > short.size.width() + 200


@pytest.mark.parametrize("classes", [2, 10, 50])
def test_a_picture_of_any_number_of_classes_fits_a_page_and_names_each(
    classes: int, qapp: QApplication, tmp_path: Path
) -> None:
    names = [f"class {place}" for place in range(classes)]
    figure = ClassFigure(evaluation_of([[1] * classes] * classes, names))
    assert figure.size.height() < 3 * figure.size.width()
    assert max(figure.size.width(), figure.size.height()) < 1000
    assert figure.size == QSizeF(figure.size.toSize())
    save_figure(figure, tmp_path / "classes.svg")
    texts = ElementTree.parse(tmp_path / "classes.svg").iter("{http://www.w3.org/2000/svg}text")
    assert [word for text in texts if (word := (text.text or "").strip()) in names] == names
