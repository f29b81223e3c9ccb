r"""One-dimensional families: the score identity for densities, and where it fails.

A family knows its score, how to draw from it, and a quadrature that is exact for polynomials,
so expectations of score estimates are finite sums here too. Payoffs are powers,
:math:`f(x) = x^m`; other parameters of a family are fixed and stand in its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, factorial, prod

import numpy as np
from numpy.polynomial import hermite_e, laguerre, legendre

from pgbook import validation
from pgbook.outcomes import OneStep, Outcomes
from pgbook.validation import FloatArray

NODES = 16  # exact for polynomials of degree 31
MOST_POWER = 3
MODERATE = 1e6
POSITIVE = (0.0, np.inf)

Nodes = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Family:
    r"""A family of laws of one real number with one parameter :math:`\theta`."""

    inside: tuple[float, float]  # the open interval of legal parameters
    nodes: Callable[[float], Nodes]  # points and weights
    score: Callable[[FloatArray, float], FloatArray]
    draw: Callable[[float, int, np.random.Generator], FloatArray]
    slope: Callable[[float, int], float]  # derivative of a moment in the parameter
    path: Callable[[FloatArray, float], FloatArray] | None = None  # derivative of a draw
    unbiased: bool = True  # whether the score identity holds
    finite_variance: bool = True

    def one_step(self, theta: float, power: int) -> OneStep:
        r"""The problem of estimating :math:`\frac{d}{d\theta} \mathbb E[x^m]` by the score."""
        theta, power = self._legal(theta), _power(power)
        x, weights = self.nodes(theta)
        return OneStep(weights, x**power, self.score(x, theta)[:, None], self.finite_variance)

    def pathwise(self, theta: float, power: int) -> Outcomes:
        r"""The pathwise estimator :math:`f'(x)\, dx/d\theta`, the draw being a function of noise.

        Raises
        ------
        ValueError
            If the family has discrete draws.
        """
        if self.path is None:
            raise ValueError("path must be known for pathwise estimates, got a discrete family")
        theta, power = self._legal(theta), _power(power)
        x, weights = self.nodes(theta)
        return Outcomes(weights, (power * x ** (power - 1) * self.path(x, theta))[:, None])

    def derivative(self, theta: float, power: int) -> float:
        r"""The true :math:`\frac{d}{d\theta} \mathbb E[x^m]`, by its formula."""
        return self.slope(self._legal(theta), _power(power))

    def sample_estimates(
        self, theta: float, power: int, n_samples: int, *, rng: np.random.Generator
    ) -> FloatArray:
        r"""Independent score estimates :math:`x^m \psi(x)`; shape (n_samples,)."""
        theta, power = self._legal(theta), _power(power)
        n_samples = validation.count("n_samples", n_samples)
        x = self.draw(theta, n_samples, validation.generator("rng", rng))
        return x**power * self.score(x, theta)

    def _legal(self, theta: float) -> float:
        theta, (low, high) = validation.real("theta", theta), self.inside
        if not low < theta < high:
            raise ValueError(f"theta must lie strictly between {low} and {high}, got {theta}")
        if abs(theta) > MODERATE or (low == 0 and theta < 1 / MODERATE):
            raise ValueError(
                f"theta must be at most {MODERATE:g} in size, and if it is positive at least one "
                f"over that, or draws would lose their digits, got {theta}"
            )
        return theta


def _power(power: int) -> int:
    return validation.count("power", power, most=MOST_POWER)


def normal_square_variance(mean: float, deviation: float, baseline: FloatArray = 0.0) -> FloatArray:
    r"""Variance of the score estimate of :math:`\frac{d}{d\mu} \mathbb E[x^2]` of a normal law.

    .. math:: 6 \sigma^2 + 8 \mu^2 + \frac{(b - \mu^2 - 3 \sigma^2)^2}{\sigma^2}

    Parameters
    ----------
    mean, deviation : float
        The second is positive.
    baseline : array_like, shape (...)

    Returns
    -------
    ndarray, shape (...)
        Least at :math:`b^* = \mu^2 + 3 \sigma^2`. The pathwise estimate 2x has
        :math:`4 \sigma^2`.
    """
    m, s = validation.real("mean", mean), validation.positive("deviation", deviation)
    b = validation.real_array("baseline", baseline)
    with np.errstate(over="ignore", divide="ignore"):
        variance = 6 * s**2 + 8 * m**2 + ((b - m**2 - 3 * s**2) / s) ** 2
    return validation.representable("mean, deviation and baseline", variance)


# Quadratures: Gauss rules, whose weights are turned into the density.


def _normal() -> Nodes:
    z, weights = hermite_e.hermegauss(NODES)
    return z, weights / weights.sum()


def _gamma(shape: int) -> Nodes:
    z, weights = laguerre.laggauss(NODES)
    return z, weights * z ** (shape - 1) / factorial(shape - 1)


def _laplace() -> Nodes:
    z, weights = laguerre.laggauss(NODES)
    return np.concatenate([-z, z]), np.tile(weights / 2, 2)


def _beta(shape: int) -> Nodes:
    z, weights = legendre.leggauss(NODES)
    w = (z + 1) / 2
    density = (w * (1 - w)) ** (shape - 1) * factorial(2 * shape - 1) / factorial(shape - 1) ** 2
    return w, weights / 2 * density


def _bernoulli(p: float) -> Nodes:
    return np.array([0.0, 1.0]), np.array([1 - p, p])


def _poisson(mean: float) -> Nodes:
    n = np.arange(int(mean + 40 * mean**0.5 + 60))  # beyond, nothing that float can hold matters
    steps = np.concatenate([[-mean], np.log(mean / np.arange(1, len(n)))])
    return n.astype(float), np.exp(np.cumsum(steps))


def _moved(law: Nodes, by: float, width: float = 1.0) -> Nodes:
    """A fixed law, stretched and then moved."""
    z, weights = law
    return by + width * z, weights


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def _location_family(
    law: Nodes,
    score: Callable[[FloatArray], FloatArray],
    draw: Callable[[int, np.random.Generator], FloatArray],
    moments: Callable[[int], float],
    **properties: bool,
) -> Family:
    """A number with a fixed law, added to the parameter; `score` takes the number alone."""

    def slope(t: float, power: int) -> float:
        terms = (comb(power - 1, m) * moments(m) * t ** (power - 1 - m) for m in range(power))
        return power * float(sum(terms))

    return Family(
        (-np.inf, np.inf),
        lambda t: _moved(law, t),
        lambda x, t: score(x - t),
        lambda t, n, rng: t + draw(n, rng),
        slope,
        lambda x, t: np.ones_like(x),
        **properties,
    )


def _beta_family(shape: int, **properties: bool) -> Family:
    return _location_family(
        _beta(shape),
        lambda w: -(shape - 1) * (1 / w - 1 / (1 - w)),
        lambda n, rng: rng.beta(shape, shape, n),
        lambda m: prod((shape + i) / (2 * shape + i) for i in range(m)),
        **properties,
    )


def _rate_family(shape: int) -> Family:
    z, weights = _gamma(shape)
    return Family(
        POSITIVE,
        lambda t: (z / t, weights),
        lambda x, t: shape / t - x,
        lambda t, n, rng: rng.gamma(shape, 1 / t, n),
        lambda t, m: -m * prod(range(shape, shape + m)) / t ** (m + 1),
        lambda x, t: -x / t,
    )


_NORMAL_MEAN = _location_family(
    _normal(),
    lambda w: w,
    lambda n, rng: rng.normal(size=n),
    lambda m: [1.0, 0.0, 1.0][m],
)
_NORMAL_DEVIATION = Family(
    POSITIVE,
    lambda t: _moved(_normal(), 1.0, t),
    lambda x, t: ((x - 1) ** 2 / t**2 - 1) / t,
    lambda t, n, rng: rng.normal(1.0, t, n),
    lambda t, m: [0.0, 2 * t, 6 * t][m - 1],
    lambda x, t: (x - 1) / t,
)
_LAPLACE = _location_family(
    _laplace(), np.sign, lambda n, rng: rng.laplace(size=n), lambda m: [1.0, 0.0, 2.0][m]
)
_BERNOULLI = Family(
    (0.0, 1.0),
    _bernoulli,
    lambda x, t: (x - t) / (t * (1 - t)),
    lambda t, n, rng: (rng.random(n) < t).astype(float),
    lambda t, m: 1.0,
)
_BERNOULLI_LOGIT = Family(
    (-30.0, 30.0),
    lambda t: _bernoulli(_sigmoid(t)),
    lambda x, t: x - _sigmoid(t),
    lambda t, n, rng: (rng.random(n) < _sigmoid(t)).astype(float),
    lambda t, m: _sigmoid(t) * _sigmoid(-t),
)
_POISSON = Family(
    (0.0, 100.0),
    _poisson,
    lambda x, t: x / t - 1,
    lambda t, n, rng: rng.poisson(t, n).astype(float),
    lambda t, m: [1.0, 1 + 2 * t, 1 + 6 * t + 3 * t**2][m - 1],
)
_SHIFTED_EXPONENTIAL = _location_family(
    _gamma(1),
    np.ones_like,
    lambda n, rng: rng.exponential(size=n),
    factorial,
    unbiased=False,
)
_UNIFORM = Family(
    POSITIVE,
    lambda t: _moved(_beta(1), 0.0, t),
    lambda x, t: np.full_like(x, -1 / t),
    lambda t, n, rng: rng.uniform(0.0, t, n),
    lambda t, m: m * t ** (m - 1) / (m + 1),
    lambda x, t: x / t,
    unbiased=False,
)

#: The families of the chapter, by name.
FAMILIES: Mapping[str, Family] = {
    "Normal(θ, 1)": _NORMAL_MEAN,
    "Normal(1, θ²)": _NORMAL_DEVIATION,
    "Exponential, rate θ": _rate_family(1),
    "Gamma(3), rate θ": _rate_family(3),
    "Laplace at θ": _LAPLACE,
    "Bernoulli(θ)": _BERNOULLI,
    "Bernoulli, logit θ": _BERNOULLI_LOGIT,
    "Poisson(θ)": _POISSON,
    "θ + Beta(3, 3)": _beta_family(3),
    "θ + Beta(2, 2)": _beta_family(2, finite_variance=False),
    "θ + Exponential": _SHIFTED_EXPONENTIAL,
    "Uniform(0, θ)": _UNIFORM,
}
