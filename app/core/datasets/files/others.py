"""Files in which data is published, too, and that are not read: the reason, and how its pictures can be had from them.

What reads them would be a library as large as the program, or would run whatever somebody put into the file.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from app.core.datasets.files.kinds import first_bytes
from app.core.datasets.files.listing import Folder
from app.core.file_descriptions import describe_file

_MOST_LOOKED_AT = 200
_SAYS_LITTLE = ("a text file", "a JSON file", "an XML file", "a web page", "a NumPy array", "a NumPy archive (npz)")
_PYTHON = (
    "if you trust who made it, open it in Python, write numpy.savez('data.npz', images=..., labels=...), and "
    "import that"
)
_AS_FOLDERS = (
    "in Python, write each picture into a folder for its class (row['image']['bytes'] is the file of one), and import "
    "those folders"
)


@dataclass(frozen=True)
class _Form:
    """`words` say what a file is, `advice` what to do; told by its ending, by what it starts with, or by its name."""

    words: str
    advice: str
    endings: tuple[str, ...] = ()
    starts: re.Pattern[bytes] | None = None
    called: re.Pattern[str] | None = None

    def is_of(self, name: str, head: Callable[[], bytes]) -> bool:
        if name.endswith(self.endings) or (self.called is not None and self.called.search(name) is not None):
            return True
        return self.starts is not None and self.starts.match(head()) is not None


_FORMS = (
    _Form(
        "a file of PyTorch's, which holds a pickle: opening one runs what its maker put into it",
        f"choose the folder 'raw' if there is one beside it; otherwise, {_PYTHON}",
        (".pt", ".pth"),
    ),
    _Form(
        "a pickle, and opening one runs what its maker put into it",
        _PYTHON,
        (".pkl", ".pickle", ".pck", ".pk", ".joblib", ".sav"),
        re.compile(rb"\x80[\x02-\x05][\x95}\](cX]"),
    ),
    _Form(
        "a file of variables that Octave saved, which is not read",
        "in Octave, write the labels and the pixels with csvwrite, each into a file of its own",
        starts=re.compile(rb"# Created by Octave|Octave-1-"),
    ),
    _Form(
        "a MATLAB file, which is not read",
        "in MATLAB or Octave, write the labels and pixels with writematrix or csvwrite; in Python, scipy.io.loadmat "
        "and numpy.savez('data.npz', images=..., labels=...)",
        (".mat",),
        re.compile(rb"MATLAB [57]\."),
    ),
    _Form(
        "a Parquet table, as Hugging Face keeps data sets, which is not read", _AS_FOLDERS, (".parquet",),
        re.compile(rb"PAR1"),
    ),
    _Form(
        "an Arrow table, as Hugging Face's save_to_disk writes them, which is not read", _AS_FOLDERS,
        (".arrow", ".feather"), re.compile(rb"ARROW1|FEA1"),
    ),
    _Form(
        "a TFRecord file, which does not say what its numbers mean, and is not read",
        "in Python, read it with tensorflow_datasets or tf.data, and write numpy.savez('data.npz', images=..., "
        "labels=...)",
        called=re.compile(r"\.tfrecords?\b|[.-]tfrecords?-\d"),
    ),
    _Form("a table (ORC or Avro), which is not read", "save it as CSV", (".orc", ".avro"), re.compile(rb"ORC|Obj\x01")),
    _Form(
        "a piece of an archive that was split", "put all pieces together (7-Zip and others do when the first one is "
        "unpacked), and import the folder",
        called=re.compile(r"\.(zip|7z|rar|tar|gz|tgz)\.\d{2,3}$|\.z\d\d$|\.part\d+\.rar$"),
    ),
    _Form("a database (LMDB), which is not read", "get the set in another form", (".mdb", ".lmdb")),
    _Form("a file of R's, which is not read", "in R, save its table with write.csv", (".rds", ".rda", ".rdata")),
    _Form("a spreadsheet", "save its table as CSV, and import that", (".xlsx", ".xls", ".ods")),
)  # fmt: skip


def may_be_other(name: str) -> bool:
    """Tell by its name alone whether a file is one of these, packed or not."""
    plain = name.lower().removesuffix(".gz")
    return any(form.is_of(plain, lambda: b"") for form in _FORMS)


def why_not_read(path: str, name: str) -> str:
    """The sentence for a file that is one of these, and is called `name` in it; empty for others."""
    plain = name.lower().removesuffix(".gz")

    def head() -> bytes:
        try:
            return first_bytes(path)
        except OSError:
            return b""

    is_last_piece = plain.endswith(".zip") and Path(path).with_suffix(".z01").exists()
    plain = f"{plain}.001" if is_last_piece else plain
    found = next((form for form in _FORMS if form.is_of(plain, head)), None)
    return f"{name} is {found.words}; {found.advice}." if found else ""


def why_no_data(name: str, head: bytes) -> str:
    """The sentence for a file that is something else, told by its first bytes; empty if they tell nothing."""
    what = describe_file(head)
    if what is None:
        return ""
    is_packed = what.words.endswith("archive")
    advice = "unpack it and choose the folder" if is_packed else what.advice
    return f"{name} is {what.words}{'' if is_packed else ', not data'}; {advice}."


def why_nothing_read(folder: Folder) -> str:
    """The sentence for the first of these in a folder in which there is no other data; empty if there is none."""
    files = [(inner, name) for inner in folder.walk() for name in inner.files]
    likely = chain((file for file in files if may_be_other(file[1])), files[:_MOST_LOOKED_AT])
    return next(filter(None, (why_not_read(inner.at(name), inner.shown(name)) for inner, name in likely)), "")


def why_no_data_in(folder: Folder) -> str:
    """The sentence for the first file in a folder that is known to be something else, but no text; or empty."""
    files = ((inner, name) for inner in folder.walk() for name in inner.files)
    for place, name in islice(files, _MOST_LOOKED_AT):
        with suppress(OSError):
            head = first_bytes(place.at(name))
            what = describe_file(head)
            if what is not None and head and what.words not in _SAYS_LITTLE:
                return why_no_data(place.shown(name), head)
    return ""
