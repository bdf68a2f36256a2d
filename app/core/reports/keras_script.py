"""A run as a Keras script that repeats it without this program, as a good teacher would write it by hand.

It needs keras, tensorflow and numpy alone and has only the lines that its config needs. What the trainer does with
code of its own, it does with the same code: the script gets the source of it.
"""

import ast
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from app import __version__, core
from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization, Layer, is_flat
from app.core.config.settings import LOSSES, OPTIMIZERS, Loss
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import available
from app.core.datasets.types import Variant
from app.core.errors import InputError
from app.core.networks.summary import network_summary
from app.core.percentages import accuracy_text
from app.core.recipes.changes import config_explanation, config_title
from app.core.runs.records import RunRecord
from app.core.training.images import MOST_REPEATS, enough_images

WIDTH = 88
"""The usual width of formatted Python."""

TRAINER_FILES = (
    "networks/compiling.py",
    "training/augmentation.py",
    "training/batch_statistics.py",
    "datasets/copies.py",
)
"""Files of `app.core` whose source is read: the frozen program brings them along (build.spec)."""

_KERAS_NAMES = {"mnist": "mnist", "fashion-mnist": "fashion_mnist"}


def comes_with_keras(config: TrainingConfig) -> bool:
    """True if the data of the run is a whole set that Keras can load; other data must be in a file."""
    return config.dataset in _KERAS_NAMES and config.data == Variant.FULL


def data_name(file_name: str) -> str:
    """The name of the data file beside a script: one that is not likely to be somebody's own."""
    return f"{file_name.removesuffix('.py')}-data.npz"


def keras_script(run: RunRecord, file_name: str) -> str:
    """The source of a script to be saved as `file_name`.

    Data that Keras does not have is read from the file `data_name` beside it. Raises StudioError for a run with
    settings that this version does not know.
    """
    return "\n".join(_docstring(run, file_name)) + f"\n\n{script_code(run.config, file_name)}"


def script_code(config: TrainingConfig, file_name: str) -> str:
    """The script without what it tells of a run."""
    classes = "10" if config.dataset in DATASETS else "classes"
    config = _with_own_validation(config)
    parts = [
        _constants(config),
        _data(config, file_name),
        _split(config),
        _chosen(config),
        _targets(config, classes),
        _augmentation(config),
        _network(config, classes),
        _schedule(config),
        _compile(config),
        _statistics(config),
        [*_early_stopping(config), *_fit(config)],
        _test(),
    ]
    body = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    return "\n".join(_imports(body)) + f"\n\n{body}"


def _docstring(run: RunRecord, file_name: str) -> list[str]:
    title, about = config_title(run.config), config_explanation(run.config)
    test = ""
    if run.metrics.test_accuracy is not None and run.metrics.test_loss is not None:
        accuracy = accuracy_text(run.metrics.test_accuracy, run.test_samples)
        test = f", with {accuracy} test accuracy and a test loss of {run.metrics.test_loss:.4f}"
    done = f"This is run {run.id} of Softmax Studio {__version__}: {run.data_description}, {_epochs(run)}{test}."
    paragraphs = [f"{title}." if not title.endswith(".") else title, about, done, _left_out(run.config)]
    lines = [line for text in filter(None, paragraphs) for line in ("", *textwrap.wrap(_plain(text), WIDTH))][1:]
    return [f'"""{lines[0]}', *lines[1:], "", *_usage(run.config, file_name), '"""']


def _left_out(config: TrainingConfig) -> str:
    """What the program can do and a script alone cannot."""
    shown = [
        words
        for used, words in (
            (config.rare_shapes, "digits in rare shapes"),
            (config.outliers, "outliers"),
            (config.replay_dataset, f"pictures of {config.replay_dataset}"),
        )
        if used
    ]
    parts = [f"started with the weights of '{config.initial_model}'"] if config.initial_model else []
    parts += [f"was shown {', '.join(shown)} too"] if shown else []
    parts += [f"had {config.steps_per_epoch:,} batches an epoch"] if config.steps_per_epoch else []
    return f"The run {' and '.join(parts)}, which this script leaves out." if parts else ""


def _epochs(run: RunRecord) -> str:
    return "1 epoch" if run.epochs_done == 1 else f"{run.epochs_done} epochs"


