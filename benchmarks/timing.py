"""What the benchmarks share: interleaved rounds, agreement before any time, one form of table."""

import platform
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from pgbook import montecarlo
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


def largest_memory(run: Callable[[], object]) -> str:
    """Largest memory of one run, in MiB."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"{peak / 2**20:.1f}"


def z_of_exact(name: str, result: Estimate, exact: np.ndarray) -> str:
    """The largest distance from the exact values in standard errors; stop if it is above five."""
    z = montecarlo.largest_z(result, exact)
    if z > 5:
        raise SystemExit(f"{name} misses the exact gradient by {z:.1f} standard errors")
    return f"{z:.1f}"


def check_agreement(estimates: Mapping[str, Estimate]) -> None:
    """Stop unless all implementations find the same within five standard errors."""
    *others, (_, ours) = estimates.items()
    for name, theirs in others:
        error = np.hypot(theirs.standard_error, ours.standard_error)
        distance = np.abs(theirs.mean - ours.mean) / error
        if distance.max() > 5:
            raise SystemExit(f"{name} differs by {distance.max():.1f} standard errors")


def write_table(
    script: str, what: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
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
    Path(script).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(*lines, "", sep="\n")
