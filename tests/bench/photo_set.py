"""Make the folders that the clothes reader learns photographs from: `python -m tests.bench.photo_set`.

The photographs are those of clothing-dataset-small (Grigorev 2020, CC0), whose training part has ten folders. Six of
them are classes of Fashion-MNIST; its shoes are told apart by the table below, as far as they are of one of its three
kinds. One photograph in ten is kept for calibration, in folders `test`.

`TARGET/photographs` and `TARGET/unknown` (hats, shorts and skirts) are then imported with `softmax-studio data import`.
"""

import json
import shutil
import sys
from pathlib import Path

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
                place = folder / ("test" if number % 10 == 5 else "train") / kind
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
