"""Pictures, drawings, and data sets in every form that can be imported."""

import bz2
import gzip
import io
import json
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from app.core.datasets.idx import read_idx
from app.core.datasets.originals import load_original
from app.core.datasets.reading import find_data
from app.core.datasets.samples.exchange import import_as_new_set
from app.core.imaging.drawing import DRAWING_SUFFIX, Drawing, drawing_text
from app.core.imaging.pictures import load_picture, read_heif
from app.core.imaging.preprocess import prepare
from app.core.paths import resources_dir, user_dir
from tests.fuzz.mutations import ANY_BYTES, ANY_TEXT, Mutation, in_json, in_zip
from tests.fuzz.reader import Reader

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

# Nine pictures are too few for looking at what they show, which takes most of the time of an import: where numbers are
# all there is to break, `_MANY` of them are looked at.
_PIXELS = np.random.default_rng(3).integers(0, 256, (9, 7, 7), np.uint8)
_LABELS = np.arange(9, dtype=np.uint8) % 3
_MANY = 24
_PICTURE_SHAPE = (40, 30, 3)


def _picture(kind: str, mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(2).integers(0, 256, _PICTURE_SHAPE, np.uint8)
    image = Image.fromarray(pixels).convert(mode)
    image.save(file, kind, **options)
    return file.getvalue()


def picture_seeds(kind: str) -> Iterator[bytes]:
    """Of one format, as it is often written."""
    exif = Image.Exif()
    exif[0x0112] = 6
    match kind:
        case "png":
            yield _picture("PNG")
            yield _picture("PNG", "P", transparency=3)
            yield _picture("PNG", "LA")
            yield _picture("PNG", "1", exif=exif)
        case "jpeg":
            yield _picture("JPEG", exif=exif)
            yield _picture("JPEG", "L", progressive=True)
            yield _picture("JPEG", "CMYK")
        case "gif":
            frames = [Image.new("L", (20, 20), level) for level in (0, 90, 255)]
            yield _picture("GIF", "P")
            yield _picture("GIF", "P", save_all=True, append_images=frames)
        case "tiff":
            for packing in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
                yield _picture("TIFF", compression=packing)
            yield _picture("TIFF", "1", compression="group4")
            yield _picture("TIFF", "F", save_all=True, append_images=[Image.new("L", (9, 9))])
        case "bmp" | "ico" | "ppm":
            yield _picture(kind)
            yield _picture(kind, "L")
        case "heic":  # as a phone wrote it
            yield (resources_dir() / "samples" / "photograph.heic").read_bytes()
        case _:
            yield _picture(kind)


def read_picture(path: Path) -> None:
    """As the window opens it."""
    picture = load_picture(path, may_be_cut=True)
    prepare(picture, "mnist-1")
    assert max(picture.rgb.shape) <= 1024


def read_photograph(path: Path) -> None:
    """As it is decoded in a process of its own."""
    read_heif(path.read_bytes(), path.name, may_be_cut=True)


def drawing_seeds() -> Iterator[bytes]:
    """With and without time and pressure."""
    yield drawing_text(Drawing(100.0, 80.0, (((1.0, 2.0), (30.0, 40.5)), ((5.0, 5.0),)))).encode()
    stroke = tuple((10.0 + number, 20.0 + number % 7, 8.0 * number, 0.5) for number in range(60))
    yield drawing_text(Drawing(400.0, 400.0, (stroke, stroke[:7]), 22.0)).encode()


def drawing_documents() -> "SearchStrategy[bytes]":
    """Drawings of any numbers."""
    from hypothesis import strategies as st

    number = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9) | st.floats(0, 100)
    point = st.lists(number, min_size=2, max_size=4)
    strokes = st.lists(st.lists(point, max_size=12), max_size=6)
    side = st.floats(1e-3, 1e6) | st.just(100.0)
    facts = st.fixed_dictionaries(
        {
            "format": st.just("softmax-studio-drawing"),
            "version": st.just(1),
            "canvas": st.tuples(side, side),
            "strokes": strokes,
        },
        optional={"pen": st.floats(0, 1e6)},
    )
    return facts.map(lambda each: json.dumps(each).encode())


