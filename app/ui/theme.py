"""Every colour, size and icon of the window and its style sheet, in one place, for light and dark."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.core.paths import FAMILY, font_files, resources_dir

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
    """What the user chose: a scheme, or whatever the system has."""

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
    _apply_style(app)


def _on_system_scheme_changed() -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication) and notifier().scheme is Scheme.SYSTEM:
        _apply_style(app)


def _apply_style(app: QApplication) -> None:
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


def small(font: QFont) -> QFont:
    """That font in small letters."""
    smaller = QFont(font)
    smaller.setPixelSize(SMALL_FONT_SIZE)
    return smaller


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


# Icons: SVG files drawn in `currentColor`, so that one file serves every colour.

_ICON_SIZE = 24
_ICON_SCALE = 3
"""Pixmaps are made this much larger, for screens with many pixels."""


def icon(name: str) -> QIcon:
    """The icon of that name: muted by default, in the accent while checked."""
    colour = colours()
    made = QIcon()
    made.addPixmap(_icon_pixmap(name, colour.text), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(_icon_pixmap(name, colour.muted), QIcon.Mode.Disabled, QIcon.State.Off)
    made.addPixmap(_icon_pixmap(name, colour.on_accent), QIcon.Mode.Normal, QIcon.State.On)
    return made


def rail_icon(name: str) -> QIcon:
    """The icon as the rail shows it: muted, and in the accent on the page one is on."""
    made = QIcon()
    made.addPixmap(_icon_pixmap(name, colours().muted), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(_icon_pixmap(name, colours().accent), QIcon.Mode.Normal, QIcon.State.On)
    return made


def _icon_pixmap(name: str, colour: str) -> QPixmap:
    image = _icon_shape(name).copy()
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), QColor(colour))
    painter.end()
    return QPixmap.fromImage(image)


@cache
def _icon_shape(name: str) -> QImage:
    """The icon in black: it is read and drawn once, and its colours are laid over it."""
    source = (resources_dir() / "icons" / f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(source.replace(b"currentColor", b"black")))
    image = QImage(QSize(_ICON_SIZE, _ICON_SIZE) * _ICON_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    return image


def recoloured(svg: str) -> str:
    """A picture that is written in the colours of the light theme, in those of now."""
    names = ("card", "line", "text", "muted", "accent", "accent_soft", "validation", "best", "wrong")
    now = {getattr(LIGHT, name): getattr(colours(), name) for name in names}
    return re.sub("|".join(now), lambda found: now[found[0]], svg)


# The style sheet, written from the colours and sizes.


def stylesheet(colour: Colours) -> str:
    """Qt style sheet for every kind of widget the window uses."""

    def picture(name: str) -> str:
        return f'url("{(resources_dir() / "icons" / name).as_posix()}")'

    down, up = picture("chevron.svg"), picture("chevron-up.svg")
    check = picture("check-dark.svg" if colour is DARK else "check-light.svg")

    return f"""
    QMainWindow, QDialog {{ background: {colour.window}; }}
    QToolTip {{ background: {colour.card}; color: {colour.text}; border: 1px solid {colour.line}; padding: 4px; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QLabel {{ background: transparent; }}
    QLabel[role="title"] {{ font-weight: 600; }}
    QLabel[role="muted"] {{ color: {colour.muted}; }}
    QLabel[role="caption"] {{ color: {colour.muted}; font-size: {SMALL_FONT_SIZE}px; }}
    QLabel[role="right"] {{ color: {colour.best_text}; }}
    QLabel[role="error"] {{ color: {colour.wrong_text}; }}
    QLabel[role="answer"] {{ font-weight: 700; font-size: {ANSWER_FONT_SIZE // 2}px; }}
    QLabel[role="answer"][long="true"] {{ font-size: {CONFIDENCE_FONT_SIZE}px; }}

    #card, #answer_card {{ background: {colour.card}; border: 1px solid {colour.line};
        border-radius: {CARD_RADIUS}px; }}
    #bar-top {{ background: {colour.card}; border: none; border-bottom: 1px solid {colour.line}; }}
    #bar-bottom {{ background: {colour.card}; border: none; border-top: 1px solid {colour.line}; }}
    #rail {{ background: {colour.card}; border: none; border-right: 1px solid {colour.line}; }}
    #rail QToolButton {{ border: none; border-radius: {CONTROL_RADIUS}px; color: {colour.muted};
        background: transparent; padding: 6px 2px; }}
    #rail QToolButton:hover {{ background: {colour.window}; color: {colour.text}; }}
    #rail QToolButton:checked {{ background: {colour.accent_soft}; color: {colour.accent}; font-weight: 600; }}
    #banner QLabel {{ color: {colour.wrong_text}; }}
    #banner {{ background: {colour.card}; border: 1px solid {colour.wrong}; border-radius: {CONTROL_RADIUS}px; }}
    #tour {{ background: {colour.card}; border: 1px solid {colour.accent}; border-radius: {CARD_RADIUS}px; }}
    #help_topics, #help_text {{ background: {colour.card}; color: {colour.text}; border: 1px solid {colour.line};
        border-radius: {CONTROL_RADIUS}px; padding: 4px; outline: none; }}
    #help_text {{ padding: 4px 10px; }}
    #help_topics::item {{ padding: 6px; border-radius: 4px; }}
    #help_topics::item:hover {{ background: {colour.window}; }}
    #help_topics::item:selected {{ background: {colour.accent_soft}; color: {colour.text}; }}
    #window_offer {{ margin: {MARGIN}px {MARGIN}px 0 {MARGIN}px; }}
    #notice, #window_offer {{ background: {colour.accent_soft}; border: 1px solid {colour.accent};
        border-radius: {CONTROL_RADIUS}px; }}

    QPushButton, QToolButton {{ background: {colour.control}; color: {colour.text}; border: 1px solid {colour.line};
        border-radius: {CONTROL_RADIUS}px; padding: 0 10px; min-height: {CONTROL_HEIGHT - 2}px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {colour.muted}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {colour.line}; }}
    QPushButton:checked, QToolButton:checked {{ background: {colour.accent}; color: {colour.on_accent};
        border-color: {colour.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {colour.muted}; background: {colour.window};
        border-color: {colour.line}; }}
    QPushButton[kind="primary"] {{ background: {colour.accent}; color: {colour.on_accent};
        border-color: {colour.accent}; font-weight: 600; }}
    QPushButton[kind="primary"]:disabled {{ background: {colour.window}; color: {colour.muted};
        border-color: {colour.line}; }}
    QPushButton[kind="danger"]:enabled {{ color: {colour.wrong_text}; }}
    QPushButton[tight="true"] {{ padding: 0 4px; }}
    QPushButton[tight="true"]:focus {{ padding: 0 3px; }}
    QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{ background: transparent; border-color: transparent;
        color: {colour.accent}; padding: 0 6px; }}
    QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: {colour.accent_soft}; }}
    QPushButton[kind="quiet"]:disabled, QToolButton[kind="quiet"]:disabled {{ color: {colour.muted};
        background: transparent; border-color: transparent; }}
    QPushButton:focus, QToolButton:focus {{ border: {FOCUS_LINE}px solid {colour.accent};
        min-height: {CONTROL_HEIGHT - 4}px; padding: 0 9px; }}
    QPushButton:checked:focus, QToolButton:checked:focus, QPushButton[kind="primary"]:focus {{
        border: {FOCUS_LINE}px solid {colour.text}; }}
    QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ padding: 0 5px; }}
    QPushButton[kind="link"], QToolButton[kind="link"] {{ background: transparent; border: 1px solid transparent;
        color: {colour.accent}; padding: 0 3px; min-height: {LINK_HEIGHT - 2}px; }}
    QPushButton[kind="link"]:hover, QToolButton[kind="link"]:hover, QPushButton[kind="link"]:checked {{
        background: {colour.accent_soft}; }}
    QPushButton[kind="link"]:disabled, QToolButton[kind="link"]:disabled {{ color: {colour.muted};
        background: transparent; }}
    QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus {{ border-color: {colour.accent}; }}
    QToolButton[kind="link"][menu="true"] {{ padding-right: 10px; }}
    QToolButton[kind="link"]::menu-indicator {{ right: 2px; }}
    QToolButton[menu="false"]::menu-indicator {{ image: none; }}
    #rail QToolButton:focus {{ border: {FOCUS_LINE}px solid {colour.accent}; padding: 4px 0; }}
    QPushButton[kind="fold"], QPushButton[kind="fold"]:checked {{ background: transparent; border-color: transparent; }}
    QPushButton[kind="fold"]:hover {{ background: {colour.window}; }}
    QPushButton[kind="fold"]:focus {{ border: {FOCUS_LINE}px solid {colour.accent}; }}
    QPushButton[kind="square"] {{ padding: 0; }}
    QToolButton[kind="mark"] {{ background: transparent; border: none; color: {colour.accent}; padding: 0;
        min-height: 0; font-size: {SMALL_FONT_SIZE}px; }}
    QToolButton[kind="mark"]:focus {{ border: 1px solid {colour.accent}; }}
    QPushButton[menu="true"], QToolButton[menu="true"] {{ padding-right: 22px; }}
    QPushButton::menu-indicator, QToolButton::menu-indicator {{ subcontrol-origin: padding;
        subcontrol-position: right center; right: 7px; image: {down}; width: 12px; height: 12px; }}
    #rail QToolButton::menu-indicator {{ image: none; }}

    QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox {{ background: {colour.control};
        color: {colour.text}; border: 1px solid {colour.line}; border-radius: {CONTROL_RADIUS}px; padding: 0 8px;
        min-height: {CONTROL_HEIGHT - 4}px; selection-background-color: {colour.accent};
        selection-color: {colour.on_accent}; }}
    QLineEdit QToolButton {{ min-height: 0; padding: 0; border: none; background: transparent; }}
    QLineEdit {{ placeholder-text-color: {colour.muted}; }}
    QLineEdit#number_text {{ background: transparent; border-color: transparent; padding: 0 2px; }}
    QLineEdit#number_text:focus {{ border-color: {colour.accent}; }}
    QPlainTextEdit {{ padding: 4px; }}
    QPlainTextEdit:focus {{ border: {FOCUS_LINE}px solid {colour.accent}; padding: 3px; }}
    QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
        border: {FOCUS_LINE}px solid {colour.accent}; min-height: {CONTROL_HEIGHT - 6}px; }}
    QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {colour.muted}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: {down}; width: 12px; height: 12px; }}
    QAbstractSpinBox {{ padding-right: 20px; }}
    QAbstractSpinBox[wrong="true"] {{ border-color: {colour.wrong}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 20px;
        border: none; background: transparent; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin: 3px 1px 0 0; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; margin: 0 1px 3px 0; }}
    QAbstractSpinBox::up-arrow {{ image: {up}; width: 10px; height: 10px; }}
    QAbstractSpinBox::down-arrow {{ image: {down}; width: 10px; height: 10px; }}
    QCheckBox {{ spacing: 6px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {colour.muted}; border-radius: 4px;
        background: {colour.control}; }}
    QCheckBox::indicator:checked {{ background: {colour.accent}; border-color: {colour.accent}; image: {check}; }}
    QCheckBox::indicator:focus {{ border: {FOCUS_LINE}px solid {colour.accent}; width: 12px; height: 12px; }}
    QCheckBox::indicator:checked:focus {{ border-color: {colour.text}; }}
    QComboBox QAbstractItemView {{ background: {colour.card}; color: {colour.text}; border: 1px solid {colour.line};
        selection-background-color: {colour.accent_soft}; selection-color: {colour.text}; outline: none; }}
    QMenu {{ background: {colour.card}; color: {colour.text}; border: 1px solid {colour.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 18px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {colour.accent_soft}; }}
    QMenu::item:disabled {{ color: {colour.muted}; }}
    QMenu::separator {{ height: 1px; background: {colour.line}; margin: 4px; }}

    #recipe_finder {{ background: {colour.card}; border: 1px solid {colour.line}; }}
    #recipe_list {{ background: {colour.card}; outline: none; }}
    QProgressBar {{ background: {colour.line}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {colour.accent}; border-radius: 3px; }}
    QSlider::groove:horizontal {{ height: 2px; background: {colour.muted}; }}
    QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 6px;
        background: {colour.text}; }}
    QSlider::handle:horizontal:focus {{ background: {colour.accent}; border: {FOCUS_LINE}px solid {colour.text};
        margin: -7px 0; border-radius: 8px; }}

    QTableView {{ background: {colour.card}; border: none; gridline-color: transparent; outline: none;
        selection-background-color: {colour.accent_soft}; selection-color: {colour.text}; }}
    QTableView QLineEdit {{ min-height: 0; padding: 0 3px; border-radius: 0; background: {colour.card}; }}
    QHeaderView {{ background: {colour.card}; border: none; }}
    QHeaderView::section {{ background: {colour.card}; color: {colour.muted}; border: none; font-weight: 600;
        padding: 2px 4px; }}
    QTableCornerButton::section {{ background: {colour.card}; border: none; }}
    QHeaderView::up-arrow {{ image: {up}; width: 10px; height: 10px; subcontrol-position: top center; }}
    QHeaderView::down-arrow {{ image: {down}; width: 10px; height: 10px; subcontrol-position: top center; }}
    QScrollArea {{ background: transparent; border: none; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: {SCROLL_BAR}px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: {SCROLL_BAR}px; margin: 0; }}
    QScrollBar::handle {{ background: {colour.line}; border-radius: 4px; min-height: 24px; min-width: 24px;
        margin: 1px; }}
    QScrollBar::handle:hover {{ background: {colour.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ width: 0; height: 0;
        background: transparent; }}
    """
