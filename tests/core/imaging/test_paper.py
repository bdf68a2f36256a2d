"""The history of the paper, without a window."""

from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import MOST_STEPS, History, Paper


def papers(count: int) -> list[Paper]:
    return [Paper(Drawing(10 + number, 10)) for number in range(count)]


def test_going_back_and_forth_ends_where_it_began() -> None:
    first, second, third = papers(3)
    history = History(first)
    history.put(second)
    history.put(third)
    history.undo()
    history.undo()
    assert history.now is first
    history.redo()
    history.redo()
    assert history.now is third


def test_there_is_an_end_in_both_directions() -> None:
    history = History(papers(1)[0])
    history.undo()
    history.redo()
    assert (history.can_undo, history.can_redo) == (False, False)


def test_the_history_does_not_grow_without_end() -> None:
    history = History(papers(1)[0])
    for paper in papers(2 * MOST_STEPS):
        history.put(paper)
    steps = 0
    while history.can_undo:
        history.undo()
        steps += 1
    assert steps == MOST_STEPS
