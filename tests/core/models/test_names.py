"""What models may be called: letters of any script, and what every file system takes."""

import unicodedata

import pytest

from app.core.errors import InputError
from app.core.models.store import check_name, check_new_name


@pytest.mark.parametrize("name", ["a", "My model 2.1 (old)", "_x-1", "손글씨 모델", "модель", "数字", "हिन्दी", "٣٤"])
def test_names_in_any_script(home: object, name: str) -> None:
    assert check_new_name(name) == name
    assert check_name(unicodedata.normalize("NFD", name)) == name


@pytest.mark.parametrize(
    "name", ["", " a", "a ", "a.", ".a", "-a", "a/b", "a\\b", "a:b", "a*", "a\u202eb", "a\nb", "x" * 61, "..", "😀"]
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a model"):
        check_name(name)


@pytest.mark.parametrize("name", ["con", "AUX", "Nul.old", "com1", "lpt9.x", "𠀀" * 60])
def test_what_some_systems_do_not_take_is_no_new_name(home: object, name: str) -> None:
    check_name(name)  # as an older version of the program allowed
    with pytest.raises(InputError, match="cannot be the name of a folder on every system"):
        check_new_name(name)
