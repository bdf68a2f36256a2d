"""What is fuzzed, by name: a module for each kind of thing, with its rows in `ROWS`."""

from tests.fuzz.reader import Reader
from tests.fuzz.readers import data, databases, models, own_files

READERS: dict[str, Reader] = {
    reader.name: reader for rows in (models.ROWS, databases.ROWS, own_files.ROWS, data.ROWS) for reader in rows
}
