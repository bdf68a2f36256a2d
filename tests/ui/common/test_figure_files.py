"""Figures as files: PNG at twice the size, SVG with its texts, and sentences where it cannot be."""

import errno
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.core.errors import InputError, StudioError
from app.ui.common.plots.figure import Example, save_figure
from app.ui.evaluate.tutorial import PairGrid, PixelFigure, SinglePrediction

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def grid(qapp: QApplication) -> PairGrid:
    return PairGrid([example(0), example(1)])


def example(true: int) -> Example:
    return Example(np.eye(28, dtype=np.uint8) * 200, np.array([0.9, 0.1], np.float32), true, ("Bag & Co", "Höhe"))


def texts(path: Path) -> list[str]:
    return [text.text or "" for text in ElementTree.parse(path).iter(f"{SVG}text")]


def test_png_is_twice_the_size(grid: PairGrid, tmp_path: Path) -> None:
    path = tmp_path / "grid.PNG"
    save_figure(grid, path)
    image = QImage(str(path))
    assert image.size() == (grid.size * 2).toSize()
    assert image.pixelColor(0, 0).name() == "#ffffff"


def test_svg_is_xml_with_every_text_in_it(grid: PairGrid, tmp_path: Path) -> None:
    path = tmp_path / "grid.svg"
    save_figure(grid, path, "The first two")
    words = [text.strip() for text in texts(path)]
    assert "Bag & Co 90% (Bag & Co)" in words
    assert "Bag & Co 90% (Höhe)" in words
    assert words.count("0") == words.count("1") == 2
    root = ElementTree.parse(path).getroot()
    assert root.findtext(f"{SVG}title") == "The first two"
    size = grid.size.toSize()
    assert root.get("viewBox") == f"0 0 {size.width()} {size.height()}"
    fills = {element.get("fill") for element in root.iter()}
    assert {"#777777", "#0000ff", "#ee0000"} <= fills


def test_svg_names_the_classes_under_the_bars(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "single.svg"
    save_figure(SinglePrediction(example(0)), path)
    assert {"Bag & Co", "Höhe"} <= {text.strip() for text in texts(path)}


def test_svg_holds_the_value_of_every_pixel(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "pixels.svg"
    save_figure(PixelFigure(np.eye(28, dtype=np.uint8) * 201, "diagonal", has_values=True), path)
    assert texts(path).count("201") == 28


def test_replaces_what_was_there(grid: PairGrid, tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    path.write_text("old")
    save_figure(grid, path)
    assert not QImage(str(path)).isNull()
    assert [file.name for file in tmp_path.glob("*grid*")] == ["grid.png"]


@pytest.mark.parametrize("name", ["grid.jpg", "grid", "grid.png.txt"])
def test_other_kinds_of_files_are_refused(grid: PairGrid, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"a name that ends in \.png or \.svg"):
        save_figure(grid, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_place_that_is_none_is_refused(grid: PairGrid, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        save_figure(grid, tmp_path / "nowhere" / "grid.png")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        save_figure(grid, tmp_path / "folder.svg")


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_read_only_disk_is_a_sentence(
    grid: PairGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(StudioError, match=r"cannot be written \(Read-only file system\); choose another place"):
        save_figure(grid, tmp_path / f"grid.{suffix}")
