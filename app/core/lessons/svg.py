"""Whether a picture of a lesson can be painted at once: what an SVG refers to is painted again with each reference."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

MOST_PAINTED = 20_000
"""Elements, with those painted again: 0.2 s."""

_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)")
_NUMBER = re.compile(r"\d+")


def check_svg(source: str) -> None:
    """Raise ValueError for what is no SVG, takes long to paint, or wants other files to be read."""
    if "<!ENTITY" in source:
        raise ValueError("it declares entities")
    try:
        root = ElementTree.fromstring(source)
        if _Painted(root).count(root) > MOST_PAINTED:
            raise ValueError("there is too much to paint in it")
    except (ElementTree.ParseError, RecursionError):
        raise ValueError("it is damaged") from None


class _Painted:
    """Counts what is painted, a definition once for each reference."""

    def __init__(self, root: Element) -> None:
        self._named = {element.get("id"): element for element in root.iter()}
        self._counts: dict[Element, float] = {}

    def count(self, element: Element) -> float:
        """How much is painted for an element; infinite if it refers to itself."""
        if element not in self._counts:
            self._counts[element] = float("inf")
            again = sum(self.count(other) for other in self._references(element))
            self._counts[element] = 1 + sum(map(self.count, element)) + again * self._times(element)
        return self._counts[element]

    def _references(self, element: Element) -> Iterator[Element]:
        for name, value in element.attrib.items():
            is_link = name.rpartition("}")[2] == "href"
            if is_link and element.tag.rpartition("}")[2] == "image" and not value.startswith("data:"):
                raise ValueError("it wants another file to be read")
            named = [value.strip().removeprefix("#")] if is_link else _REFERENCE.findall(value)
            yield from (self._named[each] for each in named if each in self._named)

    def _times(self, element: Element) -> int:
        """A marker is painted at each corner."""
        return 1 + len(_NUMBER.findall(element.get("d", "") + element.get("points", ""))) // 2
