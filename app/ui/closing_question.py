"""What the window asks before a training is lost."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def closing_question(window: QWidget, is_undecided: bool) -> QMessageBox:
    """A box that asks about the run under way, or about the stopped model that nobody has decided about yet."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        _tr("Softmax Studio"),
        _tr("Keep the stopped model first?") if is_undecided else _tr("A network is training. Stop it and close?"),
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
        window,
    )
    close = _tr("Discard and close") if is_undecided else _tr("Stop and close")
    box.button(QMessageBox.StandardButton.Yes).setText(close)
    box.button(QMessageBox.StandardButton.No).setText(_tr("Cancel") if is_undecided else _tr("Go on training"))
    box.setDefaultButton(QMessageBox.StandardButton.No)
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("closing_question", text)