def read_drawing(path: Path) -> None:
    """As it is read, as a digit, as clothes, and as a number."""
    from app.core.imaging.segmentation.digit_row import drawing_rows

    drawing = load_original(path)
    assert isinstance(drawing, Drawing)
    prepare(drawing, "mnist-1")
    prepare(drawing, "fashion-mnist-1")
    drawing_rows(drawing)


def _idx(array: np.ndarray) -> bytes:
    head = bytes((0, 0, 8, array.ndim)) + b"".join(side.to_bytes(4, "big") for side in array.shape)
    return head + array.astype(np.uint8).tobytes()


def idx_seeds() -> Iterator[bytes]:
    """Plain and packed."""
    for content in (_idx(_PIXELS), _idx(_LABELS)):
        yield from (content, gzip.compress(content, mtime=0), bz2.compress(content), lzma.compress(content))


def _npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def npz_seeds() -> Iterator[bytes]:
    """As Keras and others name their arrays."""
    yield _npz(x_train=_PIXELS, y_train=_LABELS, x_test=_PIXELS[:6], y_test=_LABELS[:6])
    yield _npz(images=_PIXELS / 255, labels=np.eye(3)[_LABELS], class_names=np.array(["a", "b", "c"]))
    yield _npz(arr_0=_PIXELS.transpose(1, 2, 0), arr_1=np.array(["x", "yy", "z"])[_LABELS])
    yield _npz(images=np.resize(_PIXELS, (_MANY, 7, 7)), labels=np.resize(_LABELS, _MANY))


def npy_seeds() -> Iterator[bytes]:
    """A single array."""
    for array in (_PIXELS, np.asfortranarray(_PIXELS), _PIXELS.astype(">f4")):
        file = io.BytesIO()
        np.save(file, array)
        yield file.getvalue()


def read_npy(path: Path) -> None:
    """With labels beside it."""
    np.save(path.with_name("labels.npy"), _LABELS)
    find_data(path)


def _table(separator: str = ",", titles: bool = True) -> str:
    rows = [["label", *(f"pixel{number}" for number in range(49))]] if titles else []
    rows += [[str(label), *map(str, pixels.ravel())] for label, pixels in zip(_LABELS, _PIXELS, strict=True)]
    return "\n".join(separator.join(row) for row in rows) + "\n"


def csv_seeds() -> Iterator[bytes]:
    """With titles and without, with other separators, in other alphabets, packed."""
    yield _table().encode()
    yield _table(";", titles=False).encode("utf-8-sig")
    yield _table("\t").encode("utf-16")
    yield gzip.compress(_table().encode(), mtime=0)
    rows = [f'"{label}","{" ".join(map(str, pixels.ravel()))}"' for label, pixels in zip(_LABELS, _PIXELS, strict=True)]
    yield "\n".join(("emotion,pixels", *rows)).encode()


def arff_seeds() -> Iterator[bytes]:
    """As OpenML publishes it."""
    names = "".join(f"@attribute 'pixel{number}' numeric\n" for number in range(49))
    rows = "\n".join(_table(titles=False).splitlines())
    yield f"% a comment\n@relation tiny\n@attribute label {{0,1,2}}\n{names}@data\n{rows}\n".encode()


def libsvm_seeds() -> Iterator[bytes]:
    """As LIBSVM's page publishes it."""
    lines = [
        f"{label} " + " ".join(f"{at}:{value / 255:.3f}" for at, value in enumerate(pixels.ravel(), 1) if value > 60)
        for label, pixels in zip(_LABELS, _PIXELS, strict=True)
    ]
    yield "\n".join(lines).encode() + b"\n"


def _class_files() -> dict[str, bytes]:
    small = [Image.fromarray(pixels) for pixels in _PIXELS]
    files = {}
    for number, (image, label) in enumerate(zip(small, _LABELS, strict=True)):
        file = io.BytesIO()
        image.save(file, "PNG")
        files[f"train/class{label}/{number}.png"] = file.getvalue()
    return files


def zip_seeds() -> Iterator[bytes]:
    """Folders of classes, and a table, packed."""
    listed = "\n".join(("file,label", *(f"{name},{name[11]}" for name in _class_files())))
    table = {"deep/in/it.csv": _table().encode()}
    for files in (_class_files(), _class_files() | {"labels.csv": listed.encode()}, table):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in files.items():
                packed.writestr(zipfile.ZipInfo(name), content)
        yield whole.getvalue()


