"""CSV and its relatives, as spreadsheets, pandas, Kaggle and others write them: a row for each picture."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.tables.columns import (
    Columns,
    Sample,
    find_columns,
    is_index_title,
    is_label_title,
    picture_shape,
)
from app.core.datasets.tables.rows import MAX_PICTURES, Rows, Table
from app.core.datasets.tables.text import MAX_TEXT, decoded, encoding_of, guessed_encoding_of, line_blocks
from app.core.errors import InputError

_SAMPLE_LINES = 300
_SAMPLE_CELLS = 400_000
_SAMPLE_SIZE = 8_000_000  # characters of them
_MOST_COLUMNS = 4 * 256 * 256 + 100
_MOST_BLANK = 64 << 20  # characters before the first row
_SEPARATORS = ("\t", ";", "|", ",")
_COMMENTS = ("#", "%", "//")
_DECIMAL_COMMA = re.compile(r'"?-?\d*,\d+"?')
_LONGEST_CELL = 128
_WIDTHS_OF_LISTS = frozenset(range(1, 20))
_NUMBER = re.compile(r"-?\d+([.,]\d+)?(e[-+]?\d+)?", re.IGNORECASE)
_FEWEST_IN_ROW = 48
_TRUE, _FALSE = ("1", "1.0", "1.0000", "true"), ("0", "0.0", "0.0000", "false")
_TRUTHS = {"true": 1.0, "false": 0.0}
"""As spreadsheets and pandas write them, in any case."""
_TRUTH = re.compile(r"\b(true|false)\b", re.IGNORECASE)
_LONGEST_NUMBER = 9
_OTHER_ENCODING = "The text is not UTF-8; its letters were read as {}. If names look wrong, save the table as UTF-8."


@dataclass(frozen=True)
class Dialect:
    """How rows are written. `separator` is empty for spaces; `skipped` lines at the start are no data."""

    separator: str
    quote: str = '"'
    has_decimal_commas: bool = False
    skipped: int = 0

    def cells(self, line: str) -> list[str]:
        """What a line holds; what follows a last separator does not count if it is nothing."""
        if not self.separator:
            return line.replace(self.quote, "").split()
        cells = line.split(self.separator)
        if self.quote in line:
            cells = next(csv.reader([line], delimiter=self.separator, quotechar=self.quote, skipinitialspace=True), [])
        return cells

    def number(self, cell: str) -> float:
        """The number in a cell, NaN for none; true is 1."""
        try:
            return float(cell.replace(",", ".") if self.has_decimal_commas else cell)
        except ValueError:
            return _TRUTHS.get(cell.strip().lower(), float("nan"))


@dataclass(frozen=True)
class Layout:
    """How a file is written and what its columns are.

    `titles` are numbers from 1 if it has none; `title_line` is the line they stand in, empty for none.
    """

    dialect: Dialect
    titles: tuple[str, ...]
    title_line: str
    columns: Columns
    shape: tuple[int, int, int]


def open_csv(path: Path, wanted_label: str = "") -> Table:
    """Look at the table in `path` and say what its columns are; its rows are read as they are asked for.

    Raises InputError (no table of pictures), ChoiceNeededError (which column is the label?) and OSError.
    """
    return open_rows(path, wanted_label)


def open_rows(
    path: Path, wanted_label: str = "", titles: Sequence[str] = (), skipped: int = 0, quote: str = '"'
) -> Table:
    """As `open_csv`; rows begin after `skipped` lines, and `titles` are known if a header of another kind told them."""
    lines = _first_lines(path, skipped)
    if not lines:
        raise InputError(f"{path.name} is empty.")
    dialect = _find_dialect(lines, quote, skipped)
    layout = _find_layout(path, lines, dialect, wanted_label, titles)
    has_label = bool(layout.columns.label)
    unused = tuple(layout.titles[column] for column in layout.columns.unused)
    read = partial(_read_rows, path, layout)
    guess = guessed_encoding_of(path) if has_label and not all(line.isascii() for line in lines[1:]) else ""
    notes = (_OTHER_ENCODING.format(guess),) if guess else _encoding_note(path)
    return Table(path.name, layout.shape, has_label, read, unused, layout.titles, notes=notes)


def _first_lines(path: Path, skipped: int) -> list[str]:
    """As many as tell what the columns are. Raises InputError (none for long, or more columns than a picture has)."""
    lines, size = list[str](), 0
    for line in islice(_useful_lines(path, skipped), _SAMPLE_LINES):
        if max(map(line.count, (*_SEPARATORS, " "))) > _MOST_COLUMNS:
            raise InputError(f"{path.name} has more than {_MOST_COLUMNS:,} columns; use pictures of 256 x 256 or less.")
        lines.append(line)
        size += len(line)
        if size > _SAMPLE_SIZE:
            break
    return lines


def _encoding_note(path: Path) -> tuple[str, ...]:
    found = encoding_of(path)
    return (f"The text of {path.name} is written in {found}.",) if found else ()


def has_rows_of_numbers(path: Path) -> bool:
    """Tell by its first lines whether a file holds rows of many numbers, whatever it is called.

    Raises InputError (no text) and OSError (the file cannot be read).
    """
    lines = list(islice(_useful_lines(path), 3))
    cells = re.split(r"[\s,;|\"]+", lines[-1]) if lines else []
    return sum(_NUMBER.fullmatch(cell) is not None for cell in cells) > max(_FEWEST_IN_ROW, 0.9 * len(cells) - 2)


def read_column(path: Path, pictures: Path | None = None) -> NDArray[np.str_]:
    """The column of a file of labels, below its title if it has one, in the order of the pictures.

    Of two columns the first is an index; of more, the one is meant whose title says that it holds labels. Where the
    table of `pictures` has the same index, labels are put in its order, else in that of an index which counts on.

    Raises InputError (no such column, too many rows, or other rows than pictures) and OSError (it cannot be read).
    """
    lines = list(islice(_useful_lines(path), MAX_PICTURES + 2))
    if len(lines) > MAX_PICTURES + 1:
        raise InputError(f"{path.name} holds more than {MAX_PICTURES:,} labels; use fewer.")
    dialect = _find_dialect(lines, '"', 0) if lines else Dialect(",")
    rows = [dialect.cells(line) for line in lines]
    widths = {len(row) for row in rows}
    titled = [number for number, title in enumerate(rows[0]) if is_label_title(title)] if rows else []
    is_column = widths <= {1, 2} or (len(widths) == 1 and widths < _WIDTHS_OF_LISTS and len(titled) == 1)
    if not is_column:
        raise InputError(f"{path.name} is no column of labels; a label in each line is needed.")
    at = titled[0] if len(titled) == 1 and len(widths) == 1 else -1
    cells = [row[at].strip()[:_LONGEST_CELL] for row in rows]
    is_word_over_numbers = len(cells) > 1 and np.isnan(dialect.number(cells[0])) > np.isnan(dialect.number(cells[1]))
    if not is_word_over_numbers and not (titled and cells[0] not in cells[1:]):
        return np.array(cells)
    index = next((number for number, title in enumerate(rows[0]) if is_index_title(title)), 0)
    if widths in ({1}, {1, 2}) or index == at % len(rows[0]):
        return np.array(cells[1:])
    return _in_order_of_index(path, cells[1:], [row[index].strip() for row in rows[1:]], rows[0][index], pictures)


def _in_order_of_index(
    path: Path, cells: list[str], index: list[str], title: str, pictures: Path | None
) -> NDArray[np.str_]:
    places = {text: number for number, text in enumerate(index)}
    wanted = _column_called(title, pictures) if pictures is not None else None
    if wanted is None:
        counted = sorted(int(text) for text in index if text.isdecimal() and len(text) <= _LONGEST_NUMBER)
        counts_on = len(counted) == len(places) and counted in (list(range(len(index))), list(range(1, len(index) + 1)))
        wanted = sorted(index, key=int) if counts_on and title.strip() else index
    elif pictures is not None and wanted != index and (len(places) < len(index) or set(wanted) - places.keys()):
        raise InputError(
            f"{pictures.name} and {path.name} do not name the same rows in their columns {title.strip()!r}; correct "
            "them, or leave these columns out."
        )
    return np.array(cells if wanted == index else [cells[places[text]] for text in wanted])


def _column_called(title: str, path: Path) -> list[str] | None:
    """What stands below a title in a table; None without such a column."""
    lines = _useful_lines(path)
    first = list(islice(lines, 50))
    dialect = _find_dialect(first, '"', 0)
    titles = [each.strip().casefold() for each in dialect.cells(first[0])] if first else []
    if title.strip().casefold() not in titles:
        return None
    at = titles.index(title.strip().casefold())
    rows = map(dialect.cells, chain(first[1:], lines))
    return [row[at].strip() if at < len(row) else "" for row in rows]


def _useful_lines(path: Path, skipped: int = 0) -> Iterator[str]:
    """The lines of the file that are neither blank nor comments."""
    blank = 0
    for block in line_blocks(path):
        for line in decoded(block).split("\n")[:-1]:
            if skipped:
                skipped -= 1
            elif not _is_no_row(line):
                blank = -MAX_TEXT  # there are rows
                yield line
        blank += len(block)
        if blank > _MOST_BLANK:
            raise InputError(f"{path.name} begins with {_MOST_BLANK >> 20} MB without a row; it is no table.")


def _is_no_row(line: str) -> bool:
    text = line.strip()
    return not text.strip(',;\t|" ') or text.startswith(_COMMENTS)


def _find_dialect(lines: Sequence[str], quote: str, skipped: int) -> Dialect:
    said = re.fullmatch(r'"?sep=(.)"?', lines[0].strip(), re.IGNORECASE)  # Excel's own first line
    if said:
        skipped, lines = skipped + 1, lines[1:] or lines
    for separator in (said[1],) if said else _SEPARATORS:
        dialect = Dialect(separator, quote, skipped=skipped)
        counts = [len(dialect.cells(line)) for line in lines[:50]]
        usual = max(set(counts), key=counts.count)
        if usual > 1 and sum(abs(count - usual) <= 1 for count in counts) >= 0.8 * len(counts):
            cells = [cell.strip() for line in lines[1:50] or lines for cell in dialect.cells(line)]
            commas = separator != "," and any(_DECIMAL_COMMA.fullmatch(cell) for cell in cells)
            return Dialect(separator, quote, commas, skipped)
    commas = any(_DECIMAL_COMMA.fullmatch(cell) for line in lines[1:50] or lines for cell in line.split())
    return Dialect("", quote, commas, skipped)


def _find_layout(
    path: Path, lines: Sequence[str], dialect: Dialect, wanted_label: str, known_titles: Sequence[str]
) -> Layout:
    said_separator = lines[0].strip().strip('"').lower().startswith("sep=")
    first, *others = lines[1:] if said_separator and len(lines) > 1 else lines
    titles = tuple(known_titles) or tuple(dialect.cells(first))
    has_titles = not known_titles and _are_titles(titles, [dialect.cells(line) for line in others[:20]], dialect)
    rows = others if has_titles else [first, *others]
    if not rows:
        raise InputError(f"{path.name} holds 0 pictures, only titles of columns.")
    width = _usual_width([dialect.cells(line) for line in rows[:50]])
    named = has_titles or bool(known_titles)
    if named and len(titles) == width - 1:  # R and others write no title above their row names
        titles = ("", *titles)
    titles = (*titles[:width], *[""] * (width - len(titles))) if named else tuple(map(str, range(1, width + 1)))
    most = max(20, _SAMPLE_CELLS // width)
    sample = _sample(rows[:most], titles, dialect, is_in_order=True)

    def more() -> Sample:
        return _sample(_spread(path, dialect.skipped + has_titles, min(most, _SAMPLE_LINES)), titles, dialect, False)

    # Titles that are but numbers say nothing: the columns are told by what they hold.
    telling = titles if named else ("",) * width
    columns = find_columns(
        Sample(telling if not named else titles, sample.cells, sample.numbers), wanted_label, path.name, more
    )
    return Layout(dialect, titles, first if has_titles else "", columns, _shape(columns, sample, dialect, path.name))


def _shape(columns: Columns, sample: Sample, dialect: Dialect, name: str) -> tuple[int, int, int]:
    count = len(columns.pixels)
    if columns.is_packed:
        counts = [len(_unpacked(text).split()) for text in sample.texts(columns.pixels[0])]
        count = max(set(counts), key=counts.count)
    shape = picture_shape(count)
    if shape is None:
        raise InputError(f"{name} has rows of {count} pixels; square pictures are needed, such as 784 for 28 x 28.")
    return shape


def _sample(lines: Sequence[str], titles: tuple[str, ...], dialect: Dialect, is_in_order: bool) -> Sample:
    found = [_fitted(dialect.cells(line), len(titles)) for line in lines]
    cells = [row for row in found if row is not None]
    if not cells:
        raise InputError("No rows could be read.")
    numbers = np.array([[dialect.number(cell) for cell in row] for row in cells], np.float64)
    return Sample(titles, cells, numbers, is_in_order)


def _fitted(cells: list[str], width: int) -> list[str] | None:
    """The cells of a row, without an empty one behind the last separator; None if there are too few or too many."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells if len(cells) == width else None


