"""A run as a Keras script that repeats it without this program, as a good teacher would write it by hand.

It needs keras, tensorflow and numpy alone and has only the lines that its config needs.
"""

import textwrap

from app import __version__
from app.core.config.config import TrainingConfig
from app.core.config.settings import LOSSES, OPTIMIZERS, Loss
from app.core.datasets.registry import DATASETS
from app.core.datasets.types import Variant
from app.core.percentages import accuracy_text
from app.core.recipes.changes import config_explanation, config_title
from app.core.reports.script_augmentation import augmentation_lines, needs_ops
from app.core.reports.script_network import WIDTH, call, keywords, network_lines
from app.core.reports.script_statistics import normalizes, statistics_lines
from app.core.runs.records import RunRecord

# The parts of a Keras script that say how its network is trained: optimizer, learning rate, loss, early stopping.


def wants_one_hot(config: TrainingConfig) -> bool:
    """True if the loss compares rows of probabilities; smoothed labels are such rows too."""
    return config.loss != "sparse_categorical_crossentropy" or config.label_smoothing > 0


def schedule_lines(config: TrainingConfig) -> list[str]:
    """Source that makes `learning_rate`; nothing for a constant one."""
    schedules, steps = "keras.optimizers.schedules", "steps_per_epoch = math.ceil(len(x_train) / BATCH_SIZE)"
    match config.schedule:
        case "constant":
            return []
        case "inverse_time":
            arguments = ["LEARNING_RATE", *keywords(decay_steps=1, decay_rate=config.decay)]
            comment = "# In step n the rate is LEARNING_RATE / (1 + decay_rate * n)."
            return [comment, *call(f"{schedules}.InverseTimeDecay", arguments, prefix="learning_rate = ")]
        case "step" | "exponential":
            is_step = config.schedule == "step"
            how = "at once after every" if is_step else "steadily over"
            comment = f"# The rate is multiplied by {config.drop!r}, {how} {_epoch_count(config.drop_epochs)}."
            arguments = ["LEARNING_RATE", f"{config.drop_epochs} * steps_per_epoch", repr(config.drop)]
            arguments += keywords(staircase=True) if is_step else []
            return [comment, steps, *call(f"{schedules}.ExponentialDecay", arguments, prefix="learning_rate = ")]
        case "cosine" if config.warmup:
            arguments = ["LEARNING_RATE / 20", "max(1, steps - warmup_steps)", "warmup_target=LEARNING_RATE"]
            arguments.append("warmup_steps=warmup_steps")
            return [
                "# The rate first rises, then falls to 0 along a cosine.",
                "steps = EPOCHS * math.ceil(len(x_train) / BATCH_SIZE)",
                f"warmup_steps = max(1, round({config.warmup!r} * steps))",
                *call(f"{schedules}.CosineDecay", arguments, prefix="learning_rate = "),
            ]
        case "cosine":
            return [
                "# The rate falls to 0 along a cosine.",
                "steps = EPOCHS * math.ceil(len(x_train) / BATCH_SIZE)",
                f"learning_rate = {schedules}.CosineDecay(LEARNING_RATE, steps)",
            ]


def _epoch_count(count: int) -> str:
    return "epoch" if count == 1 else f"{count} epochs"


def compile_lines(config: TrainingConfig) -> list[str]:
    """Source that compiles `model`."""
    rate = "LEARNING_RATE" if config.schedule == "constant" else "learning_rate"
    kind = OPTIMIZERS[config.optimizer]
    values = {name: getattr(config, name) for name in kind.defaults}
    own = {name: value for name, value in values.items() if value != kind.defaults[name]}
    return [
        "model.compile(",
        *call(
            f"keras.optimizers.{kind.keras_class}", [rate, *keywords(**own)], indent=4, prefix="optimizer=", suffix=","
        ),
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


def fit_lines(config: TrainingConfig) -> list[str]:
    """Source that trains `model`."""
    lines = ["model.fit(", "    x_train,", "    y_train,", "    batch_size=BATCH_SIZE,", "    epochs=EPOCHS,"]
    if config.validation_split:
        lines.append("    validation_data=(x_val, y_val),")
    callbacks = ["statistics"] if normalizes(config) else []
    callbacks += ["early_stopping"] if config.early_stopping_patience else []
    if callbacks:
        lines.append(f"    callbacks=[{', '.join(callbacks)}],")
    return [*lines, ")"]


def stopping_lines(config: TrainingConfig) -> list[str]:
    """Source that makes `early_stopping`; nothing without it."""
    if not config.early_stopping_patience:
        return []
    arguments = keywords(monitor="val_loss", patience=config.early_stopping_patience)
    arguments += keywords(restore_best_weights=True) if config.restore_best_weights else []
    return call("keras.callbacks.EarlyStopping", arguments, prefix="early_stopping = ")


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
    config = run.config
    classes = "10" if config.dataset in DATASETS else "classes"
    parts = [
        _docstring(run, file_name),
        _imports(config),
        _constants(config),
        _data(config, file_name),
        _split(config),
        _targets(config, classes),
        augmentation_lines(config),
        network_lines(config, classes),
        schedule_lines(config),
        compile_lines(config),
        statistics_lines(config),
        [*stopping_lines(config), *fit_lines(config)],
        _test(),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


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


def _imports(config: TrainingConfig) -> list[str]:
    standard = ["import sys"]
    if config.schedule in {"step", "exponential", "cosine"}:
        standard.insert(0, "import math")
    if not comes_with_keras(config):
        standard.append("from pathlib import Path")
    names = ["layers"]
    if needs_ops(config):
        names.append("ops")
    if any(getattr(layer, "l1", 0) or getattr(layer, "l2", 0) for layer in config.layers):
        names.append("regularizers")
    return [*standard, "", "import keras", "import numpy as np", f"from keras import {', '.join(names)}"]


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


def _targets(config: TrainingConfig, classes: str) -> list[str]:
    if not wants_one_hot(config):
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
