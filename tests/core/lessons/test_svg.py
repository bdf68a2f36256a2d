"""Pictures of lessons: what would take long to paint, or reads other files, is refused before Qt sees it."""

import pytest

from app.core.lessons.svg import check_svg
from app.core.paths import resources_dir

NAMES = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'"
RECT = "<rect width='5' height='5'/>"
CORNERS = "d='M0 0L1 1L0 0L1 1L0 0L1 1L0 0'"


def svg(body: str) -> str:
    return f"<svg {NAMES} width='500' height='500'>{body}</svg>"


def used_again(depth: int, times: int = 10) -> str:
    groups = [f"<g id='0'>{RECT}</g>"]
    groups += [f"<g id='{at + 1}'>" + f"<use xlink:href='#{at}'/>" * times + "</g>" for at in range(depth)]
    return svg(f"<defs>{''.join(groups)}</defs><use xlink:href='#{depth}'/>")


def marked(depth: int) -> str:
    markers = [f"<marker id='0'>{RECT}</marker>"]
    markers += [f"<marker id='{at + 1}'><path {CORNERS} marker-mid='url(#{at})'/></marker>" for at in range(depth)]
    return svg(f"<defs>{''.join(markers)}</defs><path {CORNERS} style='marker-mid: url(\"#{depth}\")'/>")


def test_pictures_of_the_course_and_usual_ones_are_painted() -> None:
    shipped = list((resources_dir() / "lessons").glob("*.svg"))
    assert len(shipped) >= 10
    for path in shipped:
        check_svg(path.read_text("utf-8"))
    for usual in (
        used_again(2),
        marked(1),
        svg("<image href='data:image/png;base64,AAAA'/>"),
        svg("<use href='#no'/>"),
    ):
        check_svg(usual)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (used_again(8), "too much"),
        (marked(9), "too much"),
        (svg("<g id='a'><use href='#a'/></g>"), "too much"),
        (svg(RECT * 30_000), "too much"),
        (svg("<image xlink:href='/dev/zero' width='5' height='5'/>"), "another file"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "entities"),
        (svg("<g>" * 20_000 + "</g>" * 20_000), "damaged|too much"),
        (svg("<g>"), "damaged"),
        ("", "damaged"),
    ],
)
def test_others_are_refused(source: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_svg(source)
