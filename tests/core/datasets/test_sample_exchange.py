"""Samples written out come back through Import as they were, and into a set of samples."""

import errno
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.importing import import_folder
from app.core.datasets.originals import Pixels
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples import store as sample_store
from app.core.datasets.samples.exchange import ExportFormat, export_samples, import_as_new_set, import_samples
from app.core.datasets.samples.sets import sample_set_names
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.datasets.sources import load_dataset, own_names
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError, StudioError
from app.core.imaging.drawing import load_drawing, save_drawing

from .helpers import random_images
from .sample_hand import drawing, filled_store, make_store

ODD_NAMES = ("T-shirt/top", "con", "a:b", "a?b", "Ärmel", "...", "train", "x", "X", "long. " * 13)


def counted(part: LabelledImages) -> Counter[tuple[int, bytes]]:
    """Pictures with their labels, in no order."""
    return Counter((int(label), image.tobytes()) for image, label in zip(part.images, part.labels, strict=True))


def assert_same(found: Dataset, expected: Dataset) -> None:
    assert found.class_names == expected.class_names
    assert found.preprocessing == expected.preprocessing
    assert counted(found.train) == counted(expected.train)
    assert counted(found.test) == counted(expected.test)


@pytest.mark.parametrize("wanted", ExportFormat)
def test_every_format_comes_back_through_import(wanted: ExportFormat, tmp_path: Path) -> None:
    store = filled_store()
    target = export_samples(store.name, wanted, tmp_path / "out")
    info = import_folder(target, "back")
    assert_same(load_dataset(info.name, "full"), load_dataset(store.name, "full"))


@pytest.mark.parametrize("wanted", ExportFormat)
def test_odd_names_empty_classes_and_clothes_come_back_too(wanted: ExportFormat, tmp_path: Path) -> None:
    clothes = DATASETS["fashion-mnist"].class_names
    for title, names in (("Odd", ODD_NAMES), ("Clothes", clothes)):
        store = make_store(title, names)
        images = random_images(12, 3, classes=2).images
        store.add_all(NewSample(Pixels(image), number % 2) for number, image in enumerate(images))
        info = import_folder(export_samples(store.name, wanted, tmp_path / title), f"back-{title}".lower())
        assert_same(load_dataset(info.name, "full"), load_dataset(store.name, "full"))


@pytest.mark.parametrize("wanted", ExportFormat)
def test_every_format_comes_back_as_samples(wanted: ExportFormat, tmp_path: Path) -> None:
    store = filled_store()
    made = import_as_new_set("Back", export_samples(store.name, wanted, tmp_path / "out")).set
    assert_same(load_dataset(made.name, "full"), load_dataset(store.name, "full"))


def test_originals_stay_drawings_and_pictures(tmp_path: Path) -> None:
    store = filled_store(of_each=5)
    target = export_samples(store.name, ExportFormat.ORIGINALS, tmp_path / "out")
    one = next(path for path in sorted(target.rglob("*.drawing.json")))
    assert load_drawing(one) == drawing(3 + int(one.parent.name))
    assert {path.name.split(".", 1)[1] for path in (target / "train" / "1").iterdir()} == {
        "drawing.json",
        "dark-on-light.png",
    }
    made = import_as_new_set("Back", target).set
    before, after = Counter(s.kind for s in store.samples()), Counter(s.kind for s in SampleStore(made.name).samples())
    assert before == after