def _plain(text: str) -> str:
    """A text that may stand in a docstring."""
    return text.replace("\\", "/").replace('"', "'")


def _quoted(text: str) -> str:
    return f'"{text}"' if text.isprintable() and not set(text) & set('"\\\\') else repr(text)


def _usage(config: TrainingConfig, file_name: str) -> list[str]:
    name = _plain(file_name)
    if comes_with_keras(config):
        title = DATASETS[config.dataset].title
        return [
            f"    python {name}               loads {title} through Keras",
            f"    python {name} DATA.npz      loads a file",
        ]
    return [
        f"    python {name}               loads the data file beside it",
        f"    python {name} DATA.npz      loads another file",
        "",
        "Such a file holds x_train, y_train, x_test and y_test: pictures of 28 x 28 pixels",
        "from 0 (paper) to 255 (ink), and the numbers of their classes.",
    ]


_STANDARD = {
    "math": "import math",
    "sys": "import sys",
    "Callable": "from collections.abc import Callable",
    "Path": "from pathlib import Path",
    "Any": "from typing import Any",
}
_LIBRARIES = {"keras": "import keras", "np": "import numpy as np", "tf": "import tensorflow as tf"}


def _imports(body: str) -> list[str]:
    """What the body of a script uses."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    standard, libraries = ([line for name, line in known.items() if name in used] for known in (_STANDARD, _LIBRARIES))
    of_keras = ", ".join(name for name in ("layers", "regularizers") if name in used)
    return [*standard, "", *libraries, f"from keras import {of_keras}"]


def _constants(config: TrainingConfig) -> list[str]:
    return [
        f"SEED = {config.seed}",
        f"EPOCHS = {config.epochs}",
        f"BATCH_SIZE = {config.batch_size}",
        f"LEARNING_RATE = {config.learning_rate!r}",
        "",
        "keras.utils.set_random_seed(SEED)",
    ]


def _data(config: TrainingConfig, file_name: str) -> list[str]:
    arrays = ['x_train, y_train = data["x_train"], data["y_train"]', 'x_test, y_test = data["x_test"], data["y_test"]']
    lines = ["# The data: pictures of 28 x 28 pixels from 0 to 255, and the classes they show."]
    if comes_with_keras(config):
        load = f"(x_train, y_train), (x_test, y_test) = keras.datasets.{_KERAS_NAMES[config.dataset]}.load_data()"
        lines += ["if len(sys.argv) > 1:", "    with np.load(sys.argv[1]) as data:"]
        lines += [f"        {array}" for array in arrays]
        lines += ["else:", f"    {load}"]
    else:
        lines.append(f"path = Path(__file__).with_name({_quoted(data_name(file_name))})")
        lines += [
            "with np.load(sys.argv[1] if len(sys.argv) > 1 else path) as data:",
            *(f"    {array}" for array in arrays),
        ]
    lines += [f'x_{part} = x_{part}[..., np.newaxis].astype("float32") / 255' for part in ("train", "test")]
    if config.dataset not in DATASETS:
        lines.append("classes = int(y_train.max()) + 1")
    return lines


def _with_own_validation(config: TrainingConfig) -> TrainingConfig:
    """A validation part that the data came with is the end of its training pictures, and goes before the config's."""
    try:
        found = available(config.dataset)
    except InputError:  # no longer here
        return config
    if not found.validation_count:
        return config
    train, _ = found.counts[Variant.IMPORTED]
    return config.model_copy(update={"validation_split": found.validation_count / train, "validation_from": "last"})


def _split(config: TrainingConfig) -> list[str]:
    """The same pictures are kept aside as in the run (see `app.core.datasets.splits`)."""
    if not config.validation_split:
        return []
    count = f"held = round({config.validation_split!r} * len(x_train))"
    if config.validation_from == "random":
        return [
            "# Some training pictures, drawn at random, are kept aside for validation.",
            count,
            "order = np.random.Generator(np.random.PCG64(SEED)).permutation(len(x_train))",
            "x_val, y_val = x_train[order[:held]], y_train[order[:held]]",
            "x_train = np.delete(x_train, order[:held], axis=0)",
            "y_train = np.delete(y_train, order[:held])",
        ]
    if config.validation_from == "first":
        return [
            "# The first training pictures are kept aside for validation.",
            count,
            "x_val, y_val = x_train[:held], y_train[:held]",
            "x_train, y_train = x_train[held:], y_train[held:]",
        ]
    return [
        "# The last training pictures are kept aside for validation.",
        f"kept = len(x_train) - round({config.validation_split!r} * len(x_train))",
        "x_val, y_val = x_train[kept:], y_train[kept:]",
        "x_train, y_train = x_train[:kept], y_train[:kept]",
    ]


