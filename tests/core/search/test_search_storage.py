"""Where studies are kept, and what is said when they cannot be."""

import socket
import sys
from pathlib import Path

import pytest

from app.core.errors import InputError, StudioError
from app.core.search.storage import open_storage, own_storage


def test_the_users_own_studies_lie_in_the_users_folder(home: Path) -> None:
    open_storage(own_storage())
    assert (home / "searches.sqlite3").is_file()


@pytest.mark.parametrize("url", ["nonsense", "oracle://server/name", "sqlite://", "redis://server"])
def test_a_url_that_is_no_database_is_a_sentence(url: str) -> None:
    with pytest.raises(InputError):
        open_storage(url)


@pytest.mark.parametrize(
    ("scheme", "driver"), [("postgresql", "psycopg"), ("postgres", "psycopg"), ("mysql", "pymysql")]
)
def test_a_missing_driver_says_what_to_install(scheme: str, driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(InputError, match=r"pip install 'softmax-studio\[(postgresql|mysql)\]'"):
        open_storage(f"{scheme}://me@localhost/studies")


def test_a_server_that_does_not_answer_is_a_sentence_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(StudioError) as caught:
        open_storage(f"postgresql://me:secret@127.0.0.1:{port}/studies")
    assert "refused" in str(caught.value).lower()
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "no.sqlite3").write_bytes(b"something else, and long enough to be looked at" * 9)
    with pytest.raises(StudioError, match="not a database"):
        open_storage(f"sqlite:///{tmp_path}/no.sqlite3")
