"""Sets are recognized by what they show, however they come; and what is none of them is not."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.core.datasets.choices import ImportChoices, Orientation, Polarity
from app.core.datasets.content import RawData
from app.core.datasets.importing import preview_import, store
from app.core.datasets.known.applying import applied
from app.core.datasets.known.names import as_clothes, as_digit, as_letter
from app.core.datasets.known.recognizing import Reading, recognize
from app.core.datasets.known.table import CLOTHES_NAMES, DIGIT_NAMES, UPPER, by_names
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import DataKind, LabelledImages
from app.core.imaging.preprocess import Preprocessing
from app.core.paths import resources_dir

from .helpers import random_images

Pixels = NDArray[np.uint8]


def part_of(name: str, count: int = 300) -> LabelledImages:
    """Test pictures of the starter data, which the program does not compare with."""
    data = load_dataset(name).test
    order = np.random.default_rng(1).permutation(len(data))[:count]
    return LabelledImages(data.images[order], data.labels[order])


def letters(count: int = 520) -> LabelledImages:
    """Letters A to Z in turn, small and capital, in the bold font, slanted and of several widths."""
    font = ImageFont.truetype(resources_dir() / "fonts" / "Pretendard-Bold.otf", 90)
    rng, images = np.random.default_rng(2), []
    for number in range(count):
        letter = UPPER[number % 26] if number % 52 < 26 else UPPER[number % 26].lower()
        image = Image.new("L", (160, 160))
        ImageDraw.Draw(image).text((80, 80), letter, 255, font, anchor="mm")
        slant, width = rng.normal(0, 0.15), 1 + rng.normal(0, 0.1)
        image = image.transform((160, 160), Image.Transform.AFFINE, (width, slant, 80 - 80 * (width + slant), 0, 1, 0))
        box = image.getbbox()
        assert box is not None
        middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
        image = image.crop((middle[0] - 60, middle[1] - 60, middle[0] + 60, middle[1] + 60))
        images.append(np.asarray(image.resize((28, 28), Image.Resampling.BOX)))
    return LabelledImages(np.stack(images), (np.arange(count) % 26).astype(np.uint8))


def turned(images: Pixels) -> Pixels:
    return np.ascontiguousarray(images.transpose(0, 2, 1))


def look_at(images: Pixels, labels: Pixels, names: tuple[str, ...] | None = None, *found: str) -> Reading:
    return recognize(RawData(LabelledImages(images, labels), class_names=names, found_names=found))


@pytest.mark.parametrize("is_negative", [False, True])
@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_digits_and_clothes_are_read_right_in_every_way_to_lie(name: str, is_turned: bool, is_negative: bool) -> None:
    data = part_of(name)
    images = turned(data.images) if is_turned else data.images.copy()
    raw = RawData(LabelledImages(255 - images if is_negative else images, data.labels))
    reading = recognize(raw)
    assert reading.class_names == (DIGIT_NAMES if name == "mnist" else CLOTHES_NAMES)
    assert reading.orientation is (Orientation.TURNED if is_turned else Orientation.UPRIGHT)
    assert (reading.polarity is Polarity.DARK_INK) is is_negative
    assert ("turned upright" in reading.why) is is_turned
    assert ("light on dark" in reading.why) is is_negative
    assert reading.kind is (DataKind.DIGITS if name == "mnist" else DataKind.CLOTHES)
    np.testing.assert_array_equal(applied(raw, reading).train.images, data.images)


def test_what_is_said_of_them() -> None:
    digits, clothes = part_of("mnist"), part_of("fashion-mnist")
    assert look_at(digits.images, digits.labels).why == "Looks like MNIST."
    said = "Looks like Fashion-MNIST: classes named, prepared as clothes."
    assert look_at(clothes.images, clothes.labels).why == said
    assert look_at(turned(digits.images), digits.labels).why == "Looks like EMNIST Digits: turned upright."


def test_labels_from_1_to_10_are_what_the_pictures_show() -> None:
    data = part_of("mnist")
    zero_last = np.where(data.labels == 0, 10, data.labels).astype(np.uint8)
    for labels, first in ((data.labels + 1, 1), (zero_last, 10)):
        reading = look_at(data.images, labels.astype(np.uint8))
        assert reading.class_names == DIGIT_NAMES
        assert reading.labels[0] == first


def test_names_in_another_order_and_other_words() -> None:
    clothes = part_of("fashion-mnist")
    words = ("T_shirt", "trousers", "Pullover", "dress", "coat", "Sandals", "shirt", "sneaker", "bag", "ankle boots")
    order = sorted(range(10), key=lambda label: words[label])
    labels = np.argsort(order).astype(np.uint8)[clothes.labels]
    raw = RawData(LabelledImages(clothes.images, labels), class_names=tuple(words[label] for label in order))
    reading = recognize(raw)
    assert reading.class_names == CLOTHES_NAMES
    np.testing.assert_array_equal(applied(raw, reading).train.labels, clothes.labels)


@pytest.mark.parametrize("first", [0, 1])
def test_letters_upright_and_turned(first: int) -> None:
    data = letters()
    labels = data.labels + np.uint8(first)
    upright, on_side = look_at(data.images, labels), look_at(turned(data.images), labels)
    assert (upright.orientation, upright.class_names) == (Orientation.UPRIGHT, tuple(UPPER))
    assert on_side.orientation is Orientation.TURNED
    assert on_side.why == "Looks like EMNIST Letters: turned upright, classes named by its mapping."
    assert [name[0] for name in on_side.class_names] == list(UPPER)


def test_small_pictures_of_digits_are_made_like_mnist() -> None:
    data = part_of("mnist")
    small = [np.asarray(Image.fromarray(image[4:24, 4:24]).resize((16, 16))) for image in data.images]
    raw = RawData(LabelledImages(np.stack(small), data.labels), found_names=("usps.csv",))
    reading = recognize(raw)
    assert reading.known is not None
    assert reading.known.title == "USPS"
    made = applied(raw, reading)
    assert made.train.images.shape == (300, 28, 28)
    assert not made.train.images[:, :2].any()
    assert made.notes[-1] == "Scaled from 16 x 16 to 28 x 28 pixels, their ink centred as MNIST has it."


def test_photographs_of_hands_are_known_by_their_labels() -> None:
    labels = np.array([label for label in range(25) if label != 9] * 20, np.uint8)
    reading = look_at(np.random.default_rng(0).integers(60, 200, (480, 28, 28), np.uint8), labels)
    assert reading.known is not None
    assert (reading.known.title, reading.polarity) == ("Sign Language MNIST", Polarity.AS_IS)
    assert reading.preprocessing is Preprocessing.WHOLE
    assert "".join(reading.class_names) == "ABCDEFGHIKLMNOPQRSTUVWXY"


@pytest.mark.parametrize("classes", [2, 10, 25, 26, 47, 62, 100])
def test_noise_is_nothing_known(classes: int) -> None:
    images = random_images(1_000, 3, classes)
    reading = look_at(images.images, images.labels)
    assert (reading.known, reading.why) == (None, "")
    assert reading.class_names == tuple(str(label) for label in range(classes))


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_known_pictures_with_other_labels_are_nothing_known(name: str) -> None:
    data = part_of(name)
    assert look_at(data.images, np.random.default_rng(1).permutation(data.labels)).known is None
    assert look_at(data.images, (data.labels // 5).astype(np.uint8)).known is None


def test_names_do_not_outweigh_pictures() -> None:
    digits, clothes = part_of("mnist"), part_of("fashion-mnist")
    found = look_at(clothes.images, clothes.labels, None, "mnist_train.csv")
    assert found.known is not None
    assert found.known.title == "Fashion-MNIST"
    upright = look_at(digits.images, digits.labels, None, "emnist-digits-train-images-idx3-ubyte")
    assert upright.orientation is Orientation.UPRIGHT


def test_dark_ink_of_unknown_things_becomes_light() -> None:
    shapes = np.full((200, 28, 28), 255, np.uint8)
    shapes[::2, 8:20, 13:15] = 0
    shapes[1::2, 13:15, 8:20] = 10
    raw = RawData(LabelledImages(shapes, (np.arange(200) % 2).astype(np.uint8)), class_names=("bar", "dash"))
    reading = recognize(raw)
    assert (reading.polarity, reading.why) == (Polarity.DARK_INK, "Made light on dark.")
    assert applied(raw, reading).train.images[0, 0, 0] == 0


def test_a_person_knows_better(tmp_path: Path) -> None:
    data = part_of("mnist")
    np.savez(tmp_path / "mine.npz", x_train=turned(data.images), y_train=data.labels)
    chosen = ImportChoices(orientation=Orientation.UPRIGHT, kind=DataKind.CLOTHES, test_share=0.5)
    preview = preview_import(tmp_path / "mine.npz", chosen)
    assert preview.reading.class_names == CLOTHES_NAMES
    assert preview.content.preprocessing is Preprocessing.CLOTHES
    assert 140 < len(preview.content.test) < 160
    renamed = preview.with_class_names([f"c{label}" for label in range(10)])
    info = store(renamed, "mine")
    assert info.class_names[9] == "c9"
    assert load_dataset("mine", "full").class_names == info.class_names


def test_samples_are_shown_under_every_reading(tmp_path: Path) -> None:
    data = part_of("mnist")
    np.savez(tmp_path / "mine.npz", x_train=255 - turned(data.images), y_train=data.labels)
    preview = preview_import(tmp_path / "mine.npz")
    as_read = preview.shown()
    assert as_read.shape == (25, 28, 28)
    assert not as_read[:, 0].any()
    np.testing.assert_array_equal(preview.shown(Polarity.LIGHT_INK), 255 - as_read)
    np.testing.assert_array_equal(preview.shown(None, Orientation.UPRIGHT), turned(as_read))
    assert preview.samples.labels.tolist() == sorted(preview.samples.labels.tolist())


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("emnist-letters-train-images-idx3-ubyte.gz", "EMNIST Letters"),
        ("EMNIST_ByClass", "EMNIST ByClass"),
        ("emnist-mnist-mapping.txt", "EMNIST MNIST"),
        ("fashion-mnist_train.csv", "Fashion-MNIST"),
        ("sign_mnist_train", "Sign Language MNIST"),
        ("qmnist-train-images-idx3-ubyte", "QMNIST"),
        ("k49-train-imgs.npz", "Kuzushiji-49"),
        ("kmnist_classmap.csv", "KMNIST"),
        ("A_Z Handwritten Data.csv", "A-Z handwritten letters"),
        ("full_numpy_bitmap_cat.npy", "Quick, Draw!"),
        ("usps.h5", "USPS"),
        ("pneumoniamnist.npz", "PneumoniaMNIST"),
        ("mnist.npz", "MNIST"),
        ("notmnist", None),
        ("my letters", None),
    ],
)
def test_names_that_tell(name: str, title: str | None) -> None:
    found = by_names((name,))
    assert (found.title if found else None) == title


def test_words_for_classes() -> None:
    assert [as_digit(name) for name in ("zero", "7", "digit_3", "3 - three", "nine", "12", "none")] == [
        *("0", "7", "3", "3", "9"),
        *(None, None),
    ]
    assert [as_clothes(name) for name in ("T-shirt/top", "ankle_boot", "0_tshirt", "Dresses", "hat")] == [
        *("T-shirt/top", "Ankle boot", "T-shirt/top", "Dress"),
        None,
    ]
    assert [as_letter(name) for name in ("a", "B", "C/c", "ab", "1")] == ["A", "B", "C", None, None]


def test_clothes_as_picture_files_keep_their_pixels(tmp_path: Path) -> None:
    data = part_of("fashion-mnist", 100)
    for number, (image, label) in enumerate(zip(data.images, data.labels, strict=True)):
        folder = tmp_path / "clothes" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number:03}.png")
    preview = preview_import(tmp_path / "clothes")
    assert preview.content.class_names == CLOTHES_NAMES
    found = {image.tobytes() for part in (preview.content.train, preview.content.test) for image in part.images}
    assert found == {image.tobytes() for image in data.images}


def test_picture_files_of_unknown_things_are_made_like_those_to_read(tmp_path: Path) -> None:
    for name, box in (("bar", (4, 2, 7, 16)), ("dash", (2, 20, 16, 23))):
        (tmp_path / "shapes" / name).mkdir(parents=True)
        for number in range(15):
            picture = Image.new("L", (28, 28), 255)
            picture.paste(number, box)
            picture.save(tmp_path / "shapes" / name / f"{number}.png")
    preview = preview_import(tmp_path / "shapes")
    assert preview.reading.polarity is Polarity.DARK_INK
    assert "centred as MNIST has it" in preview.content.note
    rows, columns = np.nonzero(preview.content.train.images[0])
    assert abs(float(rows.mean()) - 13.5) < 1
    assert abs(float(columns.mean()) - 13.5) < 1
    assert int(np.ptp(rows)) + 1 == 20