def _chosen(config: TrainingConfig) -> list[str]:
    """Which of the training pictures are trained on, and how often."""
    lines = []
    if config.drop_test_copies:
        lines += _definitions("datasets/copies.py", "are_copies")
        lines += [
            "",
            "# Pictures that are in the test part, too, are not trained on.",
            'pixels = [np.rint(x[..., 0] * 255).astype("uint8") for x in (x_train, x_test)]',
            "is_copy = are_copies(*pixels)",
            "x_train, y_train = x_train[~is_copy], y_train[~is_copy]",
        ]
    if config.balance_classes:
        lines += [
            *([""] if lines else []),
            "# Pictures of rare classes are repeated.",
            "counts = np.bincount(y_train)",
            f"often = np.clip(np.rint(counts.max() / np.maximum(1, counts)), 1, {MOST_REPEATS})",
            "often = often.astype(int)[y_train]",
            "x_train, y_train = np.repeat(x_train, often, axis=0), np.repeat(y_train, often)",
        ]
    return lines


def _targets(config: TrainingConfig, classes: str) -> list[str]:
    if not _wants_one_hot(config):
        return []
    parts = ["train", "val", "test"] if config.validation_split else ["train", "test"]
    lines = ["# This loss compares probabilities: a label becomes a row with a 1 at its class."]
    lines += [f"y_{part} = keras.utils.to_categorical(y_{part}, {classes})" for part in parts]
    if config.label_smoothing:
        share = repr(config.label_smoothing)
        lines += ["# Smoothing: a share of each training label is spread over all classes."]
        lines += [f"y_train = y_train * (1 - {share}) + {share} / {classes}"]
    return lines


def _test() -> list[str]:
    return [
        "test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)",
        'print(f"Test accuracy {test_accuracy:.4f}, test loss {test_loss:.4f}")',
    ]


# What the trainer does with code of its own.


@cache
def _definitions_in(file_name: str) -> dict[str, tuple[ast.FunctionDef | ast.ClassDef, str]]:
    """The functions and classes in a file of app.core, with their source. Reading it imports nothing."""
    source = (Path(core.__file__).parent / file_name).read_text(encoding="utf-8")
    made = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    lines = source.splitlines()
    return {node.name: (node, "\n".join(lines[node.lineno - 1 : node.end_lineno])) for node in made}


def settings_of(file_name: str) -> dict[str, tuple[str, ...]]:
    """The functions in a file that take settings by keyword only, in their order, and the names of those."""
    return {
        name: tuple(parameter.arg for parameter in node.args.kwonlyargs)
        for name, (node, _) in _definitions_in(file_name).items()
        if isinstance(node, ast.FunctionDef) and node.args.kwonlyargs
    }


def _augmentation(config: TrainingConfig) -> list[str]:
    """Source that makes `augment`; nothing if the images stay as they are."""
    used = {
        name: values
        for name, settings in settings_of("training/augmentation.py").items()
        if any((values := {setting: getattr(config, setting) for setting in settings}).values())
    }
    if not used:
        return []
    layer = [
        "class Augment(layers.Layer):",
        '    """Varies each training image at random, differently in every step."""',
        "",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.seeds = keras.random.SeedGenerator(SEED)",
        "        self.supports_jit = False",
        "",
        "    def call(self, images, training=False):",
        "        if not training:",
        "            return images",
        '        seed = tf.cast(self.seeds.next(), "int32")',
        "        random = Random(seed, tf.shape(images)[0])",
    ]
    for name, values in used.items():
        layer += _call(name, ["images", "random", *_keywords(**values)], indent=8, prefix="images = ")
    layer += ["        return images"]
    lines = _definitions("training/augmentation.py", "Random", *used)
    return [*lines, "", *layer, "", "", "augment = Augment()"]


