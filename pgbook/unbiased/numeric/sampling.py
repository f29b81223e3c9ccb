"""A million score estimates of a bandit, from the statistics that suffice."""

from collections.abc import Sequence

import numpy as np

from pgbook import policies, validation
from pgbook.montecarlo import Estimate
from pgbook.validation import FloatArray

BLOCK = 1 << 16  # rewards held at a time


def sample_score_estimates(
    policy: FloatArray,
    action_values: FloatArray,
    *,
    noise: float = 0.0,
    baselines: Sequence[float] = (0.0,),
    n_samples: int,
    rng: np.random.Generator,
) -> Estimate:
    r"""Mean and standard error of N score estimates, for several baselines on the same draws.

    One estimate is :math:`(R - b)\,\psi` with the score of a softmax policy, so the count, the
    sum and the sum of squares of the rewards of each action suffice: no array of scores is
    made, and memory does not grow with N.

    Parameters
    ----------
    policy, action_values : array_like, shape (A,)
    noise : float
        Standard deviation of the normal noise of a reward, not negative.
    baselines : sequence of float, length B
    n_samples : int
        At least 2.
    rng : numpy.random.Generator

    Returns
    -------
    Estimate
        Mean and standard error of shape (B, A).
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    noise = validation.not_negative("noise", noise)
    n_samples = validation.count("n_samples", n_samples, least=2)
    b = validation.real_array("baselines", baselines, ndim=1)[:, None]
    counts = validation.generator("rng", rng).multinomial(n_samples, policy / policy.sum())
    sums, squares = np.array([_noise_sums(count, noise, rng) for count in counts]).T
    some = np.maximum(counts, 1)
    gap = q - b + sums / some  # mean of R - b over the draws of each action; (B, A)
    within = squares - sums**2 / some
    score = policies.score(policy)
    mean = np.einsum("a,ba,aj->bj", counts, gap, score) / n_samples
    # Deviations first: a variance that is zero comes out as zero.
    deviation = gap[:, :, None] * score - mean[:, None, :]
    total = np.einsum("a,baj->bj", counts, deviation**2) + within @ score**2
    size = max(np.abs(q).max() + noise, np.abs(b).max()) * np.abs(score).max()
    return Estimate(mean, np.sqrt(total / (n_samples - 1) / n_samples), size)


def _noise_sums(count: int, noise: float, rng: np.random.Generator) -> tuple[float, float]:
    """Sum, and sum of squares, of independent noise."""
    total = square = 0.0
    if noise > 0:
        for done in range(0, count, BLOCK):
            drawn = rng.standard_normal(min(BLOCK, count - done))
            total, square = total + drawn.sum(), square + drawn @ drawn
    return noise * total, noise**2 * square
