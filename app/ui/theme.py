"""Every colour and size of the window, in one place, for light and dark."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.core.fonts import FAMILY, font_files
from app.ui.stylesheet import stylesheet

MARGIN = 16
"""Around cards."""
PADDING = 14
"""Inside cards."""
SPACING = 8
"""Between controls."""
TIGHT_BELOW = 960
"""On a page narrower than this, cards stand closer together."""
CARD_RADIUS = 10
CONTROL_RADIUS = 6
CONTROL_HEIGHT = 30
LINK_HEIGHT = 20
"""Of a button that looks like a link: no higher than a line of text with a frame."""
ROW_HEIGHT = 25
DENSE_ROW_HEIGHT = 22
TABLE_HEIGHT = 270
SELECTION_HEIGHT = 330
SMALLEST_TABLE_HEIGHT = 126
SMALLEST_SELECTION_HEIGHT = 220
LINE = 1
SCROLL_BAR = 10
FOCUS_LINE = 2
FONT_SIZE = 13
SMALL_FONT_SIZE = 11
CONFIDENCE_FONT_SIZE = 22
ANSWER_FONT_SIZE = 60


class Scheme(StrEnum):
    """What the person chose: a scheme, or whatever the system has."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Colours:
    """One scheme's colours as "#rrggbb". Paper and ink are the same in both: paper stays white.

    `series` tells runs apart that are drawn into one plot; a sign of its own goes with each. The `plot_` colours are
    the Fashion-MNIST tutorial's, on paper; its red is a little darker here, so that it can be read on white.
    """

    window: str
    card: str
    control: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    validation: str
    best: str
    wrong: str
    bar: str
    best_text: str
    wrong_text: str
    series: tuple[str, ...]
    paper: str = "#FFFFFF"
    ink: str = "#14181D"
    hint: str = "#68707C"
    pixels: str = "#000000"
    pixels_hint: str = "#8A8F98"
    plot_ink: str = "#000000"
    plot_bar: str = "#777777"
    plot_right: str = "#0000FF"
    plot_wrong: str = "#EE0000"


LIGHT = Colours(
    window="#F6F7F9",
    card="#FFFFFF",
    control="#F6F7F9",
    line="#E2E5EA",
    text="#1B1F24",
    muted="#68707C",
    accent="#2F63E0",
    on_accent="#FFFFFF",
    accent_soft="#E7EEFC",
    validation="#E07B2E",
    best="#2C9A5B",
    wrong="#D2453D",
    bar="#777777",
    best_text="#1B7442",
    wrong_text="#B3322B",
    series=("#2F63E0", "#B54A12", "#17785C", "#9A3FC4", "#7A6000", "#C2327A", "#0C7196", "#5B6470"),
)

DARK = Colours(
    window="#16181C",
    card="#1E2126",
    control="#16181C",
    line="#30343B",
    text="#E7E9EC",
    muted="#98A0AB",
    accent="#7BA2FF",
    on_accent="#10151F",
    accent_soft="#25314F",
    validation="#F0A05A",
    best="#57C084",
    wrong="#F0776F",
    bar="#8A8F98",
    best_text="#57C084",
    wrong_text="#F0776F",
    series=("#7BA2FF", "#F0A05A", "#4FC3A1", "#C792EA", "#D9BC4A", "#F283B5", "#5CC4E8", "#AEB6C1"),
)


class Notifier(QObject):
    """Tells widgets that paint themselves when the colours changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scheme = Scheme.SYSTEM
        self.follows_system = False
        self.has_style = False
        self.has_font = False


@cache
def notifier() -> Notifier:
    """The one notifier of the program."""
    return Notifier()


def colours() -> Colours:
    """The colours of now."""
    scheme = notifier().scheme
    if scheme is Scheme.SYSTEM:
        return DARK if QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
    return DARK if scheme is Scheme.DARK else LIGHT


def apply_theme(app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
    """Dress the program in `scheme`; with SYSTEM it follows the desktop from now on."""
    if not notifier().has_style:  # setting it again would polish every widget once more
        app.setStyle("Fusion")
        notifier().has_style = True
    notifier().scheme = scheme
    if not notifier().follows_system:
        app.styleHints().colorSchemeChanged.connect(_on_system_scheme_changed)
        notifier().follows_system = True
    _dress(app)


def _on_system_scheme_changed() -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication) and notifier().scheme is Scheme.SYSTEM:
        _dress(app)


def _dress(app: QApplication) -> None:
    use_own_font(app)
    app.setPalette(_palette(colours()))
    app.setStyleSheet(stylesheet(colours()))
    notifier().changed.emit()


def page_margin(width: int) -> int:
    """Around the cards of a page that is so wide."""
    return SPACING if width < TIGHT_BELOW else MARGIN


def use_own_font(app: QApplication) -> None:
    """Write with the font that ships with the program, whatever the system has; its figures are all of one width."""
    if not notifier().has_font:
        for file in font_files():
            QFontDatabase.addApplicationFont(str(file))
        notifier().has_font = True
    font = QFont(FAMILY)
    font.setPixelSize(FONT_SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    app.setFont(font)


def _palette(colour: Colours) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colour.window,
        QPalette.ColorRole.WindowText: colour.text,
        QPalette.ColorRole.Base: colour.card,
        QPalette.ColorRole.AlternateBase: colour.window,
        QPalette.ColorRole.Text: colour.text,
        QPalette.ColorRole.Button: colour.control,
        QPalette.ColorRole.ButtonText: colour.text,
        QPalette.ColorRole.Highlight: colour.accent,
        QPalette.ColorRole.HighlightedText: colour.on_accent,
        QPalette.ColorRole.ToolTipBase: colour.card,
        QPalette.ColorRole.ToolTipText: colour.text,
        QPalette.ColorRole.PlaceholderText: colour.muted,
        QPalette.ColorRole.Link: colour.accent,
        QPalette.ColorRole.Mid: colour.line,
    }
    for role, name in roles.items():
        palette.setColor(role, QColor(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colour.muted))
    return palette