def _normalizes(config: TrainingConfig) -> bool:
    return any(isinstance(layer, BatchNormalization) for layer in config.layers)


_CALLBACK = '''class SettledStatistics(keras.callbacks.Callback):
    """Settles batch normalization before each validation, and at the end."""

    def on_train_begin(self, logs=None):
        self.statistics = BatchStatistics(self.model, lambda images, number: images)

    def on_test_begin(self, logs=None):
        self.statistics.settle(some)

    def on_train_end(self, logs=None):
        self.statistics.settle(some)'''


def _statistics(config: TrainingConfig) -> list[str]:
    """Source that makes the callback `statistics`; nothing without batch normalization."""
    if not _normalizes(config):
        return []
    some = [f"some = np.random.default_rng(SEED).permutation(len(x_train))[:{enough_images(config)}]"]
    taken = "np.asarray(augment(x_train[some], training=True))" if config.augments else "x_train[some]"
    some += [f"some = {taken}", "statistics = SettledStatistics()"]
    lines = _definitions("training/batch_statistics.py", "BatchStatistics")
    return [*lines, "", *_CALLBACK.splitlines(), "", "", *some]


def _definitions(file_name: str, *names: str) -> list[str]:
    """Definitions of the trainer, two empty lines apart from each other and from what was before."""
    return [line for name in names for line in ("", *_definitions_in(file_name)[name][1].splitlines(), "")]


# The network, and how it is trained.


_Call = tuple[str, list[str]]
"""A Keras layer: its class and its arguments, as source."""


def _network(config: TrainingConfig, classes: str) -> list[str]:
    """Source that makes `model`: a list of layers, or the functional way where the picture is joined in.

    `classes` is the number of classes as source. A network that augments begins with the layer `augment`.
    """
    if any(layer.is_input_joined for layer in config.layers):
        return _functional(config, classes)
    lines = ["model = keras.Sequential(", "    [", "        keras.Input((28, 28, 1)),"]
    lines += ["        augment,"] if config.augments else []
    for layer, _ in _calls(config, classes):
        lines += _call(*layer, indent=8, suffix=",")
    return [*lines, "    ]", ")"]


def _functional(config: TrainingConfig, classes: str) -> list[str]:
    lines = ["inputs = keras.Input((28, 28, 1))"]
    lines += ["picture = augment(inputs)"] if config.augments else []
    picture = "picture" if config.augments else "inputs"
    values = picture
    for (function, arguments), given_flat in _calls(config, classes):
        if function == "layers.Concatenate":
            joined = f"layers.Flatten()({picture})" if given_flat else picture
            lines.append(f"x = layers.Concatenate()([{values}, {joined}])")
        else:
            lines += _call(function, arguments, prefix="x = ", suffix=f"({values})")
        values = "x"
    return [*lines, "model = keras.Model(inputs, x)"]


def _calls(config: TrainingConfig, classes: str) -> Iterator[tuple[_Call, bool]]:
    """Every layer, also those that flatten what a dense one gets, and whether it is given flat values."""
    rows = network_summary(config, classes=1).rows
    shapes = {row.name: row.shape for row in rows}
    joined = {name for row in rows for name in row.inputs[1:]}
    for row in rows[1:-1]:
        if row.name not in joined:
            made = ("layers.Flatten", []) if row.position is None else _layer(config.layers[row.position])
            yield made, is_flat(shapes[row.inputs[0]])
    dense = {"activation": "softmax"} if config.output == "softmax" else {}
    if config.output_initializer != "glorot_uniform":
        dense["kernel_initializer"] = config.output_initializer
    yield ("layers.Dense", [classes, *_keywords(**dense)]), True


_KERAS_DEFAULTS = {"activation": "linear", "padding": "valid", "kernel_initializer": "glorot_uniform"}


def _layer(layer: Layer) -> _Call:
    """Numbers by their place, words by their names where they are not Keras' default."""
    arguments = layer.arguments()
    penalties = {name.upper(): arguments.pop(name) for name in ("l1", "l2") if name in arguments}
    used = {name: value for name, value in penalties.items() if value}
    words = {
        name: value
        for name, value in arguments.items()
        if isinstance(value, str) and value != _KERAS_DEFAULTS.get(name)
    }
    source = [repr(value) for value in arguments.values() if not isinstance(value, str)] + _keywords(**words)
    if used:
        penalty = "".join(used)  # L1, L2 or L1L2
        source.append(f"kernel_regularizer=regularizers.{penalty}({', '.join(map(repr, used.values()))})")
    return f"layers.{layer.keras_name}", source


