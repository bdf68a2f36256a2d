"""Names as people write them: put in their order."""

from app.core.texts import numbers_first


def test_numbers_stand_in_the_order_of_their_size_however_long_they_are() -> None:
    wanted = ["0", "2", "010", "11", "\u0661\u0662", "9" * 5_000, "1" + "0" * 5_000, "", "1a", "a", "\u00b2"]
    wanted_backwards = wanted[::-1]
    assert sorted(wanted_backwards, key=numbers_first) == wanted
