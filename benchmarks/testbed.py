"""How fast is the testbed? The vectorised function against two ways to write it, in one process.

    make bench

Three implementations learn on the ten-armed testbed with rewards around 4, in four configurations:
step sizes 0.1 and 0.4, with the running mean `first` as a baseline and without. First all of them
must agree on the fraction of best arms within five standard errors. Then the times per agent step
of five interleaved rounds are compared by their medians; the slow class runs fewer agents, so the
times are per step. The table goes to `benchmarks/testbed.md`.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from timing import check_agreement, in_rounds, write_table

from pgbook import bandits, montecarlo
from pgbook.bandits.printed import PrintedBandit

ARMS, STEPS, SHIFT, LAST = 10, 1000, 4.0, 100
CONFIGURATIONS = ((0.1, "first"), (0.1, "none"), (0.4, "first"), (0.4, "none"))


def with_class(n_runs: int, seed: int) -> np.ndarray:
    """One agent at a time; fraction of best arms at the end, shape (C, n_runs)."""
    np.random.seed(seed)  # noqa: NPY002
    final = np.empty((len(CONFIGURATIONS), n_runs))
    for c, (alpha, baseline) in enumerate(CONFIGURATIONS):
        for run in range(n_runs):
            values = np.random.normal(SHIFT, 1, ARMS)  # noqa: NPY002
            best, agent, mean, hits = values.argmax(), PrintedBandit(ARMS, alpha), 0.0, 0
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


OURS = "`bandits.run_testbed`"
IMPLEMENTATIONS: dict[str, tuple[Callable[[int, int], np.ndarray], int]] = {
    "the class of document 000": (with_class, 20),
    "textbook NumPy, [runs, arms], float64": (with_textbook, 2000),
    OURS: (with_pgbook, 2000),
}


def main() -> None:
    """Measure, check, print and write the table."""
    medians, finals = in_rounds(
        {name: partial(run, n_runs) for name, (run, n_runs) in IMPLEMENTATIONS.items()}
    )
    ends = {
        name: montecarlo.estimate(np.concatenate(found, axis=1).T) for name, found in finals.items()
    }
    check_agreement(ends)
    steps = STEPS * len(CONFIGURATIONS)
    per_step = {name: medians[name] / n / steps for name, (_, n) in IMPLEMENTATIONS.items()}
    rows = []
    for name, (_, n_runs) in IMPLEMENTATIONS.items():
        end = ends[name]
        pairs = zip(end.mean, end.standard_error, strict=True)
        fractions = ", ".join(f"{mean:.3f} ({error:.3f})" for mean, error in pairs)
        times = [f"{1e6 * per_step[name]:.3f}", f"{per_step[name] / per_step[OURS]:.1f}"]
        rows.append([name, str(n_runs), *times, fractions])
    columns = [
        "implementation", "runs", "microseconds a step", "relative", "fraction of best arm (s.e.)",
    ]  # fmt: skip
    what = f"Ten arms, {STEPS} steps, four configurations"
    write_table(__file__, what, columns, rows)


if __name__ == "__main__":
    main()
