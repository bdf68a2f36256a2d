"""Everything that is set before a run, and the buttons that steer it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.models.config import TrainingConfig
from app.core.models.recipes import Recipe
from app.core.models.store import check_new_name
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.config_form import ConfigForm
from app.ui.widgets.recipe_box import DataBox, RecipeBox

NAME_LENGTH = 60


class RunSetup(Card):
    """The card on the left. It says what is wanted; what happens then is the page's business."""

    train_requested = Signal()
    pause_toggled = Signal()
    stop_requested = Signal()
    data_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Network and training"), parent)
        self._recipe, self._data = RecipeBox(), DataBox()
        self._explanation, self._facts, self._error = (QLabel() for _ in range(3))
        for label, role in ((self._explanation, "muted"), (self._facts, "muted"), (self._error, "error")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        self._error.setObjectName("setup_error")
        self._error.hide()
        self._facts.hide()
        self._form = ConfigForm(self._recipe.recipe.config)
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setMaxLength(NAME_LENGTH)
        self._name.setPlaceholderText(self.tr("chosen for you"))
        self._name.setToolTip(self.tr("What the trained model will be called; left empty, the recipe's name is used"))
        self.train_button = self._button(self.tr("Train"), "primary", "train")
        self.pause_button = self._button(self.tr("Pause"), "", "pause")
        self.stop_button = self._button(self.tr("Stop"), "danger", "stop")
        self._lay_out()
        self._connect()
        self._on_recipe_chosen(self._recipe.recipe)

    def config(self) -> TrainingConfig:
        """The run that is wanted. Raises InputError for values that cannot be."""
        dataset, data = self._data.chosen
        return self._form.config().changed(dataset=dataset, data=data)

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

    def show_error(self, problem: str) -> None:
        """Say why no run was begun; an empty text takes it away."""
        self._error.setText(f"✕ {problem}" if problem else "")
        self._error.setVisible(bool(problem))

    def show_facts(self, facts: str) -> None:
        """What is known once the network is built."""
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))

    def set_locked(self, reason: str) -> None:
        """Make the settings read-only; an empty reason unlocks them."""
        self._form.set_locked(reason)
        for widget in (self._recipe, self._data, self._name):
            widget.setEnabled(not reason)

    def _button(self, text: str, kind: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        if kind:
            button.setProperty("kind", kind)
        return button

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addLayout(self._choices())
        column.addWidget(self._explanation)
        column.addWidget(self._form)
        column.addWidget(self._facts)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("form_scroll")
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(scroll, 1)
        self.body.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACING)
        for button in (self.train_button, self.pause_button, self.stop_button):
            buttons.addWidget(button, 1)
        self.body.addLayout(buttons)

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.SPACING)
        grid.setVerticalSpacing(theme.SPACING // 2)
        grid.setColumnStretch(1, 1)
        rows = ((self.tr("Recipe"), self._recipe), (self.tr("Data"), self._data), (self.tr("Name"), self._name))
        for row, (text, widget) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(widget)
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
        return grid

    def _connect(self) -> None:
        self._recipe.recipe_chosen.connect(self._on_recipe_chosen)
        self._data.data_page_requested.connect(self.data_page_requested)
        self._name.textEdited.connect(self._on_name_edited)
        self.train_button.clicked.connect(self._on_train_clicked)
        self.pause_button.clicked.connect(self._on_pause_clicked)
        self.stop_button.clicked.connect(self._on_stop_clicked)

    @Slot(object)
    def _on_recipe_chosen(self, recipe: Recipe) -> None:
        self._explanation.setText(self.tr(recipe.explanation))
        self._recipe.setToolTip(self.tr(recipe.explanation))
        self._form.set_config(recipe.config)
        self._data.choose(recipe.config.dataset, self._data.chosen[1])
        self.show_error("")
        self.show_facts("")

    @Slot()
    def _on_name_edited(self) -> None:
        self.show_error("")

    @Slot()
    def _on_train_clicked(self) -> None:
        self.train_requested.emit()

    @Slot()
    def _on_pause_clicked(self) -> None:
        self.pause_toggled.emit()

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.stop_requested.emit()
