"""The curves as SVG, measured with an XML reader."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from app.core.reports.curves import Curve, curve_chart, ticks


def shapes(svg: str, kind: str, tag: str) -> list[ElementTree.Element]:
    found = ElementTree.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")
    return [shape for shape in found if kind in shape.get("class", "").split()]


def points(svg: str, kind: str) -> list[tuple[str, float, float]]:
    path = shapes(svg, kind, "path")[0].get("d", "")
    return [(move, float(x), float(y)) for move, x, y in re.findall(r"([ML])([\d.]+) ([\d.]+)", path)]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.93, 0.98, [0.93, 0.94, 0.95, 0.96, 0.97, 0.98]),
        (0.07, 2.3, [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]),
        (120.0, 990.0, [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]),
    ],
)
def test_ticks_are_round_and_span_the_values(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_points_lie_where_axes_say(  # the axes are read as a user reads them: by their labels
) -> None:
    svg = curve_chart("Loss", [1, 2, 3], [Curve("training", "train", [0.9, 0.5, 0.2])], best_epoch=3)
    labels = {
        text.text: (float(text.get("x", "")), float(text.get("y", "")) - 4)
        for text in shapes(svg, "tick", "text")
        if text.text and text.get("text-anchor") == "end"
    }
    (low, low_y), (high, high_y) = ((float(text), y) for text, (_, y) in list(labels.items())[:2])
    for (_, _, y), value in zip(points(svg, "train"), (0.9, 0.5, 0.2), strict=True):
        assert low + (y - low_y) / (high_y - low_y) * (high - low) == pytest.approx(value, abs=0.005)


def test_the_best_epoch_is_marked_at_its_point() -> None:
    svg = curve_chart("Loss", [1, 2, 3], [Curve("training", "train", [0.9, 0.5, 0.2])], best_epoch=2)
    assert float(shapes(svg, "best", "line")[0].get("x1", "")) == points(svg, "train")[1][1]
    assert shapes(svg, "best", "text")[0].text == "best: epoch 2"


def test_a_line_is_broken_where_a_value_is_missing_or_no_number() -> None:
    values = [0.9, None, 0.5, float("nan"), 0.3, 0.2]
    svg = curve_chart("Loss", list(range(1, 7)), [Curve("validation", "val", values)], None)
    assert [move for move, _, _ in points(svg, "val")] == ["M", "M", "M", "L"]


def test_lines_differ_by_more_than_colour_and_are_named() -> None:
    curves = [Curve("training", "train", [0.9, 0.5]), Curve("validation", "val", [0.8, 0.6])]
    svg = curve_chart("Loss", [1, 2], curves, None)
    assert shapes(svg, "train", "path")[0].get("stroke-dasharray") is None
    assert shapes(svg, "val", "path")[0].get("stroke-dasharray")
    assert {"training", "validation"} <= {text.text for text in shapes(svg, "tick", "text")}


def test_a_curve_that_was_never_measured_is_left_out() -> None:
    curves = [Curve("training", "train", [0.9, 0.5]), Curve("validation", "val", [None, None])]
    svg = curve_chart("Loss", [1, 2], curves, None)
    assert not shapes(svg, "val", "path")
    assert "validation" not in svg


def test_titles_at_the_ends_of_curves_never_overlap() -> None:
    curves = [Curve(f"#{place}", f"run-{place}", [0.5, 0.3 + place / 1000, None]) for place in range(1, 9)]
    svg = curve_chart("Loss", [1, 2, 3], curves, None, at_ends=True)
    texts = [text for place in range(1, 9) for text in shapes(svg, f"run-{place}", "text")]
    assert [text.text for text in texts] == [f"#{place}" for place in range(1, 9)]
    heights = sorted(float(text.get("y", "")) for text in texts)
    assert min(high - low for low, high in pairwise(heights)) >= 11.9
    assert all(float(text.get("x", "")) > points(svg, "run-1")[-1][1] for text in texts)


@pytest.mark.parametrize("values", [[0.5], [0.0], [1.0, 1.0, 1.0]])
def test_one_epoch_or_a_flat_line_can_be_drawn(values: list[float]) -> None:
    svg = curve_chart("Accuracy", list(range(1, len(values) + 1)), [Curve("training", "train", values)], 1)
    assert len(shapes(svg, "dot", "circle")) == len(values)


def test_hundreds_of_epochs_have_no_dots_and_few_labels() -> None:
    epochs = list(range(1, 401))
    svg = curve_chart("Loss", epochs, [Curve("training", "train", [1 / epoch for epoch in epochs])], 400)
    assert not shapes(svg, "dot", "circle")
    assert len([text for text in shapes(svg, "tick", "text") if text.get("text-anchor") == "middle"]) <= 12


def test_without_an_epoch_the_picture_says_so() -> None:
    assert "No epoch was finished." in curve_chart("Loss", [], [Curve("training", "train", [])], None)
