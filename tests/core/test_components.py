"""What the program says it is made of."""

from app import __version__
from app.core.components import components, licence_text


def test_the_program_comes_first_and_every_direct_library_is_there() -> None:
    program, *libraries = components()
    assert (program.name, program.version) == ("Softmax Studio", __version__)
    named = {library.name.lower().replace("_", "-") for library in libraries}
    assert {"pyside6-essentials", "tensorflow", "keras", "numpy", "pyqtgraph", "pydantic", "optuna"} <= named


def test_libraries_of_libraries_are_there_but_no_tools_for_tests() -> None:
    named = {library.name.lower() for library in components()}
    assert "shiboken6" in named  # PySide6 needs it
    assert "pytest" not in named


def test_licences_are_names_and_not_their_texts() -> None:
    licences = {library.name: library.licence for library in components()}
    assert licences["keras"].startswith("Apache")
    assert all(len(licence) < 200 and "\n" not in licence for licence in licences.values())


def test_what_is_no_package_and_what_is_optional_is_named_too() -> None:
    named = {component.name for component in components()}
    assert {"Python", "Pretendard"} <= named
    assert not named & {"pytest", "pyinstaller", "ruff"}  # tools of those who make it
    assert all(component.version and component.licence for component in components())


def test_licences_can_be_read_in_full() -> None:
    texts = {component.name: licence_text(component.name) for component in components()}
    assert "Permission is hereby granted" in texts["Softmax Studio"]
    assert "SIL OPEN FONT LICENSE" in texts["Pretendard"]
    assert "NumPy Developers" in texts["numpy"]
    assert licence_text("nothing of that name") == ""
    without = {name.lower().replace("_", "-") for name, text in texts.items() if not text}
    brings_none = {
        "pyside6-essentials",
        "shiboken6",
        "tensorflow",
        "tensorflow-cpu",
        "flatbuffers",
        "onnxruntime",
        "python",
    }
    assert without <= brings_none
