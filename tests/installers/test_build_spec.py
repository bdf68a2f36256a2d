"""What the recipe for PyInstaller asks for on each system; PyInstaller itself is not needed here."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from app import __version__

ROOT = Path(__file__).resolve().parents[2]

KEPT = (
    "tensorflow/libtensorflow_cc.so.2",
    "tensorflow/lite/python/_pywrap_tensorflow_interpreter_wrapper.so",
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/Qt/plugins/platforms/libqwayland.so",
    "PySide6/Qt/plugins/platforms/libqoffscreen.so",
    "PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so",
    "PySide6/plugins/platforms/qwindows.dll",
    "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
    "app/resources/fonts/Pretendard-Bold.otf",
    "tensorflow-2.21.0.dist-info/METADATA",
    "numpy-2.4.6.dist-info/licenses/LICENSE.txt",
)
MADE = ("precompiled",)
LEFT_OUT = (
    "tensorflow/python/profiler/internal/_pywrap_profiler_plugin.so",
    "tensorflow/compiler/tf2xla/ops/_xla_ops.so",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
    "PySide6/Qt/plugins/platforms/libqlinuxfb.so",
    "libgtk-3.so.0",
    "app\\resources\\screenshots\\train.png",
    "numpy-2.4.6.dist-info/RECORD",
)


@dataclass
class Asked:
    """What a spec asked PyInstaller for: the words of each call, and the files that were collected."""

    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    collected: list[str] = field(default_factory=list)


def _asked(system: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()

    def call(name: str) -> Any:
        def noted(*_given: object, **words: Any) -> SimpleNamespace:
            asked.calls[name] = words
            files = [(file, "", "DATA") for file in KEPT + LEFT_OUT]
            return SimpleNamespace(pure=[], scripts=[], binaries=[], datas=files)

        return noted

    def collect(_program: object, binaries: list[Any], datas: list[Any], **_words: object) -> None:
        asked.collected += [entry[0] for entry in binaries + datas]

    hooks = ModuleType("PyInstaller.utils.hooks")
    for name in ("collect_data_files", "collect_submodules", "copy_metadata"):
        setattr(hooks, name, lambda *_given, **_words: [])
    windows = ModuleType("PyInstaller.utils.win32")
    classes = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct", "VarFileInfo")
    made = {name: lambda *given, **words: (*given, *words.items()) for name in (*classes, "VarStruct")}
    windows.versioninfo = SimpleNamespace(**made)  # type: ignore[attr-defined]
    for module in (hooks, windows):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("shutil.which", lambda _program: None)
    monkeypatch.setattr("tools.precompiled.shiboken_support", lambda _work: [])
    monkeypatch.setattr("tools.precompiled.record_generated", lambda file: file)
    names = {name: call(name) for name in ("Analysis", "PYZ", "EXE", "BUNDLE")}
    places = {"SPECPATH": str(ROOT), "workpath": str(folder / "work"), "DISTPATH": str(folder / "dist")}
    spec = (ROOT / "build.spec").read_text(encoding="utf-8")
    exec(compile(spec, "build.spec", "exec"), names | places | {"COLLECT": collect})
    return asked


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
def test_files_that_the_program_never_loads_are_left_out(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _asked(system, tmp_path, monkeypatch).collected == [*KEPT, *MADE]


def test_what_is_named_in_the_recipe_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = _asked("linux", tmp_path, monkeypatch).calls["Analysis"]
    assert all((ROOT / source).exists() for source, _target in analysis["datas"])
    assert not set(analysis["excludes"]) & set(analysis["hiddenimports"])


def test_windows_gets_an_icon_version_information_and_no_lasting_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _asked("win32", tmp_path, monkeypatch).calls["EXE"]
    assert program["console"]
    assert program["hide_console"] == "hide-early"
    with Image.open(program["icon"]) as icon:
        assert icon.format == "ICO"
        assert {(16, 16), (32, 32), (256, 256)} <= set(icon.info["sizes"])
    said = str(program["version"])
    assert f"('ProductVersion', '{__version__}')" in said
    numbers = re.search(r"'filevers', \((\d+), (\d+), (\d+), (\d+)\)", said)
    assert numbers is not None
    assert ".".join(numbers.groups()).startswith(__version__)


def test_macos_gets_an_app_with_an_icon_that_opens_drawings_and_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = _asked("darwin", tmp_path, monkeypatch).calls
    assert not calls["EXE"]["console"]
    bundle = calls["BUNDLE"]
    assert bundle["name"] == "Softmax Studio.app"
    assert bundle["version"] == __version__
    assert re.fullmatch(r"[A-Za-z0-9.-]+", bundle["bundle_identifier"])
    with Image.open(bundle["icon"]) as icon:
        assert icon.format == "ICNS"
    pictures, networks = bundle["info_plist"]["CFBundleDocumentTypes"]
    assert pictures["LSItemContentTypes"] == ["public.json", "public.image"]
    assert "keras" in networks["CFBundleTypeExtensions"]


def test_linux_gets_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _asked("linux", tmp_path, monkeypatch).calls
    assert "BUNDLE" not in calls
    assert calls["EXE"]["icon"] is None
    assert calls["EXE"]["version"] is None
