"""What sets a run apart from the recipe that it began with, and the name that follows from it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.core.config.config import TrainingConfig, form_fields
from app.core.config.form import FieldKind, FormField
from app.core.config.layers import LAYER_SETTINGS, Conv2D, Dense, Layer, get_from_layers, settings_between
from app.core.config.notation import layer_text, layers_text
from app.core.errors import InputError
from app.core.recipes import find_recipe

MOST_IN_NAME = 3
"""So many changes fit into a name."""

_LONGEST_STEM = 56
"""Room for a number is left of the 60 letters that the name of a model may have."""

_NOT_IN_NAMES = re.compile(r"[^\w.]+", re.ASCII)

_MOST_CHANGED_LAYERS, _MOST_LAYERS = 2, 4
"""More changed layers than this are not told one by one, and of a longer network only the ends."""


@dataclass(frozen=True)
class Change:
    """A setting that is not the recipe's. `usual` and `now` are its values as a user reads them.

    `words` say it where nothing else is said: "learning rate 10", "sgd", "no dropout 0.2".
    """

    field: str
    title: str
    usual: str
    now: str
    words: str


def recipe_config(config: TrainingConfig) -> TrainingConfig | None:
    """The config of the recipe that a run began with; None if this version does not know it."""
    try:
        return find_recipe(config.recipe).config
    except InputError:
        return None


def changes(config: TrainingConfig, base: TrainingConfig | None = None) -> tuple[Change, ...]:
    """The settings of `config` that are not those of `base`, or of its recipe: the network first, then as in the form.

    Only settings that mean something are told, and nothing of the data. A recipe that is not known tells nothing.
    """
    usual = base or recipe_config(config)
    if usual is None:
        return ()
    here, there = dict(config), dict(usual)
    fields = [field for field in form_fields() if field.applies(here) and here[field.name] != there[field.name]]
    told = (_field_change(field, there[field.name], here[field.name]) for field in fields)
    return (*_layer_changes(usual.layers, config.layers), *told)


def value_text(value: object) -> str:
    """A setting as a user reads it: 0.001, adam, yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)


def run_name(config: TrainingConfig, base: TrainingConfig | None = None) -> str:
    """What a run is called before somebody names it: "quickstart-mnist (sgd, learning rate 10)"."""
    changed = _foremost(config, base)
    return f"{config.recipe} ({changed})" if changed else config.recipe


def config_title(config: TrainingConfig, dataset_title: str = "") -> str:
    """The recipe's title and what was changed: "Quickstart: dense 128, changed: sgd, learning rate 10".

    `dataset_title` names the pictures; it is said if they are not those of the recipe.
    """
    try:
        recipe = find_recipe(config.recipe)
    except InputError:
        return config.recipe
    is_other = bool(dataset_title) and config.dataset != recipe.config.dataset
    title = f"{recipe.title}, {dataset_title}" if is_other else recipe.title
    changed = _foremost(config, None)
    if config.initial_model:
        return f"{title}, {changed}"
    return f"{title}, changed: {changed}" if changed else title


def name_stem(config: TrainingConfig, dataset: str = "", suffix: str = "") -> str:
    """What a model file is called, before a number makes it unique: "quickstart-mnist-sgd-learning-rate-10".

    `dataset` is the name of the user's own data, an empty text for published data. It ends in `suffix`.
    """
    parts = (config.recipe, dataset, _foremost(config, None))
    stem = "-".join(_NOT_IN_NAMES.sub("-", part).strip("-.") for part in parts if part)
    return stem[: _LONGEST_STEM - len(suffix)].rstrip("-. ") + suffix


def config_explanation(config: TrainingConfig) -> str:
    """The recipe's explanation, or everything that was changed where it is not true any more."""
    if config.initial_model:
        return f"Starts with the weights of '{config.initial_model}'."
    found = changes(config)
    if found:
        return f"Changed from the recipe: {', '.join(change.words for change in found)}."
    try:
        return find_recipe(config.recipe).explanation
    except InputError:
        return ""


def _foremost(config: TrainingConfig, base: TrainingConfig | None) -> str:
    """The first changes, as many as fit into a name; an empty text where nothing was changed."""
    if config.initial_model and base is None:
        return f"fine-tuned from {config.initial_model}"
    words = [change.words for change in changes(config, base)]
    if len(words) > MOST_IN_NAME + 1:
        words = [*words[:MOST_IN_NAME], f"{len(words) - MOST_IN_NAME} more"]
    return ", ".join(words)


def _field_change(field: FormField, usual: object, now: object) -> Change:
    return Change(field.name, field.title, value_text(usual), value_text(now), _said(field, now))


def _said(field: FormField, value: object) -> str:
    """A value in words that need no others beside them."""
    title = field.title.lower()
    if field.kind is FieldKind.SWITCH:
        return title if value else f"no {title}"
    if field.kind is FieldKind.CHOICE:
        return value_text(value) if field.name in {"optimizer", "loss"} else f"{title} {value_text(value)}"
    if field.zero and not value:
        return f"no {title}"
    return f"{title} {value_text(value)}"


def _layer_changes(usual: tuple[Layer, ...], layers: tuple[Layer, ...]) -> tuple[Change, ...]:
    if usual == layers:
        return ()
    shared = settings_between(usual, layers)
    if shared:
        return tuple(_shared_change(name, usual, value) for name, value in shared.items())
    return (Change("layers", "Layers", layers_text(usual), layers_text(layers), _layer_words(usual, layers)),)


def _shared_change(name: str, usual: tuple[Layer, ...], value: object) -> Change:
    title, now = LAYER_SETTINGS[name].title, value_text(value)
    lower = title if title in {"L1", "L2"} else title.lower()
    return Change(name, title, value_text(get_from_layers(usual, name)), now, f"{lower} {now}")


def _layer_words(usual: tuple[Layer, ...], layers: tuple[Layer, ...]) -> str:
    """The layers that are new or gone if those are few, or else what the network is."""
    before, after = [[layer_text(layer) for layer in each] for each in (usual, layers)]
    words: list[str] = []
    for kind, start, stop, place, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            words += after[place:end] or [f"no {gone}" for gone in before[start:stop]]
    if len(words) <= _MOST_CHANGED_LAYERS and layers:
        return ", ".join(dict.fromkeys(words))
    return _network_words(layers)


def _network_words(layers: tuple[Layer, ...]) -> str:
    """The sizes of the layers that have weights: "conv2d 32, conv2d 64, dense 128"."""
    sized = [" ".join(layer_text(layer).split()[:2]) for layer in layers if isinstance(layer, Dense | Conv2D)]
    if len(sized) > _MOST_LAYERS:
        return f"{len(layers)} layers, {sized[0]} … {sized[-1]}"
    return ", ".join(sized) or f"{len(layers) or 'no'} hidden layers"
