"""What a network is trained with."""

import gc
import weakref

import pytest

from app.core.config.settings import OPTIMIZERS
from app.core.recipes import find_recipe


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_traced_update_can_be_forgotten(name: str, tensorflow: None) -> None:
    import tensorflow as tf

    from app.core.networks.compiling import build_optimizer

    weight = tf.Variable([1.0, 2.0])
    optimizer = build_optimizer(find_recipe("quickstart-mnist").config.changed(optimizer=name), 10)
    optimizer.build([weight])
    update = tf.function(lambda: optimizer.apply([2 * weight], [weight]), autograph=False)
    update()
    graph = weakref.ref(update.get_concrete_function().graph)
    del update
    gc.collect()
    assert graph() is None
