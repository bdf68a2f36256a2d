"""Event files, read back with TensorFlow, which checks their checksums."""

from pathlib import Path
from typing import Any

import pytest

from app.core.reports.tensorboard import event_file
from app.core.runs.history import RunHistory
from tests.core.reports.helpers import EPOCHS, MakeRun

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture
def events(history: RunHistory, make_run: MakeRun, tmp_path: Path) -> list[Any]:
    import tensorflow as tf
    from tensorflow.core.util import event_pb2

    file = tmp_path / "events"
    file.write_bytes(event_file(history.run(make_run()), EPOCHS))
    return [event_pb2.Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(file))]


def test_the_file_begins_with_its_version(events: list[Any]) -> None:
    assert events[0].file_version == "brain.Event:2"


def test_the_curves_are_those_of_the_run(events: list[Any]) -> None:
    scalars: dict[str, dict[int, float]] = {}
    for event in events:
        for value in event.summary.value:
            if value.HasField("simple_value"):
                scalars.setdefault(value.tag, {})[event.step] = value.simple_value
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "val_precision", "val_recall", "learning_rate")
    assert set(scalars) == {f"epoch_{name}" for name in names}
    for name in names:
        expected = {epoch.epoch: getattr(epoch, name) for epoch in EPOCHS}
        assert scalars[f"epoch_{name}"] == pytest.approx(expected)


def test_each_event_has_the_time_of_its_epoch(events: list[Any]) -> None:
    assert events[-1].wall_time - events[0].wall_time == pytest.approx(6.0)


def test_the_settings_are_a_text(events: list[Any]) -> None:
    value = events[1].summary.value[0]
    assert value.tag == "settings"
    assert value.metadata.plugin_data.plugin_name == "text"
    text = value.tensor.string_val[0].decode()
    assert '| optimizer | `"adam"` |' in text
    assert "| epochs | `3` |" in text
