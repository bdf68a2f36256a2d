"""A moment of a run made a model of its own, from its snapshot. Imports TensorFlow."""

import numpy as np

from app.core.datasets.sources import load_dataset
from app.core.errors import InputError
from app.core.models.card import Metrics
from app.core.models.store import StoredModel, ensure_writable
from app.core.networks.building import build_network
from app.core.runs.events import EndReason
from app.core.runs.history import RunHistory
from app.core.runs.snapshots import Moment, read_facts, read_snapshot
from app.core.training.averaging import store_tested
from app.core.training.runs import new_card

_NO_TEST = Metrics(test_loss=0.0, test_accuracy=0.0, test_samples=0)


def keep_moment(run: int, moment: Moment, name: str | None = None) -> StoredModel:
    """Store the network that a run of the history had at a moment, tested; without a `name`, it gets one that tells it.

    Weights are those of the snapshot, rounded to float16.

    Raises:
        InputError: the run, its snapshot or its data is not there any more, or the name is taken.
        StudioError: the disk refuses.

    """
    ensure_writable()
    facts, record = read_facts(run), RunHistory().run(run)
    if not facts.are_of(record):
        raise InputError(f"The snapshots of run {run} are those of another run that has had this number.")
    dataset = load_dataset(facts.config.dataset, facts.config.data)
    if dataset.sha256 != record.data_sha256:
        raise InputError(f"The data of run {run} has changed since; its moments cannot be tested any more.")
    network = build_network(facts.config, len(facts.class_names))
    weights = read_snapshot(run, moment, network.count_params())
    ends = np.cumsum([weight.size for weight in network.get_weights()])[:-1]
    parts = np.split(weights, ends)
    network.set_weights([part.reshape(old.shape) for part, old in zip(parts, network.get_weights(), strict=True)])
    epoch = next((done for done in RunHistory().epochs(run) if (done.epoch, moment.batch) == (moment.epochs, 0)), None)
    card = new_card(
        facts.config,
        dataset,
        _NO_TEST,
        name,
        suffix=f"-epoch-{moment.epochs}" if moment.epochs else f"-batch-{moment.batch}",
        parameters=len(weights),
        epochs_done=moment.epochs,
        training_s=round(epoch.elapsed_s, 1) if epoch else 0.0,
        ended=EndReason.STOPPED,
    )
    if epoch is None:
        return store_tested(card, network, dataset)
    return store_tested(
        card,
        network,
        dataset,
        train_loss=epoch.loss,
        train_accuracy=epoch.accuracy,
        val_loss=epoch.val_loss,
        val_accuracy=epoch.val_accuracy,
    )
