"""Descriptions of data, old and new."""

import pytest

from app.core.datasets.sources import load_dataset, renewed_description


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("MNIST, starter, 5,000", "MNIST, starter: 4,000 training, 1,000 test"),
        ("Fashion-MNIST, full, 60,000", "Fashion-MNIST, full: 60,000 training, 10,000 test"),
        ("My digits, old, samples, 53", "My digits, old, samples: 53 training"),
        ("MNIST, full, 60", "MNIST, full: 60 training"),
        ("something else", "something else"),
    ],
)
def test_descriptions_of_older_versions_are_said_in_todays_words(old: str, new: str) -> None:
    assert renewed_description(old) == new
    assert renewed_description(new) == new


def test_todays_words_are_those_of_the_data() -> None:
    assert renewed_description("MNIST, starter, 5,000") == load_dataset("mnist", "starter").description
