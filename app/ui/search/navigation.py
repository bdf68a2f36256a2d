"""Leads from the Train page to searches, and from their trials back into the window's other pages."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.config.config import TrainingConfig
from app.ui.window_frame import Busy

if TYPE_CHECKING:
    from app.ui.search.page import SearchPage
    from app.ui.train.page import TrainPage


class SearchDoor(QObject):
    """Offers searches on the Train page. The page of searches is made when the window first shows it."""

    page_requested = Signal()
    train_page_requested = Signal()
    busy_changed = Signal(object)  # a tuple of Busy: what trains, and what searches

    def __init__(self, train: "TrainPage") -> None:
        super().__init__(train)
        self._train = train
        self._config: TrainingConfig | None = None
        self._run: Busy | None = None
        self._search: Busy | None = None
        self.page: SearchPage | None = None
        train.busy_changed.connect(self._on_run_busy)
        train.search_notice.search_requested.connect(self.page_requested)
        train.search_requested.connect(self._on_search_requested)
        train.offer_search(True)

    @property
    def is_searching(self) -> bool:
        """True while a search is under way."""
        return self.page is not None and self.page.is_searching

    def leads_to_search(self, is_search_shown: bool) -> bool:
        """True if who wants to the Train page wants to the search: that runs and no run does, and is not seen yet."""
        return self._search is not None and self._run is None and not is_search_shown

    def make_page(self) -> "SearchPage":
        """The page, connected to the Train page."""
        from app.ui.search.page import SearchPage

        assert self._config is not None, "the way to the page leads over the Train page"
        self.page = SearchPage(self._config, self._is_training)
        self.page.back_requested.connect(self.train_page_requested)
        self.page.busy_changed.connect(self._on_search_busy)
        self.page.use_requested.connect(self._on_use_requested)
        self.page.train_requested.connect(self._on_train_requested)
        return self.page

    def _is_training(self) -> bool:
        return self._train.is_training

    @Slot(object)
    def _on_run_busy(self, busy: Busy | None) -> None:
        self._run = busy
        self._tell()

    @Slot(object)
    def _on_search_busy(self, busy: Busy | None) -> None:
        self._search = busy
        self._train.search_notice.show_search(busy)
        self._tell()

    def _tell(self) -> None:
        self.busy_changed.emit(tuple(filter(None, (self._run, self._search))))

    @Slot(object)
    def _on_search_requested(self, config: TrainingConfig) -> None:
        self._config = config
        if self.page is not None:
            self.page.vary(config)
        self.page_requested.emit()

    @Slot(object)
    def _on_use_requested(self, config: TrainingConfig) -> None:
        self._train.use_config(config)
        self.train_page_requested.emit()

    @Slot(object)
    def _on_train_requested(self, config: TrainingConfig) -> None:
        """Train a trial's settings; while a run is under way, the Train page says why not."""
        self._on_use_requested(config)
        self._train.train(config, None)
