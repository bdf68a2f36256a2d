import pytest

from app.core.datasets.files.parts import Part, part_of_name


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (
            "train Train TRAINING training_set trainingSet train-images-idx3-ubyte x_train train.csv tr",
            Part.TRAIN,
        ),
        ("val valid Validation dev val2017 valid_set X_val", Part.VALIDATION),
        ("test Testing t10k-images T10K tst testSet y_test test_images emnist-letters-test TestImages", Part.TEST),
        ("latest contrast devices valley strain trainer data 7 cat train_test testosterone", None),
    ],
)
def test_parts_are_told_by_words(names: str, part: Part | None) -> None:
    for name in names.split():
        assert part_of_name(name) is part, name
