"""`softmax-studio predict`: read drawings and pictures with a model."""

from collections import defaultdict
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from app.cli.output import Json, Output, Replace
from app.core.datasets.choices import ImportChoices, Orientation, Polarity
from app.core.datasets.registry import kind_of
from app.core.datasets.types import DataKind
from app.core.models.store import find_model, list_models
from app.core.percentages import percent, probability_text
from app.core.reports.answers import AnswerCount, AnswersFormat, answers_file

if TYPE_CHECKING:
    from app.core.inference.file_prediction import FilePrediction
    from app.core.inference.multi_digit import MultiDigitPrediction

_MULTI = (
    "Read each as a number of several digits. With --json, prints the text and each digit with its box: "
    "left, top, right and bottom in pixels of the picture, or in units of the drawing's canvas."
)
_USUAL_MODEL = "digits-cnn"


def predict(  # noqa: PLR0917 - the options are the interface
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Pictures, *.drawing.json files, tables of pictures (CSV, npz, npy, IDX), folders, or patterns."
        ),
    ],
    model: Annotated[
        str | None, typer.Option(help=f"The model to use; {_USUAL_MODEL} if none is named.", show_default=False)
    ] = None,
    multi: Annotated[bool, typer.Option("--multi", help=_MULTI)] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the answers into a table.")] = None,
    format_: Annotated[
        AnswersFormat, typer.Option("--format", help="Of --out; kaggle: the columns ImageId, from 1, and Label.")
    ] = AnswersFormat.TABLE,
    label_column: Annotated[str, typer.Option(help="Of a table, the column with the labels: title or number.")] = "",
    polarity: Annotated[Polarity | None, typer.Option(help="Of a table, what the ink is.")] = None,
    orientation: Annotated[Orientation | None, typer.Option(help="Of a table, how its pictures lie.")] = None,
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Read drawings, pictures and tables of pictures."""
    from app.core.inference.predict_files import predict_files

    output, count, better = Output(json), AnswerCount(), defaultdict[str, list["FilePrediction"]](list)
    choices = ImportChoices(label_column=label_column, polarity=polarity, orientation=orientation)

    def tell(sentence: str) -> None:
        output.facts({"note": sentence}, sentence)

    others = () if model else list_models()
    with answers_file(out, format_, replace) if out else nullcontext() as write:
        for prediction in predict_files(find_model(model or _USUAL_MODEL), paths, multi, choices, tell, others):
            count.add(prediction)
            if prediction.better is not None:
                better[prediction.better.model.card.name].append(prediction)
            if write is not None:
                write(prediction)
            if write is None or prediction.error is not None:
                print_prediction(prediction, output)
    if out or count.tables:
        facts: dict[str, object] = {"read": count.read, "failed": count.failed}
        facts |= {"labelled": count.labelled, "right": count.right} if count.labelled else {}
        output.facts(facts | ({"out": str(out)} if out else {}), _summary(count, out))
    for name, files in better.items():
        output.facts({"better_model": name, "files": [str(each.path) for each in files]}, _advice(name, files))
    output.end()


def _advice(model: str, files: "list[FilePrediction]") -> str:
    """With which model to read files: "trouser.png looks like clothes: read it with --model clothes-cnn."."""
    words = {DataKind.DIGITS: "digits", DataKind.CLOTHES: "clothes"}
    kinds = {words.get(each.better.model.card.kind, f"'{each.better.name}'") for each in files if each.better}
    if len(files) == 1:
        return f"{files[0].path.name} looks like {kinds.pop()}: read it with --model {model}."
    return f"{len(files):,} of these files look like {', '.join(sorted(kinds))}: read them with --model {model}."


def _summary(count: AnswerCount, out: Path | None) -> str:
    """How many were read and how many of these are right: "10,000 read. 9,874 of 10,000 are right (98.74%)."."""
    said = f"{count.read:,} read." if not count.failed else f"{count.read:,} read, {count.failed:,} could not be read."
    if count.labelled:
        said += f" {count.right:,} of {count.labelled:,} are right ({percent(count.right / count.labelled, 2)})."
    return said + (f" The answers are in {out}." if out else "")


def print_prediction(prediction: "FilePrediction", output: Output) -> None:
    """Print what was read in one file, or in one row of a table, or why nothing was."""
    path = str(prediction.path)
    place = path if prediction.row is None else f"{path}:{prediction.row}"
    row: dict[str, object] = {} if prediction.row is None else {"row": prediction.row}
    if prediction.error is not None:
        output.failure({"path": path, **row, "error": prediction.error}, f"{place}: {prediction.error}")
        return
    facts: dict[str, object] = {
        "path": path,
        **row,
        "model": prediction.model,
        "label": prediction.label,
        "name": prediction.name,
        "verdict": prediction.verdict,
        "probabilities": _rounded(prediction.probabilities),
        "elapsed_ms": round(prediction.elapsed_ms, 3),
    }
    if prediction.number is not None:
        facts |= _number_facts(prediction.number, prediction.size)
    if prediction.truth is not None:
        facts["truth"] = prediction.truth
    if prediction.note:
        facts["note"] = prediction.note
    note = f" ({prediction.note.removesuffix('.')})" if prediction.note else ""
    is_wrong = prediction.truth is not None and prediction.truth != prediction.name
    wrong = f", but it is {prediction.truth}" if is_wrong else ""
    output.facts(facts, f"{place}: {_sentence(prediction)}{wrong}{note}")


def _sentence(prediction: "FilePrediction") -> str:
    """What was read, in a few words: "7 98%", "7 51% (not sure)"; of a number "2024 97%" with its least sure digit.

    What looks like none of the classes is told by that first: "not a digit (most like 8, 12%)".
    """
    if prediction.label is None:
        return "nothing is drawn here"
    if prediction.number is not None and len(prediction.number.digits) > 1:
        return _number_sentence(prediction.number)
    share = probability_text(float(prediction.probabilities[prediction.label]))
    if prediction.verdict == "unknown":
        return f"{_unknown_words(prediction.class_names)} (most like {prediction.name}, {share})"
    uncertain = "" if prediction.verdict in {None, "sure"} else f" ({prediction.verdict})"
    return f"{prediction.name} {share}{uncertain}"


def _number_sentence(number: "MultiDigitPrediction") -> str:
    """A number, its least sure digit, and what is doubtful of it: "12? 97% (no digit in place 3)"."""
    predictions = [digit.prediction for digit in number.digits]
    least = min(each.confidence for each in predictions if each.is_like_any)
    unsure = [str(place) for place, one in enumerate(predictions, 1) if one.is_like_any and one.verdict != "sure"]
    none = [str(place) for place, one in enumerate(predictions, 1) if not one.is_like_any]
    reasons = [
        f"not sure of place {', '.join(unsure)}" if unsure else "",
        f"no digit in place {', '.join(none)}" if none else "",
        f"only the first {len(predictions)} digits are read" if number.has_more else "",
    ]
    uncertain = "; ".join(filter(None, reasons))
    return f"{number.text} {probability_text(least)}" + (f" ({uncertain})" if uncertain else "")


def _unknown_words(class_names: tuple[str, ...]) -> str:
    """What a thing is called that belongs to none of the classes."""
    words = {DataKind.DIGITS: "not a digit", DataKind.CLOTHES: "not a piece of clothing"}
    return words.get(kind_of(class_names), "none of the classes")


def _number_facts(number: "MultiDigitPrediction", size: tuple[float, float]) -> dict[str, object]:
    width, height = size
    digits = [
        {
            "box": [
                round(share * side, 1) for share, side in zip(digit.box, (width, height, width, height), strict=True)
            ],
            "label": digit.prediction.label,
            "name": digit.prediction.name,
            "confidence": round(digit.prediction.confidence, 6),
            "verdict": digit.prediction.verdict,
            "probabilities": _rounded(digit.prediction.probabilities),
        }
        for digit in number.digits
    ]
    return {"number": number.text, "digits": digits}


def _rounded(probabilities: NDArray[np.float32]) -> list[float]:
    return [round(float(value), 6) for value in probabilities]
