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


@dataclass(frozen=True, eq=False)
class Estimate:
    """A sample mean and its standard error, of equal shape."""

    mean: FloatArray
    standard_error: FloatArray

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
    samples = np.asarray(samples)
    if samples.ndim == 0 or len(samples) < 2:
        raise ValueError(f"samples must hold at least two samples, got shape {samples.shape}")
    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8)
    samples = validation.real_array("samples", samples)
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return Estimate(samples.mean(axis=0), error)


def critical_value(n_components: int = 1, level: float = FAMILY_LEVEL) -> float:
    """Largest |z| that `n_components` true values may show together, by Bonferroni.

    3.29 for one component, 3.59 for three, 3.87 for nine at the level 1e-3.
    """
    n_components = validation.count("n_components", n_components)
    return NormalDist().inv_cdf(1 - level / (2 * n_components))


def z_scores(result: Estimate, truth: FloatArray) -> FloatArray:
    """Distance of an estimate from `truth` in standard errors, per component.

    A component that does not vary must be exact: it scores 0 within 1e-12 and infinity
    beyond.
    """
    distance = np.asarray(result.mean, dtype=float) - truth
    constant = np.asarray(result.standard_error) <= ROUND_OFF
    exact = np.where(np.abs(distance) <= ROUND_OFF, 0.0, np.copysign(np.inf, distance))
    return np.where(constant, exact, distance / np.where(constant, 1.0, result.standard_error))


def largest_z(result: Estimate, truth: FloatArray) -> float:
    """The largest |z| over all components of an estimate."""
    return float(np.max(np.abs(z_scores(result, truth))))
