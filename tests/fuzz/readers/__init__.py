"""What is fuzzed, by name: a module for each kind of thing, with its rows in `ROWS`."""

from tests.fuzz.reader import Reader
from tests.fuzz.readers import data, databases, models, own_files

_ROWS = (*models.ROWS, *databases.ROWS, *own_files.ROWS, *data.ROWS)
READERS: dict[str, Reader] = {reader.name: reader for reader in _ROWS}
assert len(READERS) == len(_ROWS), "two rows have one name, and one would never be fuzzed"
