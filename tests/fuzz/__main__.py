"""`python -m tests.fuzz [READER ...] --minutes N [--json]`: give readers broken files, and tell what they did.

Without names, every reader gets its share of the time, on every processor at once. What must not happen (another error
than a sentence, a crash, more than 2 s of processor time or 500 MB for one input, something written or started
elsewhere) is told, and the input is kept. The exit code is 1 then. The same seed makes the same inputs: `--only NUMBER`
tries one of them again.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.reader import Inputs, Reader
from tests.fuzz.readers import READERS
from tests.fuzz.worker import Result, fuzz, fuzz_all

KEPT = Path(tempfile.gettempdir(), "softmax-studio-findings")


def main() -> int:
    """Fuzz, tell, and keep."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=", ".join(READERS))
    parser.add_argument("--minutes", type=float, default=1.0, help="for all of them together")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many readers at once")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="other seeds make other inputs")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="try this input of one reader, and keep it")
    parser.add_argument("--to", type=Path, default=KEPT, help=f"where inputs are kept (now {KEPT})")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    if unknown := set(arguments.readers) - set(READERS):
        parser.error(f"there is no reader {', '.join(sorted(unknown))}; choose from {', '.join(READERS)}")
    chosen = arguments.readers or list(READERS)
    if arguments.only is not None:
        keep(READERS[chosen[0]], arguments.seed, arguments.only, arguments.to)
        running = iter([fuzz(READERS[chosen[0]], arguments.seed, 600, 1, arguments.only)])
    else:
        running = fuzz_all(chosen, arguments.seed, 60 * arguments.minutes, arguments.jobs)
    results = []
    for result in running:
        results.append(result)
        _show(result, arguments.seed, arguments.json)
        for finding in result.findings.values():
            kept = keep(READERS[result.reader], arguments.seed, finding.number, arguments.to)
            if not arguments.json:
                print(f"    {finding.count} x {finding.what}, first with number {finding.number}: {kept}")
    total = sum(result.tried for result in results)
    if not arguments.json:
        print(f"{total:,} inputs, {sum(result.found for result in results):,} findings")
    return 1 if any(result.findings for result in results) else 0


def keep(reader: Reader, seed: int, number: int, folder: Path) -> Path:
    """Write an input into a folder of its own, under the name that the reader expects."""
    path = folder / f"{reader.name}-{seed}-{number}" / reader.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(Inputs(reader, seed).input(number))
    return path


def _show(result: Result, seed: int, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**asdict(result), "tried": result.tried, "found": result.found, "seed": seed}), flush=True)
        return
    state = result.state
    contained = f", {state.contained:,} died in the child" if state.contained else ""
    print(
        f"{result.reader:<20} {result.tried:>9,} inputs: {state.read:,} read, {state.refused:,} refused{contained}, "
        f"{result.found:,} findings; longest {state.longest_s:.2f} s, largest {state.largest_bytes >> 20} MB "
        f"(seed {seed})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