def test_files_are_what_other_programs_expect(tmp_path: Path) -> None:
    store = filled_store()
    expected = load_dataset(store.name, "full")
    arrays = np.load(export_samples(store.name, ExportFormat.NPZ, tmp_path / "set.npz"), allow_pickle=False)
    assert np.array_equal(arrays["x_train"], expected.train.images)
    assert np.array_equal(arrays["y_test"], expected.test.labels)
    idx = export_samples(store.name, ExportFormat.IDX, tmp_path / "idx")
    assert np.array_equal(
        np.fromfile(idx / "train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 28, 28), expected.train.images
    )
    folders = export_samples(store.name, ExportFormat.PNG, tmp_path / "png")
    assert sorted(path.name for path in (folders / "train").iterdir()) == ["0", "1", "2"]


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    store = filled_store()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    for wanted, name in ((ExportFormat.PNG, "mine"), (ExportFormat.NPZ, "set.npz")):
        (tmp_path / "set.npz").write_bytes(b"old")
        with pytest.raises(InputError, match="already a file or folder called"):
            export_samples(store.name, wanted, tmp_path / name)
    (tmp_path / "empty").mkdir()
    assert export_samples(store.name, ExportFormat.PNG, tmp_path / "empty").is_dir()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_a_set_without_samples_cannot_be_written(tmp_path: Path) -> None:
    store = make_store()
    with pytest.raises(InputError, match="no samples yet"):
        export_samples(store.name, ExportFormat.PNG, tmp_path / "out")
    assert list(tmp_path.glob("out*")) == []


def test_samples_join_a_set_by_the_names_of_their_classes(tmp_path: Path) -> None:
    source = make_store("Source", ("2", "1"))
    source.add_all(NewSample(drawing(number), 0) for number in range(5))
    target = export_samples(source.name, ExportFormat.ORIGINALS, tmp_path / "out")
    store = make_store()
    assert len(import_samples(store.name, target).ids) == 5
    assert [(count.train, count.held_back) for count in store.set.counts] == [(0, 0), (0, 0), (4, 1)]


def test_a_class_the_set_does_not_have_is_refused_whole(tmp_path: Path) -> None:
    source = make_store("Source", ("cat", "dog"))
    source.add(drawing(), 1)
    target = export_samples(source.name, ExportFormat.ORIGINALS, tmp_path / "out")
    store = make_store()
    with pytest.raises(InputError, match="My digits has no class called dog"):
        import_samples(store.name, target)
    assert store.set.total == 0


def test_a_set_that_could_not_be_filled_is_not_left_behind(tmp_path: Path) -> None:
    source = filled_store()
    target = export_samples(source.name, ExportFormat.ORIGINALS, tmp_path / "out")
    (target / "train" / "0" / "nonsense.drawing.json").write_text("{")
    with pytest.raises(InputError, match="nonsense"):
        import_as_new_set("Back", target)
    assert sample_set_names() == (source.name,)


def test_a_damaged_list_of_classes_is_told(tmp_path: Path) -> None:
    target = export_samples(filled_store().name, ExportFormat.PNG, tmp_path / "out")
    for text, problem in (("{", "is damaged"), ('{"classes": {"0": "x", "1": "x", "2": "y"}}', "is damaged")):
        (target / "classes.json").write_text(text)
        with pytest.raises(InputError, match=problem):
            import_folder(target, "back")
    (target / "classes.json").write_text('{"classes": {"0": "x", "1": "y"}}')
    with pytest.raises(InputError, match="does not name the folder 2"):
        import_folder(target, "back")


class EnoughError(Exception):
    """The user does not want to wait."""


def enough(done: int, _total: int) -> None:
    if done == 2:
        raise EnoughError


@pytest.mark.parametrize("wanted", [ExportFormat.PNG, ExportFormat.NPZ])
def test_whoever_stops_an_import_finds_nothing_of_it(wanted: ExportFormat, tmp_path: Path) -> None:
    store = filled_store()
    source = export_samples(store.name, wanted, tmp_path / "out")
    with pytest.raises(EnoughError):
        import_samples(store.name, source, enough)
    with pytest.raises(EnoughError):
        import_as_new_set("Another", source, enough)
    assert store.set.total == 21
    assert sample_set_names() == (store.name,)


def test_whoever_stops_an_import_of_data_finds_nothing_of_it(tmp_path: Path) -> None:
    source = export_samples(filled_store().name, ExportFormat.PNG, tmp_path / "out")
    with pytest.raises(EnoughError):
        import_folder(source, "stopped", progress=enough)
    assert "stopped" not in own_names()


def test_whoever_stops_an_export_finds_nothing_of_it(tmp_path: Path) -> None:
    with pytest.raises(EnoughError):
        export_samples(filled_store().name, ExportFormat.ORIGINALS, tmp_path / "out", enough)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_progress_tells_how_many_there_are(tmp_path: Path) -> None:
    store, told = filled_store(), list[tuple[int, int]]()
    export_samples(store.name, ExportFormat.PNG, tmp_path / "out")
    import_samples(store.name, tmp_path / "out", lambda done, total: told.append((done, total)))
    assert told == [(done, 21) for done in range(21)]


def test_the_file_with_nothing_on_it_is_named(tmp_path: Path) -> None:
    store = filled_store()
    for name in ("0", "1"):
        (tmp_path / "in" / name).mkdir(parents=True)
        save_drawing(drawing(), tmp_path / "in" / name / "good.drawing.json")
    Image.new("L", (40, 40), 255).save(tmp_path / "in" / "1" / "white.png")
    imported = import_samples(store.name, tmp_path / "in")
    assert len(imported.ids) == 2
    assert imported.note == "1 picture was left out because nothing was found on it: 1/white.png."
    for name in ("0", "1"):
        (tmp_path / "in" / name / "good.drawing.json").unlink()
        Image.new("L", (40, 40), 255).save(tmp_path / "in" / name / "white.png")
    with pytest.raises(InputError, match=r"nothing to see on .*1.white\.png;"):
        import_samples(store.name, tmp_path / "in")
    (tmp_path / "in" / "1" / "white.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"In .*1, white\.png"):
        import_samples(store.name, tmp_path / "in")
    assert store.set.total == 23


def test_more_than_fits_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_store()
    monkeypatch.setattr(sample_store, "MAX_BYTES", 500)
    with pytest.raises(InputError, match="add fewer of them at once"):
        store.add_all(NewSample(drawing(number), 0) for number in range(5))
    assert store.set.total == 0


def test_a_disk_that_can_only_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled_store()

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StudioError, match="may not be written"):
        export_samples(store.name, ExportFormat.PNG, tmp_path / "out")


def test_data_whose_classes_cannot_be_told_apart_is_refused(tmp_path: Path) -> None:
    images, labels = random_images(10, 3, classes=2).images, np.arange(10, dtype=np.uint8) % 2
    np.savez(tmp_path / "twice.npz", x_train=images, y_train=labels, class_names=np.array(["a", "a"]))
    with pytest.raises(InputError, match="Two classes are called a"):
        import_folder(tmp_path / "twice.npz")
    assert own_names() == ()
