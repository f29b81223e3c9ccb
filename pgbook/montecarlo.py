"""Estimates from random samples, always with their standard error, and how they are tested.

The protocol is one for the whole book: independent samples of finite variance, a named
seed, and a two-sided test of level 1e-3 for all components of an estimate together.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from pgbook import validation
from pgbook.validation import FloatArray

FAMILY_LEVEL = 1e-3
ROUND_OFF = 1e-12
MOST_VALUE = 1e151  # of an estimate, which may be a product; its square is still a float


@dataclass(frozen=True, eq=False)
class Estimate:
    """A sample mean and its standard error, of equal shape; read-only.

    Parameters
    ----------
    mean, standard_error : array_like, shape (...)
        The second is not negative.
    size : array_like, broadcast to the same shape, optional
        The largest absolute value of what the samples were computed from; rounding is measured by
        it. By default that of the mean.
    """

    mean: FloatArray
    standard_error: FloatArray
    size: FloatArray | None = None

    def __post_init__(self) -> None:
        most = {"most": MOST_VALUE}
        mean = validation.real_array("mean", self.mean, **most)
        error = validation.real_array("standard_error", self.standard_error, **most)
        validation.shaped("standard_error", error, mean.shape)
        given = np.abs(mean) if self.size is None else self.size
        size = validation.real_array("size", given, **most)
        validation.together(size=size.shape, mean=mean.shape)
        if error.min() < 0:
            raise ValueError(f"standard_error must not be negative, got {validation.shown(error)}")
        validation.freeze(self, mean=mean, standard_error=error, size=size)

    def band(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper end of the pointwise 95% confidence band."""
        half = NormalDist().inv_cdf(0.975) * self.standard_error
        return self.mean - half, self.mean + half


def estimate(samples: FloatArray) -> Estimate:
    """Summarise independent samples stacked on the first axis.

    Parameters
    ----------
    samples : array_like, shape (N, ...)
        At least two samples; booleans count as 0 and 1.

    Returns
    -------
    Estimate
        Mean and standard error, each of shape (...).
    """
    samples = validation.real_array("samples", samples, most=MOST_VALUE, kinds="fiub")
    if samples.ndim == 0 or len(samples) < 2:
        raise ValueError(f"samples must hold at least two samples, got {validation.shown(samples)}")
    size, first = np.abs(samples).max(axis=0), samples[0].copy()
    samples -= first  # so that samples that do not vary have no variance and are their own mean
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return Estimate(first + samples.mean(axis=0), error, size)


def critical_value(n_components: int) -> float:
    """Largest absolute z that `n_components` true values may show together, by Bonferroni.

    3.29 for one component, 3.59 for three, 3.86 for nine: the level is 1e-3 for all together.
    """
    n_components = validation.count("n_components", n_components)
    return -NormalDist().inv_cdf(FAMILY_LEVEL / (2 * n_components))


def z_scores(result: Estimate, truth: FloatArray) -> FloatArray:
    """Distance of an estimate from `truth` in standard errors, per component.

    A component that does not vary must be exact: it scores 0 within 1e-12 of the size of its
    samples, and infinity beyond.
    """
    validation.instance("result", result, Estimate)
    truth = validation.real_array("truth", truth, most=MOST_VALUE)
    validation.together(truth=truth.shape, mean=result.mean.shape)
    distance, constant = result.mean - truth, result.standard_error <= ROUND_OFF * result.size
    round_off = ROUND_OFF * np.maximum(result.size, np.abs(truth))
    exact = np.where(np.abs(distance) <= round_off, 0.0, np.copysign(np.inf, distance))
    return np.where(constant, exact, distance / np.where(constant, 1.0, result.standard_error))


def largest_z(result: Estimate, truth: FloatArray) -> float:
    """The largest absolute z over all components of an estimate."""
    return float(np.max(np.abs(z_scores(result, truth))))
