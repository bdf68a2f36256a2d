"""A model made elsewhere, read in a process with limits: what it is, and its network as LiteRT would run it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from app.core.child_process import Answer, Limits, run_in_child
from app.core.config.form import Declaration
from app.core.models.adaptation import Output, Scale, layout_of
from app.core.models.foreign.containers import Container, Format, open_container
from app.core.models.foreign.in_training import Gathered, InTraining
from app.core.models.foreign.limits import FEWEST_CLASSES, MOST_CLASSES, MOST_LAYERS, refuse

READING = Limits(seconds=120, memory_mib=3072)
"""What reading and running may take: three times the largest file, and time for slow computers."""
CONVERTING = Limits(seconds=300, memory_mib=8192, file_mib=1024)
"""A SavedModel needs TensorFlow, which alone takes some ten seconds and 2.5 GB of addresses."""

_NEARLY = 1e-3


class LayerOf(Declaration):
    """A layer, for a list of them."""

    kind: str
    name: str
    shape: tuple[int, ...]


class ForeignFacts(Declaration):
    """All that a model's file says. `labels` are empty where it names no classes; `scale` is None if it says nothing.

    `answers` is how many numbers it gives of a picture: one for each class, or one alone for two classes. `left_out`
    names what its layers do in training that networks here do not have.
    """

    file: str
    format: Format
    made_with: str
    sha256: str
    input_shape: tuple[int, ...]
    input_type: str
    answers: int = Field(ge=1)
    output: Output
    is_softmax: bool
    scale: Scale | None
    labels: tuple[str, ...]
    layers: tuple[LayerOf, ...] = Field(max_length=MOST_LAYERS)
    in_training: tuple[InTraining, ...] = ()
    left_out: tuple[str, ...] = ()
    parameters: int
    takes_any_batch: bool

    @property
    def classes(self) -> int:
        """How many classes it tells apart."""
        return max(self.answers, FEWEST_CLASSES)


@dataclass(frozen=True)
class ForeignModel:
    """A model made elsewhere: its facts, and its network as a LiteRT file in memory that was checked."""

    facts: ForeignFacts
    content: bytes


def read_foreign(path: Path, check: Callable[[], None] = lambda: None) -> ForeignModel:
    """Read the model at a path, a file or a folder, in a process of its own.

    Raises InputError with the reason if it is none, is damaged or harmful, or has something that is not taken in.
    """
    what = f"'{path.name}'"
    said, blobs = run_in_child(_read, path, what=what, limits=READING, check=check)
    if "saved_model" in said:
        from app.core.models.foreign.saved_model import convert

        _, blobs = run_in_child(convert, path, what=what, limits=CONVERTING, check=check)
        said, blobs = run_in_child(_read_converted, path, blobs[0], what=what, limits=READING, check=check)
    return ForeignModel(ForeignFacts.model_validate_json(said["facts"]), blobs[0])


@dataclass(frozen=True)
class _Network:
    """A network of LiteRT, and what was seen of it on the way there."""

    content: bytes
    takes_any_batch: bool
    layers: tuple[LayerOf, ...]
    made_with: str
    in_training: Gathered = field(default_factory=Gathered)


def _read(path: Path) -> Answer:
    """In the child: everything but SavedModels, which need TensorFlow."""
    container = open_container(path)
    if container.format is Format.SAVED_MODEL:
        return {"saved_model": True}, ()
    try:
        network = _network(container)
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError):
        raise refuse("the file is damaged") from None  # what a library says of it is no error of ours
    return _described(path, container, network)


def _read_converted(path: Path, content: bytes) -> Answer:
    """In the child: a SavedModel that was converted."""
    return _described(path, open_container(path), _of_litert(content, "TensorFlow"))


def _network(container: Container) -> _Network:
    from app.core.models.foreign.keras_models import read_h5, read_keras, read_tfjs

    match container.format:
        case Format.LITERT:
            return _of_litert(container.content, "")
        case Format.KERAS:
            found = read_keras(container.content)
        case Format.H5:
            found = read_h5(container.content)
        case _:
            weights = {name: data for name, data in container.files.items() if name != "model.json"}
            found = read_tfjs(container.files["model.json"], weights)
    layers = tuple(LayerOf(kind=each.kind[:80], name=each.name[:80], shape=each.shape) for each in found.layers)
    return _Network(found.content, True, layers, f"Keras {found.keras_version}", found.in_training)


def _of_litert(content: bytes, made_with: str) -> _Network:
    from app.core.models.foreign.litert_files import input_of, operation_of, output_of, parse, shape_of, takes_any_batch
    from app.core.models.foreign.litert_graph import Graph

    model = parse(content)
    inner = model.subgraphs[0]
    layers = tuple(
        LayerOf(kind=operation_of(model, each), name="", shape=shape_of(inner.tensors[int(each.outputs[0])]))
        for each in inner.operators[:MOST_LAYERS]
    )
    any_batch = takes_any_batch(model)
    return _Network(Graph(model).end(input_of(model), [output_of(model)]), any_batch, layers, made_with)


def _described(path: Path, container: Container, network: _Network) -> Answer:
    """The facts, after the network was run once."""
    from app.core.models.foreign.adapting import end_of, scale_of, weights_in
    from app.core.models.foreign.litert_files import input_of, output_of, parse, shape_of
    from app.core.models.foreign.litert_graph import TYPES, elements
    from app.core.models.foreign.running import first_answer, runs_in_batches

    content = network.content
    model = parse(content)
    reads, gives = (model.subgraphs[0].tensors[each(model)] for each in (input_of, output_of))
    answers = elements(shape_of(gives))
    if not answers:
        raise refuse("it gives no number for a picture")
    if answers > MOST_CLASSES:
        raise refuse(f"it tells {answers:,} classes apart, and {MOST_CLASSES} are the most that can be shown")
    layout_of(shape_of(reads))
    if container.labels and len(container.labels) != max(answers, FEWEST_CLASSES):
        raise refuse(f"it gives {answers} numbers, but its labels name {len(container.labels)} classes")
    is_from_there = container.is_teachable_machine and TYPES[reads.type] == "float32"
    end, alone = end_of(content), first_answer(content)
    are_shares = answers > 1 and bool((alone >= 0).all() and abs(alone.sum() - 1) < _NEARLY)
    facts = ForeignFacts(
        file=path.name,
        format=container.format,
        made_with="Teachable Machine" if container.is_teachable_machine else network.made_with,
        sha256=hashlib.sha256(b"".join(container.files.values())).hexdigest(),
        input_shape=shape_of(reads),
        input_type=TYPES[reads.type],
        answers=answers,
        output=Output.PROBABILITIES if end in {"SOFTMAX", "LOGISTIC"} or are_shares else Output.LOGITS,
        is_softmax=end == "SOFTMAX",
        scale=Scale.SIGNED if is_from_there else scale_of(content),
        labels=container.labels,
        layers=network.layers,
        in_training=tuple(network.in_training.kept),
        left_out=tuple(network.in_training.left_out),
        parameters=weights_in(content),
        takes_any_batch=network.takes_any_batch and runs_in_batches(content, alone),
    )
    return {"facts": facts.model_dump_json()}, (content,)
