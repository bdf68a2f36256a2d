"""Event files that TensorBoard reads, written without TensorFlow so that a window can do it at once.

Such a file is a row of records (length, checksum, content, checksum), each content one protocol buffer: numbered
fields in a row. The few messages needed here are put together by hand.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from functools import cache

from app.core.runs.events import EpochDone
from app.core.runs.records import RunRecord

FILE_NAME = "events.out.tfevents.softmax-studio"
"""TensorBoard knows its files by the middle of the name."""

_STRING = 7
"""The number of the type of texts among TensorFlow's."""


def event_file(run: RunRecord, epochs: Sequence[EpochDone]) -> bytes:
    """The curves of a run (`epoch_loss`, `epoch_val_loss`, ... by epoch) and its settings as a text.

    Each event carries the time of day at which its epoch ended.
    """
    began = run.created.timestamp()
    events = [_event(began, 0, _text(3, "brain.Event:2")), _event(began, 0, _summary(_settings(run)))]
    for epoch in epochs:
        at = began + epoch.elapsed_s
        events += [_event(at, epoch.epoch, _summary(_scalar(tag, value))) for tag, value in _scalars(epoch)]
    return b"".join(_record(event) for event in events)


def _scalars(epoch: EpochDone) -> Iterator[tuple[str, float]]:
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "val_precision", "val_recall", "learning_rate"):
        value = getattr(epoch, name)
        if value is not None:
            yield f"epoch_{name}", value


def _settings(run: RunRecord) -> bytes:
    """The config as a Markdown table, for TensorBoard's page of texts."""
    rows = "\n".join(f"| {name} | `{json.dumps(value)}` |" for name, value in run.settings.items())
    text = f"| setting | value |\n| :-- | :-- |\n{rows}\n"
    plugin = _message(1, _text(1, "text"))
    tensor = _number(1, _STRING) + _message(2, b"") + _text(8, text)
    return _text(1, "settings") + _message(9, plugin) + _message(8, tensor)


def _scalar(tag: str, value: float) -> bytes:
    return _text(1, tag) + b"\x15" + struct.pack("<f", value)  # field 2, a 32-bit float


def _summary(value: bytes) -> bytes:
    """The field `summary` of an event, with one value in it."""
    return _message(5, _message(1, value))


def _event(at: float, step: int, content: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", at) + _number(2, step) + content  # field 1, a 64-bit float


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth bit says that more follow."""
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*content, value))


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return length + _checksum(length) + content + _checksum(content)


def _checksum(content: bytes) -> bytes:
    """CRC-32C, masked as the format wants it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _crc_table()[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def _crc_table() -> tuple[int, ...]:
    """What each byte does to the checksum (Castagnoli's polynomial, bits reversed)."""
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)
