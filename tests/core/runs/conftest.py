from pathlib import Path

import pytest

from app.core.runs.history import RunHistory


@pytest.fixture
def history(home: Path) -> RunHistory:
    """The history of an empty home, not made yet."""
    return RunHistory()
