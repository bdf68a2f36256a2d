"""The README of a model that is handed out."""

from collections.abc import Mapping
from typing import Any

from app.core.imaging.preprocess import Preprocessing
from app.core.models.card import ModelCard
from app.core.models.export.examples import SIMPLER, how_to_run
from app.core.models.export.forms import ExportForm
from app.core.percentages import accuracy_with_interval


def checked_sentence(facts: Mapping[str, Any]) -> str:
    """How the files that were written answer: "Read back with 100 pictures of MNIST: the same answer for all ..."."""
    pictures, same = facts["pictures"], facts["same"]
    how_many = "all" if same == pictures else f"{same} of {pictures}"
    return (
        f"Read back with {pictures} pictures of {facts['source']}: the same answer as the model for {how_many}, "
        f"probabilities differ by at most {facts['difference']:.6f}."
    )


def readme(card: ModelCard, form: ExportForm, facts: Mapping[str, Any]) -> str:
    """A page in Markdown: what the files are, how pictures must be, how well it reads, and how to run the example."""
    metrics = card.metrics
    tested = accuracy_with_interval(metrics.test_accuracy, metrics.test_samples)
    preprocessing = Preprocessing(card.preprocessing)
    thresholds = (
        f"\nThe program calls an answer sure from a probability of {card.calibration.sure_above:.2f} on.\n"
        if card.calibration
        else ""
    )
    return f"""\
# {card.title}

{f"{form.label}, exported by Softmax Studio. {card.description}".rstrip()}

- Reads: `pictures`, (n, 28, 28, 1) float32 in 0..1, 0 = background, 1 = ink or the lightest part of a piece.
- Gives: `probabilities`, (n, {len(card.class_names)}), in the order of `classes.txt`. They are calibrated: of the
  answers with 0.8, about 80% are right on pictures such as those it was trained on.
- Trained on: {card.data_description}
- Test accuracy: {tested} on {metrics.test_samples:,} pictures
- {checked_sentence(facts)}
{thresholds}
## Files

- `{form.file_name}`: the network{" (and `weights.bin` beside it)" if form is ExportForm.TFJS else ""}
- `classes.txt`: the names of the classes, one a line
- `card.json`: all that is known of the model: data, settings, metrics, versions
- `example{".html` and `example.js" if form is ExportForm.TFJS else ".py"}`: reads one picture

## Example

```
{how_to_run(form)}
```

{SIMPLER[preprocessing]}
"""
