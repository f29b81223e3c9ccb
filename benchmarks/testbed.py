"""How fast is the testbed? The vectorised function against two ways to write it, in one process.

    make bench

Three implementations learn on the ten-armed testbed with rewards around 4, in four configurations:
step sizes 0.1 and 0.4, with the running mean `first` as a baseline and without. First all of them
must agree on the fraction of best arms within five standard errors. Then the times per agent step
of five interleaved rounds are compared by their medians; the slow class runs fewer agents, so the
times are per step. The table goes to `benchmarks/testbed.md`.
"""

import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pgbook import bandits, montecarlo

ARMS, STEPS, SHIFT, LAST = 10, 1000, 4.0, 100
CONFIGURATIONS = ((0.1, "first"), (0.1, "none"), (0.4, "first"), (0.4, "none"))
ROUNDS = 5
TABLE = Path(__file__).with_suffix(".md")


class PrintedBandit:
    """The three methods that document 000 prints, nothing checked, nothing shared."""

    def __init__(self, alpha: float) -> None:
        self.k, self.alpha, self.preferences = ARMS, alpha, np.zeros(ARMS)

    def softmax(self) -> np.ndarray:
        """The policy."""
        weights = np.exp(self.preferences - np.max(self.preferences))
        return weights / np.sum(weights)

    def select_arm(self) -> int:
        """Draw an arm from NumPy's global state, as the document does."""
        return np.random.choice(self.k, p=self.softmax())  # noqa: NPY002

    def update(self, arm: int, reward: float) -> None:
        """Add the step."""
        gradient = -self.softmax()
        gradient[arm] += 1
        self.preferences += self.alpha * reward * gradient


def with_class(n_runs: int, seed: int) -> np.ndarray:
    """One agent at a time; fraction of best arms at the end, shape (C, n_runs)."""
    np.random.seed(seed)  # noqa: NPY002
    final = np.empty((len(CONFIGURATIONS), n_runs))
    for c, (alpha, baseline) in enumerate(CONFIGURATIONS):
        for run in range(n_runs):
            values = np.random.normal(SHIFT, 1, ARMS)  # noqa: NPY002
            best, agent, mean, hits = values.argmax(), PrintedBandit(alpha), 0.0, 0
            for t in range(STEPS):
                arm = agent.select_arm()
                reward = values[arm] + np.random.normal()  # noqa: NPY002
                subtracted = 0.0 if baseline == "none" else mean if t else reward
                agent.update(arm, reward - subtracted)
                mean += (reward - mean) / (t + 1)
                hits += t >= STEPS - LAST and arm == best
            final[c, run] = hits / LAST
    return final


def with_textbook(n_runs: int, seed: int) -> np.ndarray:
    """One array [runs, arms] for each configuration; fraction at the end, shape (C, n_runs)."""
    rng, final = np.random.default_rng(seed), np.zeros((len(CONFIGURATIONS), n_runs))
    for c, (alpha, baseline) in enumerate(CONFIGURATIONS):
        values = rng.normal(SHIFT, 1, (n_runs, ARMS))
        best, runs = values.argmax(axis=1), np.arange(n_runs)
        preferences, mean = np.zeros((n_runs, ARMS)), np.zeros(n_runs)
        for t in range(STEPS):
            weights = np.exp(preferences - preferences.max(axis=1, keepdims=True))
            policy = weights / weights.sum(axis=1, keepdims=True)
            arms = (rng.random((n_runs, 1)) >= policy.cumsum(axis=1)[:, :-1]).sum(axis=1)
            reward = values[runs, arms] + rng.normal(size=n_runs)
            subtracted = 0.0 if baseline == "none" else mean if t else reward
            score = -policy
            score[runs, arms] += 1
            preferences += alpha * (reward - subtracted)[:, None] * score
            mean = mean + (reward - mean) / (t + 1)
            if t >= STEPS - LAST:
                final[c] += (arms == best) / LAST
    return final


def with_pgbook(n_runs: int, seed: int) -> np.ndarray:
    """All configurations and runs in one call; fraction at the end, shape (C, n_runs)."""
    alphas, baselines = zip(*CONFIGURATIONS, strict=True)
    rng = np.random.Generator(np.random.SFC64(seed))
    optimal = bandits.run_testbed(
        alphas, baselines, n_arms=ARMS, shift=SHIFT, n_runs=n_runs, n_steps=STEPS, rng=rng
    )
    return optimal[-LAST:].mean(axis=0)


IMPLEMENTATIONS: dict[str, tuple[Callable[[int, int], np.ndarray], int]] = {
    "the class of document 000": (with_class, 20),
    "textbook NumPy, [runs, arms], float64": (with_textbook, 2000),
    "`bandits.run_testbed`": (with_pgbook, 2000),
}


def check_agreement(finals: dict[str, np.ndarray]) -> None:
    """Stop unless all implementations find the same fractions within five standard errors."""
    estimates = {name: montecarlo.estimate(final.T) for name, final in finals.items()}
    *others, (_, ours) = estimates.items()
    for name, theirs in others:
        error = np.hypot(theirs.standard_error, ours.standard_error)
        distance = np.abs(theirs.mean - ours.mean) / error
        if distance.max() > 5:
            raise SystemExit(f"{name} differs by {distance.max():.1f} standard errors")


def main() -> None:
    """Measure, check, print and write the table."""
    seconds = {name: [] for name in IMPLEMENTATIONS}
    finals = {name: [] for name in IMPLEMENTATIONS}
    for seed in range(ROUNDS):
        for name, (run, n_runs) in IMPLEMENTATIONS.items():
            start = time.perf_counter()
            finals[name].append(run(n_runs, seed))
            elapsed = time.perf_counter() - start
            seconds[name].append(elapsed / (n_runs * STEPS * len(CONFIGURATIONS)))
    joined = {name: np.concatenate(found, axis=1) for name, found in finals.items()}
    check_agreement(joined)
    medians = {name: np.median(times) for name, times in seconds.items()}
    fastest = medians["`bandits.run_testbed`"]
    lines = [
        f"Ten arms, {STEPS} steps, four configurations; medians of {ROUNDS} interleaved rounds in "
        f"one process.",
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}. "
        f"Written by `make bench`.",
        "",
        "| implementation | runs | microseconds a step | relative | fraction of best arm (s.e.) |",
        "|---|---|---|---|---|",
    ]
    for name, (_, n_runs) in IMPLEMENTATIONS.items():
        end = montecarlo.estimate(joined[name].T)
        fractions = ", ".join(
            f"{mean:.3f} ({error:.3f})"
            for mean, error in zip(end.mean, end.standard_error, strict=True)
        )
        median = medians[name]
        lines.append(
            f"| {name} | {n_runs} | {1e6 * median:.3f} | {median / fastest:.1f} | {fractions} |"
        )
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
