"""Times in words."""

from PySide6.QtCore import QCoreApplication


def duration_text(seconds: float) -> str:
    """For a person who waits: "27 s", "3 min 05 s", "1 h 20 min"."""
    whole = round(seconds)
    if whole < 60:
        return QCoreApplication.translate("durations", "{s} s").format(s=whole)
    if whole < 3600:
        return QCoreApplication.translate("durations", "{m} min {s:02} s").format(m=whole // 60, s=whole % 60)
    return QCoreApplication.translate("durations", "{h} h {m:02} min").format(h=whole // 3600, m=whole % 3600 // 60)
