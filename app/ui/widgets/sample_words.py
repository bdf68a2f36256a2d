"""What is said of work with samples."""

from PySide6.QtCore import QCoreApplication

from app.ui.workers.sample_facts import CompareModel, ExportSet, ImportSamples, Request

translate = QCoreApplication.translate


def busy_words(request: Request) -> str:
    """What is under way."""
    match request:
        case ImportSamples(path=path):
            return translate("samples", "Reading {path}…").format(path=path.name)
        case ExportSet(target=target):
            return translate("samples", "Writing {path}…").format(path=target.name)
        case CompareModel(model=model):
            return translate("samples", "Measuring {model} before and after…").format(model=model)
    return translate("samples", "Trying again…")


def added_words(count: int) -> str:
    """What an import brought."""
    if not count:
        return translate("samples", "All of these are in the set already; nothing was added.")
    if count == 1:
        return translate("samples", "1 sample was added.")
    return translate("samples", "{count} samples were added.").format(count=f"{count:,}")
