"""The style sheet, written from the theme's colours and sizes."""

from typing import TYPE_CHECKING

from app.core.paths import resources_dir

if TYPE_CHECKING:
    from app.ui.theme import Colours


def stylesheet(colour: "Colours") -> str:
    """Qt style sheet for every kind of widget the window uses."""
    from app.ui import theme

    def picture(name: str) -> str:
        return f'url("{(resources_dir() / "icons" / name).as_posix()}")'

    down, up = picture("chevron.svg"), picture("chevron-up.svg")
    check = picture("check-dark.svg" if colour is theme.DARK else "check-light.svg")

    return f"""
    QMainWindow, QDialog {{ background: {colour.window}; }}
    QToolTip {{ background: {colour.card}; color: {colour.text}; border: 1px solid {colour.line}; padding: 4px; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QLabel {{ background: transparent; }}
    QLabel[role="title"] {{ font-weight: 600; }}
    QLabel[role="muted"] {{ color: {colour.muted}; }}
    QLabel[role="caption"] {{ color: {colour.muted}; font-size: {theme.SMALL_FONT_SIZE}px; }}
    QLabel[role="right"] {{ color: {colour.best_text}; }}
    QLabel[role="error"] {{ color: {colour.wrong_text}; }}
    QLabel[role="answer"] {{ font-weight: 700; font-size: {theme.ANSWER_FONT_SIZE // 2}px; }}
    QLabel[role="answer"][long="true"] {{ font-size: {theme.CONFIDENCE_FONT_SIZE}px; }}

    #card {{ background: {colour.card}; border: 1px solid {colour.line}; border-radius: {theme.CARD_RADIUS}px; }}
    #bar-top {{ background: {colour.card}; border: none; border-bottom: 1px solid {colour.line}; }}
    #bar-bottom {{ background: {colour.card}; border: none; border-top: 1px solid {colour.line}; }}
    #rail {{ background: {colour.card}; border: none; border-right: 1px solid {colour.line}; }}
    #rail QToolButton {{ border: none; border-radius: {theme.CONTROL_RADIUS}px; color: {colour.muted};
        background: transparent; padding: 6px 2px; }}
    #rail QToolButton:hover {{ background: {colour.window}; color: {colour.text}; }}
    #rail QToolButton:checked {{ background: {colour.accent_soft}; color: {colour.accent}; font-weight: 600; }}
    #banner QLabel {{ color: {colour.wrong_text}; }}
    #banner {{ background: {colour.card}; border: 1px solid {colour.wrong}; border-radius: {theme.CONTROL_RADIUS}px; }}
    #tour {{ background: {colour.card}; border: 1px solid {colour.accent}; border-radius: {theme.CARD_RADIUS}px; }}
    #help_topics, #help_text {{ background: {colour.card}; color: {colour.text}; border: 1px solid {colour.line};
        border-radius: {theme.CONTROL_RADIUS}px; padding: 4px; outline: none; }}
    #help_text {{ padding: 4px 10px; }}
    #help_topics::item {{ padding: 6px; border-radius: 4px; }}
    #help_topics::item:hover {{ background: {colour.window}; }}
    #help_topics::item:selected {{ background: {colour.accent_soft}; color: {colour.text}; }}
    #window_offer {{ margin: {theme.MARGIN}px {theme.MARGIN}px 0 {theme.MARGIN}px; }}
    #notice, #window_offer {{ background: {colour.accent_soft}; border: 1px solid {colour.accent};
        border-radius: {theme.CONTROL_RADIUS}px; }}

    QPushButton, QToolButton {{ background: {colour.control}; color: {colour.text}; border: 1px solid {colour.line};
        border-radius: {theme.CONTROL_RADIUS}px; padding: 0 10px; min-height: {theme.CONTROL_HEIGHT - 2}px; }}
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
    QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{ background: transparent; border-color: transparent;
        color: {colour.accent}; padding: 0 6px; }}
    QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: {colour.accent_soft}; }}
    QPushButton[kind="quiet"]:disabled, QToolButton[kind="quiet"]:disabled {{ color: {colour.muted};
        background: transparent; border-color: transparent; }}
    QPushButton:focus, QToolButton:focus {{ border: {theme.FOCUS_LINE}px solid {colour.accent};
        min-height: {theme.CONTROL_HEIGHT - 4}px; padding: 0 9px; }}
    QPushButton:checked:focus, QToolButton:checked:focus, QPushButton[kind="primary"]:focus {{
        border: {theme.FOCUS_LINE}px solid {colour.text}; }}
    QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ padding: 0 5px; }}
    QPushButton[kind="link"], QToolButton[kind="link"] {{ background: transparent; border: 1px solid transparent;
        color: {colour.accent}; padding: 0 3px; min-height: {theme.LINK_HEIGHT - 2}px; }}
    QPushButton[kind="link"]:hover, QToolButton[kind="link"]:hover, QPushButton[kind="link"]:checked {{
        background: {colour.accent_soft}; }}
    QPushButton[kind="link"]:disabled, QToolButton[kind="link"]:disabled {{ color: {colour.muted};
        background: transparent; }}
    QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus {{ border-color: {colour.accent}; }}
    QToolButton[kind="link"][menu="true"] {{ padding-right: 10px; }}
    QToolButton[kind="link"]::menu-indicator {{ right: 2px; }}
    QToolButton#curve_menu::menu-indicator {{ image: none; }}
    #rail QToolButton:focus {{ border: {theme.FOCUS_LINE}px solid {colour.accent}; padding: 4px 0; }}
    QPushButton[kind="fold"], QPushButton[kind="fold"]:checked {{ background: transparent; border-color: transparent; }}
    QPushButton[kind="fold"]:hover {{ background: {colour.window}; }}
    QPushButton[kind="fold"]:focus {{ border: {theme.FOCUS_LINE}px solid {colour.accent}; }}
    QPushButton[kind="square"] {{ padding: 0; }}
    QToolButton[kind="mark"] {{ background: transparent; border: none; color: {colour.accent}; padding: 0;
        min-height: 0; font-size: {theme.SMALL_FONT_SIZE}px; }}
    QToolButton[kind="mark"]:focus {{ border: 1px solid {colour.accent}; }}
    QPushButton[menu="true"], QToolButton[menu="true"] {{ padding-right: 22px; }}
    QPushButton::menu-indicator, QToolButton::menu-indicator {{ subcontrol-origin: padding;
        subcontrol-position: right center; right: 7px; image: {down}; width: 12px; height: 12px; }}
    #rail QToolButton::menu-indicator {{ image: none; }}

    QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox {{ background: {colour.control};
        color: {colour.text}; border: 1px solid {colour.line}; border-radius: {theme.CONTROL_RADIUS}px; padding: 0 8px;
        min-height: {theme.CONTROL_HEIGHT - 4}px; selection-background-color: {colour.accent};
        selection-color: {colour.on_accent}; }}
    QLineEdit QToolButton {{ min-height: 0; padding: 0; border: none; background: transparent; }}
    QLineEdit {{ placeholder-text-color: {colour.muted}; }}
    QLineEdit#number_text {{ background: transparent; border-color: transparent; padding: 0 2px; }}
    QLineEdit#number_text:focus {{ border-color: {colour.accent}; }}
    QPlainTextEdit {{ padding: 4px; }}
    QPlainTextEdit:focus {{ border: {theme.FOCUS_LINE}px solid {colour.accent}; padding: 3px; }}
    QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
        border: {theme.FOCUS_LINE}px solid {colour.accent}; min-height: {theme.CONTROL_HEIGHT - 6}px; }}
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
    QCheckBox::indicator:focus {{ border: {theme.FOCUS_LINE}px solid {colour.accent}; width: 12px; height: 12px; }}
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
    QSlider::handle:horizontal:focus {{ background: {colour.accent}; border: {theme.FOCUS_LINE}px solid {colour.text};
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
    QScrollBar:vertical {{ background: transparent; width: {theme.SCROLL_BAR}px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: {theme.SCROLL_BAR}px; margin: 0; }}
    QScrollBar::handle {{ background: {colour.line}; border-radius: 4px; min-height: 24px; min-width: 24px;
        margin: 1px; }}
    QScrollBar::handle:hover {{ background: {colour.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ width: 0; height: 0;
        background: transparent; }}
    """
