"""The commands by name. The module of one is imported when it is called, so that a list of them is there at once."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command_from_info, get_group
from typer.models import CommandInfo

COMMANDS = {
    "predict": ("app.cli.predict:predict", "Read drawings, pictures and tables of pictures."),
    "train": ("app.cli.train:train", "Train a network and save it among your models."),
    "evaluate": (
        "app.cli.evaluate:evaluate",
        "Measure the accuracy and the calibration of a model on test pictures that it has not seen.",
    ),
    "recipes": ("app.cli.recipes:recipes", "List the recipes, with the metrics that the notes report."),
    "search": ("app.cli.search:search", "Run many trainings: a ready-made plan, or a recipe with fields to vary."),
    "search-worker": (
        "app.cli.search:search_worker",
        "Help with a search that was started elsewhere: run trials until none is left.",
    ),
    "self-check": (
        "app.cli.self_check:self_check",
        "Check that this installation works, on its own data, in a minute.",
    ),
    "data": ("app.cli.data:data_app", "The data sets on this computer."),
    "models": ("app.cli.models:models_app", "The models on this computer."),
    "runs": ("app.cli.runs:runs_app", "The history of all runs, with the metrics that the notes report."),
    "samples": (
        "app.cli.samples:samples_app",
        "Your own samples: labelled drawings and pictures, to train with like any other data.",
    ),
}
"""Where the function or the group of each is, and what it says in the list: how its own help begins."""


class LateCommand(TyperCommand):
    """A command that stands in the list, and becomes the real one when it is called."""

    def __init__(self, name: str, place: str, short_help: str) -> None:
        super().__init__(name=name, help=short_help)
        self._place = place

    def loaded(self) -> Any:
        """The real command, or group of commands."""
        module, _, attribute = self._place.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            info = CommandInfo(self.name, callback=found)
            command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode="rich")
        command.name = self.name
        return command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Where the real one begins."""
        return self.loaded().make_context(info_name, args, parent, **extra)


def late_commands() -> Iterator[LateCommand]:
    """Every command, in the order of the list."""
    for name, (place, short_help) in COMMANDS.items():
        yield LateCommand(name, place, short_help)