def _wants_one_hot(config: TrainingConfig) -> bool:
    """True if the loss compares rows of probabilities; smoothed labels are such rows too."""
    return config.loss != "sparse_categorical_crossentropy" or config.label_smoothing > 0


def _schedule(config: TrainingConfig) -> list[str]:
    """Source that makes `learning_rate`; nothing for a constant one."""
    if config.schedule == "constant":
        return []
    settings = {name: getattr(config, name) for name in settings_of("networks/compiling.py")[config.schedule]}
    arguments = ["LEARNING_RATE", "steps", "EPOCHS", *_keywords(**settings)]
    lines = [
        "steps = EPOCHS * math.ceil(len(x_train) / BATCH_SIZE)",
        *_call(config.schedule, arguments, prefix="learning_rate = "),
    ]
    return [*_definitions("networks/compiling.py", config.schedule), "", *lines]


def _compile(config: TrainingConfig) -> list[str]:
    """Source that compiles `model`."""
    rate = "LEARNING_RATE" if config.schedule == "constant" else "learning_rate"
    kind = OPTIMIZERS[config.optimizer]
    values = {name: getattr(config, name) for name in kind.defaults}
    changed = {name: value for name, value in values.items() if value != kind.defaults[name]}
    own = _keywords(**changed, **({"global_clipnorm": config.global_clipnorm} if config.global_clipnorm else {}))
    return [
        "model.compile(",
        *_call(f"keras.optimizers.{kind.keras_class}", [rate, *own], indent=4, prefix="optimizer=", suffix=","),
        f"    loss={_loss(config)},",
        '    metrics=["accuracy"],',
        ")",
    ]


def _loss(config: TrainingConfig) -> str:
    is_smoothed = config.loss == "sparse_categorical_crossentropy" and config.label_smoothing > 0
    name: Loss = "categorical_crossentropy" if is_smoothed else config.loss
    if config.output == "logits" and LOSSES[name].takes_logits:
        return f"keras.losses.{LOSSES[name].keras_class}(from_logits=True)"
    return f'"{name}"'


def _fit(config: TrainingConfig) -> list[str]:
    """Source that trains `model`."""
    lines = ["model.fit(", "    x_train,", "    y_train,", "    batch_size=BATCH_SIZE,", "    epochs=EPOCHS,"]
    if config.validation_split:
        lines.append("    validation_data=(x_val, y_val),")
    callbacks = ["statistics"] if _normalizes(config) else []
    callbacks += ["early_stopping"] if config.early_stopping_patience else []
    if callbacks:
        lines.append(f"    callbacks=[{', '.join(callbacks)}],")
    return [*lines, ")"]


def _early_stopping(config: TrainingConfig) -> list[str]:
    """Source that makes `early_stopping`; nothing without it."""
    if not config.early_stopping_patience:
        return []
    arguments = _keywords(monitor="val_loss", patience=config.early_stopping_patience)
    arguments += _keywords(restore_best_weights=True) if config.restore_best_weights else []
    return _call("keras.callbacks.EarlyStopping", arguments, prefix="early_stopping = ")


# Python source, put together line by line as a formatter would lay it out.


def _call(function: str, arguments: Sequence[str], indent: int = 0, prefix: str = "", suffix: str = "") -> list[str]:
    """A call as lines: on one if that fits into `WIDTH`, otherwise an argument a line."""
    margin = " " * indent
    line = f"{margin}{prefix}{function}({', '.join(arguments)}){suffix}"
    if len(line) <= WIDTH:
        return [line]
    inner = [f"{margin}    {argument}," for argument in arguments]
    return [f"{margin}{prefix}{function}(", *inner, f"{margin}){suffix}"]


def _keywords(**values: object) -> list[str]:
    """Arguments by name, as source."""
    return [f"{name}={_source(value)}" for name, value in values.items()]


def _source(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
