"""`python -m tests.kills [ACT ...] [--kills N] [--seed N] [--json]`: kill the program while it writes, and look.

Kills are shared out among the acts (`acts.py`). What must not happen (a finished thing is lost, something does not
open, half a file or a process stays) is told as a loss; the exit code is 1 then.
"""

import argparse
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from app.core.quiet import native_silence
from tests.kills.acts import ACTS
from tests.kills.killing import Killing


def main() -> int:
    """Kill, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("acts", nargs="*", metavar="ACT", help=", ".join(act.name for act in ACTS))
    parser.add_argument("--kills", type=int, default=300, help="for all of them together")
    parser.add_argument("--seed", type=int, default=1, help="other seeds kill at other moments")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if unknown := set(arguments.acts) - {act.name for act in ACTS}:
        parser.error(f"there is no act {', '.join(sorted(unknown))}")
    chosen = [act for act in ACTS if not arguments.acts or act.name in arguments.acts]
    if any(act.needs_tensorflow for act in chosen):
        with native_silence():
            import app.core.training.runs  # noqa: F401 - loaded once; nothing is computed before the forks
    shares, losses = sum(act.share for act in chosen), 0
    for act in chosen:
        killing, began = Killing(act, arguments.seed), time.monotonic()
        for _ in range(max(1, round(arguments.kills * act.share / shares))):
            if loss := killing.kill():
                print(f"  {act.name}: {loss}", file=sys.stderr, flush=True)
        killing.close()
        tally = killing.tally
        losses += len(tally.losses)
        elapsed_s = round(time.monotonic() - began, 1)
        facts = {"act": act.name, "kills": tally.kills, "ended_before": tally.ended_before}
        facts |= {"losses": len(tally.losses), "orphans": tally.orphans, "elapsed_s": elapsed_s}
        words = f"{act.name:<20} {tally.kills:>4} kills, {len(tally.losses)} losses, {tally.orphans} orphans"
        print(json.dumps(facts) if arguments.json else f"{words}, {elapsed_s} s", flush=True)
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
