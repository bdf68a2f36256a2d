"""`softmax-studio evaluate`: how well a model reads pictures that it has not seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, Output, Replace, show_progress
from app.core.models.store import find_model
from app.core.paths import given_path
from app.core.percentages import accuracy_with_interval, percent

if TYPE_CHECKING:
    from app.core.datasets.types import Dataset
    from app.core.inference.evaluation import ModelEvaluation
    from app.core.models.card import ModelCard

_MOST_CONFUSED = 10


def evaluate(  # noqa: PLR0917 - the options are the interface
    model: Annotated[str, typer.Argument(help="The model to test.")],
    dataset: Annotated[
        str | None, typer.Option(help="The data set; by default the one that the model was trained on.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="starter, full, or a folder; by default as in training.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the metrics and every answer there, as CSV tables.")
    ] = None,
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Measure the accuracy and the calibration of a model on test pictures that it has not seen."""
    from app.core.inference.evaluation import evaluate_model
    from app.core.inference.predictor import Predictor
    from app.core.reports.evaluation_tables import TABLES
    from app.core.reports.writing import check_free, check_target, csv_bytes, write_files

    stored = find_model(model)
    places = {}
    if out is not None:
        check_target(given_path(out), is_folder=True, replace=replace)
        places = {given_path(out) / name: table for name, table in TABLES.items()}
        check_free(list(places), replace)
    test = _test_data(stored.card, dataset, data)
    with show_progress(f"Testing {model}", json) as advance:
        result = evaluate_model(Predictor(stored), test, advance)
    write_files({path: csv_bytes(table(result)) for path, table in places.items()}, replace)
    lines = _lines(result) + (["", f"Wrote {len(places)} tables to {out}."] if places else [])
    Output(json).facts(_facts(result) | {"files": [str(path) for path in places]}, "\n".join(lines))


def _test_data(card: "ModelCard", name: str | None, data: str | None) -> "Dataset":
    """The data set `name`, as the model was trained on it; of another one the full edition if it is here."""
    from app.core.datasets.sources import find_full, load_dataset
    from app.core.datasets.types import Variant

    if name is None or name == card.dataset:
        return load_dataset(card.dataset, data or card.config.data)
    return load_dataset(name, data or (Variant.FULL if find_full(name) else Variant.STARTER))


def _facts(result: "ModelEvaluation") -> dict[str, object]:
    from app.core.reports.evaluation_tables import summary

    names = result.class_names
    return summary(result) | {
        "class_names": names,
        "classes": [vars(metrics) for metrics in result.classes],
        "confusion": result.confusion,
        "calibration": [vars(part) for part in result.calibration],
        "mistakes": [
            {
                "picture": int(place),
                "true": names[result.labels[place]],
                "predicted": names[result.predicted[place]],
                "confidence": float(result.confidences[place]),
            }
            for place in result.mistakes()
        ],
    }


def _lines(result: "ModelEvaluation") -> list[str]:
    """The metrics as people read them: a sentence, a table of classes, and what is confused most."""
    width = max(5, *(len(name) for name in result.class_names))
    lines = [
        f"{result.model} on {result.data}: "
        f"accuracy {accuracy_with_interval(result.accuracy, result.samples)}, loss {result.loss:.4f}, "
        f"calibration error {result.expected_calibration_error:.2%}",
        "",
        f"{'class':<{width}}  precision   recall       F1  pictures",
    ]
    lines += [
        f"{one.name:<{width}}  {_share(one.precision):>9} {_share(one.recall):>8} {_share(one.f1):>8}"
        f"  {one.support:>8,}"
        for one in result.classes
    ]
    confused = result.confused()[:_MOST_CONFUSED]
    return (
        lines
        + (["", "Most often confused:"] if confused else [])
        + [
            f"  {result.class_names[true]} predicted as {result.class_names[said]}: {count:,}"
            for true, said, count in confused
        ]
    )


def _share(share: float | None) -> str:
    return "-" if share is None else percent(share, 2)
