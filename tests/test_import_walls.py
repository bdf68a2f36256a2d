"""Imports run one way: the contracts in pyproject.toml, proof that each can fail, and what an import really loads."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.commands import COMMANDS, LateCommand, late_commands

REPO = Path(__file__).resolve().parents[1]

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# One wrong import each, and the contract that must notice it.
WRONG = {
    "core/imaging/wrong.py": ("import app.core.config.config", "core-layers"),
    "core/datasets/wrong.py": ("def later():\n    from app.core.models import store", "core-layers"),
    "core/models/wrong.py": ("import app.core.inference.predictor", "core-layers"),
    "core/inference/wrong.py": ("from app.core.training import events", "core-layers"),
    "core/training/wrong_too.py": ("from app.core.reports import tables", "core-layers"),
    "core/training/wrong_search.py": ("from app.core.search import plan", "core-layers"),
    "core/search/wrong.py": ("from app.core.reports import tables", "core-layers"),
    "core/wrong.py": ("import PySide6.QtCore", "no-qt"),
    "core/training/wrong.py": ("import pyqtgraph", "no-qt"),
    "core/models/wrong_too.py": ("import app.cli.main", "core-knows-core"),
    "core/runs/wrong.py": ("from app.core.training import trainer", "core-layers"),
    "ui/common/wrong.py": ("from app.cli.output import Output", "core-knows-core"),
    "ui/common/wrong_too.py": ("from app.ui.train import stage", "ui-layers"),
    "ui/unnamed.py": ("import app.ui.theme", "ui-layers"),
    "ui/data/wrong.py": ("def later():\n    from app.ui.train import stage", "ui-layers"),
    "wrong.py": ("def later():\n    import app.ui.common", "one-door"),
}

# Imports every module of the core that gets by without TensorFlow; prints what was imported and what that loaded.
IMPORT_CORE = """
import importlib, json, pkgutil, sys
import app.core
sys.modules["tensorflow"] = sys.modules["keras"] = None
imported = []
for found in pkgutil.walk_packages(app.core.__path__, "app.core."):
    try:
        importlib.import_module(found.name)
        imported.append(found.name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in ("tensorflow", "keras"):
            raise
print(json.dumps([imported, list(sys.modules)]))
"""
WITHOUT_TENSORFLOW = {
    "app.core.imaging.preprocess",
    "app.core.datasets.sources",
    "app.core.models.store",
    "app.core.inference.predictor",
    "app.core.runs.events",
    "app.core.reports.export",
}


def _python(code: str, folder: Path = REPO, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _python(LINT, folder, "--no-cache", "--config", str(REPO / "pyproject.toml"), *arguments)


def _loaded_by(module: str) -> set[str]:
    """The top-level packages that are loaded after importing `module`."""
    done = _python(f"import json, sys, {module}; print(json.dumps(list(sys.modules)))")
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_program_keeps_the_contracts() -> None:
    done = _lint(REPO)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WRONG)
def test_a_wrong_import_breaks_its_contract(path: str, tmp_path: Path) -> None:
    content, contract = WRONG[path]
    shutil.copytree(REPO / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    wrong = tmp_path / "app" / path
    wrong.parent.mkdir(exist_ok=True)
    wrong.write_text(content)
    done = _lint(tmp_path, "--contract", contract)
    assert done.returncode == 1
    assert "0 kept, 1 broken" in done.stdout


def test_core_loads_no_qt() -> None:
    done = _python(IMPORT_CORE)
    assert done.returncode == 0, done.stderr
    imported, loaded = json.loads(done.stdout)
    assert set(imported) >= WITHOUT_TENSORFLOW
    assert not {"PySide6", "pyqtgraph"} & set(loaded)


def test_command_line_loads_neither_qt_nor_tensorflow() -> None:
    modules = {place.partition(":")[0] for place, _help in COMMANDS.values()}
    assert not {"PySide6", "pyqtgraph", "tensorflow", "keras"} & _loaded_by(", ".join(["app.cli.main", *modules]))


def test_the_list_of_commands_is_there_before_what_they_need() -> None:
    assert not {"numpy", "pydantic"} & _loaded_by("app.cli.main")


def test_help_is_there_without_what_it_does_not_need() -> None:
    code = "import json, sys, app.cli.main as main; main.run_command(['--help']); print(json.dumps(list(sys.modules)))"
    *shown, modules = _python(code).stdout.splitlines()
    assert all(any(f" {command.name} " in line for line in shown) for command in late_commands())
    assert not {"numpy", "pydantic", "markdown_it", "pygments"} & set(json.loads(modules))


@pytest.mark.parametrize("command", list(late_commands()), ids=lambda command: command.name)
def test_the_list_of_commands_says_what_they_say_themselves(command: LateCommand) -> None:
    assert command.help
    assert " ".join(command.loaded().help.split()).startswith(command.help.removesuffix("."))


def test_main_window_loads_no_tensorflow_and_no_optuna() -> None:
    loaded = _loaded_by("app.ui.main_window")
    assert "PySide6" in loaded
    assert not {"tensorflow", "keras", "optuna", "sqlalchemy"} & loaded


def test_the_page_of_searches_loads_no_optuna() -> None:
    loaded = _loaded_by("app.ui.search.page")
    assert "PySide6" in loaded
    assert not {"tensorflow", "keras", "optuna", "sqlalchemy"} & loaded
