"""The graphics cards that networks are trained on: what TensorFlow says, and what is known before it is loaded."""

import re
from pathlib import Path
from typing import Any

_CARDS = Path("/proc/driver/nvidia/gpus")
_CUDA = "nvidia-cuda-runtime-cu12"
"""Of the packages that `tensorflow[and-cuda]` brings, the one that all others need."""

_in_use: tuple[str, ...] | None = None


def note_cards(tf: Any) -> tuple[str, ...]:
    """Ask TensorFlow, in the thread that owns it, which cards it computes on."""
    global _in_use  # noqa: PLW0603 - there is one TensorFlow in a process
    cards = tf.config.list_physical_devices("GPU")
    _in_use = tuple(tf.config.experimental.get_device_details(card).get("device_name", "GPU") for card in cards)
    return _in_use


def cards_in_use() -> tuple[str, ...] | None:
    """The names of the cards that TensorFlow computes on, none for the processor; None before it is loaded."""
    return _in_use


def graphics_cards(cards: Path = _CARDS) -> tuple[str, ...]:
    """The models of the NVIDIA cards whose driver is loaded, on Linux; on other systems TensorFlow uses none."""
    found = []
    for file in sorted(cards.glob("*/information")) if cards.is_dir() else ():
        try:
            model = re.search(r"^Model:\s*(.+)$", file.read_text(errors="replace"), re.MULTILINE)
        except OSError:
            continue
        found.append(model[1].strip() if model else "NVIDIA")
    return tuple(found)


def has_cuda() -> bool:
    """True where the libraries are installed with which TensorFlow computes on such a card."""
    from importlib.metadata import PackageNotFoundError, distribution  # takes long, and only About asks

    try:
        distribution(_CUDA)
    except PackageNotFoundError:
        return False
    return True
