"""Translations: `resources/translations/softmax-studio_<language>.qm`, where one exists for the system's language."""

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from app.core.paths import resources_dir


def install_translator(app: QCoreApplication) -> bool:
    """Speak the system's language, if a translation is there; otherwise English."""
    translator = QTranslator(app)
    found = translator.load(QLocale(), "softmax-studio", "_", str(resources_dir() / "translations"))
    return found and app.installTranslator(translator)
