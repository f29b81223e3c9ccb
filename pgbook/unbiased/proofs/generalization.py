r"""The score identity by integration and summation, family by family.

Both sides are computed from the density: the derivative of :math:`\mathbb E[f]`, and
:math:`\mathbb E[f \psi]`; neither uses the other. A law is a list of pieces, each a density
between two limits, so that kinks and moving supports need no special treatment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong

#: Where a law is looked at, its mean, and a logit.
x, mu, logit = sp.symbols(r"x \mu h", real=True)
#: The parameter, a deviation and a shape.
theta, sigma, shape = sp.symbols(r"\theta \sigma \kappa", positive=True)
#: A value of a discrete law.
n = sp.Symbol("n", integer=True, nonnegative=True)
#: What is paid for 0 and for 1.
f0, f1 = sp.symbols("f_0 f_1", real=True)
#: A probability.
p = sp.Symbol("p", positive=True)
OO = sp.oo
POINT = {mu: 3, sigma: 2, theta: 2, shape: 3, logit: sp.log(2), f0: 5, f1: 7}
proves = partial(ledger.proves, "U14", point=POINT)


@dataclass(frozen=True)
class Law:
    """A family of laws: pieces (lower, upper, density), or probabilities if the variable is `n`."""

    variable: sp.Symbol
    parameter: sp.Symbol
    pieces: tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...]

    def mean(self, function: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
        """The mean, by integration or summation, of a function of the variable.

        `function` takes the density of a piece, for functions that contain its score.
        """
        parts = (self._over(function(piece[2]), *piece) for piece in self.pieces)
        return sp.Add(*parts)

    def score(self, density: sp.Expr) -> sp.Expr:
        """The slope of the logarithm of the density of a piece in the parameter."""
        return sp.simplify(sp.diff(sp.expand_log(sp.log(density), force=True), self.parameter))

    def _over(self, factor: sp.Expr, low: sp.Expr, high: sp.Expr, density: sp.Expr) -> sp.Expr:
        discrete = self.variable == n
        if discrete and high.is_finite:
            product = factor * density
            return sp.Add(*(product.subs(self.variable, v) for v in range(low, high + 1)))
        carry_out = _summed if discrete else _integrated
        factor = sp.expand(sp.cancel(factor))
        if not factor.is_polynomial(self.variable):
            return carry_out(sp.cancel(factor * density), self.variable, low, high)
        # One power of the variable after the other: each is needed for many functions.
        split = (t.as_independent(self.variable, as_Add=False) for t in sp.Add.make_args(factor))
        powers = ((c, carry_out(power * density, self.variable, low, high)) for c, power in split)
        return sp.simplify(sp.Add(*(c * value for c, value in powers)))


@lru_cache
def _summed(term: sp.Expr, index: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    return sp.summation(term, (index, low, high))


@lru_cache
def _integrated(term: sp.Expr, variable: sp.Symbol, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    return sp.simplify(sp.integrate(term, (variable, low, high)))


def _normal(deviation: sp.Expr) -> sp.Expr:
    return sp.exp(-((x - mu) ** 2) / (2 * deviation**2)) / (deviation * sp.sqrt(2 * sp.pi))


def _bernoulli(probability: sp.Expr) -> sp.Expr:
    return probability**n * (1 - probability) ** (1 - n)


#: The laws of the score identity, by name.
FAMILIES: Mapping[str, Law] = {
    "Normal, mean": Law(x, mu, ((-OO, OO, _normal(sigma)),)),
    "Normal, deviation": Law(x, sigma, ((-OO, OO, _normal(sigma)),)),
    "Exponential, rate": Law(x, theta, ((sp.S.Zero, OO, theta * sp.exp(-theta * x)),)),
    "Gamma, rate": Law(
        x,
        theta,
        ((sp.S.Zero, OO, theta**shape * x ** (shape - 1) * sp.exp(-theta * x) / sp.gamma(shape)),),
    ),
    "Laplace, location": Law(x, mu, ((-OO, mu, sp.exp(x - mu) / 2), (mu, OO, sp.exp(mu - x) / 2))),
    "shifted Beta(2, 2)": Law(x, mu, ((mu, mu + 1, 6 * (x - mu) * (1 - x + mu)),)),
    "Bernoulli, probability": Law(n, theta, ((0, sp.S.One, _bernoulli(theta)),)),
    "Bernoulli, logit": Law(n, logit, ((0, sp.S.One, _bernoulli(1 / (1 + sp.exp(-logit)))),)),
    "Poisson, mean": Law(n, theta, ((0, OO, theta**n * sp.exp(-theta) / sp.factorial(n)),)),
    "Uniform(0, θ)": Law(x, theta, ((sp.S.Zero, theta, 1 / theta),)),
    "shifted exponential": Law(x, mu, ((mu, OO, sp.exp(mu - x)),)),
}


def score_identity(name: str, payoff: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    r"""Both sides of the score identity, each by integration or summation.

    Parameters
    ----------
    name : str
        From `FAMILIES`.
    payoff : sympy.Expr
        A function of the variable of the family, free of its parameter.

    Returns
    -------
    (sympy.Expr, sympy.Expr)
        The derivative of the mean payoff, and the mean of payoff times score.
    """
    law = FAMILIES[name]
    slope = sp.diff(law.mean(lambda density: payoff), law.parameter)
    return slope, law.mean(lambda density: payoff * law.score(density))


def _integral(term: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Integral:
    return sp.Integral(term, (x, low, high))


@proves("the normal law, step by step", generality="all μ and σ")
@wrong("half of it", claimed=mu)
def normal_score() -> Derivation:
    """The identity for the mean of a normal law and the payoff x squared, step by step."""
    return Derivation(
        (Partial(_integral(x**2 * p, -OO, OO), mu), "gradient of an expectation"),
        (_integral(x**2 * Partial(p, mu), -OO, OO), "derivative inside: true here"),
        (_integral(x**2 * p * Partial(sp.log(p), mu), -OO, OO), "derivative of a logarithm"),
        (_integral(x**2 * p * ((x - mu) / sigma**2), -OO, OO), "the score of the normal law"),
        (2 * mu, "the integral carried out"),
        definitions={p: _normal(sigma)},
    )


@proves("the exponential law, step by step", generality="all θ")
@wrong("other sign", claimed=1 / theta**2)
def exponential_score() -> Derivation:
    """The identity for the rate of an exponential law and the payoff x."""
    return Derivation(
        (Partial(_integral(x * p, 0, OO), theta), "gradient of an expectation"),
        (_integral(x * Partial(p, theta), 0, OO), "derivative inside: true here"),
        (_integral(x * p * (1 / theta - x), 0, OO), "the score of the exponential law"),
        (-1 / theta**2, "the integral carried out"),
        definitions={p: theta * sp.exp(-theta * x)},
    )