def tar_seeds() -> Iterator[bytes]:
    """Plain and packed."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as packed:
        for name, content in _class_files().items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    yield whole.getvalue()
    yield gzip.compress(whole.getvalue(), mtime=0)


def list_seeds(kind: str) -> Iterator[bytes]:
    """Which class each picture beside it is of."""
    if kind == "json":
        yield json.dumps({f"{number}.png": "abc"[number % 3] for number in range(len(_LABELS))}).encode()
    else:
        yield "\n".join(("file,label", *(f"{number}.png,{number % 3}" for number in range(len(_LABELS))))).encode()


def read_list(name: str, path: Path) -> None:
    """With the pictures beside it."""
    folder = path.parent / "listed"
    if not folder.is_dir():
        folder.mkdir()
        for number, content in enumerate(_class_files().values()):
            (folder / f"{number}.png").write_bytes(content)
    path.replace(folder / name)
    find_data(folder)


def class_list_seeds(name: str) -> Iterator[bytes]:
    """As EMNIST and KMNIST name their classes."""
    if name.startswith("emnist"):
        yield b"0 48\n1 65 97\n2 8364\n"
        yield "\ufeff0 48\r\n1 65 97\r\n2 66 98\r\n".encode()
    else:
        yield "index,codepoint,char\n0,U+304A,お\n1,U+304D,き\n2,U+3059,す\n".encode()


def read_class_list(name: str, path: Path) -> None:
    """With the data beside it."""
    folder = path.parent / "named"
    folder.mkdir(exist_ok=True)
    np.savez(folder / f"{name}-balanced.npz", images=_PIXELS, labels=_LABELS)
    path.replace(folder / f"{name}-{path.name}")
    find_data(folder)


def read_samples(path: Path) -> None:
    """As a set of one's own."""
    shutil.rmtree(user_dir(), ignore_errors=True)
    import_as_new_set("Brought in", path)


def _data(name: str, file: str, seeds: Callable[[], Iterator[bytes]], *changes: Mutation) -> Reader:
    return Reader(name, "data", file, seeds, find_data, changes)


ROWS = (
    *(
        Reader(f"picture-{kind}", "pictures", f"a.{kind}", partial(picture_seeds, kind), read_picture)
        for kind in ("png", "jpeg", "gif", "tiff", "bmp", "ico", "ppm", "webp", "avif", "jpeg2000")
    ),
    Reader("picture-heic", "pictures", "a.heic", partial(picture_seeds, "heic"), read_photograph, runs_in_child=True),
    Reader(
        "drawing", "drawings", f"a{DRAWING_SUFFIX}", drawing_seeds, read_drawing, (ANY_TEXT, in_json), drawing_documents
    ),
    Reader("idx", "data", "train-images-idx3-ubyte", idx_seeds, read_idx),
    _data("npz", "a.npz", npz_seeds, ANY_BYTES, in_zip(ANY_BYTES)),
    Reader("npy", "data", "images.npy", npy_seeds, read_npy),
    _data("csv", "a.csv", csv_seeds, ANY_TEXT, ANY_BYTES),
    _data("arff", "a.arff", arff_seeds, ANY_TEXT),
    _data("libsvm", "a.libsvm", libsvm_seeds, ANY_TEXT),
    _data("zip", "a.zip", zip_seeds, ANY_BYTES, in_zip(ANY_BYTES, ANY_TEXT)),
    _data("tar", "a.tar", tar_seeds, ANY_BYTES),
    Reader("samples-zip", "data", "a.zip", zip_seeds, read_samples, (ANY_BYTES, in_zip(ANY_BYTES, ANY_TEXT))),
    *(
        Reader(f"list-{kind}", "data", f"a.{kind}", partial(list_seeds, kind), partial(read_list, f"labels.{kind}"), of)
        for kind, of in (("csv", (ANY_TEXT,)), ("json", (ANY_TEXT, in_json)))
    ),
    *(
        Reader(
            f"classes-{name}",
            "data",
            file,
            partial(class_list_seeds, name),
            partial(read_class_list, name),
            (ANY_TEXT,),
        )
        for name, file in (("emnist", "mapping.txt"), ("kmnist", "classmap.csv"))
    ),
)
