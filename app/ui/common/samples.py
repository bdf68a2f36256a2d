"""What several pages ask and say about samples: a new set, and what fine-tuning did."""

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.core.datasets.content import checked_class_names
from app.core.datasets.samples.sets import LONGEST_TITLE, checked_title, suggested_title
from app.core.errors import InputError
from app.core.inference.before_after import BeforeAfter
from app.ui import theme
from app.ui.common import build

_NEW_SET_WIDTH = 420

translate = QCoreApplication.translate


class SampleSetDialog(QDialog):
    """A new set. `title` and `class_names` tell what was wanted, once it is accepted."""

    def __init__(self, class_names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New set of samples"))
        self.setMinimumWidth(_NEW_SET_WIDTH)
        self._title = build.named(QLineEdit(suggested_title(class_names), maxLength=LONGEST_TITLE), "set_title")
        self._classes = build.named(QLineEdit(", ".join(class_names)), "set_classes")
        self._problem = build.label(name="set_problem", role="error", wraps=True)
        hint = self.tr("2 to 50 names, separated by commas. To fine-tune a model later, use exactly its classes.")
        self._buttons, self._make = build.dialog_buttons(self, self.tr("Create set"))
        form = build.form((self.tr("Name"), self._title), (self.tr("Classes"), self._classes))
        form.addRow("", build.label(hint, role="caption", wraps=True))
        build.column(form, self._problem, self._buttons, on=self, margins=theme.MARGIN)
        for field in (self._title, self._classes):
            field.textChanged.connect(self._check)
        self._title.selectAll()
        self._check()

    @property
    def title(self) -> str:
        """What the set shall be called."""
        return self._title.text().strip()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Its classes. Raises InputError if they cannot be."""
        return checked_class_names(self._classes.text().split(","))

    @Slot()
    def _check(self) -> None:
        problem = "" if self.title else self.tr("Give the set a name.")
        try:
            self.class_names  # noqa: B018 - to hear whether they can be
            checked_title(self.title)
        except InputError as error:
            problem = problem or str(error)
        self._problem.setText(problem)
        self._make.setEnabled(not problem)
        self._make.setToolTip(problem)


def before_after_words(found: BeforeAfter) -> str:
    """What fine-tuning did to the accuracy on the user's own samples, and on what the model knew before."""
    own, old = found.own, found.old
    accuracies = translate("sample_comparison", "{} before, {} after.")
    said = [translate("sample_comparison", "On the test samples of {title} ({count:,}):")]
    said[0] = said[0].format(title=own.title, count=own.samples)
    said.append(accuracies.format(*own.texts))
    if old is not None:
        said.append(translate("sample_comparison", "On {title}'s test split:").format(title=old.title))
        said.append(accuracies.format(*old.texts))
    elif found.lacking is not None:
        lacking = translate(
            "sample_comparison", "Get the full {title} on the Data page to see whether anything was forgotten."
        )
        said.append(lacking.format(title=found.lacking))
    else:
        said.append(
            translate(
                "sample_comparison",
                "There are no other pictures of these classes to see whether anything was forgotten.",
            )
        )
    return " ".join(said)
