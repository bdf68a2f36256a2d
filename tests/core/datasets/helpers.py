"""A small published set, made up: 4 classes, 40 + 20 random pictures."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.core.datasets.content import Content, RawData, complete
from app.core.datasets.idx import write_idx
from app.core.datasets.storage import IDX_NAMES
from app.core.datasets.types import DataKind, DatasetFile, DatasetSpec, LabelledImages


def random_images(n: int, seed: int, classes: int = 4) -> LabelledImages:
    """`n` pictures, their labels in turn."""
    images = np.random.default_rng(seed).integers(0, 256, (n, 28, 28), np.uint8)
    return LabelledImages(images, (np.arange(n) % classes).astype(np.uint8))


@dataclass(frozen=True)
class SmallSet:
    """The spec of the made-up set "tiny", and its data."""

    spec: DatasetSpec
    content: Content

    @property
    def specs(self) -> dict[str, DatasetSpec]:
        return {self.spec.name: self.spec}

    def write(self, folder: Path, *, packed: bool = True) -> Path:
        """Its four files in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        train, test = self.content.train, self.content.test
        for name, array in zip(IDX_NAMES, (train.images, train.labels, test.images, test.labels), strict=True):
            write_idx(folder / name, array)
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
                (folder / name).unlink()
        return folder


def small_set(mirrors: tuple[str, ...] = ()) -> SmallSet:
    content = complete(RawData(random_images(40, 1), random_images(20, 2)))
    arrays = (content.train.images, content.train.labels, content.test.images, content.test.labels)
    files = [
        DatasetFile(name, digest, array.shape)
        for name, digest, array in zip(IDX_NAMES, content.hashes, arrays, strict=True)
    ]
    spec = DatasetSpec(
        name="tiny",
        title="Tiny",
        kind=DataKind.OWN,
        class_names=("a", "b", "c", "d"),
        files=(files[0], files[1], files[2], files[3]),
        mirrors=mirrors,
        preprocessing="mnist-1",
        licence="none",
        citation="none",
        homepage="http://localhost/",
        download_mb=1,
    )
    return SmallSet(spec, content)


def left_behind(home: Path) -> list[str]:
    """Everything in the user's data folder, hidden things too."""
    data = home / "data"
    return sorted(path.name for path in data.iterdir()) if data.is_dir() else []
