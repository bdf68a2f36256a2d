"""The sets that people bring most: what their files are called, and what these do not say themselves.

Sources: EMNIST (Cohen, Afshar, Tapson and van Schaik 2017), KMNIST and Kuzushiji-49 (Clanuwat et al. 2018), QMNIST
(Yadav and Bottou 2019), MedMNIST (Yang et al. 2021 and 2023), Quick, Draw! (Jongejan et al. 2016), Sign Language MNIST
and the A-Z handwritten letters (both from Kaggle), USPS (Hull 1994), Semeion (Buscema 1998), and the optical digits of
UCI (Alpaydin and Kaynak 1998), which scikit-learn has a part of.
"""

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.registry import DATASETS
from app.core.datasets.types import DataKind
from app.core.imaging.preprocess import Preprocessing


class Shows(StrEnum):
    """What can be seen on the pictures themselves, whatever they are called."""

    DIGITS = "digits"
    CLOTHES = "clothes"
    LETTERS = "letters"
    OTHER = "other"


@dataclass(frozen=True)
class KnownSet:
    """A set published elsewhere.

    Args:
        title: what people call it.
        pattern: of the names of its files and folders, lower case, with hyphens for all that is no letter or digit.
        classes: the name of each published label; empty if the files name the classes themselves.
        shows: what is seen on the pictures.
        polarity, orientation: as published.
        counts: how many pictures its published parts have.
        side: height and width of its pictures.
        preprocessing: how pictures are made to look like these.

    """

    title: str
    pattern: str
    classes: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    shows: Shows = Shows.OTHER
    polarity: Polarity = Polarity.LIGHT_INK
    orientation: Orientation = Orientation.UPRIGHT
    counts: tuple[int, ...] = ()
    side: int = 28
    preprocessing: Preprocessing = Preprocessing.DIGITS

    @property
    def kind(self) -> DataKind:
        """What its pictures are to the program."""
        kinds = {Shows.DIGITS: DataKind.DIGITS, Shows.CLOTHES: DataKind.CLOTHES}
        return kinds.get(self.shows, DataKind.OWN)


def _counted(names: Sequence[str], first: int = 0) -> Mapping[int, str]:
    return MappingProxyType(dict(enumerate(names, first)))


DIGIT_NAMES = DATASETS["mnist"].class_names
CLOTHES_NAMES = DATASETS["fashion-mnist"].class_names
UPPER, LOWER = string.ascii_uppercase, string.ascii_lowercase
_DIGITS, _CLOTHES = _counted(DIGIT_NAMES), _counted(CLOTHES_NAMES)
_MERGED = _counted(string.digits + UPPER + "abdefghnqrt")
_BOTH_CASES = [f"{upper}/{lower}" for upper, lower in zip(UPPER, LOWER, strict=True)]
_SIGNS = MappingProxyType({label: letter for label, letter in enumerate(UPPER) if letter not in "JZ"})
_ORGANS = _counted(
    (
        *("bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right"),
        *("liver", "lung-left", "lung-right", "pancreas", "spleen"),
    )
)


def _emnist(
    part: str, classes: Mapping[int, str], counts: tuple[int, ...], shows: Shows = Shows.LETTERS, pattern: str = ""
) -> KnownSet:
    """One of EMNIST's six parts: stored column by column, so that the pictures lie on their side."""
    pattern = rf"(?<![a-z])emnist-(?:.*-)?(?:{pattern or part.lower()})(?![a-z])"
    return KnownSet(f"EMNIST {part}", pattern, classes, shows, orientation=Orientation.TURNED, counts=counts)


def _medical(name: str, classes: Mapping[int, str], *counts: int, pattern: str = "") -> KnownSet:
    """One of MedMNIST's sets: photographs of a kind, on which there is no ink to look for."""
    pattern = pattern or rf"(?<![a-z]){name.lower()}(?![a-z])"
    return KnownSet(name, pattern, classes, polarity=Polarity.AS_IS, counts=counts, preprocessing=Preprocessing.CLOTHES)


