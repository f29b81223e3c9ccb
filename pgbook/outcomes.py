r"""Estimators of a gradient whose possible values can be listed: exact means and covariances.

Everything that one draw can be is a list: the arms of a bandit, the trajectories of a short
problem, or the nodes of a quadrature that is exact for the density in question. So one pair of
classes serves all chapters, and mean and covariance are finite sums.
"""

from dataclasses import dataclass

import numpy as np

from pgbook import policies, validation
from pgbook.montecarlo import MOST_VALUE
from pgbook.validation import FloatArray

MOST_BATCHES = 2_000_000


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The possible values of an estimator, M of them with D components, and their weights.

    Of an estimator with infinite variance the nodes of a quadrature know only the mean;
    `finite_variance` says so, and the covariance is then infinite.
    """

    weights: FloatArray  # (M,), sums to one
    values: FloatArray  # (M, D)
    finite_variance: bool = True

    def __post_init__(self) -> None:
        weights = validation.probabilities("weights", self.weights, ndim=1)
        values = validation.real_array("values", self.values, ndim=2, most=MOST_VALUE)
        _check_length("values", values, weights)
        validation.flag("finite_variance", self.finite_variance)
        validation.freeze(self, weights=weights, values=values)

    def mean(self) -> FloatArray:
        """The exact expectation; shape (D,)."""
        return self.weights @ self.values

    def covariance(self) -> FloatArray:
        """The exact covariance; shape (D, D)."""
        if not self.finite_variance:
            return np.full((self.values.shape[1],) * 2, np.inf)
        centred = self.values - self.mean()
        return np.einsum("m,mi,mj->ij", self.weights, centred, centred)

    def variance(self) -> float:
        """The variance summed over the components: the trace of the covariance."""
        return float(np.trace(self.covariance()))

    def sample(self, n_samples: int, *, rng: np.random.Generator) -> FloatArray:
        """Independent estimates, shape (n_samples, D), drawn from the list."""
        n_samples = validation.count("n_samples", n_samples)
        rows = validation.generator("rng", rng).choice(
            len(self.weights), size=n_samples, p=self.weights
        )
        return self.values[rows]


@dataclass(frozen=True, eq=False)
class OneStep:
    r"""A one-step problem: what can be drawn, with its weight, its payoff and its score.

    The score-function estimator of the gradient of :math:`\mathbb E[f]` is the payoff minus a
    baseline, times the score.
    """

    weights: FloatArray  # (M,), sums to one
    payoffs: FloatArray  # (M,)
    scores: FloatArray  # (M, D)
    finite_variance: bool = True

    def __post_init__(self) -> None:
        weights = validation.probabilities("weights", self.weights, ndim=1)
        payoffs = validation.real_array("payoffs", self.payoffs, ndim=1)
        scores = validation.real_array("scores", self.scores, ndim=2)
        _check_length("payoffs", payoffs, weights)
        _check_length("scores", scores, weights)
        validation.flag("finite_variance", self.finite_variance)
        validation.freeze(self, weights=weights, payoffs=payoffs, scores=scores)

    def estimates(self, baseline: FloatArray = 0.0) -> Outcomes:
        r"""The estimator :math:`(f - b)\,\psi`.

        Parameters
        ----------
        baseline : float, or array_like of shape (M,)
            A number leaves the mean as it is if the mean of the score is zero. One entry for
            each outcome is a baseline that depends on what was drawn, which in general biases.

        Raises
        ------
        ValueError
            If the baseline is neither a number nor one number for each outcome.
        """
        b = validation.real_array("baseline", baseline)
        if b.shape not in ((), self.payoffs.shape):
            raise ValueError(
                f"baseline must be a number or have shape {self.payoffs.shape}, got {b.shape}"
            )
        values = (self.payoffs - b)[:, None] * self.scores
        return Outcomes(self.weights, values, self.finite_variance)

    def optimal_baseline(self) -> float:
        r"""The number b of least variance, :math:`\mathbb E[f|\psi|^2] / \mathbb E|\psi|^2`.

        Greensmith et al. 2004 treat the general case. NaN if the score is zero throughout or
        has infinite variance.

        Raises
        ------
        ValueError
            If the mean of the score is not zero, for then a baseline changes the mean too.
        """
        mean, weight = self.weights @ self.scores, self.weights * np.sum(self.scores**2, axis=1)
        if np.abs(mean).max() > 1e-9 * np.abs(self.scores).max():
            raise ValueError(f"scores must have mean zero for a baseline, got {mean}")
        if not weight.any() or not self.finite_variance:
            return float("nan")
        return float(self.payoffs @ weight / weight.sum())

    def batches(self, n_samples: int, baseline: str) -> Outcomes:
        """The mean of a batch of N independent estimates, by enumeration of all batches.

        Parameters
        ----------
        n_samples : int
            At least 2. There are M**N batches; more than two million are refused.
        baseline : str
            From `BATCH_BASELINES`: ``none``; ``own mean``, the mean payoff of the batch;
            ``leave one out``, for each sample the mean payoff of the others (Kool et al. 2019).
        """
        n_samples = validation.count("n_samples", n_samples, least=2)
        validation.choice("baseline", baseline, BATCH_BASELINES)
        if n_samples * np.log(len(self.weights)) > np.log(MOST_BATCHES):
            raise ValueError(
                f"n_samples must give at most {MOST_BATCHES} batches, got "
                f"{len(self.weights)}**{n_samples}"
            )
        draws = np.indices((len(self.weights),) * n_samples).reshape(n_samples, -1).T
        f = self.payoffs[draws]  # (M**N, N)
        total = f.sum(axis=1, keepdims=True)
        others = (total - f) / (n_samples - 1)
        b = {"none": 0.0, "own mean": total / n_samples, "leave one out": others}[baseline]
        values = np.einsum("bn,bnd->bd", f - b, self.scores[draws]) / n_samples
        return Outcomes(np.prod(self.weights[draws], axis=1), values, self.finite_variance)

    def batch_variance(self, n_samples: int, baseline: str) -> float:
        r"""The variance of `batches` for any N, by a formula; summed over the components.

        With leave-one-out the mean of the batch is the unbiased sample covariance of payoff and
        score, a U-statistic with the kernel :math:`h = \frac12 (f_1 - f_2)(\psi_1 - \psi_2)`:

        .. math:: \mathrm{Var} = \frac{2}{N(N-1)}
                  \big[2 (N-2)\,\mathrm{Var}(\mathbb E[h \mid 1]) + \mathrm{Var}(h)\big]

        The own mean multiplies it by :math:`((N-1)/N)^2`. Parameters as for `batches`.
        """
        n = validation.count("n_samples", n_samples, least=2)
        validation.choice("baseline", baseline, BATCH_BASELINES)
        if baseline == "none":
            return self.estimates().variance() / n
        if not self.finite_variance:
            return float("inf")
        w = self.weights
        f, psi = self.payoffs - w @ self.payoffs, self.scores - w @ self.scores
        # With centred f and psi the mean of h given 1 is (f psi + E[f psi]) / 2, and in E|h|^2
        # all mixed terms vanish but |E[f psi]|^2, which is the squared mean of h.
        product, square = f[:, None] * psi, np.sum(psi**2, axis=1)
        one = w @ np.sum((product - w @ product) ** 2, axis=1) / 4
        both = (w @ (f**2 * square) + (w @ f**2) * (w @ square)) / 2
        variance = 2 * (2 * (n - 2) * one + both) / (n * (n - 1))
        return float(variance * ((n - 1) / n) ** 2 if baseline == "own mean" else variance)


def _check_length(name: str, array: FloatArray, weights: FloatArray) -> None:
    if len(array) != len(weights):
        raise ValueError(f"{name} must have {len(weights)} entries, one a weight, got {len(array)}")


def bandit(policy: FloatArray, action_values: FloatArray, noise: float = 0.0) -> OneStep:
    """A bandit as a one-step problem; one outcome for each arm.

    Parameters
    ----------
    policy, action_values : array_like, shape (A,)
    noise : float
        Standard deviation of the reward given the arm, not negative. With noise there are two
        outcomes for each arm, its value plus and minus that: no other moment of it counts.
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    score, noise = policies.score(policy), validation.not_negative("noise", noise)
    if noise == 0:
        return OneStep(policy, q, score)
    return OneStep(np.tile(policy / 2, 2), np.append(q - noise, q + noise), np.tile(score, (2, 1)))


#: What may be subtracted from the payoffs of a batch.
BATCH_BASELINES = ("none", "own mean", "leave one out")
