"""What a row of the fuzzing command declares: something that reads files of strangers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.fuzz.mutations import ANY_BYTES, Mutation

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MOST_CHANGES = 4
_BATCH = 20
"""So many documents of a strategy are made at once: they depend on the first number of their batch alone."""
_MADE_OF = 40
"""Where there is a strategy, one input in so many is a document of it."""


@dataclass(frozen=True)
class Reader:
    """Something that reads a `file`, called so in a folder of its own.

    `read` is given the path of the file, in a process with limits that is used for many inputs: it may put other files
    beside it, and raises StudioError, with a sentence, for what it cannot read. `seeds` are contents that it can read.
    Inputs are seeds that some of the `changes` were made to, and documents of a `strategy` of hypothesis.

    `runs_in_child` is true of what the program, too, only does in a process with limits: one that crashes or takes its
    time there is refused with a sentence.

    `share` is how many parts of the time it gets: more where an input takes milliseconds, or has most ways to be wrong.
    """

    name: str
    kind: str
    file: str
    seeds: Callable[[], Iterable[bytes]]
    read: Callable[[Path], object]
    changes: Sequence[Mutation] = (ANY_BYTES,)
    strategy: "Callable[[], SearchStrategy[bytes]] | None" = None
    runs_in_child: bool = False
    share: int = 1


class Inputs:
    """The inputs for a reader: each depends on its number and the seed alone, so that any process can make it again."""

    def __init__(self, reader: Reader, seed: int) -> None:
        self._reader, self._seed = reader, seed
        self.seeds = tuple(reader.seeds())
        self._made: tuple[int, list[bytes]] = (-1, [])

    def input(self, number: int) -> bytes:
        """The content of one."""
        if self._reader.strategy is not None and number % _MADE_OF == 0:
            return self._document(number // _MADE_OF)
        random = Random(f"{self._reader.name} {self._seed} {number}")
        content = random.choice(self.seeds)
        for _ in range(random.randint(1, MOST_CHANGES)):
            content = random.choice(self._reader.changes)(random, content, self.seeds)
        return content

    def _document(self, number: int) -> bytes:
        batch, place = divmod(number, _BATCH)
        if self._made[0] != batch:
            assert self._reader.strategy is not None
            self._made = batch, _documents(self._reader.strategy(), self._seed + batch)
        documents = self._made[1]
        return documents[place % len(documents)]


def _documents(strategy: "SearchStrategy[bytes]", batch_seed: int) -> list[bytes]:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    found: list[bytes] = []

    @seed(batch_seed)
    @settings(
        max_examples=_BATCH,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(document: bytes) -> None:
        found.append(document)

    keep()
    return found
