"""A third way to differentiate an expectation: the difference of two means."""

from math import gamma

import numpy as np

from pgbook import validation
from pgbook.outcomes import Outcomes
from pgbook.unbiased.numeric.families import MOST_POWER


def measure_valued(theta: float, power: int) -> Outcomes:
    r"""The measure-valued estimator of :math:`\frac{d}{d\theta} \mathbb E[x^m]` for N(θ, 1).

    .. math:: \frac{f(\theta + W) - f(\theta - W)}{\sqrt{2\pi}}

    with the density :math:`w e^{-w^2/2}` of W, and one W for both (Mohamed et al. 2020).

    Parameters
    ----------
    theta : float
    power : int
        m, at most 3.
    """
    theta = validation.real("theta", theta)
    power = validation.count("power", power, most=MOST_POWER)
    w, weights = _rayleigh()
    values = ((theta + w) ** power - (theta - w) ** power) / np.sqrt(2 * np.pi)
    return Outcomes(weights, values[:, None])


def _rayleigh(n_nodes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights that are exact for polynomials of degree 7 (Golub & Welsch 1969)."""
    moments = np.array([2 ** (m / 2) * gamma(1 + m / 2) for m in range(2 * n_nodes + 1)])
    root = np.linalg.cholesky(moments[np.add.outer(*[np.arange(n_nodes + 1)] * 2)]).T
    ratio = np.diag(root, 1) / np.diag(root)[:-1]
    on, off = np.diff(ratio, prepend=0.0), np.diag(root)[1:-1] / np.diag(root)[:-2]
    nodes, vectors = np.linalg.eigh(np.diag(on) + np.diag(off, 1) + np.diag(off, -1))
    return nodes, vectors[0] ** 2
