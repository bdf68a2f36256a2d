"""The program's door: the window, with files to open in it or without, or else the command line."""

import gc
import multiprocessing
import os
import sys


def main() -> int:
    """Run the program; returns its exit code."""
    multiprocessing.freeze_support()
    # TensorFlow's own log lines mean nothing to the user at the terminal and would mix with our output.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Pydantic would look through the metadata of everything that is installed for plugins of its own.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    files = _window_files(sys.argv[1:])
    if files is None:
        from app.cli.main import run_command

        return run_command(sys.argv[1:])
    # The window explains answers in NumPy beside itself: a second thread of that would take the window's own core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()  # what is loaded stays; the window collects by itself
    from app.ui.launch import run_window

    return run_window(sys.argv[:1], files)


def _window_files(arguments: list[str]) -> list[str] | None:
    """What to open in the window; None if that is not what is asked for. Commands are plain words, paths are not."""
    first, *others = arguments or [""]
    home: str | None = None
    if first.startswith("--home="):
        home, arguments = first.partition("=")[2], others
    elif first == "--home" and others:
        home, *arguments = others
    if any(name.startswith("-") or not set(name) & set("./\\:") for name in arguments):
        return None
    if home is not None:
        os.environ["SOFTMAX_STUDIO_HOME"] = home
    return arguments


if __name__ == "__main__":
    sys.exit(main())
