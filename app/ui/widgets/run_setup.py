"""Everything that is set before a run, and the buttons that steer it."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
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
        self._locked = ""
        self._form = ConfigForm(self._recipe.recipe.config)
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setMaxLength(NAME_LENGTH)
        self._name.setPlaceholderText(self.tr("chosen for you"))
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
        self._show_tooltips()

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
        self._locked = reason
        self._form.set_locked(reason)
        for widget in (self._recipe, self._data, self._name):
            widget.setEnabled(not reason)
        self._show_tooltips()

    def _show_tooltips(self) -> None:
        self._recipe.setToolTip(self._locked or self.tr(self._recipe.recipe.explanation))
        self._data.setToolTip(self._locked or self._data.currentText())
        self._name.setToolTip(
            self._locked or self.tr("What the trained model will be called; left empty, the recipe's name is used")
        )

    def _button(self, text: str, kind: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        if kind:
            button.setProperty("kind", kind)
        return button

    def _lay_out(self) -> None:
        self._content = content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addLayout(self._choices())
        column.addWidget(self._explanation)
        column.addWidget(self._form)
        column.addWidget(self._facts)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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

    def _titles(self) -> tuple[str, str, str]:
        return self.tr("Recipe"), self.tr("Data"), self.tr("Name")

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.SPACING)
        grid.setVerticalSpacing(theme.SPACING // 2)
        grid.setColumnStretch(1, 1)
        label_width = self._form.label_width
        grid.setColumnMinimumWidth(0, label_width)
        self._form.set_label_width(label_width)
        # The names of recipes and data are long: they get the whole width, below their labels.
        places = ((self._recipe, 1, 0, 2), (self._data, 3, 0, 2), (self._name, 4, 1, 1))
        for text, (widget, row, column, span) in zip(self._titles(), places, strict=True):
            label = QLabel(text)
            label.setBuddy(widget)
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            widget.setMaximumHeight(theme.CONTROL_HEIGHT)
            grid.setRowMinimumHeight(row, theme.CONTROL_HEIGHT)
            grid.addWidget(label, row - (span - 1), 0)
            grid.addWidget(widget, row, column, 1, span)
        return grid

    def _connect(self) -> None:
        self._recipe.recipe_chosen.connect(self._on_recipe_chosen)
        self._data.data_page_requested.connect(self.data_page_requested)
        self._data.currentIndexChanged.connect(self._on_data_chosen)
        self._form.unfolded.connect(self._on_unfolded)
        self._name.textEdited.connect(self._on_name_edited)
        self.train_button.clicked.connect(self._on_train_clicked)
        self.pause_button.clicked.connect(self._on_pause_clicked)
        self.stop_button.clicked.connect(self._on_stop_clicked)

    @Slot(object)
    def _on_recipe_chosen(self, recipe: Recipe) -> None:
        self._explanation.setText(self.tr(recipe.explanation))
        self._form.set_config(recipe.config)
        self._data.choose(recipe.config.dataset, self._data.chosen[1])
        self._show_tooltips()
        self.show_error("")
        self.show_facts("")

    @Slot()
    def _on_data_chosen(self) -> None:
        self._show_tooltips()

    @Slot()
    def _on_unfolded(self) -> None:
        # The fields take their places only when the event loop runs again.
        QTimer.singleShot(0, self, self._scroll_to_unfolded)

    @Slot()
    def _scroll_to_unfolded(self) -> None:
        self._content.adjustSize()
        button, last = self._form.unfolded_widgets()
        self._scroll.ensureWidgetVisible(last, 0, theme.SPACING)
        self._scroll.ensureWidgetVisible(button, 0, 0)

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
