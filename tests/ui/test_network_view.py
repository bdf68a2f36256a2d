"""The steps on the way to what the network sees: every caption can be read."""

from PySide6.QtCore import QRectF

from app.ui.widgets.network_view import caption_rect


def test_captions_stay_below_their_box_and_inside_the_strip() -> None:
    assert caption_rect(QRectF(60, 0, 40, 40), 30, 170) == QRectF(65, 42, 30, 16)
    assert caption_rect(QRectF(0, 0, 40, 40), 50, 170).left() == 0
    assert caption_rect(QRectF(130, 0, 40, 40), 50, 170).right() == 170
