"""A process that records runs. Started by tests, and killed by some of them.

Arguments: the history, how many runs, how many epochs each, and "end" if they are to be ended. Prints "ready", waits
for a line, prints "run N" for every run begun and "epoch N" once an epoch is written, then waits for the end of input.
"""

import sys
import time
from pathlib import Path

from app.core import sqlite
from app.core.runs.history import RunHistory
from tests.core.runs.helpers import CONFIG, DATASET, ended, epoch, started
from tests.patience import PATIENCE_S


def main(path: Path, runs: int, epochs: int, ends: bool) -> None:
    sqlite.BUSY_TIMEOUT_S = PATIENCE_S  # where the disk is slow, seven others may take longer than a user would wait
    print("ready", flush=True)
    sys.stdin.readline()
    history = RunHistory(path)
    for _ in range(runs):
        run = history.begin(CONFIG, DATASET)
        print("run", run, flush=True)
        history.started(run, started(), "CPU")
        for number in range(1, epochs + 1):
            history.add_epoch(run, epoch(number))
            print("epoch", number, flush=True)
            time.sleep(0.002)  # whoever else writes gets a turn: no epoch follows the one before at once
        if ends:
            history.end(run, ended())
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] == ["end"])
