"""How fast are a million score estimates? Sufficient statistics against an array of scores.

    make bench

Ten arms, noisy rewards, two baselines: mean and standard error of the score estimate of the
gradient. The textbook way makes an array [samples, arms] of scores for each baseline. Both must
agree on the means within five standard errors, and with the exact gradient, before a time is
printed. The table goes to `benchmarks/score_estimates.md`.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from timing import check_agreement, in_rounds, largest_memory, write_table, z_of_exact

from pgbook import policies, unbiased
from pgbook.montecarlo import Estimate

SAMPLES, ARMS = 1_000_000, 10
VALUES = np.random.default_rng(0).normal(size=ARMS)
POLICY = policies.softmax(np.random.default_rng(1).normal(size=ARMS))
BASELINES = (0.0, float(POLICY @ VALUES))


def with_textbook(seed: int) -> Estimate:
    """One row of scores for each sample; shape (B, A)."""
    rng = np.random.default_rng(seed)
    actions = rng.choice(ARMS, size=SAMPLES, p=POLICY)
    rewards = VALUES[actions] + rng.normal(size=SAMPLES)
    scores = np.eye(ARMS)[actions] - POLICY
    found = []
    for baseline in BASELINES:
        estimates = (rewards - baseline)[:, None] * scores
        found.append((estimates.mean(axis=0), estimates.std(axis=0) / np.sqrt(SAMPLES)))
    means, errors = zip(*found, strict=True)
    return Estimate(np.array(means), np.array(errors))


def with_pgbook(seed: int) -> Estimate:
    """Counts, sums and sums of squares by arm; shape (B, A)."""
    return unbiased.sample_score_estimates(
        POLICY, VALUES, noise=1.0, baselines=BASELINES, n_samples=SAMPLES,
        rng=np.random.default_rng(seed),
    )  # fmt: skip


OURS = "`unbiased.sample_score_estimates`"
IMPLEMENTATIONS: dict[str, Callable[[int], Estimate]] = {
    "textbook NumPy, [samples, arms]": with_textbook,
    OURS: with_pgbook,
}


def main() -> None:
    """Measure, check, print and write the table."""
    medians, results = in_rounds(IMPLEMENTATIONS)
    first = {name: found[0] for name, found in results.items()}
    check_agreement(first)
    truth = np.tile(policies.policy_gradient(POLICY, VALUES), (len(BASELINES), 1))
    rows = []
    for name, run in IMPLEMENTATIONS.items():
        z = z_of_exact(name, first[name], truth)
        times = [f"{1e3 * medians[name]:.1f}", f"{medians[name] / medians[OURS]:.1f}"]
        rows.append([name, *times, largest_memory(partial(run, 0)), z])
    columns = ["implementation", "milliseconds", "relative", "largest memory, MiB", "largest z"]
    what = f"{SAMPLES:,} samples, {ARMS} arms, {len(BASELINES)} baselines"
    write_table(__file__, what, columns, rows)


if __name__ == "__main__":
    main()
