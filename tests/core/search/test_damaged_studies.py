"""A database of searches that somebody, or something, has written into."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.core.errors import StudioError
from app.core.recipes import find_recipe
from app.core.search.plan import SearchPlan
from app.core.search.study import SearchStudy, known_studies, look_at


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two searches."""
    file = tmp_path_factory.mktemp("searches") / "searches.sqlite3"
    for name in ("one", "two"):
        plan = SearchPlan(name=name, method="list", bases=(find_recipe("quickstart-mnist").config,))
        SearchStudy.create(plan, f"sqlite:///{file}").close()
    return file


@pytest.fixture
def file(undamaged: Path, home: Path) -> Path:
    """A copy of them in the user's folder."""
    home.mkdir()
    return Path(shutil.copy(undamaged, home))


@pytest.mark.parametrize("content", [b"no database at all, whatever its name", b"\0" * 8192])
def test_what_is_no_database_is_set_aside(content: bytes, file: Path) -> None:
    for ending in ("-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    file.write_bytes(content)
    with pytest.raises(StudioError, match="set aside as"):
        known_studies()
    (aside,) = file.parent.glob("searches damaged 20*.sqlite3")
    assert aside.read_bytes() == content
    assert known_studies() == ()


def test_tables_whose_names_are_no_text_are_set_aside(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA writable_schema = ON")
        broken = b"CREATE TABLE studies \xac\xac"
        database.execute("UPDATE sqlite_master SET sql = CAST(? AS TEXT) WHERE name = 'studies'", (broken,))
    with pytest.raises(StudioError, match="set aside as"):
        known_studies()
    assert known_studies() == ()


@pytest.mark.parametrize("value", ["", "{", '"x"', "[[[", "null", "-1", "1e999"])
@pytest.mark.parametrize("key", ["slot", "base"])
def test_values_that_nobody_wrote_hide_no_other_search(key: str, value: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE trial_user_attributes SET value_json = ? WHERE key = ? AND trial_id = 1", (value, key))
    assert "two" in {known.plan.name for known in known_studies()}
    with suppress(StudioError):
        look_at("one")
