"""Source of precise batch normalization: it does what `app.core.training.batch_statistics` does."""

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization
from app.core.training.images import enough_images

_CALLBACK = '''class PreciseStatistics(keras.callbacks.Callback):
    """Estimates what batch normalization predicts with, before it does.

    Keras averages over batches as it trains, which takes hundreds of them to settle.
    """

    def __init__(self, images):
        super().__init__()
        self.images = images

    def on_train_begin(self, logs=None):
        self.before = {
            layer: keras.Model(self.model.inputs[0], layer.input)
            for layer in self.model.layers
            if isinstance(layer, layers.BatchNormalization)
        }

    def on_test_begin(self, logs=None):
        for layer, reader in self.before.items():
            given = reader.predict(self.images, verbose=0)
            axes = tuple(range(given.ndim - 1))
            layer.moving_mean.assign(given.mean(axis=axes))
            layer.moving_variance.assign(given.var(axis=axes))

    def on_train_end(self, logs=None):
        self.on_test_begin()'''


def normalizes(config: TrainingConfig) -> bool:
    """True if there is a batch normalization."""
    return any(isinstance(layer, BatchNormalization) for layer in config.layers)


def statistics_lines(config: TrainingConfig) -> list[str]:
    """Source that makes the callback `statistics`; nothing without batch normalization."""
    if not normalizes(config):
        return []
    some = [f"some = np.random.default_rng(SEED).permutation(len(x_train))[:{enough_images(config)}]"]
    some += ["some = augment(x_train[some], training=True)"] if config.augments else ["some = x_train[some]"]
    return ["", _CALLBACK, "", "", *some, "statistics = PreciseStatistics(np.asarray(some))"]
