"""Forms of data that are not read say what they are, why, and what to do, however they come."""

import gzip
import pickle
import zipfile
from pathlib import Path

import pytest

from app.core.datasets.formats import read_data
from app.core.errors import InputError
from app.ui.navigation import page_for

PICKLE = pickle.dumps({b"data": [1, 2, 3], b"labels": [1]})
FILES = {
    "mnist.pkl": (PICKLE, "pickle"),
    "mnist.pkl.gz": (gzip.compress(PICKLE), "pickle"),
    "data_batch_1": (pickle.dumps({"labels": [1]}, protocol=2), "pickle"),
    "digits.joblib": (b"anything", "pickle"),
    "training.pt": (b"PK\x03\x04" + bytes(60), "PyTorch"),
    "train_32x32.mat": (b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(200), "MATLAB"),
    "emnist.mat": (b"MATLAB 7.3 MAT-file, Platform: GLNXA64" + bytes(200), "MATLAB"),
    "train-00000-of-00001.parquet": (b"PAR1" + bytes(100) + b"PAR1", "Parquet"),
    "data-00000-of-00001.arrow": (b"\xff\xff\xff\xff" + bytes(100), "Arrow"),
    "mnist-train.tfrecord-00000-of-00001": (bytes(100), "TFRecord"),
    "mnist.tfrecords": (bytes(100), "TFRecord"),
    "digits.rds": (gzip.compress(b"X\n"), "file of R"),
    "digits.txt": (b"# Created by Octave 8.4.0, Mon Jan 01 2024\n# name: X\n# type: matrix\n 1 2\n", "Octave"),
    "digits.zip.001": (b"PK\x03\x04" + bytes(60), "piece"),
    "digits.z01": (b"PK\x03\x04" + bytes(60), "piece"),
    "digits.orc": (b"ORC" + bytes(60), "ORC"),
    "digits.xlsx": (b"PK\x03\x04" + bytes(60), "spreadsheet"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_true_reason_is_said(name: str, tmp_path: Path) -> None:
    content, word = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    (tmp_path / "README.md").write_text("# A data set")
    (tmp_path / "dataset_info.json").write_text('{"features": {"label": {"names": ["0", "1"]}}}')
    with zipfile.ZipFile(tmp_path.parent / f"{tmp_path.name}.zip", "w") as packed:
        packed.write(path, f"data/{name}")
    for place in (path, tmp_path, tmp_path.parent / f"{tmp_path.name}.zip"):
        with pytest.raises(InputError, match=rf"is .*{word}.*;"):
            read_data(place)
    if name != "data_batch_1":
        assert page_for(path) == "data"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("3/seven.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        ("3/scan.pdf", b"%PDF-1.7\n" + bytes(60), "PDF"),
        ("digits.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60), "7-Zip"),
        ("digits.rar", b"Rar!\x1a\x07" + bytes(60), "RAR"),
    ],
)
def test_a_folder_of_something_else_is_called_so(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    (tmp_path / "README.md").write_text("# A data set")
    with pytest.raises(InputError, match=f"{name} is .*{word}"):
        read_data(tmp_path)


def test_the_last_piece_of_an_archive(tmp_path: Path) -> None:
    for name in ("digits.z01", "digits.zip"):
        (tmp_path / name).write_bytes(b"PK\x03\x04" + bytes(60))
    for place in (tmp_path, tmp_path / "digits.zip"):
        with pytest.raises(InputError, match="piece"):
            read_data(place)
