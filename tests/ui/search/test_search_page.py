"""The page of searches with real clicks and keys; the runner only pretends."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from socket import gethostname
from typing import cast

import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense, Dropout
from app.core.errors import InputError, StudioError
from app.core.models.store import find_model
from app.core.runs.history import RunHistory
from app.core.runs.records import RunLabel
from app.core.search.outlook import as_begun
from app.core.search.plan import PLANS, SearchPlan
from app.core.search.runner import SearchRunner
from app.core.search.space import Choices
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy
from app.core.search.winner import Winners
from app.ui.common.messages import Message, Messages
from app.ui.common.page import Busy
from app.ui.search.model import DIFFERENCE, STATE, TEST, VALIDATION
from app.ui.search.page import SearchPage
from app.ui.search.trials import SearchTrials
from tests.core.models.stored import card
from tests.core.models.stored import write as write_model
from tests.core.runs.helpers import DATASET
from tests.ui.closing import end_work
from tests.ui.hand import click
from tests.ui.layout import cut_texts, settle, wider_text
from tests.ui.ways import Ways

WAIT_MS = 30_000
BASE = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=8), Dropout(rate=0.1)), epochs=5)
MakePage = Callable[..., SearchPage]


class PretendedRunner:
    """Says what the test wants to be so. Polled in the search thread, like a real one."""

    def __init__(self, problem: StudioError | None = None) -> None:
        self.problem = problem
        self.is_stubborn = self.is_silent = False
        self.plan: SearchPlan | None = None
        self.workers = 0
        self.calls: list[str] = []
        self.threads: set[int] = set()
        self._status: SearchStatus | None = None
        self._lock = threading.Lock()

    @property
    def is_running(self) -> bool:
        return self._status is not None and self._status.is_running

    def start(self, plan: SearchPlan, workers: int | None = None) -> None:
        if self.problem is not None:
            raise self.problem
        self.plan, self.workers = plan, workers or 0
        self.say(replace(as_begun(plan), is_running=True))

    def say(self, status: SearchStatus) -> None:
        with self._lock:
            self._status = status

    def poll(self) -> SearchStatus:
        self.threads.add(threading.get_ident())
        with self._lock:
            if self.is_silent:
                raise StudioError("The database cannot be used.")
            assert self._status is not None
            return self._status

    def stop(self, at_once: bool = False) -> None:
        self.calls.append("stop at once" if at_once else "stop")
        self.say(replace(self.poll(), is_running=False))

    def close(self) -> None:
        self.calls.append("close")
        while self.is_stubborn and "stop at once" not in self.calls:
            time.sleep(0.01)
        self.say(replace(self.poll(), is_running=False))


@pytest.fixture
def runner() -> PretendedRunner:
    return PretendedRunner()


@pytest.fixture
def make_page(qtbot: QtBot, runner: PretendedRunner) -> Iterator[MakePage]:
    pages: list[SearchPage] = []

    def make(config: TrainingConfig = BASE, is_training: bool = False) -> SearchPage:
        page = SearchPage(make_runner=lambda: cast(SearchRunner, runner))
        Ways.of(page)
        page.vary(config)
        page.show_busy_beside(Busy("Training") if is_training else None)
        page.resize(1184, 646)
        pages.append(page)
        page.show()
        qtbot.waitUntil(lambda: page._prepared is not None, timeout=WAIT_MS)
        return page

    yield make
    for page in pages:
        end_work(page, qtbot, WAIT_MS)
        qtbot.waitUntil(lambda page=page: not page.findChildren(QThread), timeout=WAIT_MS)  # type: ignore[misc]
        page.close()
        page.deleteLater()


def write(qtbot: QtBot, page: SearchPage, field: str, values: str) -> None:
    row = page.setup.space.rows[-1]
    row.choose(field)
    row.values.clear()
    qtbot.keyClicks(row.values, values)  # type: ignore[no-untyped-call]


def begin(qtbot: QtBot, page: SearchPage, values: str = "0.1, 0.2, 0.3") -> None:
    write(qtbot, page, "dropout", values)
    click(page, "start_search")
    qtbot.waitUntil(lambda: page._shown is not None, timeout=WAIT_MS)


def done(trial: TrialStatus, value: float, **report: object) -> TrialStatus:
    known = TrialReport(worker="w", host=gethostname(), epochs_done=5, elapsed_s=65.0, val_accuracy=value)
    told = known.model_copy(update={"run": trial.number + 1, **report})
    return replace(trial, state=TrialState.DONE, report=told, curve=(value - 0.1, value), value=value)


def finished(plan: SearchPlan, *values: float, **report: object) -> SearchStatus:
    """The first trials are done with these values; whatever is left waits."""
    begun = as_begun(plan)
    ended = tuple(done(trial, value, **report) for trial, value in zip(begun.trials, values, strict=False))
    return replace(begun, trials=ended + begun.trials[len(ended) :])


def show(qtbot: QtBot, page: SearchPage, runner: PretendedRunner, status: SearchStatus) -> None:
    runner.say(status)
    qtbot.waitUntil(lambda: page._shown is not None and page._shown.status is status, timeout=WAIT_MS)


def column(page: SearchPage | SearchTrials, number: int) -> list[str]:
    model = page.trials.model if isinstance(page, SearchPage) else page.model
    return [model.data(model.index(row, number)) for row in range(model.rowCount())]


def test_ready_made_plans_are_offered_with_their_explanations(make_page: MakePage) -> None:
    page = make_page()
    entries = {entry.title: entry for entry in page.plans.entries}
    for ready in PLANS:
        assert entries[ready.title].caption == ready.explanation
        assert entries[ready.title].note.endswith("trials")
    assert entries["All 28 tuning runs"].note == "28 trials"


def test_the_recipe_of_the_train_page_is_chosen_first(make_page: MakePage) -> None:
    page = make_page()
    assert page.plans.entry is not None
    assert page.plans.entry.what == BASE
    assert not page.setup.start.isEnabled()
    assert "Write which values" in page.setup.start.toolTip()


def test_what_is_wrong_is_said_at_once(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    write(qtbot, page, "dropout", "much")
    assert page.setup.verdict.text().startswith("✗ Dropout: 'much' is not a number")
    assert page.setup.start.toolTip() == page.setup.problem
    write(qtbot, page, "dropout", "0.1, 0.2")
    assert page.setup.verdict.text().startswith("2 trials, roughly ")
    assert page.setup.start.isEnabled()


def test_a_range_needs_another_method_than_the_grid(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    write(qtbot, page, "learning_rate", "0.0001..0.1 log")
    assert "A grid needs single values of Learning rate" in page.setup.problem
    options = page.setup.options
    assert options.trials.isHidden()
    click(page, "search_guided")
    assert options.method.currentText() == "Guided"
    assert not page.setup.guide.isVisible()
    assert page.setup.problem == ""
    assert not options.trials.isHidden()
    options.trials.setValue(33)
    assert page.setup.verdict.text().startswith("33 trials")


def test_the_example_in_a_field_works_with_the_chosen_method(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    values, method = page.setup.space.rows[0].values, page.setup.options.method
    for place in range(method.count()):
        method.setCurrentIndex(place)
        values.setText(values.placeholderText().removeprefix("for example "))
        assert page.setup.problem == ""
        values.clear()


def test_settings_are_added_and_removed(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    write(qtbot, page, "dropout", "0.1, 0.2")
    click(page, "add_setting")
    write(qtbot, page, "hidden_units", "8, 16, 32")
    assert page.setup.verdict.text().startswith("6 trials")
    qtbot.mouseClick(page.setup.space.rows[0].remove, Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]
    assert page.setup.verdict.text().startswith("3 trials")
    assert page.setup.options.name.text() == "quickstart-mnist-hidden_units"


def test_full_data_that_is_not_here_leads_to_the_data_page(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    page.plans.choose("ReadyPlan All 28 tuning runs")
    assert page.setup.start.isEnabled()
    page.setup.options.edition.setCurrentIndex(1)
    assert "not on this computer" in page.setup.start.toolTip()
    click(page, "get_data")
    assert Ways.of(page).taken == [("show", "data")]


def test_a_search_is_begun_as_it_was_set(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    page = make_page()
    options = page.setup.options
    options.objective.setCurrentIndex(1)
    options.pruning.setChecked(True)
    options.workers.setValue(1)
    options.name.selectAll()
    qtbot.keyClicks(options.name, "my own")  # type: ignore[no-untyped-call]
    begin(qtbot, page)
    assert runner.plan is not None
    assert runner.workers == 1
    assert (runner.plan.name, runner.plan.objective, runner.plan.pruning) == ("my own", "val_loss", True)
    assert runner.plan.space == (Choices(field="dropout", values=(0.1, 0.2, 0.3)),)
    assert runner.plan.bases == (BASE,)


def test_the_runner_is_never_asked_in_the_window_s_thread(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner
) -> None:
    begin(qtbot, make_page())
    qtbot.waitUntil(lambda: bool(runner.threads), timeout=WAIT_MS)
    assert threading.get_ident() not in runner.threads
    assert len(runner.threads) == 1


def test_trials_are_shown_as_they_are_trained(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    page = make_page()
    begin(qtbot, page)
    assert runner.plan is not None
    assert page.is_searching
    assert page.progress.stop.hasFocus()
    assert column(page, STATE) == ["… Waiting"] * 3
    show(qtbot, page, runner, replace(finished(runner.plan, 0.8), is_running=True))
    assert column(page, VALIDATION) == ["80.00%", "–", "–"]
    assert "1 of 3 done" in page.progress._detail.whole
    show(qtbot, page, runner, finished(runner.plan, 0.8, 0.9, 0.7, test_accuracy=0.85))
    assert column(page, STATE) == ["✓ Done", "★ Best", "✓ Done"]
    assert column(page, TEST) == ["85.00%"] * 3
    assert "Best: trial 1, Dropout 0.2, validation accuracy 90.00%" in page.progress.sentence.text()
    assert not page.is_searching


def test_the_best_one_is_trained_with_a_click(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    page = make_page()
    begin(qtbot, page)
    assert runner.plan is not None
    show(qtbot, page, runner, finished(runner.plan, 0.8, 0.7, 0.9))
    click(page, "train_best")
    assert Ways.of(page).taken == [("train", BASE.changed(dropout=0.3))]


def test_the_kept_model_of_the_best_one_is_used_with_a_click(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner
) -> None:
    page = make_page()
    begin(qtbot, page)
    assert runner.plan is not None
    status = finished(runner.plan, 0.8, 0.7, 0.9)
    Winners(own_storage(), runner.plan).keep(2, card("any"), write_model)
    show(qtbot, page, runner, status)
    assert not page.progress.train_best.isVisible()
    with qtbot.waitSignal(Ways.of(page).went, timeout=WAIT_MS):
        click(page, "use_best")
    assert Ways.of(page).taken == [("use_model", "quickstart-mnist-dropout-0.3")]
    assert find_model("quickstart-mnist-dropout-0.3").card.title == "quickstart-mnist (dropout 0.3), best of 3"


def enter_runs(plan: SearchPlan, count: int) -> None:
    """The runs of its trials, into the history."""
    for trial in range(count):
        RunHistory().begin(BASE, DATASET, RunLabel(plan.name, trial))


def test_a_selected_trial_leads_to_its_run_and_its_settings(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner
) -> None:
    page = make_page()
    begin(qtbot, page)
    assert runner.plan is not None
    assert "Select a trial" in page.trials.show_run.toolTip()
    show(qtbot, page, runner, finished(runner.plan, 0.8, 0.9))
    enter_runs(runner.plan, 2)
    page.activateWindow()
    page.trials.table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.trials.table, Qt.Key.Key_Down)  # type: ignore[no-untyped-call]
    click(page, "show_run")
    click(page, "use_in_train")
    assert Ways.of(page).taken == [("show_runs", (2,)), ("fill_form", BASE.changed(dropout=0.2))]


def test_a_run_that_has_only_the_number_of_a_trials_run_is_not_shown_as_that(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner
) -> None:
    page = make_page()
    begin(qtbot, page)
    assert runner.plan is not None
    show(qtbot, page, runner, finished(runner.plan, 0.8, 0.9))
    RunHistory().begin(BASE, DATASET)  # in a history that was made anew
    page.trials.table.selectRow(0)
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        click(page, "show_run")
    assert "is not in the history any more" in told.args[0].text
    assert Ways.of(page).taken == []


@pytest.mark.parametrize("percent", [100, 115])
def test_nothing_is_cut_before_the_first_epoch_however_low_the_window(
    qtbot: QtBot, qapp: QApplication, percent: int
) -> None:
    plan = SearchPlan(name="s", method="grid", bases=(BASE,), space=(Choices(field="seed", values=(1, 2, 3)),))
    with wider_text(qapp, percent):
        trials = SearchTrials()
        qtbot.addWidget(trials)
        trials.show_status(plan, as_begun(plan))
        trials.resize(740, trials.minimumSizeHint().height())
        trials.show()
        settle()
        assert cut_texts(trials) == []


def test_the_selected_trial_stays_selected_when_rows_move(qtbot: QtBot) -> None:
    plan = SearchPlan(name="s", method="grid", bases=(BASE,), space=(Choices(field="seed", values=(1, 2, 3)),))
    trials = SearchTrials()
    qtbot.addWidget(trials)
    trials.show_status(plan, finished(plan, 0.7, 0.9, 0.8))
    trials.table.selectRow(0)
    trials.table.sortByColumn(VALIDATION, Qt.SortOrder.DescendingOrder)
    assert column(trials, VALIDATION) == ["90.00%", "80.00%", "70.00%"]
    assert [index.row() for index in trials.table.selectionModel().selectedRows()] == [2]
    trials.show_status(plan, finished(plan, 0.95, 0.9, 0.8))
    assert [index.row() for index in trials.table.selectionModel().selectedRows()] == [0]
    assert trials.table.selected is not None
    assert trials.table.selected.trial.number == 0


def test_a_run_on_another_machine_is_not_in_this_history(qtbot: QtBot) -> None:
    plan = SearchPlan(name="s", method="list", bases=(BASE,))
    trials = SearchTrials()
    qtbot.addWidget(trials)
    trials.show_status(plan, finished(plan, 0.7, host="elsewhere"))
    trials.table.selectRow(0)
    assert not trials.show_run.isEnabled()
    assert "another computer (elsewhere)" in trials.show_run.toolTip()


def test_reported_figures_are_shown_where_there_are_some(qtbot: QtBot) -> None:
    made = next(ready for ready in PLANS if ready.id == "tuning").make()
    plan = made.changed(bases=tuple(base.changed(data="full") for base in made.bases))
    trials = SearchTrials()
    qtbot.addWidget(trials)
    trials.show_status(plan, finished(plan, 0.98, test_accuracy=0.5))
    assert not trials.table.isColumnHidden(DIFFERENCE)
    assert column(trials, DIFFERENCE)[0].startswith("▼ −")
    own = SearchPlan(name="s", method="list", bases=(BASE,))
    trials.show_status(own, finished(own, 0.98))
    assert trials.table.isColumnHidden(DIFFERENCE)


@pytest.mark.parametrize("count", [1, 6, 42])
def test_the_legend_names_few_trials_and_of_many_the_best(qtbot: QtBot, count: int) -> None:
    values = tuple(range(count))
    plan = SearchPlan(name="s", method="grid", bases=(BASE,), space=(Choices(field="seed", values=values),))
    trials = SearchTrials()
    qtbot.addWidget(trials)
    trials.show_status(plan, finished(plan, *(0.5 + seed / 100 for seed in values)))
    legend = trials.curves.legend.text
    named = [seed for seed in values if f"Seed {seed}" in legend]
    assert len(named) == count if count <= 8 else named == [4, 41]  # "Seed 4" begins "Seed 41"
    assert "★" in legend
    assert ("the other trials" in legend) == (count > 8)


def test_stop_stops_and_go_on_goes_on(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    page = make_page()
    begin(qtbot, page)
    click(page, "stop_search")
    qtbot.waitUntil(lambda: not page.is_searching, timeout=WAIT_MS)
    assert runner.calls == ["stop"]
    under_pointer = page.progress.childAt(page.progress.stop.geometry().center())
    assert under_pointer is page.progress.stop
    assert not page.progress.stop.isEnabled()
    focused = page.focusWidget()
    assert not isinstance(focused, QPushButton)
    assert "can go on at any time" in page.progress.sentence.text()
    first = runner.plan
    click(page, "go_on")
    qtbot.waitUntil(lambda: page.progress.stop.isEnabled() and page.is_searching, timeout=WAIT_MS)
    assert runner.plan == first


def test_what_the_runner_refuses_is_said_and_can_be_changed(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner
) -> None:
    page = make_page()
    runner.problem = InputError("There is another search of that name.")
    write(qtbot, page, "dropout", "0.1, 0.2")
    with qtbot.waitSignal(Messages.of(page).changed) as said:
        click(page, "start_search")
    assert said.args == [Message("There is another search of that name.", is_error=True)]
    assert page.setup.isVisible()
    assert not page.is_searching


def test_unfinished_studies_come_first_and_go_on(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    plan = SearchPlan(name="begun", method="grid", bases=(BASE,), space=(Choices(field="seed", values=(1, 2)),))
    SearchStudy.create(plan, own_storage())
    page = make_page()
    assert page.plans.entries[0].title == "begun"
    assert page.plans.entries[0].note == "0 of 2"
    page.plans.choose(page.plans.entries[0].key)
    assert page.setup.start.text() == "Go on"
    click(page, "start_search")
    qtbot.waitUntil(lambda: page._shown is not None, timeout=WAIT_MS)
    assert runner.plan == plan


def test_a_finished_study_is_looked_at(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    plan = SearchPlan(name="over", method="list", bases=(BASE,))
    study = SearchStudy.create(plan, own_storage())
    taken = study.take("me")
    assert taken is not None
    study.report(taken, TrialReport(worker="me", host="h", epochs_done=2), [(1, 0.4), (2, 0.6)])
    study.finish(taken, TrialReport(worker="me", host="h", epochs_done=2), TrialState.DONE, 0.6)
    page = make_page()
    page.plans.choose(next(entry.key for entry in page.plans.entries if entry.title == "over"))
    assert page.setup.start.isHidden()
    click(page, "look")
    qtbot.waitUntil(lambda: page._shown is not None, timeout=WAIT_MS)
    assert column(page, VALIDATION) == ["60.00%"]
    assert runner.plan is None
    click(page, "other_searches")
    assert page.plans.isVisible()


def test_a_study_that_another_program_trains_is_not_called_stopped(qtbot: QtBot, make_page: MakePage) -> None:
    plan = SearchPlan(name="elsewhere", method="list", bases=(BASE, BASE.changed(seed=1)))
    SearchStudy.create(plan, own_storage()).take("somebody")
    page = make_page()
    page.plans.choose(page.plans.entries[0].key)
    click(page, "look")
    qtbot.waitUntil(lambda: page._shown is not None, timeout=WAIT_MS)
    assert column(page, STATE) == ["▶ Training", "… Waiting"]
    assert "running in another program" in page.progress.sentence.text()
    assert page.progress.go_on.isVisible()


def test_a_name_that_is_taken_is_refused_and_never_proposed(qtbot: QtBot, make_page: MakePage) -> None:
    other = SearchPlan(name="quickstart-mnist-dropout", method="list", bases=(BASE,))
    SearchStudy.create(other, own_storage())
    page = make_page()
    write(qtbot, page, "dropout", "0.1, 0.2")
    name = page.setup.options.name
    assert name.text() == "quickstart-mnist-dropout-2"
    assert isinstance(name, QLineEdit)
    qtbot.keyClick(name, Qt.Key.Key_End)  # type: ignore[no-untyped-call]
    for _ in range(2):
        qtbot.keyClick(name, Qt.Key.Key_Backspace)  # type: ignore[no-untyped-call]
    assert "another search “quickstart-mnist-dropout”" in page.setup.problem


def test_what_is_being_written_survives_news_of_studies(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    write(qtbot, page, "dropout", "0.1, 0.2")
    page.setup.options.name.setFocus()
    page.setup.options.name.selectAll()
    qtbot.keyClicks(page.setup.options.name, "mine")  # type: ignore[no-untyped-call]
    with qtbot.waitSignal(page._thread.prepared, timeout=WAIT_MS):
        page._thread.prepare()
    assert page.setup.options.name.text() == "mine"
    assert page.setup.space.rows[0].values.text() == "0.1, 0.2"


def test_a_run_beside_the_search_shares_the_processor(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page(is_training=True)
    assert page._hint.text() == ""
    begin(qtbot, page)
    assert "shares the processor" in page._hint.text()


def test_another_recipe_leaves_a_search_under_way_in_sight(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    begin(qtbot, page)
    page.vary(BASE.changed(epochs=9))
    assert page.progress.isVisible()


def test_closing_stops_the_search_and_waits_for_it(qtbot: QtBot, make_page: MakePage, runner: PretendedRunner) -> None:
    page = make_page()
    begin(qtbot, page)
    end_work(page, qtbot, WAIT_MS)
    assert runner.calls[-1] == "close"
    assert not runner.is_running
    assert not page.is_searching


def test_workers_that_do_not_end_are_not_waited_for_forever(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.search.worker.CLOSING_S", 0.05)
    page = make_page()
    begin(qtbot, page)
    runner.is_stubborn = True
    end_work(page, qtbot, WAIT_MS)
    assert runner.calls[-2:] == ["close", "stop at once"]


def test_a_database_that_is_silent_for_a_while_ends_nothing(
    qtbot: QtBot, make_page: MakePage, runner: PretendedRunner
) -> None:
    page = make_page()
    begin(qtbot, page)
    with qtbot.waitSignal(Messages.of(page).changed, timeout=WAIT_MS) as said:
        runner.is_silent = True
    assert said.args == [Message("The database cannot be used.", is_error=True)]
    assert page.is_searching
    assert page.progress.isVisible()
    runner.is_silent = False
    assert runner.plan is not None
    show(qtbot, page, runner, finished(runner.plan, 0.8, 0.9, 0.7))
    assert not page.is_searching


def test_an_untouched_form_invites_and_reproaches_nobody(make_page: MakePage) -> None:
    page = make_page()
    assert page.setup.verdict.text().startswith("Write which values of Learning rate to try")
    assert page.setup.verdict.property("role") == "muted"


def test_a_number_of_trials_that_cannot_be_stands_and_says_why(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page()
    write(qtbot, page, "learning_rate", "0.0001..0.1 log")
    click(page, "search_guided")
    trials = page.setup.options.trials
    trials.selectAll()
    QTest.keyClicks(trials, "99999")
    assert trials.text() == "99999"
    assert page.setup.verdict.text() == "✗ Trials must be at most 1,000."
    assert not page.setup.start.isEnabled()
