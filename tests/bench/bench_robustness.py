"""What broken files do: a fuzz run of `SOFTMAX_STUDIO_FUZZ_MINUTES` (10 without it) over all readers, told by kind."""

import os
import time
from collections.abc import Iterator

from tests.bench.report import Figure, Tally
from tests.fuzz.readers import READERS
from tests.fuzz.worker import MOST_GROWTH_BYTES, MOST_S, Result, fuzz_all

USUAL_MINUTES = 10.0


def measure() -> Iterator[Figure | Tally]:
    """Inputs by kind that were read or refused with a sentence, what happened to others, the longest and the largest.

    Other seeds make other inputs: each run tries new ones.
    """
    minutes = float(os.environ.get("SOFTMAX_STUDIO_FUZZ_MINUTES", USUAL_MINUTES))
    seed = int(time.time())
    by_kind: dict[str, list[Result]] = {}
    for result in fuzz_all(list(READERS), seed, 60 * minutes, os.cpu_count() or 1):
        by_kind.setdefault(result.kind, []).append(result)
    results = [result for kind in by_kind.values() for result in kind]
    for kind, of_kind in by_kind.items():
        wrong = {f"{result.reader}: {finding.what}": finding.count
                 for result in of_kind for finding in result.findings.values()}  # fmt: skip
        tried = sum(result.tried for result in of_kind)
        yield Tally("robustness", f"broken {kind}: read or refused", tried, tried - sum(wrong.values()), "= 100", wrong)
    contained = sum(result.state.contained for result in results)
    yield Figure("robustness", "inputs tried", sum(result.tried for result in results), "inputs")
    yield Figure("robustness", "crashes kept to a child", contained, "inputs")
    longest = max(result.state.longest_s for result in results)
    yield Figure("robustness", "longest input (processor time)", longest, "s", f"<= {MOST_S:g}")
    largest = max(result.state.largest_bytes for result in results) / 2**20
    yield Figure("robustness", "largest input", largest, "MB", f"<= {MOST_GROWTH_BYTES >> 20}")