KNOWN_SETS = (
    _emnist("ByClass", _counted(string.digits + UPPER + LOWER), (697_932, 116_323), pattern="by-?class"),
    _emnist("ByMerge", _MERGED, (697_932, 116_323), pattern="by-?merge"),
    _emnist("Balanced", _MERGED, (112_800, 18_800)),
    _emnist("Letters", _counted(_BOTH_CASES, 1), (124_800, 20_800)),
    _emnist("Digits", _DIGITS, (240_000, 40_000), Shows.DIGITS),
    _emnist("MNIST", _DIGITS, (60_000, 10_000), Shows.DIGITS),
    KnownSet(
        "Fashion-MNIST",
        r"fashion",
        _CLOTHES,
        Shows.CLOTHES,
        Polarity.AS_IS,
        counts=(60_000, 10_000),
        preprocessing=Preprocessing.CLOTHES,
    ),
    KnownSet(
        "Sign Language MNIST",
        r"sign-(?:language-)?mnist",
        _SIGNS,
        polarity=Polarity.AS_IS,
        counts=(27_455, 7_172),
        preprocessing=Preprocessing.CLOTHES,
    ),
    KnownSet("QMNIST", r"(?<![a-z])qmnist", _DIGITS, Shows.DIGITS, counts=(60_000, 402_953)),
    KnownSet(
        "KMNIST", r"(?<![a-z])(?:kmnist|kuzushiji-mnist)", _counted("おきすつなはまやれを"), counts=(60_000, 10_000)
    ),
    KnownSet(
        "Kuzushiji-49",
        r"(?<![a-z])(?:k49|kuzushiji-?49)",
        _counted("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをんゝ"),
        counts=(232_365, 38_547),
    ),
    KnownSet("A-Z handwritten letters", r"(?<![a-z])a-z(?![a-z])", _counted(UPPER), Shows.LETTERS, counts=(372_450,)),
    KnownSet("Quick, Draw!", r"quick-?-?draw|full-numpy-bitmap", preprocessing=Preprocessing.CLOTHES),
    KnownSet("USPS", r"(?<![a-z])usps(?![a-z])", _DIGITS, Shows.DIGITS, counts=(7_291, 2_007, 9_298), side=16),
    KnownSet("Semeion", r"(?<![a-z])semeion", _DIGITS, Shows.DIGITS, counts=(1_593,), side=16),
    KnownSet(
        "scikit-learn's digits",
        r"opt-?digits|(?:sklearn|scikit-learn)-(?:.*-)?digits",
        _DIGITS,
        Shows.DIGITS,
        counts=(1_797, 3_823, 5_620),
        side=8,
    ),
    _medical("PneumoniaMNIST", _counted(("normal", "pneumonia")), 4_708, 524, 624),
    _medical("BreastMNIST", _counted(("malignant", "normal, benign")), 546, 78, 156),
    _medical(
        "OCTMNIST",
        _counted(("choroidal neovascularization", "diabetic macular edema", "drusen", "normal")),
        *(97_477, 10_832, 1_000),
    ),
    _medical("OrganAMNIST", _ORGANS, 34_561, 34_581, 6_491, 17_778, pattern=r"organ-?a-?mnist|organmnist-axial"),
    _medical(
        "OrganCMNIST", _ORGANS, 12_975, 13_000, 2_392, 8_216, 8_268, pattern=r"organ-?c-?mnist|organmnist-coronal"
    ),
    _medical(
        "OrganSMNIST", _ORGANS, 13_932, 13_940, 2_452, 8_827, 8_829, pattern=r"organ-?s-?mnist|organmnist-sagittal"
    ),
    _medical(
        "TissueMNIST",
        _counted(
            (
                *("Collecting Duct, Connecting Tubule", "Distal Convoluted Tubule", "Glomerular endothelial cells"),
                *("Interstitial endothelial cells", "Leukocytes", "Podocytes", "Proximal Tubule Segments"),
                "Thick Ascending Limb",
            )
        ),
        *(165_466, 23_640, 47_280),
    ),
    _medical(
        "BloodMNIST",
        _counted(
            (
                *("basophil", "eosinophil", "erythroblast", "immature granulocyte", "lymphocyte"),
                *("monocyte", "neutrophil", "platelet"),
            )
        ),
        *(11_959, 1_712, 3_421),
    ),
    _medical(
        "PathMNIST",
        _counted(
            (
                *("adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa"),
                *("cancer-associated stroma", "colorectal adenocarcinoma epithelium"),
            )
        ),
        *(89_996, 10_004, 7_180),
    ),
    _medical(
        "DermaMNIST",
        _counted(
            (
                *("actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma"),
                *("benign keratosis-like lesions", "dermatofibroma", "melanoma", "melanocytic nevi"),
                "vascular lesions",
            )
        ),
        *(7_007, 1_003, 2_005),
    ),
    KnownSet("MNIST", r"(?<![a-z])mnist(?![a-z])", _DIGITS, Shows.DIGITS, counts=(60_000, 10_000)),
)
"""In the order in which names are tried: "emnist-mnist" is no MNIST."""


def by_title(title: str) -> KnownSet:
    """The set called `title`, which must be there."""
    return next(known for known in KNOWN_SETS if known.title == title)


def by_names(names: Sequence[str]) -> KnownSet | None:
    """The set whose files or folders are called like the first of `names` that tells; None if none does."""
    plain = (re.sub(r"[^a-z0-9]+", "-", name.lower()) for name in names)
    found = (next((known for known in KNOWN_SETS if re.search(known.pattern, name)), None) for name in plain)
    return next(filter(None, found), None)
