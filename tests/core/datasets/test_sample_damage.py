"""Values of the wrong type in a set of samples: what makes no sense is left out and told, the rest is there."""

import sqlite3
from contextlib import closing

import pytest

from app.core.datasets.samples.sets import SampleSet, create_sample_set, find_sample_sets
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.errors import InputError
from app.core.imaging.drawing import Drawing


@pytest.fixture
def mine() -> SampleSet:
    known = create_sample_set("Mine")
    create_sample_set("Other")
    drawings = [Drawing(100, 100, (((30, 20), (50 + number, 80)),), 8) for number in range(3)]
    SampleStore(known.name).add_all(NewSample(each, number) for number, each in enumerate(drawings))
    return known


def change(known: SampleSet, *statements: str) -> None:
    with closing(sqlite3.connect(SampleStore(known.name).path)) as database, database:
        for statement in statements:
            database.execute(statement)


@pytest.mark.parametrize(
    "value",
    [
        "image = x'00'",
        "image = 'text'",
        "image = zeroblob(30000000)",
        "held_back = 'yes'",
        "kind = 'sound'",
        "kind = x''",
    ],
)
def test_a_sample_that_makes_no_sense_is_left_out(value: str, mine: SampleSet) -> None:
    change(mine, f"UPDATE samples SET {value} WHERE id = 2")
    sets, problems = find_sample_sets()
    assert [(each.title, each.total) for each in sets] == [("Mine", 2), ("Other", 0)]
    assert problems == ("Samples of Mine are damaged and left out: 1.",)
    assert [sample.id for sample in SampleStore(mine.name).samples()] == [3, 1]


@pytest.mark.parametrize("created", ["'now'", "x'ff'", "'9999-12-31T23:59:59-12:00'", "'2026-01-01'"])
def test_a_day_that_is_none_is_long_ago(created: str, mine: SampleSet) -> None:
    change(mine, f"UPDATE samples SET created = {created}")
    assert {sample.created.astimezone().year for sample in SampleStore(mine.name).samples()} <= {1979, 1980}


@pytest.mark.parametrize("content", ["'text'", "x'00'", "zeroblob(34000000)", "5"])
def test_an_original_that_is_none_is_a_sentence_and_does_not_hide_the_others(content: str, mine: SampleSet) -> None:
    change(mine, f"UPDATE samples SET original = {content}, prepared = 'older' WHERE id = 2")
    store = SampleStore(mine.name)
    with pytest.raises(InputError):
        store.original(2)
    store.original(1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE about SET looks_like = 'birds'",
        "UPDATE about SET title = x'ff'",
        "DELETE FROM about",
        "UPDATE classes SET name = x'ff' WHERE label = 9",
        "DELETE FROM classes WHERE label = 5",
        "DROP TABLE samples",
        "PRAGMA user_version = 99",
    ],
)
def test_a_set_that_makes_no_sense_does_not_hide_the_others(statement: str, mine: SampleSet) -> None:
    change(mine, statement)
    sets, problems = find_sample_sets()
    assert [each.title for each in sets] == ["Other"]
    assert len(problems) == 1
