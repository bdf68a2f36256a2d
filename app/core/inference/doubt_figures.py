"""What doubt is worth: how often a model is sure, and how often it is right when it is."""

from dataclasses import dataclass

import numpy as np

from app.core.inference.doubt import Verdict, judge
from app.core.inference.evaluation import ModelEvaluation
from app.core.models.card import Calibration


@dataclass(frozen=True)
class DoubtFigures:
    """Of `samples` answers `sure` were given without doubt, and `sure_and_right` of those are right."""

    samples: int
    sure: int
    sure_and_right: int

    @property
    def sure_share(self) -> float:
        """The share of answers without doubt, 0..1."""
        return self.sure / max(1, self.samples)

    @property
    def accuracy_when_sure(self) -> float:
        """The share of right answers among those without doubt, 0..1; 0 if there is none."""
        return self.sure_and_right / max(1, self.sure)


def doubt_figures(evaluation: ModelEvaluation, calibration: Calibration | None) -> DoubtFigures:
    """Judge every answer of an evaluation as the window would, by the calibration on the model's card."""
    verdicts = judge(evaluation.probabilities, calibration)
    is_sure = np.array([verdict is Verdict.SURE for verdict in verdicts], np.bool_)
    is_right = evaluation.predicted == evaluation.labels
    return DoubtFigures(evaluation.samples, int(is_sure.sum()), int((is_sure & is_right).sum()))
