"""What a recipe is."""

from dataclasses import dataclass

from app.core.config.config import TrainingConfig


@dataclass(frozen=True)
class Recipe:
    """A config with a title, the notes it comes from (`group`) and what one learns from it.

    `assumptions` says what was chosen where the notes are silent, an empty text for nothing.
    """

    title: str
    group: str
    explanation: str
    config: TrainingConfig
    assumptions: str = ""

    @property
    def id(self) -> str:
        """The name used on the command line."""
        return self.config.recipe
