"""Times of questions, of a start and of a build, and the memory of a process."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from bot.text import stem

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 5
_QUESTION = "hoe lang bewaren jullie opgenomen gesprekken?"
_RESIDENT = """
import re
from pathlib import Path
from bot.app import build_assistant
kept = build_assistant()
print(re.search(r"VmRSS:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""

Ask = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds a question and for the build before the first, each a median of repeats."""

    p50: float
    p99: float
    mean: float
    build: float


def measure(build: Callable[[], Ask], texts: Sequence[str], repeats: int = REPEATS) -> Times:
    """Return the times of questions; each repeat builds anew."""
    runs = [_run(build, texts) for _ in range(repeats)]
    return Times(
        p50=median(run.p50 for run in runs),
        p99=median(run.p99 for run in runs),
        mean=median(run.mean for run in runs),
        build=median(run.build for run in runs),
    )


def _run(build: Callable[[], Ask], texts: Sequence[str]) -> Times:
    stem.cache_clear()
    gc.collect()
    started = time.perf_counter()
    ask = build()
    built = time.perf_counter()
    taken = []
    for text in texts:
        before = time.perf_counter()
        ask(text)
        taken.append((time.perf_counter() - before) * 1000)
    return Times(
        p50=percentile(taken, 50),
        p99=percentile(taken, 99),
        mean=fmean(taken),
        build=(built - started) * 1000,
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def cold_start() -> float:
    """Return the milliseconds of a whole `python -m bot ask`, from start to end."""
    command = [sys.executable, "-m", "bot", "ask", _QUESTION]
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


def resident_memory() -> float:
    """Return the resident megabytes of a process that has loaded the assistant (Linux)."""
    found = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-c", _RESIDENT], cwd=ROOT, check=True, capture_output=True, text=True
        )
        found.append(int(done.stdout) / 1024)
    return median(found)
