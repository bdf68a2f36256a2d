"""`TrainingConfig`: everything that decides a run: its settings, its network and its data."""

import inspect
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError, model_validator

from app.core.config.form import FormField, fields_of
from app.core.config.layers import LAYER_SETTINGS, Layer, reaches, set_in_layers
from app.core.config.notation import layers_text, parse_layers
from app.core.config.problems import first_problem
from app.core.config.settings import OLD_NAMES, AugmentationSettings, RunSettings, renamed
from app.core.errors import InputError


class TrainingConfig(RunSettings):
    """One run, completely described. Frozen; a change makes a new one with `changed`."""

    recipe: str
    dataset: str = "mnist"
    data: str = "starter"
    layers: tuple[Layer, ...]

    @model_validator(mode="before")
    @classmethod
    def _take_old_names(cls, values: Any) -> Any:
        return renamed(values) if isinstance(values, Mapping) else values

    @property
    def augments(self) -> bool:
        """True when training pictures are varied at random."""
        return any(getattr(self, name) for name in AugmentationSettings.__annotations__)

    def arguments_of(self, function: Callable[..., object]) -> dict[str, Any]:
        """The settings that the keyword-only parameters of `function` name."""
        parameters = inspect.signature(function).parameters.values()
        return {each.name: getattr(self, each.name) for each in parameters if each.kind is each.KEYWORD_ONLY}

    def changed(self, **values: object) -> "TrainingConfig":
        """A config with some fields changed, checked against their limits.

        Names of `LAYER_SETTINGS` change every layer that has such a value. Raises InputError naming the field for an
        unknown name or a value outside its limits.
        """
        plain: dict[str, Any] = self.model_dump() | {k: v for k, v in values.items() if k not in LAYER_SETTINGS}
        config = _checked(plain)
        for name in LAYER_SETTINGS.keys() & values.keys():
            layers = set_in_layers(config.layers, name, values[name])
            config = _checked(config.model_dump() | {"layers": layers}, LAYER_SETTINGS[name].title)
        return config

    def with_settings(self, settings: list[str]) -> "TrainingConfig":
        """A config with `FIELD=VALUE` texts applied, as the command line gives them.

        Raises InputError for anything else than a known field and a value it can take.
        """
        config = self
        for setting in settings:
            name, separator, value = setting.partition("=")
            name = OLD_NAMES.get(name, name)
            if not separator or name not in (*SETTABLE, *LAYER_SETTINGS):
                known = ", ".join((*SETTABLE, *LAYER_SETTINGS))
                raise InputError(f"'{setting}' is not FIELD=VALUE with one of these fields: {known}.")
            if name in LAYER_SETTINGS and not reaches(config.layers, name):
                raise InputError(f"No layer of this network has a setting called {name}; change its layers instead.")
            config = config.changed(**{name: parse_layers(value) if name == "layers" else value})
        return config

    def command(self, recipe_config: "TrainingConfig") -> str:
        """The command line that repeats this run: the recipe and whatever differs from it.

        The name of the model is not part of it, for that is taken once the run is saved.
        """
        words = ["softmax-studio", "train", self.recipe, "--data", self.data]
        for field in SETTABLE:
            value = getattr(self, field)
            if value != getattr(recipe_config, field):
                words += ["--set", f"{field}={layers_text(value) if field == 'layers' else value}"]
        return shlex.join(words)


SETTABLE = tuple(name for name in TrainingConfig.model_fields if name not in {"recipe", "data"})
"""Fields that `--set` accepts; `layers` in the notation of `app.core.config.notation`."""


def _checked(values: dict[str, Any], title: str = "") -> TrainingConfig:
    try:
        return TrainingConfig.model_validate(values)
    except ValidationError as error:
        found = error.errors()[0]["loc"]
        if not title and len(found) == 1:
            title = field_title(str(found[0]))
        raise InputError(first_problem(error, title)) from None


def form_fields() -> tuple[FormField, ...]:
    """The fields of `TrainingConfig` that a user sets, in the order of a form."""
    return fields_of(TrainingConfig)


def field_title(name: str) -> str:
    """The words of a setting, be it of the config or of its layers."""
    if name in LAYER_SETTINGS:
        return LAYER_SETTINGS[name].title
    return next((field.title for field in form_fields() if field.name == name), name.replace("_", " ").capitalize())
