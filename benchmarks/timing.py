"""What the benchmarks share: interleaved rounds, agreement before any time, one form of table."""

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from pgbook.montecarlo import Estimate

ROUNDS = 5
Result = TypeVar("Result")


def in_rounds(
    implementations: Mapping[str, Callable[[int], Result]],
) -> tuple[dict[str, float], dict[str, list[Result]]]:
    """Run each implementation once a round, with the seed of the round.

    Returns the median seconds of each and the results of all rounds.
    """
    seconds: dict[str, list[float]] = {name: [] for name in implementations}
    results: dict[str, list[Result]] = {name: [] for name in implementations}
    for seed in range(ROUNDS):
        for name, run in implementations.items():
            start = time.perf_counter()
            results[name].append(run(seed))
            seconds[name].append(time.perf_counter() - start)
    return {name: float(np.median(times)) for name, times in seconds.items()}, results


def check_agreement(estimates: Mapping[str, Estimate]) -> None:
    """Stop unless all implementations find the same within five standard errors."""
    *others, (_, ours) = estimates.items()
    for name, theirs in others:
        error = np.hypot(theirs.standard_error, ours.standard_error)
        distance = np.abs(theirs.mean - ours.mean) / error
        if distance.max() > 5:
            raise SystemExit(f"{name} differs by {distance.max():.1f} standard errors")


def write_table(
    path: Path, what: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print a table and write it beside its script."""
    lines = [
        f"{what}; medians of {ROUNDS} interleaved rounds in one process.",
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}. "
        f"Written by `make bench`.",
        "",
        f"| {' | '.join(columns)} |",
        "|---" * len(columns) + "|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(*lines, "", sep="\n")
