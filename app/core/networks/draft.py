"""A network while it is edited: layers, output and last initializer, and the way back."""

from dataclasses import dataclass, replace

from app.core.config.config import TrainingConfig
from app.core.config.layers import Initializer, Layer
from app.core.config.settings import Output


@dataclass(frozen=True)
class Draft:
    """A network, and which of its layers is chosen; the number of layers stands for the output."""

    layers: tuple[Layer, ...]
    output: Output
    output_initializer: Initializer
    chosen: int

    @staticmethod
    def of(config: TrainingConfig) -> "Draft":
        """The network of a config, with its first layer chosen."""
        return Draft(config.layers, config.output, config.output_initializer, 0)

    def config(self, config: TrainingConfig) -> TrainingConfig:
        """`config` with this network in it."""
        return config.changed(layers=self.layers, output=self.output, output_initializer=self.output_initializer)

    def is_same_network(self, other: "Draft") -> bool:
        """True if nothing but the choice differs."""
        return self == replace(other, chosen=self.chosen)

    @property
    def chosen_layer(self) -> Layer | None:
        """The layer that is chosen, None for the output."""
        return self.layers[self.chosen] if self.chosen < len(self.layers) else None

    def choose(self, position: int) -> "Draft":
        """Another layer is chosen, the nearest if there is none at `position`."""
        return replace(self, chosen=max(0, min(position, len(self.layers))))

    def with_layers(self, layers: tuple[Layer, ...]) -> "Draft":
        """Other layers, of which the one in the same place is chosen."""
        return replace(self, layers=layers).choose(self.chosen)

    def insert(self, layer: Layer) -> "Draft":
        """`layer` after the chosen one, or as the last where the output is chosen."""
        place = min(self.chosen + 1, len(self.layers))
        return replace(self, layers=(*self.layers[:place], layer, *self.layers[place:]), chosen=place)

    def remove(self) -> "Draft":
        """Without the chosen layer."""
        return self.with_layers(self.layers[: self.chosen] + self.layers[self.chosen + 1 :])

    def change(self, layer: Layer) -> "Draft":
        """With `layer` in the place of the chosen one."""
        return self.with_layers((*self.layers[: self.chosen], layer, *self.layers[self.chosen + 1 :]))

    def move(self, start: int, place: int) -> "Draft":
        """The layer at `start` stands at `place` among the others, and is chosen; places beyond the ends are ends."""
        layers = list(self.layers)
        layer = layers.pop(start)
        place = max(0, min(place, len(layers)))
        layers.insert(place, layer)
        return replace(self, layers=tuple(layers), chosen=place)


class DraftHistory:
    """Drafts one after the other, with undo and redo."""

    def __init__(self, draft: Draft) -> None:
        self.draft = self.first = draft
        self._before: list[Draft] = []
        self._after: list[Draft] = []
        self._step = ""

    @property
    def is_changed(self) -> bool:
        """True if the network is not the first any more."""
        return not self.draft.is_same_network(self.first)

    @property
    def can_undo(self) -> bool:
        """True when there is something to go back to."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """True after undo, until something else is done."""
        return bool(self._after)

    def do(self, draft: Draft, step: str = "") -> None:
        """Go on to `draft`. Changes in a row with the same name of `step`, such as digits typed, are undone as one."""
        if draft.is_same_network(self.draft):
            self._step = self._step if draft == self.draft else ""
            self.draft = draft
            return
        if not step or step != self._step:
            self._before.append(self.draft)
        self._after.clear()
        self.draft, self._step = draft, step

    def undo(self) -> None:
        """Back to the draft before, if there is one."""
        self._travel(self._before, self._after)

    def redo(self) -> None:
        """On to the draft that was undone, if there is one."""
        self._travel(self._after, self._before)

    def _travel(self, source: list[Draft], target: list[Draft]) -> None:
        if source:
            target.append(self.draft)
            self.draft, self._step = source.pop(), ""
