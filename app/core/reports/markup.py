"""The pieces of HTML that a report is put together from."""

import base64
import io
from collections.abc import Iterable
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def section(title: str, content: str, kind: str = "") -> str:
    """A card with a heading; nothing for no content. `kind` is "long" for what may be broken across pages."""
    return f'<section class="{kind}">\n<h2>{escape(title)}</h2>\n{content}\n</section>' if content else ""


def rows(cells: Iterable[tuple[str, str]]) -> str:
    """A table of two columns: names and values, both plain text. Long words may be broken after an underscore."""
    lines = (
        f"<tr><th>{escape(name)}</th><td>{escape(value).replace('_', '_<wbr>')}</td></tr>" for name, value in cells
    )
    return f"<table><tbody>\n{chr(10).join(lines)}\n</tbody></table>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text; nothing for an empty one."""
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def picture(image: NDArray[np.uint8], description: str) -> str:
    """A picture (rows, columns) uint8 with ink = 255, inside the page, as dark ink on white paper."""
    content = io.BytesIO()
    Image.fromarray(255 - image).save(content, "PNG", optimize=True)
    data = base64.b64encode(content.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(description)}">'
