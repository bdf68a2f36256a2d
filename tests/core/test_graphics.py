"""Graphics cards are known by their driver, before TensorFlow is."""

from pathlib import Path

from app.core.graphics import graphics_cards


def test_cards_are_named_as_the_driver_names_them(tmp_path: Path) -> None:
    for number, text in enumerate(("Model: \t\t NVIDIA H200\nIRQ: 7\n", "IRQ: 8\n", "Model: \t\t Tesla T4\n")):
        (tmp_path / f"0000:0{number}").mkdir()
        (tmp_path / f"0000:0{number}" / "information").write_text(text)
    assert graphics_cards(tmp_path) == ("NVIDIA H200", "NVIDIA", "Tesla T4")


def test_without_a_driver_there_are_none(tmp_path: Path) -> None:
    assert graphics_cards(tmp_path / "nothing") == ()
