"""From starting the process to the painted window, and to the first answer; beside it a plain `import tensorflow`."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.bench.report import Figure

REPEATS = 5


def measure() -> list[Figure]:
    """Medians over several starts, after one that warms the disk's cache."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"SOFTMAX_STUDIO_HOME": home}
        starts = [_start(environment) for _ in range(REPEATS + 1)][1:]
    imports = [_import_tensorflow() for _ in range(2)][1:]
    painted = statistics.median(start["painted_s"] for start in starts)
    predicted = statistics.median(start["predicted_s"] for start in starts)
    return [
        Figure("startup", "start to first painted window", painted, "s", "<= 1.0"),
        Figure("startup", "start to first prediction", predicted, "s", "<= 1.3"),
        Figure("startup", "import tensorflow alone", imports[0], "s"),
        Figure("startup", "TensorFlow loaded by then (0 no, 1 yes)", float(starts[0]["tensorflow"]), "", "0"),
    ]


def _start(environment: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.startup_child", repr(time.time())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def _import_tensorflow() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import tensorflow"], capture_output=True, check=True)
    return time.perf_counter() - began
