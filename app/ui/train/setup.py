"""Everything that is set before a run, and the buttons that steer it."""

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.config.form import Section
from app.core.config.layers import Layer
from app.core.config.notation import layers_text
from app.core.errors import InputError, StudioError
from app.core.models.store import check_new_name
from app.core.networks.summary import network_summary
from app.core.recipes import Recipe
from app.core.recipes.changes import changes, config_explanation
from app.core.recipes.reference import notes_beside
from app.ui import theme
from app.ui.common import build
from app.ui.common.choices import DataBox
from app.ui.common.containers import Card, FormScroll
from app.ui.common.navigator import Navigator
from app.ui.common.page import Busy
from app.ui.common.text import notes_why_not, reported_sentence
from app.ui.train.augmentation_preview import AugmentationPreview
from app.ui.train.config_form import ConfigForm
from app.ui.train.recipes import RecipeBox, RecipeChanges

if TYPE_CHECKING:
    from app.ui.network_editor.editor import NetworkEditor


# The network of a run in short: its layers in a line, its size, what is wrong with it, and the way to change it.


class NetworkRow(QWidget):
    """Says what the network is. Who edits it is somebody else's business."""

    edit_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = build.elided(name="network_size", role="muted")
        self._layers = build.elided(name="network_layers", role="muted")
        self._changed = build.label(self.tr("● Changed"))
        self._problem = build.label(name="network_problem", role="error", wraps=True)
        says = self.tr("Edit the network")
        self._edit = build.button(
            self.tr("Edit…"), name="edit_network", kind="quiet", says=says, clicked=self._on_edit_clicked
        )
        self._reset = build.button(
            self.tr("Reset network"), name="reset_network", kind="quiet", clicked=self._on_reset_clicked
        )
        title = build.label(self.tr("Network"), buddy=self._edit)
        build.column(
            build.row(title, (self._size, 1), self._edit),
            self._layers,
            build.row(self._changed, build.STRETCH, self._reset, spacing=0),
            self._problem,
            on=self,
            spacing=0,
        )
        self.set_locked("")

    @property
    def problem(self) -> str:
        """What is wrong with the network, or an empty text."""
        return self._problem.text().removeprefix("✗ ")

    def show_network(self, layers: tuple[Layer, ...], parameters: int | None, problem: str, changed: bool) -> None:
        """Show layers and what is known of them; `parameters` is None where they do not fit together."""
        self._layers.set_whole(layers_text(layers) or self.tr("no hidden layer"))
        size = "" if parameters is None else self.tr("{count} parameters").format(count=f"{parameters:,}")
        self._size.set_whole(size)
        self._problem.setText(f"✗ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))
        for widget in (self._changed, self._reset):
            widget.setVisible(changed)

    def set_locked(self, reason: str) -> None:
        """Leave the network as it is for `reason`; an empty one unlocks it."""
        self._edit.setEnabled(not reason)
        self._edit.setToolTip(reason or self.tr("Add, remove, reorder and change the layers of the network"))
        self._reset.setEnabled(not reason)
        self._reset.setToolTip(reason or self.tr("Use the layers of the recipe again"))

    @Slot()
    def _on_edit_clicked(self) -> None:
        self.edit_requested.emit()

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.reset_requested.emit()


# The buttons that steer a run.

STEP_KEY = "S"


class RunButtons(QWidget):
    """Train, Pause and Stop; above them, for an engine that can be stepped, what steps. Who enables them is the page.

    `begins_paused` is a wish for the next run.
    """

    train_clicked = Signal()
    pause_clicked = Signal()
    stop_clicked = Signal()
    step_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.train = build.button(self.tr("Train"), name="train", kind="primary", clicked=self._on_train_clicked)
        self.pause = build.button(self.tr("Pause"), name="pause", clicked=self._on_pause_clicked)
        self.stop = build.button(self.tr("Stop"), name="stop", kind="danger", clicked=self._on_stop_clicked)
        self.step = build.button(self.tr("Step"), name="step", keys=STEP_KEY, clicked=self._on_step_clicked)
        self.begin_paused = build.named(QCheckBox(self.tr("Start paused")), "begin_paused")
        self._stepping = build.panel(build.row((self.begin_paused, 1), (self.step, 1), spacing=theme.SPACING - 2))
        build.column(self._stepping, build.row((self.train, 1), (self.pause, 1), (self.stop, 1)), on=self)
        self.set_steppable(False)

    @property
    def begins_paused(self) -> bool:
        """True if the next run is to wait before its first batch."""
        return not self._stepping.isHidden() and self.begin_paused.isChecked()

    def set_steppable(self, steppable: bool) -> None:
        """Offer to step, or not."""
        self._stepping.setVisible(steppable)

    @Slot()
    def _on_train_clicked(self) -> None:
        self.train_clicked.emit()

    @Slot()
    def _on_pause_clicked(self) -> None:
        self.pause_clicked.emit()

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.stop_clicked.emit()

    @Slot()
    def _on_step_clicked(self) -> None:
        self.step_clicked.emit()


NAME_LENGTH = 60


class RunSetup(Card):
    """The card on the left. It says what is wanted; what happens then is the page's business."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Recipe"), parent)
        self._recipe, self._data = RecipeBox(), DataBox()
        self._explanation = build.label(role="muted", wraps=True)
        self._error = build.label(name="setup_error", role="error", wraps=True)
        self._error.hide()
        self._locked = ""
        self._changes = RecipeChanges()
        self._editor: NetworkEditor | None = None
        self._network, self._form = NetworkRow(), ConfigForm(self._recipe.recipe.config)
        self.preview = AugmentationPreview()
        self._form.add_to(Section.AUGMENTATION, self.preview)
        self._name = QLineEdit(maxLength=NAME_LENGTH, placeholderText=self.tr("chosen for you"))
        self._name.setObjectName("name")
        self.search = build.button(self.tr("Try several…"), name="try_several", kind="quiet")
        self.buttons = RunButtons()
        self._lay_out()
        self._connect()
        self._on_recipe_chosen(self._recipe.recipe)

    @property
    def dataset(self) -> str:
        """The set that is chosen."""
        return self._data.chosen[0]

    def config(self) -> TrainingConfig:
        """The run that is wanted. Raises InputError for values that cannot be."""
        if self._form.problem:
            raise InputError(self._form.problem)
        return self._now()

    def show_config(self, config: TrainingConfig) -> None:
        """Put another run's settings into the form. Raises InputError if its recipe is not known any more."""
        self._recipe.choose(config.recipe)
        self._form.set_config(config)
        self._data.choose(config.dataset, config.data)
        self._scroll.to_top()
        self._show_network()
        if self._data.chosen != (config.dataset, config.data):
            missing = self.tr("The data of that run ({dataset}, {data}) is not here; other data is chosen.")
            self.show_error(missing.format(dataset=config.dataset, data=config.data))

    @property
    def kept(self) -> str:
        """What the form says, for the next start."""
        return self._now().model_dump_json()

    @property
    def typed_name(self) -> str:
        """The name for the model as it was typed, for the next start."""
        return self._name.text()

    def restore(self, kept: str, name: str = "") -> None:
        """Show what was `kept`; what this version does not understand is left."""
        self._name.setText(name)
        with suppress(StudioError, ValueError):
            self.show_config(TrainingConfig.model_validate_json(kept))

    @property
    def problem(self) -> str:
        """Why this cannot be trained, or an empty text."""
        return self._form.problem or self._network.problem

    def new_name(self) -> str | None:
        """The name for the model, None for one made up. Raises InputError if it is taken or no name."""
        name = self._name.text().strip()
        return check_new_name(name) if name else None

    def clear_name(self) -> None:
        """The name is used up."""
        self._name.clear()

    def refresh_data(self) -> None:
        """Look again at what data there is."""
        self._data.refresh()
        self._show_tooltips()

    def show_error(self, problem: str) -> None:
        """Say why no run was begun; an empty text takes it away."""
        self._error.setText(f"✗ {problem}" if problem else "")
        self._error.setVisible(bool(problem))

    def set_locked(self, reason: str) -> None:
        """Make the settings read-only; an empty reason unlocks them."""
        if self._locked and self._locked != reason and self._error.text() == f"✗ {self._locked}":
            self.show_error("")  # what could not be done meanwhile can be tried again
        self._locked = reason
        self._form.set_locked(reason)
        self._network.set_locked(reason)
        self.preview.set_locked(reason)
        self._changes.set_locked(reason)
        for widget in (self._recipe, self._data, self._name, self.search, self.buttons.begin_paused):
            widget.setEnabled(not reason)
        self._show_tooltips()

    def _show_tooltips(self) -> None:
        self._recipe.setToolTip(self._locked or self.tr(self._recipe.recipe.title))
        self._data.setToolTip(self._locked or self._data.currentText())
        self._name.setToolTip(
            self._locked or self.tr("The name of the trained model; if empty, the name of the recipe")
        )
        self.search.setToolTip(self._locked or self.tr("Train with several values of a setting and compare"))
        self.buttons.begin_paused.setToolTip(
            self._locked or self.tr("Pause before the first batch, to step through the batches one by one")
        )

    def _lay_out(self) -> None:
        self.header.addWidget(self.search)
        about = self._recipe, self._explanation, self._changes, self._choices()
        self._scroll = FormScroll(build.panel(build.column(*about, self._network, self._form, build.STRETCH)))
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self._error)
        self.body.addWidget(self.buttons)
        # The scroll bar lies in the card's padding: nothing moves when it comes.
        whole = self.layout()
        assert whole is not None
        whole.setContentsMargins(theme.PADDING, theme.PADDING, theme.PADDING - theme.SCROLL_BAR, theme.PADDING)
        for widget in (self._error, self.buttons):
            widget.setContentsMargins(0, 0, theme.SCROLL_BAR, 0)
        self.header.setContentsMargins(0, 0, theme.SCROLL_BAR, 0)

    def _choices(self) -> QGridLayout:
        """Data and name, with their labels."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.SPACING)
        grid.setVerticalSpacing(theme.SPACING // 2)
        grid.setColumnStretch(1, 1)
        self._form.set_label_width(self._form.label_width)
        # The names of data are long: they get the whole width, below their label.
        for text, widget, row, span in ((self.tr("Data"), self._data, 0, 2), (self.tr("Name"), self._name, 2, 1)):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            widget.setMaximumHeight(theme.CONTROL_HEIGHT)
            grid.setRowMinimumHeight(row + span - 1, theme.CONTROL_HEIGHT)
            grid.addWidget(build.label(text, buddy=widget), row, 0)
            grid.addWidget(widget, row + span - 1, 2 - span, 1, span)
        self._recipe.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._recipe.setMaximumHeight(theme.CONTROL_HEIGHT)
        return grid

    def _connect(self) -> None:
        self._recipe.recipe_chosen.connect(self._on_recipe_chosen)
        self._data.currentIndexChanged.connect(self._on_data_chosen)
        self._form.edited.connect(self._on_edited)
        self._form.reset_requested.connect(self._on_field_reset_requested)
        self._changes.reset_requested.connect(self._on_all_reset_requested)
        self._form.unfolded.connect(self._scroll.bring_into_view)
        self._network.edit_requested.connect(self._on_edit_requested)
        self._network.reset_requested.connect(self._on_reset_requested)
        self._name.textEdited.connect(self._on_name_edited)
        self._name.textChanged.connect(self.changed)

    def _explain(self) -> None:
        recipe, config = self._recipe.recipe, self._now()
        notes = notes_beside(config)
        beside = reported_sentence(notes.reported) or notes_why_not(notes)
        if notes.reasons and changes(config):
            beside = self.tr("Not comparable with the notes.")  # what was changed has been said
        sentences = (self._beginning() or self.tr(config_explanation(config)), beside)
        self._explanation.setText(" ".join(sentence for sentence in sentences if sentence))
        self._explanation.setToolTip(self.tr(recipe.assumptions) if recipe.assumptions else "")
        self._show_tooltips()

    def _now(self) -> TrainingConfig:
        """What the form says, with the last sound number of a field that has none now."""
        dataset, data = self._data.chosen
        return self._form.config().changed(dataset=dataset, data=data)

    def _beginning(self) -> str:
        """What the run begins with, if that is a stored model; choosing a recipe begins anew."""
        config = self._form.config()
        if not config.initial_model:
            return ""
        begins = self.tr("Starts with the weights of {model}.").format(model=config.initial_model)
        if config.replay_dataset:
            begins += self.tr(" Old pictures ({data}) are mixed in.").format(data=config.replay_dataset)
        return begins

    def _show_network(self) -> None:
        """Say what the network is and what is wrong with it."""
        config = self._now()
        found = changes(config, self._recipe.recipe.config)
        self._explain()
        self._changes.show_count(len(found), config_explanation(config) if found else "")
        self._form.show_changes(found)
        changed = config.layers != self._recipe.recipe.config.layers
        summary = network_summary(config, self._data.class_count)
        problem = next((problem.text for problem in summary.problems), "")
        self._network.show_network(config.layers, None if problem else summary.parameters, problem, changed)
        self.buttons.set_steppable(config.engine == "gradient_tape")
        self.show_error(self._form.problem)
        self.changed.emit()

    @Slot(object)
    def _on_recipe_chosen(self, recipe: Recipe) -> None:
        self._form.set_config(recipe.config)
        self._data.choose(recipe.config.dataset, self._data.chosen[1])
        self.show_error("")
        self._show_network()

    @Slot()
    def _on_data_chosen(self) -> None:
        self._show_tooltips()
        self._show_network()

    @Slot()
    def _on_edited(self) -> None:
        self._show_network()
        self.preview.refresh()

    @Slot()
    def _on_edit_requested(self) -> None:
        from app.ui.network_editor.editor import NetworkEditor

        self._editor = NetworkEditor(self._now(), self._data.class_count, self.window())
        self._editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._editor.accepted.connect(self._on_network_accepted)
        self._editor.open()

    @Slot()
    def _on_network_accepted(self) -> None:
        if self._editor is not None:
            self._form.set_config(self._editor.config())
            self._show_network()

    @Slot()
    def _on_reset_requested(self) -> None:
        self._form.set_layers(self._recipe.recipe.config.layers)

    @Slot(str)
    def _on_field_reset_requested(self, name: str) -> None:
        self._form.set_value(name, getattr(self._recipe.recipe.config, name))

    @Slot()
    def _on_all_reset_requested(self) -> None:
        self._on_recipe_chosen(self._recipe.recipe)

    @Slot()
    def _on_name_edited(self) -> None:
        self.show_error("")


# On the Train page: that a search is running, what that means for a run beside it, and the way there.


class SearchNotice(QFrame):
    """Hidden while no search runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.said = build.label(wraps=True)
        self.said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        show = build.button(self.tr("Show the search"), name="show_search", kind="quiet", clicked=self._on_clicked)
        build.row(self.said, show, on=self, margins=(theme.PADDING, 2, 4, 2), spacing=theme.SPACING - 2)
        self.hide()

    @Slot()
    def _on_clicked(self) -> None:
        Navigator.of(self).show("search")

    def show_search(self, busy: Busy | None) -> None:
        """Say how it goes, or nothing."""
        self.setVisible(busy is not None)
        if busy is not None:
            words = self.tr("{search}. A run beside it shares the processor: both take longer.")
            self.said.setText(words.format(search=busy.words))
