"""Importance weights: what their variance is, and what a sample of them seems to say."""

from dataclasses import dataclass

import numpy as np

from pgbook import validation
from pgbook.validation import FloatArray


def chi_square(p: FloatArray, q: FloatArray) -> float:
    r"""The variance of one ratio, :math:`\chi^2(p \| q) = \sum_a (p(a) - q(a))^2 / q(a)`.

    Raises
    ------
    ValueError
        If p is positive where q is zero: no ratio corrects what is never drawn.
    """
    return _chi_square(*_laws(p, q))


def _chi_square(p: FloatArray, q: FloatArray) -> float:
    some = q > 0
    return float(np.sum((p[some] - q[some]) ** 2 / q[some]))


def _laws(p: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    p, q = validation.probabilities("p", p, ndim=1), validation.probabilities("q", q, ndim=1)
    validation.shaped("q", q, p.shape)
    if ((p > 0) & (q == 0)).any():
        raise ValueError(f"q must be positive wherever p is, got p = {p} and q = {q}")
    return p, q


@dataclass(frozen=True, eq=False)
class Weights:
    """Ratios of whole trajectories of T = 1, 2, ... independent steps; all arrays (T,).

    The exact values are natural logarithms: float64 cannot hold the numbers.
    """

    log_variance: FloatArray  # exact
    log_effective: FloatArray  # exact: the fraction of samples that count, 1 / E[w²]
    sampled_variance: FloatArray  # of `n_samples` ratios
    sampled_effective: FloatArray  # (Σw)² / (N Σw²)
    n_samples: int

    def __post_init__(self) -> None:
        validation.freeze(self)


def trajectory_weights(
    p: FloatArray, q: FloatArray, *, n_steps: int, n_samples: int, rng: np.random.Generator
) -> Weights:
    r"""Ratios of the laws p over q along T independent steps drawn from q.

    Exactly, the mean is 1, the variance :math:`(1 + \chi^2)^T - 1`, and of N samples
    :math:`N (1 + \chi^2)^{-T}` count.

    Parameters
    ----------
    p, q : array_like, shape (A,)
        The law that is asked about, and the one that is sampled; q positive wherever p is.
    n_steps, n_samples : int
        At least one step and two samples.
    rng : numpy.random.Generator
    """
    p, q = _laws(p, q)
    n_steps = validation.count("n_steps", n_steps)
    n_samples = validation.count("n_samples", n_samples, least=2)
    log_p = np.log(p, where=p > 0, out=np.full(p.shape, -np.inf))
    log_q = np.log(q, where=q > 0, out=np.zeros(q.shape))  # where it is zero, p is, too
    logs = log_p - log_q
    with np.errstate(over="ignore"):
        growth = np.log1p(_chi_square(p, q))
    if not np.isfinite(growth):  # a ratio is too large for a float; its logarithm is not
        growth = np.logaddexp.reduce(log_q + 2 * logs)
    growth = growth * np.arange(1, n_steps + 1)
    rng = validation.generator("rng", rng)
    log_w = np.cumsum(logs[rng.choice(q.size, size=(n_samples, n_steps), p=q)], axis=1)
    w, largest = np.exp(log_w), log_w.max(axis=0)
    # Relative to the largest weight; if all are zero, none of the samples counts.
    shares = np.exp(log_w - np.where(np.isfinite(largest), largest, 0.0))
    total, square = shares.sum(axis=0), np.einsum("nt,nt->t", shares, shares)
    effective = total**2 / (n_samples * np.where(square > 0, square, 1.0))
    return Weights(
        growth + np.log(-np.expm1(-growth), where=growth > 0, out=np.full(n_steps, -np.inf)),
        -growth,
        w.var(axis=0, ddof=1),
        effective,
        n_samples,
    )
