"""The ways from one page to another. A button anywhere takes one with `Navigator.of(self)`; no page knows another."""

from collections.abc import Sequence
from pathlib import Path

from app.core.config.config import TrainingConfig
from app.core.imaging.paper import Paper
from app.core.runs.snapshots import Moment
from app.ui.common.picture_grid import ExampleChosen
from app.ui.common.window_object import WindowObject


class Navigator(WindowObject):
    """What can be asked for. `WindowNavigator` does it in the program's window, whose pages it knows."""

    def show(self, page: str) -> None:
        """Go to a page, by its name in the table of pages."""
        raise NotImplementedError

    def show_paper(self) -> None:
        """Go to the paper on Recognize, and give it the keyboard."""
        raise NotImplementedError

    def open_files(self, paths: Sequence[Path]) -> None:
        """Go to the page that takes in such files, as if the first of them were dropped on it."""
        raise NotImplementedError

    def open_example(self, example: ExampleChosen) -> None:
        """Lay an example on the paper, to be drawn on and read again by the model it belongs to."""
        raise NotImplementedError

    def open_paper(self, paper: Paper, preprocessing: str, class_names: tuple[str, ...]) -> None:
        """Go on with a paper that was kept, read by a model for what is prepared so and is one of these classes."""
        raise NotImplementedError

    def use_model(self, name: str) -> None:
        """Read what lies on the paper with this model, if it is still there."""
        raise NotImplementedError

    def model_trained(self, name: str) -> None:
        """Read with this new model from now on; go to the paper only if the model was trained to be tried there."""
        raise NotImplementedError

    def evaluate_model(self, name: str) -> None:
        """Evaluate this model."""
        raise NotImplementedError

    def show_model(self, name: str) -> None:
        """Select this model among all."""
        raise NotImplementedError

    def fill_form(self, config: TrainingConfig) -> bool:
        """Put these settings into the form on Train; False where Train says why they cannot be."""
        raise NotImplementedError

    def train(self, config: TrainingConfig) -> None:
        """Train with these settings now; while a run is under way, Train says why not."""
        raise NotImplementedError

    def train_on_samples(self, config: TrainingConfig) -> None:
        """Train now, and try on the paper at once what learned from samples alone."""
        raise NotImplementedError

    def resume_run(self, run: int) -> None:
        """Go on with a run that was stopped or interrupted."""
        raise NotImplementedError

    def show_runs(self, runs: tuple[int, ...]) -> None:
        """Select these runs, by their numbers, to compare them."""
        raise NotImplementedError

    def keep_moment(self, run: int, moment: Moment, starts: bool) -> None:
        """Keep what a run was at a moment as a model, and perhaps offer to start a new run from it."""
        raise NotImplementedError

    def search(self, config: TrainingConfig) -> None:
        """Offer to vary these settings."""
        raise NotImplementedError
