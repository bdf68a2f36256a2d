"""What a person may decide about data that is read; the empty value of each lets the program find out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from app.core.datasets.types import DataKind
from app.core.errors import InputError


class Polarity(StrEnum):
    """What the pictures' ink is. AS_IS: there is no ink to look for, the pixels are used as they are."""

    DARK_INK = "dark-ink"
    LIGHT_INK = "light-ink"
    AS_IS = "as-is"


class Orientation(StrEnum):
    """How the pictures lie. TURNED: their rows and columns are exchanged, as in EMNIST's files."""

    UPRIGHT = "upright"
    TURNED = "turned"


@dataclass(frozen=True)
class ImportChoices:
    """One person's decisions about one import.

    Args:
        files: what is meant of a folder: the names of files and folders in it. All of it if empty.
        subset: which set is meant, where several lie side by side, as EMNIST's six parts do.
        label_column: which column of a table holds the labels: its title, or its number counted from 1. Where each
            array is a file of its own, the name of the one with the labels.
        kind: what the pictures show.
        polarity: what the ink is.
        orientation: how the pictures lie.
        class_names: what classes shall be called, by the name or the label (as text) that was found.
        test_share: the share of the pictures that is set aside for testing, 0 < share < 1, where the data has no test
            part of its own.

    """

    files: tuple[str, ...] = ()
    subset: str = ""
    label_column: str = ""
    kind: DataKind | None = None
    polarity: Polarity | None = None
    orientation: Orientation | None = None
    class_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    test_share: float | None = None


NO_CHOICES = ImportChoices()


def chosen_together(paths: Sequence[Path]) -> tuple[Path, tuple[str, ...]]:
    """One file or folder as it is; of several the folder that they lie in, and their names for `ImportChoices.files`.

    Raises InputError if they do not lie in one folder.
    """
    if len(paths) == 1:
        return paths[0], ()
    folders = {path.parent for path in paths}
    if len(folders) != 1:
        raise InputError(f"{paths[0].name} and {paths[-1].name} lie in different folders; put them into one folder.")
    return folders.pop(), tuple(path.name for path in paths)


class ChoiceNeededError(InputError):
    """The data leaves a question open that only a person can answer.

    `field` is the field of `ImportChoices` that takes the answer, and `options` are the possible ones; the sentence
    asks the question ("Which column holds the labels?") and names the options itself.
    """

    def __init__(self, field: str, sentence: str, options: Sequence[str]) -> None:
        super().__init__(sentence)
        self.field, self.options = field, tuple(options)
