"""The program's door: without arguments the window, otherwise the command line."""

import multiprocessing
import os
import sys


def main() -> int:
    """Run the program; returns its exit code."""
    multiprocessing.freeze_support()
    # TensorFlow's own log lines mean nothing to the user at the terminal and would mix with our output.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if len(sys.argv) > 1:
        from app.cli.main import run_command

        return run_command(sys.argv[1:])
    # The window explains answers in NumPy beside itself: a second thread of that would take the window's own core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from app.ui.launch import run_window

    return run_window(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
