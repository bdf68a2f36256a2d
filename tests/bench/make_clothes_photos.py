"""Make the folders that the clothes reader learns photographs from: `python -m tests.bench.make_clothes_photos`.

The photographs are those of clothing-dataset-small (Grigorev 2020, CC0), whose training part has ten folders. Six of
them are classes of Fashion-MNIST; its shoes are told apart by the table below, as far as they are of one of its three
kinds. Of every photograph there are variants: framed, lit, turned and compressed otherwise, so that the piece is found
in as many ways. One photograph in ten is kept for calibration, in folders `test`.

`TARGET/photographs` and `TARGET/unknown` (hats, shorts and skirts) are then imported with `softmax-studio data import`.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy as np
from numpy.random import PCG64, Generator
from PIL import Image, ImageFilter, ImageOps

from app.core.imaging.preprocess import CLOTHES

CLASSES = {
    "t-shirt": "T-shirt/top",
    "pants": "Trouser",
    "longsleeve": "Pullover",
    "dress": "Dress",
    "outwear": "Coat",
    "sandal": "Sandal",
    "shirt": "Shirt",
    "sneaker": "Sneaker",
    "bag": "Bag",
    "boot": "Ankle boot",
}
UNKNOWN = ("hat", "shorts", "skirt")
VARIANTS = 3

# Numbers of the shoes in order of name, counted from 0.
_SHOES = {
    "sandal": "3 4 6 9 15 18 31 45 47 60 62 71 75 80 84 89 90 94 98 99 105 111 112 113 119 122 124 127 131 132 133 136 "
    "140 146 150 151 168 169 170 171 174 176 180 183 188 190",
    "sneaker": "7 10 14 16 17 19 23 24 38 44 49 52 53 56 64 65 66 72 78 81 82 83 87 100 102 103 106 109 110 116 117 "
    "120 121 123 130 143 144 154 155 156 158 159 161 163 165 172 177 178 186 189 193 195 196",
    "boot": "13 20 26 29 32 34 39 43 46 51 69 70 74 85 88 91 101 118 125 128 135 137 145 153 157 179 184 185 187 192",
}


def main(source: Path, target: Path) -> None:
    """Read the ten folders in `source`, and write the two of folders into `target`."""
    shoes = sorted((source / "shoes").iterdir())
    files = {kind: sorted((source / kind).iterdir()) for kind in (*CLASSES, *UNKNOWN) if (source / kind).is_dir()}
    files |= {kind: [shoes[int(number)] for number in numbers.split()] for kind, numbers in _SHOES.items()}
    for name, kinds in (("photographs", tuple(CLASSES)), ("unknown", UNKNOWN)):
        folder = target / name
        folder.mkdir(parents=True)
        classes = {kind: CLASSES.get(kind, kind.capitalize()) for kind in kinds}
        said = {"preprocessing": CLOTHES.value, "classes": classes}
        (folder / "classes.json").write_text(json.dumps(said, indent=2))
        for kind in kinds:
            for number, file in enumerate(files.get(kind, [])):
                _write(file, folder / ("test" if number % 10 == 5 else "train") / kind)


def _write(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(file) as opened:
        photograph = ImageOps.exif_transpose(opened).convert("RGB")
    photograph.thumbnail((192, 192))
    photograph.save(folder / f"{file.stem}.jpg", quality=90)
    if folder.parent.name == "train":
        random = Generator(PCG64(zlib.crc32(file.stem.encode())))
        for number in range(1, VARIANTS):
            changed = _varied(photograph, random)
            changed.save(folder / f"{file.stem}-{number}.jpg", quality=int(random.integers(25, 90)))


def _varied(photograph: Image.Image, random: Generator) -> Image.Image:
    """Return it as another hand and another camera might have taken it."""
    width, height = photograph.size
    edge = np.abs(random.normal(0, 0.05, 4)).clip(0, 0.15) * (width, height, width, height)
    framed = photograph.crop((round(edge[0]), round(edge[1]), round(width - edge[2]), round(height - edge[3])))
    angle = float(random.normal(0, 7))
    framed = framed.rotate(angle, Image.Resampling.BILINEAR, fillcolor=_border_colour(framed))
    levels = np.asarray(framed, np.float32) / 255
    if random.random() < 0.25:
        levels = 1 - levels
    tint = np.exp(random.normal(0, 0.07, 3))
    levels = np.clip(levels * tint * np.exp(random.normal(0, 0.12)), 0, 1) ** np.exp(random.normal(0, 0.3))
    levels = levels + random.uniform(0, 0.03) * random.standard_normal(levels.shape)
    image = Image.fromarray(np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 1)))) if random.random() < 0.4 else image


def _border_colour(image: Image.Image) -> tuple[int, int, int]:
    pixels = np.asarray(image)
    around = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = np.median(around, axis=0).astype(int).tolist()
    return red, green, blue


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
