"""Data sets as people have them: what the program makes of files, tables, arrays, pictures and archives.

Every input is made of the starter pictures, so that what should come out is known: so many pictures of each part, their
classes, and the pictures themselves, light ink on dark and upright. `data_inputs` writes them.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.core.datasets.importing import ImportPreview, preview_import
from app.core.errors import InputError
from tests.bench.report import Tally
from tests.bench.strangers.data_inputs import CASES, Case, Expected, starter


def rows() -> Iterator[Tally]:
    """How many inputs of each group were read right, or refused in a sentence where they hold no data."""
    for group in dict.fromkeys(each.group for each in CASES):
        members = [each for each in CASES if each.group == group]
        wrong = Counter(filter(None, map(fault, members)))
        yield Tally("strangers", f"data: {group}", len(members), len(members) - wrong.total(), "= 100", wrong)


def fault(each: Case) -> str:
    """What went wrong with one input, empty if nothing did."""
    with tempfile.TemporaryDirectory() as folder:
        path = each.write(Path(folder)) or Path(folder)
        try:
            preview = preview_import(path)
        except InputError as error:
            return "" if each.expected.sentence else f"{each.name}: refused ({error})"
        except Exception as error:  # what a user must never meet
            return f"{each.name}: {type(error).__name__} {error}"
    if each.expected.sentence:
        return f"{each.name}: taken for data"
    wrong = _difference(preview, each.expected)
    return f"{each.name}: {wrong}" if wrong else ""


def _difference(preview: ImportPreview, expected: Expected) -> str:
    content = preview.content
    train, test, validation = len(content.train), len(content.test), content.validation_count
    if train + test != expected.pictures:
        return f"{train} + {test} pictures"
    if expected.test is not None and test != expected.test:
        return f"{test} test pictures"
    if validation != expected.validation:
        return f"{validation} validation pictures"
    if len(content.class_names) != expected.classes:
        return f"{len(content.class_names)} classes"
    if preview.left_out_count != expected.left_out:
        return f"{preview.left_out_count} left out"
    if expected.says and not any(expected.says in note for note in preview.notes):
        return f"does not say {expected.says}, but {' '.join(preview.notes)}"
    return _unlike(preview, expected) if expected.source else ""


def _unlike(preview: ImportPreview, expected: Expected) -> str:
    """Compare the mean picture of each class with that of the starter pictures."""
    content, source, put_in = preview.content, expected.source, starter(expected.source)
    if source == "fashion-mnist" and content.class_names != put_in.class_names:
        return f"classes are called {', '.join(content.class_names[:3])}"
    if source == "fashion-mnist" and content.preprocessing != put_in.preprocessing:
        return "prepared as digits"
    for label, name in enumerate(content.class_names):
        wanted = put_in.train.images[put_in.train.labels == label].mean(axis=0)
        found = content.train.images[content.train.labels == label].mean(axis=0)
        alike = float(np.corrcoef(wanted.ravel(), found.ravel())[0, 1]) if found.any() else 0.0
        if not alike >= expected.alike:
            return f"class {name} does not look like what was put in (correlation {alike:.2f})"
    return ""
