"""What the window asks before a training is lost."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def closing_question(
    window: QWidget, is_undecided: bool, *, is_training: bool = True, is_searching: bool = False
) -> QMessageBox:
    """A box that asks about what is under way, or about the stopped model that nobody has decided about yet."""
    box = QMessageBox(
        QMessageBox.Icon.Question,
        _tr("Softmax Studio"),
        _question(is_undecided, is_training, is_searching),
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
        window,
    )
    close = _tr("Discard and close") if is_undecided else _tr("Stop and close")
    box.button(QMessageBox.StandardButton.Yes).setText(close)
    box.button(QMessageBox.StandardButton.No).setText(_tr("Cancel") if is_undecided else _tr("Go on training"))
    box.setDefaultButton(QMessageBox.StandardButton.No)
    return box


def _question(is_undecided: bool, is_training: bool, is_searching: bool) -> str:
    sentences = []
    if is_undecided:
        sentences.append(_tr("Keep the stopped model first?"))
    elif is_training:
        sentences.append(_tr("A network is training. Stop it and close?"))
    if is_searching:
        sentences.append(_tr("A search is running. Stop it and close? It can go on at the next start."))
    return "\n".join(sentences)


def _tr(text: str) -> str:
    return QCoreApplication.translate("closing_question", text)
