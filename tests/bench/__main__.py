"""`python -m tests.bench NAME... [--json]`: run the named measurements, all of them without a name."""

import argparse
import importlib
import os

from tests.bench.report import show

BENCHES = (
    "startup",
    "package",
    "recognize",
    "train",
    "fluid",
    "history",
    "runs",
    "engines",
    "accuracy",
    "why",
    "first-hour",
    "ink",
    "strangers",
    "lessons",
    "inside",
    "learn",
    "robustness",
)


def main() -> None:
    """Run the measurements that were named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(BENCHES))
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--only", metavar="PART", action="append", help="a part of 'strangers', such as digits")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; choose from {', '.join(BENCHES)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does
    for name in arguments.names or BENCHES:
        bench = importlib.import_module(f"tests.bench.bench_{name.replace('-', '_')}")
        parts = {"only": arguments.only} if name == "strangers" and arguments.only else {}
        show(bench.measure(**parts), arguments.json)


if __name__ == "__main__":
    main()
