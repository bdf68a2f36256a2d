import errno
import os
import time
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.content import RawData
from app.core.datasets.idx import write_idx
from app.core.datasets.importing import delete_own_set, import_folder, preview_import, restore_own_set, store
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.sets import create_sample_set
from app.core.datasets.sources import available, load_dataset, own_names
from app.core.datasets.types import Variant
from app.core.errors import InputError, StudioError
from app.core.file_writing import tidy_up

from .helpers import SmallSet, left_behind, random_images


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder for each class."""
    rng = np.random.default_rng(0)
    for name in ("B", "A"):
        (tmp_path / "My letters" / name).mkdir(parents=True)
        for i in range(10):
            picture = np.zeros((28, 28), np.uint8)
            picture[4:24, 4:24] = rng.integers(0, 256, (20, 20))
            Image.fromarray(picture).save(tmp_path / "My letters" / name / f"{i}.png")
    return tmp_path / "My letters"


@pytest.mark.parametrize("kind", ["idx.gz", "idx", "npz", "csv"])
def test_a_published_set_is_recognized_in_every_format(tmp_path: Path, home: Path, tiny: SmallSet, kind: str) -> None:
    source = tmp_path / "source"
    train, test = tiny.content.train, tiny.content.test
    if kind.startswith("idx"):
        tiny.write(source, packed=kind == "idx.gz")
    else:
        source.mkdir()
    if kind == "npz":
        np.savez(source / "a.npz", x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)
    if kind == "csv":
        for name, part in (("train", train), ("test", test)):
            rows = np.column_stack([part.labels, part.images.reshape(len(part), -1)])
            np.savetxt(source / f"{name}.csv", rows, "%d", ",")
    info = import_folder(source, "whatever", tiny.specs)
    assert (info.name, info.title, info.variant) == ("tiny", "Tiny", Variant.FULL)
    assert (info.train_count, info.test_count, info.class_names) == (40, 20, ("a", "b", "c", "d"))
    assert info.path == home / "data" / "tiny"
    assert load_dataset("tiny", "full", tiny.specs).variant is Variant.FULL
    assert left_behind(home) == ["tiny"]


def test_a_damaged_full_set_is_replaced(tmp_path: Path, home: Path, tiny: SmallSet) -> None:
    broken = tiny.write(home / "data" / "tiny", packed=False)
    (broken / "t10k-labels-idx1-ubyte").write_bytes(b"")
    import_folder(tiny.write(tmp_path / "source"), specs=tiny.specs)
    assert load_dataset("tiny", "full", tiny.specs).variant is Variant.FULL
    assert left_behind(home) == ["tiny"]


def test_own_pictures_become_an_own_set(home: Path, letters: Path) -> None:
    info = import_folder(letters)
    assert (info.name, info.title, info.variant) == ("my-letters", "My letters", Variant.IMPORTED)
    assert (info.train_count, info.test_count, info.class_names) == (16, 4, ("A", "B"))
    data = load_dataset("my_letters", "full")
    assert (data.name, data.title, data.variant, data.class_names) == (
        "my-letters",
        "My letters",
        Variant.IMPORTED,
        ("A", "B"),
    )
    assert np.bincount(data.test.labels).tolist() == [2, 2]
    assert data.preprocessing == "mnist-1"
    assert own_names() == ("my-letters",)
    there = available("my-letters")
    assert (there.title, there.starter, there.full_at) == ("My letters", False, home / "data" / "my-letters")
    assert there.counts == {Variant.IMPORTED: (16, 4)}
    with pytest.raises(InputError, match="no starter edition; choose its full data"):
        load_dataset("my-letters")


def test_an_own_set_can_be_handed_on(
    home: Path, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = import_folder(letters)
    before = load_dataset("my-letters", "full")
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", str(tmp_path / "other home"))
    import_folder(info.path)
    after = load_dataset("my-letters", "full")
    assert after.class_names == ("A", "B")
    assert after.sha256 == before.sha256


def test_a_changed_own_set_is_noticed(home: Path, letters: Path) -> None:
    path = import_folder(letters).path
    labels = bytearray((path / "train-labels-idx1-ubyte").read_bytes())
    labels[-1] ^= 1
    (path / "train-labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(InputError, match="damaged; import it again"):
        load_dataset("my-letters", "full")
    (path / "dataset.json").write_text('{"title": "x"}')
    with pytest.raises(InputError, match=r"dataset\.json is damaged"):
        available("my-letters")


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a:b", "x" * 41, ".hidden", "con", "a\u202eb", "-"])
def test_names_that_could_lead_astray_are_refused(home: Path, letters: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name"):
        import_folder(letters, name)
    assert left_behind(home) == []


def test_a_taken_name_is_refused(letters: Path) -> None:
    import_folder(letters, "mine")
    with pytest.raises(InputError, match="already a data set called mine"):
        import_folder(letters, "mine")


def test_one_published_set_is_not_imported_as_another(tmp_path: Path, home: Path, tiny: SmallSet) -> None:
    with pytest.raises(InputError, match="not Fashion-MNIST; import it as"):
        import_folder(tiny.write(tmp_path / "source"), "fashion-mnist", {**DATASETS, **tiny.specs})
    assert left_behind(home) == []


def test_wrong_content_never_becomes_a_published_set(tmp_path: Path, home: Path, tiny: SmallSet) -> None:
    folder = tiny.write(tmp_path / "tiny", packed=False)
    path = folder / "train-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    for name in ("tiny", None):
        with pytest.raises(InputError, match="not the published Tiny, its content differs"):
            import_folder(folder, name, tiny.specs)
    path.write_bytes(content[:-1])
    with pytest.raises(InputError, match="truncated or damaged"):
        import_folder(folder, "tiny", tiny.specs)
    assert left_behind(home) == []


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "is full; free some space"),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "could not be stored"),
    ],
)
def test_a_failing_disk_leaves_nothing_and_keeps_the_old(
    home: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch, number: int, message: str
) -> None:
    source = tiny.write(home.parent / "source")
    import_folder(source, specs=tiny.specs)
    written: list[Path] = []

    def fail_at_the_third(path: Path, array: np.ndarray) -> None:
        written.append(path)
        if len(written) == 3:
            path.write_bytes(b"half")
            raise OSError(number, "failed")
        write_idx(path, array)

    monkeypatch.setattr("app.core.datasets.storage.write_idx", fail_at_the_third)
    with pytest.raises(StudioError, match=message) as caught:
        import_folder(source, specs=tiny.specs)
    assert not isinstance(caught.value, InputError)
    assert left_behind(home) == ["tiny"]
    assert load_dataset("tiny", "full", tiny.specs).variant is Variant.FULL


def test_a_failing_rename_puts_the_old_set_back(
    tmp_path: Path, home: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_folder(tiny.write(tmp_path / "source"), specs=tiny.specs)

    def fail(_new: Path, _target: Path) -> Path:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StudioError, match="may not be written"):
        import_folder(tmp_path / "source", specs=tiny.specs)
    assert left_behind(home) == ["tiny"]


def test_a_home_that_is_a_file(tmp_path: Path, tiny: SmallSet, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", str(tmp_path / "file"))
    with pytest.raises(StudioError, match="could not be stored"):
        import_folder(tiny.write(tmp_path / "source"), specs=tiny.specs)


def test_what_a_killed_import_left_is_removed_a_day_later(tmp_path: Path, home: Path, tiny: SmallSet) -> None:
    (home / "data" / ".tiny-00000000.part").mkdir(parents=True)
    source = tiny.write(tmp_path / "source")
    import_folder(source, specs=tiny.specs)
    assert left_behind(home) == [".tiny-00000000.part", "tiny"]  # it may still be running
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(home / "data" / ".tiny-00000000.part", (two_days_ago, two_days_ago))
    tidy_up()
    assert left_behind(home) == ["tiny"]


def test_a_folder_without_a_usable_name(tmp_path: Path, home: Path, tiny: SmallSet) -> None:
    info = import_folder(tiny.write(tmp_path / ".ÄÖ"))
    assert (info.name, info.title) == ("own-data", "Own data")
    assert load_dataset("own-data", "full").title == "Own data"


def test_a_file_becomes_a_set_called_like_it(tmp_path: Path) -> None:
    images = random_images(20, 3, classes=2)
    np.savez(tmp_path / "Two_Kinds.npz", x_train=images.images, y_train=images.labels)
    assert import_folder(tmp_path / "Two_Kinds.npz").name == "two-kinds"


def test_a_source_that_cannot_be_named(tmp_path: Path) -> None:
    for source in ("~nobody-of-that-name/data", os.fsdecode(bytes(tmp_path / "x") + b"\xff")):
        for use in (lambda path: import_folder(Path(path)), lambda path: load_dataset("mnist", path)):
            with pytest.raises(InputError, match=r"give the whole path|not valid Unicode"):
                use(source)


def test_a_home_that_cannot_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", "~nobody-of-that-name/data")
    with pytest.raises(InputError, match="set SOFTMAX_STUDIO_HOME"):
        own_names()
    monkeypatch.delenv("SOFTMAX_STUDIO_HOME")
    monkeypatch.setattr("app.core.paths.platformdirs.user_data_dir", lambda *_args, **_options: "~/.local/share/x")
    with pytest.raises(InputError, match="set SOFTMAX_STUDIO_HOME"):
        own_names()


def test_an_imported_set_goes_and_comes_back_until_another_goes(letters: Path) -> None:
    for name in ("one", "two"):
        import_folder(letters, name)
    delete_own_set("One")
    assert own_names() == ("two",)
    with pytest.raises(InputError, match="no imported data set called 'one'; there are: two"):
        delete_own_set("one")
    restore_own_set("one")
    assert len(load_dataset("one", "full").train) == 16
    delete_own_set("one")
    delete_own_set("two")
    with pytest.raises(InputError, match="cannot be restored"):
        restore_own_set("one")
    with pytest.raises(InputError, match="cannot be restored"):
        restore_own_set("..")


def test_samples_and_published_sets_are_not_deleted_as_imported_ones(home: Path) -> None:
    name = create_sample_set("Mine").name
    for other in (name, "mnist", "", ".."):
        with pytest.raises(InputError, match="there are: none yet"):
            delete_own_set(other)


def test_an_unknown_set_is_told_which_there_are(letters: Path) -> None:
    import_folder(letters, "letters")
    with pytest.raises(InputError, match="choose one of: mnist, fashion-mnist, letters"):
        load_dataset("leters", "full")


def test_a_validation_part_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train, validation, test = random_images(30, 1), random_images(8, 2), random_images(12, 3)
    monkeypatch.setattr("app.core.datasets.reading.read_data", lambda *_: RawData(train, test, validation=validation))
    preview = preview_import(tmp_path)
    assert (preview.train_count, preview.content.validation_count, len(preview.content.test)) == (30, 8, 12)
    assert [parts.validation for parts in preview.class_parts] == [2, 2, 2, 2]
    info = store(preview, "with-validation")
    assert (info.train_count, info.validation_count, info.test_count) == (38, 8, 12)
    data = load_dataset("with-validation", "full")
    assert data.validation_count == 8
    np.testing.assert_array_equal(data.train.images[30:], validation.images)
    assert available("with-validation").validation_count == 8


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("숫자 모음", "숫자-모음"),
        ("손글씨", "손글씨"),
        ("Цифры_2024", "цифры-2024"),
        ("हिन्दी अंक", "हिन्दी-अंक"),
        ("Schrift.züge", "schrift"),
        ("e\u0301toiles", "étoiles"),
        ("con", "con-data"),
        ("!!!", "own-data"),
    ],
)
def test_a_set_is_called_as_its_folder_in_any_script(
    home: Path, letters: Path, tmp_path: Path, called: str, name: str
) -> None:
    folder = tmp_path / called
    letters.rename(folder)
    info = import_folder(folder)
    assert info.name == name
    assert left_behind(home) == [name]
    assert name in own_names()
    for typed in (name, unicodedata.normalize("NFD", name), name.upper(), name.replace("-", " ")):
        assert load_dataset(typed, "full").class_names == info.class_names
