"""The published data sets the program knows: what is in them, where they come from, how to recognize them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from app.core.datasets.types import IMAGE_SIZE, DataKind, DatasetFile, DatasetSpec
from app.core.errors import InputError
from app.core.file_names import same_name


def _files(
    train_images: str, train_labels: str, test_images: str, test_labels: str
) -> tuple[DatasetFile, DatasetFile, DatasetFile, DatasetFile]:
    """Both sets have the same four files; only the content differs."""
    side = IMAGE_SIZE
    return (
        DatasetFile("train-images-idx3-ubyte", train_images, (60_000, side, side)),
        DatasetFile("train-labels-idx1-ubyte", train_labels, (60_000,)),
        DatasetFile("t10k-images-idx3-ubyte", test_images, (10_000, side, side)),
        DatasetFile("t10k-labels-idx1-ubyte", test_labels, (10_000,)),
    )


_MNIST = DatasetSpec(
    name="mnist",
    title="MNIST",
    kind=DataKind.DIGITS,
    class_names=tuple("0123456789"),
    files=_files(
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist",
        "https://ossci-datasets.s3.amazonaws.com/mnist",
    ),
    preprocessing="mnist-1",
    licence="CC BY-SA 3.0",
    citation=(
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition. "
        "Proceedings of the IEEE 86(11), 1998. The database is by Y. LeCun, C. Cortes and C. J. C. Burges."
    ),
    homepage="http://yann.lecun.com/exdb/mnist/",
    download_mb=11,
)

_FASHION_MNIST = DatasetSpec(
    name="fashion-mnist",
    title="Fashion-MNIST",
    kind=DataKind.CLOTHES,
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    files=_files(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
    ),
    preprocessing="fashion-mnist-1",
    licence="MIT",
    citation=(
        "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning "
        "algorithms. arXiv:1708.07747, 2017."
    ),
    homepage="https://github.com/zalandoresearch/fashion-mnist",
    download_mb=30,
)

DATASETS: Mapping[str, DatasetSpec] = MappingProxyType({spec.name: spec for spec in (_MNIST, _FASHION_MNIST)})
"""The known sets by name, in the order in which the window lists them."""


def published_with(class_names: Sequence[str]) -> DatasetSpec | None:
    """The published set with these classes, None if they are somebody's own."""
    return next((spec for spec in DATASETS.values() if spec.class_names == tuple(class_names)), None)


def kind_of(class_names: Sequence[str]) -> DataKind:
    """What images with these classes show."""
    spec = published_with(class_names)
    return spec.kind if spec else DataKind.OWN


DIGIT_CLASSES = DATASETS["mnist"].class_names


def get_spec(
    name: str, specs: Mapping[str, DatasetSpec] = DATASETS, others: Callable[[], Sequence[str]] = tuple
) -> DatasetSpec:
    """Return the set called `name`; case and `_` for `-` do not matter.

    Raises InputError (no set has this name; the message lists those that exist, and `others`, which are not published).
    """
    spec = specs.get(canonical(name))
    if spec is None:
        known = ", ".join((*specs, *others()))
        raise InputError(f"There is no data set called {name!r}; choose one of: {known}.")
    return spec


def canonical(name: str) -> str:
    """How names are compared and stored: "Fashion_MNIST" and "fashion mnist" are "fashion-mnist"."""
    return same_name(name).lower().replace("_", "-").replace(" ", "-")
