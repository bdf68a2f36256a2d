"""Leads from the Train page to searches, and from their trials back into the window's other pages."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.core.models.config import TrainingConfig

if TYPE_CHECKING:
    from app.ui.pages.search_page import SearchPage
    from app.ui.pages.train_page import TrainPage


class SearchDoor(QObject):
    """Offers searches on the Train page. The page of searches is made when the window first shows it."""

    page_requested = Signal()
    train_page_requested = Signal()

    def __init__(self, train: "TrainPage") -> None:
        super().__init__(train)
        self._train = train
        self._config: TrainingConfig | None = None
        self.page: SearchPage | None = None
        train.search_requested.connect(self._on_search_requested)
        train.offer_search(True)

    @property
    def is_searching(self) -> bool:
        """True while a search is under way."""
        return self.page is not None and self.page.is_searching

    def make_page(self) -> "SearchPage":
        """The page, connected to the Train page."""
        from app.ui.pages.search_page import SearchPage

        assert self._config is not None, "the way to the page leads over the Train page"
        self.page = SearchPage(self._config, self._is_training)
        self.page.back_requested.connect(self.train_page_requested)
        self.page.use_requested.connect(self._on_use_requested)
        self.page.train_requested.connect(self._on_train_requested)
        return self.page

    def _is_training(self) -> bool:
        return self._train.is_training

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
