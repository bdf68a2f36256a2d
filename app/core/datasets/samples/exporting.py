"""Samples written to where other programs, and Import, read them."""

import contextlib
import json
import re
import shutil
import uuid
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from app.core.datasets.class_folders import CLASSES_FILE, TEST_FOLDER, TRAIN_FOLDER, ClassesFile
from app.core.datasets.content import Content, Progress, no_progress
from app.core.datasets.npz_format import write_npz
from app.core.datasets.originals import Pixels, save_original
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.samples.training import sample_content
from app.core.datasets.storage import CARD_NAME, OwnSetCard, storage_error, write_content
from app.core.errors import InputError

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class ExportFormat(StrEnum):
    """How samples are written; `words` says it for people."""

    PNG = "png"
    IDX = "idx"
    NPZ = "npz"
    ORIGINALS = "originals"

    @property
    def words(self) -> str:
        """What it is."""
        return {
            ExportFormat.PNG: "PNG pictures of 28 x 28, a folder for each class",
            ExportFormat.IDX: "IDX, four files as MNIST has them",
            ExportFormat.NPZ: "npz, the arrays x_train, y_train, x_test and y_test",
            ExportFormat.ORIGINALS: "Drawings and pictures as they were made, a folder for each class",
        }[self]


def export_samples(name: str, wanted: ExportFormat, target: Path, progress: Progress = no_progress) -> Path:
    """Write the set `name` as a new folder `target`, or a new file for NPZ: whole, or not at all.

    What is held back is the test part everywhere, so that Import gives the same set back. `progress` is told of single
    pictures.

    Returns:
        what was written; NPZ adds its suffix to `target` if it has none.

    Raises:
        InputError: `target` is there already, or the set has no samples (IDX and NPZ: none in one of its two parts).
        StudioError: the disk is full, or `target` may not be written.

    """
    store = SampleStore(name)
    known = store.set
    if not known.total:
        raise InputError(known.why_not_usable)
    if wanted is ExportFormat.NPZ and target.suffix.lower() != ".npz":
        target = target.with_name(f"{target.name}.npz")
    if target.exists() and not _is_empty_folder(target):
        raise InputError(f"There is already a file or folder called {target}; give another name.")
    return _written_whole(target, lambda work: _write(store, known, wanted, work, progress))


def _write(store: SampleStore, known: SampleSet, wanted: ExportFormat, work: Path, progress: Progress) -> None:
    if wanted is ExportFormat.NPZ:
        write_npz(work, sample_content(store, known))
        return
    work.mkdir()
    if wanted is ExportFormat.IDX:
        _write_idx(work, known, sample_content(store, known))
    else:
        as_made = wanted is ExportFormat.ORIGINALS
        _write_folders(work, known, store, as_made, progress)


def _write_idx(folder: Path, known: SampleSet, content: Content) -> None:
    """Write the four files, and beside them the names of the classes."""
    write_content(folder, content)
    card = OwnSetCard(
        title=known.title,
        class_names=content.class_names,
        preprocessing=content.preprocessing,
        train_count=len(content.train),
        test_count=len(content.test),
        sha256=content.sha256,
    )
    (folder / CARD_NAME).write_text(card.model_dump_json(indent=2), encoding="utf-8")


def _write_folders(folder: Path, known: SampleSet, store: SampleStore, as_made: bool, progress: Progress) -> None:
    folders, samples = _folder_names(known.class_names), store.samples()
    for number, sample in enumerate(samples):
        progress(number, len(samples))
        original = store.original(sample.id) if as_made else Pixels(sample.image)
        place = folder / (TEST_FOLDER if sample.is_held_back else TRAIN_FOLDER) / folders[sample.label]
        place.mkdir(parents=True, exist_ok=True)
        save_original(original, place, f"{sample.id:06}")
    said = ClassesFile(preprocessing=known.preprocessing, classes=dict(zip(folders, known.class_names, strict=True)))
    text = json.dumps(said.model_dump(mode="json"), ensure_ascii=False, indent=2)
    (folder / CLASSES_FILE).write_text(text + "\n", encoding="utf-8")


def _folder_names(class_names: tuple[str, ...]) -> list[str]:
    """Return a name for the folder of each class that every file system takes, as like the class' as can be."""
    names: list[str] = []
    for called in class_names:
        stem = re.sub(r'[\\/:*?"<>|]', "_", called).lstrip(". ")[:60].rstrip(". ") or "_"
        stem = f"_{stem}" if _RESERVED.fullmatch(stem) or stem.startswith("__") else stem
        name, count = stem, 1
        while name.casefold() in {other.casefold() for other in names}:
            count += 1
            name = f"{stem} {count}"
        names.append(name)
    return names


def _written_whole(target: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a file or folder beside `target`, then give it that name."""
    work = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(work)
        if target.is_dir():
            target.rmdir()  # empty, as a dialog makes it
        work.rename(target)
    except OSError as error:
        raise storage_error(error, target.parent) from error
    finally:
        if work.is_dir():
            shutil.rmtree(work, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):  # nor can anything be removed where nothing can be written
                work.unlink(missing_ok=True)
    return target


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