def _spread(path: Path, skipped: int, count: int) -> list[str]:
    """So many lines from everywhere in the file."""
    lines: list[str] = []
    for block in line_blocks(path):
        found = [line for line in decoded(block).split("\n")[:-1] if not _is_no_row(line)][
            skipped if not lines else 0 :
        ]
        lines += found[:: max(1, len(found) // count)]
        if len(lines) > 8 * count:
            lines = lines[::2]
    count = min(count, len(lines))
    return [lines[number * len(lines) // count] for number in range(count)]


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells a row has; none for an empty one at the end of each."""
    counts = [len(row) for row in rows]
    usual = max(sorted(set(counts), reverse=True), key=counts.count)
    fitting = [row for row in rows if len(row) == usual]
    return usual - 1 if all(not row[-1].strip() for row in fitting) and usual > 1 else usual


def _are_titles(first: Sequence[str], rows: Sequence[Sequence[str]], dialect: Dialect) -> bool:
    """Tell whether the first row has words where others have numbers, or numbers all columns in whatever order."""
    numbers = [dialect.number(cell) for cell in first]
    counted = sorted(number for number in numbers if np.isfinite(number))
    if len(first) > 20 and len(counted) > 0.9 * len(first) and np.mean(np.diff(counted) == 1) > 0.9:
        return True
    if not rows:
        return bool(np.isnan(numbers).mean() > 0.5)
    below = [np.isfinite([dialect.number(cell) for cell in row]) for row in rows if len(row) == len(first)]
    usually = np.mean(below, axis=0) > 0.5 if below else np.ones(len(first), np.bool_)
    words = np.isnan(numbers) & usually
    return int(words.sum()) > 0.5 * int(usually.sum()) if usually.any() else not any(map(_is_list, first))


def _is_list(cell: str) -> bool:
    """Tell whether a cell holds a list of numbers."""
    return len(re.findall(r"\d+", cell)) > 48


def _unpacked(cell: str) -> str:
    """The numbers of a cell with spaces between them."""
    return re.sub(r"[\[\](),;|]", " ", cell)


# The rows.


def _read_rows(path: Path, layout: Layout) -> Iterator[Rows]:
    line_number, to_skip = 1, layout.dialect.skipped
    reader = _Reader(path.name, layout)
    for block in line_blocks(path):
        whole_lines = block
        while to_skip and whole_lines:
            whole_lines = whole_lines[whole_lines.index(b"\n") + 1 :]
            line_number, to_skip = line_number + 1, to_skip - 1
        if whole_lines:
            yield reader.read(whole_lines, line_number)
            line_number += whole_lines.count(b"\n")


class _Reader:
    def __init__(self, name: str, layout: Layout) -> None:
        self._name, self._layout = name, layout
        self._width = len(layout.titles)
        columns = layout.columns
        self._texts = sorted({*columns.label, *((columns.part,) if columns.part is not None else ())})
        low, high = min(columns.pixels), max(columns.pixels) + 1
        is_slice = columns.pixels == tuple(range(low, high))
        self._pixels = slice(low, high) if is_slice else list(columns.pixels)

    def read(self, block: bytes, first_line: int) -> Rows:
        """The rows in whole lines: quickly if they are plain whole numbers, else with care."""
        separator = self._layout.dialect.separator
        if not self._layout.columns.is_packed and self._layout.columns.part is None and separator:
            first = block.index(b"\n") + 1
            start = first if decoded(block[: first - 1]) == self._layout.title_line else 0
            values = whole_numbers(block[start:], separator.encode())
            if values is not None and values.shape[1] == self._width:
                numbers = np.arange(len(values)) + first_line + bool(start)
                return Rows(values[:, self._pixels], self._labels_of(values), None, numbers)
        return self._with_care(decoded(block).split("\n")[:-1], first_line)

    def _labels_of(self, values: NDArray[np.int32]) -> NDArray[np.generic] | None:
        label = self._layout.columns.label
        if not label:
            return None
        return values[:, label[0]] if len(label) == 1 else self._one_hot(values[:, label])

    def _one_hot(self, values: NDArray[np.generic]) -> NDArray[np.str_]:
        """The names of the columns that are 1; an empty text where not exactly one is."""
        names = self._layout.columns.label_names
        if not names or (all(map(str.isdecimal, names)) and min(map(int, names)) > 1):
            names = tuple(map(str, range(values.shape[1])))
        numbers = values.astype(np.float64)
        good = np.isin(numbers, (0, 1)).all(axis=1) & (numbers.sum(axis=1) == 1)
        return np.where(good, np.array(names)[numbers.argmax(axis=1)], "")

    def _with_care(self, lines: list[str], first_line: int) -> Rows:
        numbered = [
            (number, line)
            for number, line in enumerate(lines, first_line)
            if not _is_no_row(line) and line != self._layout.title_line
        ]
        damaged: list[tuple[int, str]] = []
        blocks = list(self._parsed(numbered, damaged))
        width = int(np.prod(self._layout.shape))
        pixels = np.concatenate([block[0] for block in blocks]) if blocks else np.empty((0, width), np.float32)
        texts = np.concatenate([block[1] for block in blocks]) if blocks else np.empty((0, len(self._texts)), "U1")
        numbers = np.concatenate([block[2] for block in blocks]) if blocks else np.empty(0, np.int64)
        label, part = self._layout.columns.label, self._layout.columns.part
        places = [self._texts.index(column) for column in label]
        labels: NDArray[np.generic] | None = None
        if len(places) == 1:
            labels = texts[:, places[0]]
            if self._layout.dialect.has_decimal_commas:
                labels = np.array([re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", text.strip()) for text in labels])
        elif places:
            ones, zeros = (np.isin(np.char.lower(np.char.strip(texts[:, places])), words) for words in (_TRUE, _FALSE))
            labels = self._one_hot(np.where(ones | zeros, ones, 2))
        parts = None if part is None else texts[:, self._texts.index(part)]
        return Rows(pixels, labels, parts, numbers, tuple(damaged))

    def _parsed(
        self, lines: list[tuple[int, str]], damaged: list[tuple[int, str]]
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.str_], NDArray[np.int64]]]:
        """Pixels, texts and line numbers of what can be read; where something cannot, halves are tried."""
        if not lines:
            return
        try:
            texts = [line for _, line in lines]
            yield self._pixel_rows(texts), self._text_cells(texts), np.array([number for number, _ in lines], np.int64)
        except ValueError:
            if len(lines) == 1:
                damaged.append((lines[0][0], self._why(lines[0][1])))
                return
            middle = len(lines) // 2
            yield from self._parsed(lines[:middle], damaged)
            yield from self._parsed(lines[middle:], damaged)

    def _pixel_rows(self, lines: list[str]) -> NDArray[np.float32]:
        dialect = self._layout.dialect
        if self._layout.columns.is_packed:
            cells = [_unpacked(self._cells(line)[self._layout.columns.pixels[0]]) for line in lines]
            if any(not cell.strip() for cell in cells):
                raise ValueError("nothing, which loadtxt would pass over")
            rows = np.loadtxt(cells, np.float32, comments=None, ndmin=2)
            if rows.shape[1] != np.prod(self._layout.shape):
                raise ValueError("another number of pixels")
            return rows
        if any(_fitted_count(line, dialect, self._width) != self._width for line in lines):
            raise ValueError("another number of columns")
        numbers = [line.replace(",", ".") for line in lines] if dialect.has_decimal_commas else lines
        if _TRUTH.search(lines[0]):
            numbers = [_TRUTH.sub(lambda found: f"{_TRUTHS[found[0].lower()]:g}", line) for line in numbers]
        return np.loadtxt(
            numbers,
            np.float32,
            comments=None,
            delimiter=dialect.separator or None,
            quotechar=dialect.quote,
            usecols=self._layout.columns.pixels,
            ndmin=2,
        )

    def _text_cells(self, lines: list[str]) -> NDArray[np.str_]:
        """(n, texts): what stands in the columns of labels and parts."""
        if not self._texts:
            return np.empty((len(lines), 0), "U1")
        if self._layout.columns.is_packed or self._layout.dialect.quote == "'":
            rows = [[cells[column] for column in self._texts] for cells in map(self._cells, lines)]
            return np.array(rows, f"U{_LONGEST_CELL}")
        return np.loadtxt(
            lines,
            f"U{_LONGEST_CELL}",
            comments=None,
            delimiter=self._layout.dialect.separator or None,
            quotechar=self._layout.dialect.quote,
            usecols=self._texts,
            ndmin=2,
        )

    def _cells(self, line: str) -> list[str]:
        cells = _fitted(self._layout.dialect.cells(line), self._width)
        if cells is None:
            raise ValueError("another number of columns")
        return cells

    def _why(self, line: str) -> str:
        """What is wrong with a row, as a sentence."""
        count = _fitted_count(line, self._layout.dialect, self._width)
        if count != self._width:
            return f"It has {count} columns, not {self._width}."
        cells = self._layout.dialect.cells(line)
        if self._layout.columns.is_packed:
            found = len(_unpacked(cells[self._layout.columns.pixels[0]]).split())
            wanted = int(np.prod(self._layout.shape))
            return f"It has {found:,} pixels, not {wanted:,}." if found != wanted else "A pixel is no number."
        wrong = next((cell for cell in (cells[at] for at in self._layout.columns.pixels) if not _is_number(cell)), "")
        return f"{wrong.strip()[:20]!r} is no pixel." if wrong.strip() else "A pixel is missing."


def _fitted_count(line: str, dialect: Dialect, width: int) -> int:
    """How many cells a row has, without empty ones that are too much."""
    if dialect.separator and dialect.quote not in line and line.count(dialect.separator) == width - 1:
        return width
    cells = dialect.cells(line)
    return width if _fitted(cells, width) is not None else len(cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def whole_numbers(text: bytes, separator: bytes) -> NDArray[np.int32] | None:
    r"""The numbers (rows, columns) in lines such as b"7,0,255\n", all at once; None if there is anything else in them.

    Ten times as fast as reading one number after the other.
    """
    if len(separator) != 1 or not text:
        return None
    characters = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero((characters == separator[0]) | (characters == ord("\n")))
    digits = characters - ord("0")
    if np.count_nonzero(digits < 10) + len(ends) != len(characters):
        return None
    lengths = np.diff(ends, prepend=-1) - 1
    longest = int(lengths.max())
    rows = text.count(b"\n")
    if lengths.min() < 1 or longest > _LONGEST_NUMBER or len(ends) % rows:
        return None
    line_ends = characters[ends].reshape(rows, -1) == ord("\n")
    if not line_ends[:, -1].all():
        return None
    values = digits[ends - 1].astype(np.int32)
    for place in range(1, longest):
        longer = np.flatnonzero(lengths > place)
        values[longer] += digits[ends[longer] - 1 - place].astype(np.int32) * 10**place
    return values.reshape(rows, -1)
