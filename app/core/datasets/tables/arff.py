"""ARFF, Weka's and OpenML's format: a header that names the columns, then rows as in CSV."""

import re
from pathlib import Path

from app.core.datasets.tables.csv_format import open_rows
from app.core.datasets.tables.rows import Table
from app.core.datasets.tables.text import decoded, line_blocks
from app.core.errors import InputError

_ATTRIBUTE = re.compile(r"""@attribute\s+("[^"]*"|'[^']*'|\S+)\s""", re.IGNORECASE)


def open_arff(path: Path, wanted_label: str = "") -> Table:
    """Look at the table in `path`; as `open_csv`."""
    titles: list[str] = []
    lines = (line for block in line_blocks(path) for line in decoded(block).split("\n")[:-1])
    for number, line in enumerate(lines, 1):
        if match := _ATTRIBUTE.match(line.lstrip()):
            titles.append(match[1].strip("'\""))
        elif line.strip().lower() == "@data":
            return open_rows(path, wanted_label, titles, number, "'")
    raise InputError(f"{path.name} is not an ARFF file: it has no line @data.")
