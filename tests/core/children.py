"""What a test of something else does in its own process: a child takes a second to load what it needs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.core.child_process import Answer
from app.core.inference import foreign_import, foreign_trial
from app.core.models.foreign import reading


def call_here(
    call: Callable[..., Answer], *arguments: object, check: Callable[[], None] = lambda: None, **_how: object
) -> tuple[dict[str, Any], list[bytes]]:
    """Make the call in place of `run_in_child`; what comes back has been JSON all the same."""
    check()
    facts, blobs = call(*arguments)
    return json.loads(json.dumps(facts)), [bytes(blob) for blob in blobs]


def read_foreign_models_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of strangers are read, tried and measured without children."""
    for module in (foreign_import, foreign_trial, reading):
        monkeypatch.setattr(module, "run_in_child", call_here)
