"""The parts of a Keras script that say how its network is trained: optimizer, learning rate, loss, early stopping."""

from app.core.models.config import TrainingConfig
from app.core.reports.script_code import call, keywords
from app.core.reports.script_statistics import normalizes

_OPTIMIZERS = {"sgd": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}
_KERAS_DEFAULTS = {"momentum": 0.0, "nesterov": False, "rho": 0.9, "beta_1": 0.9, "beta_2": 0.999}
_PARAMETERS = {
    "sgd": ("momentum", "nesterov"),
    "adagrad": (),
    "rmsprop": ("rho", "momentum"),
    "adam": ("beta_1", "beta_2"),
    "adamw": ("weight_decay", "beta_1", "beta_2"),
}


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
            comment = f"# The rate is multiplied by {config.drop!r}, {how} {_epochs(config.drop_epochs)}."
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


def _epochs(count: int) -> str:
    return "epoch" if count == 1 else f"{count} epochs"


def compile_lines(config: TrainingConfig) -> list[str]:
    """Source that compiles `model`."""
    rate = "LEARNING_RATE" if config.schedule == "constant" else "learning_rate"
    values = {name: getattr(config, name) for name in _PARAMETERS[config.optimizer]}
    own = {name: value for name, value in values.items() if value != _KERAS_DEFAULTS.get(name)}
    optimizer = f"keras.optimizers.{_OPTIMIZERS[config.optimizer]}"
    return [
        "model.compile(",
        *call(optimizer, [rate, *keywords(**own)], indent=4, prefix="optimizer=", suffix=","),
        f"    loss={_loss(config)},",
        '    metrics=["accuracy"],',
        ")",
    ]


def _loss(config: TrainingConfig) -> str:
    name = "categorical_crossentropy" if _is_smoothed_sparse(config) else config.loss
    if config.output == "logits" and name.endswith("categorical_crossentropy"):
        kind = "Sparse" if name.startswith("sparse") else ""
        return f"keras.losses.{kind}CategoricalCrossentropy(from_logits=True)"
    return f'"{name}"'


def _is_smoothed_sparse(config: TrainingConfig) -> bool:
    return config.loss == "sparse_categorical_crossentropy" and config.label_smoothing > 0


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
