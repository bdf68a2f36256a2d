"""What the user is told of an error."""

import pytest

from app.core.errors import InputError, StudioError, error_sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InputError("There is no model here; train one."), "There is no model here; train one."),
        (StudioError("The disk is full; free some space."), "The disk is full; free some space."),
        (MemoryError(), "Memory ran out; close other programs and try again."),
        (KeyError("ink"), "Something unexpected went wrong (KeyError: 'ink'); try again."),
    ],
)
def test_every_error_becomes_a_sentence(error: Exception, sentence: str) -> None:
    assert error_sentence(error) == sentence
