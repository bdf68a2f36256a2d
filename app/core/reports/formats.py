"""What can be written about runs."""

from enum import StrEnum


class ReportFormat(StrEnum):
    """What can be written. KERAS is for one run only, TENSORBOARD fills a folder."""

    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"
    KERAS = "keras"
    TENSORBOARD = "tensorboard"

    @property
    def label(self) -> str:
        """How a menu names it."""
        return _TITLES[self]

    @property
    def suffix(self) -> str:
        """How the name of its file ends; nothing for a folder."""
        return _SUFFIXES[self]


_TITLES = {
    ReportFormat.CSV: "Table (CSV)",
    ReportFormat.MARKDOWN: "Table (Markdown)",
    ReportFormat.HTML: "Lab report (HTML)",
    ReportFormat.KERAS: "Keras script",
    ReportFormat.TENSORBOARD: "TensorBoard events",
}
_SUFFIXES = {
    ReportFormat.CSV: ".csv",
    ReportFormat.MARKDOWN: ".md",
    ReportFormat.HTML: ".html",
    ReportFormat.KERAS: ".py",
    ReportFormat.TENSORBOARD: "",
}
