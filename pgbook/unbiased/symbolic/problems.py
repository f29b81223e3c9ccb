"""The smallest problems of the chapter: a coin tossed twice, three losses, rewards with θ inside.

Two actions with the logit z; action 1 has the probability p, its logistic function.
"""

from collections.abc import Callable, Sequence
from itertools import product

import sympy as sp

from pgbook.derivation import Derivation, Partial, chain

z, theta, x = sp.symbols(r"z \theta x", real=True)
P, gamma, tau = sp.symbols(r"p \gamma \tau", positive=True)
R0, R1 = sp.symbols("r_0 r_1", positive=True)
Q0, Q1 = sp.symbols("Q_0 Q_1", real=True)
DEFINITIONS = {P: sp.exp(z) / (1 + sp.exp(z))}
POINT = {
    z: sp.log(2), gamma: sp.Rational(1, 3), tau: 5, R0: 2, R1: 7, theta: 3,
    P: sp.Rational(2, 3),
}  # fmt: skip

Estimator = Callable[[Sequence[int], Sequence[sp.Expr]], sp.Expr]


def coin_mean(estimator: Estimator, n_steps: int = 2) -> sp.Expr:
    """Mean of an estimator over all trajectories of a coin; a step pays its action.

    Parameters
    ----------
    estimator : callable
        Takes the rewards and the scores of a trajectory.
    n_steps : int

    Returns
    -------
    sympy.Expr
        A polynomial in p and the discount.
    """
    mean = sp.S.Zero
    for actions in product((0, 1), repeat=n_steps):
        chance = sp.Mul(*(P if action else 1 - P for action in actions))
        mean += chance * estimator(actions, [action - P for action in actions])
    return sp.expand(mean)


def return_from(rewards: Sequence[int], t: int) -> sp.Expr:
    """The discounted return from time t on."""
    return sp.Add(*(gamma**i * reward for i, reward in enumerate(rewards[t:])))


COIN_ESTIMATORS: dict[str, Estimator] = {
    "single time": lambda r, s: return_from(r, 0) * s[0],
    "no discount": lambda r, s: sum(return_from(r, t) * score for t, score in enumerate(s)),
    "full score": lambda r, s: return_from(r, 0) * sum(s),
    "reward to go": lambda r, s: sum(
        gamma**t * return_from(r, t) * score for t, score in enumerate(s)
    ),
}


def product_rule() -> Derivation:
    """Two tosses of a coin: the term that a fixed Q would lose."""
    definitions = {**DEFINITIONS, Q0: gamma * P, Q1: 1 + gamma * P}
    frozen = Q0 * Partial(1 - P, z) + Q1 * Partial(P, z)
    moving = (1 - P) * Partial(Q0, z) + P * Partial(Q1, z)
    return chain(
        (Partial((1 - P) * Q0 + P * Q1, z), "gradient of the mean of Q"),
        (frozen + moving, "product rule: two terms"),
        ((Q1 - Q0) * Partial(P, z) + moving, "probabilities sum to one"),
        (Partial(P, z) + moving, "Q₁ − Q₀ = 1: the printed term"),
        (Partial(P, z) + gamma * Partial(P, z), "Q₀ and Q₁ contain γp: the missing term"),
        ((1 + gamma) * P * (1 - P), "derivative of the logistic function"),
        definitions=definitions,
    )


def dependent_state() -> Derivation:
    """The expected reward in a state that the first action chose; only that state pays."""
    return chain(
        (Partial((1 - P) * R0 + P * R1, z), "gradient of the mean of R at time 1"),
        ((R1 - R0) * Partial(P, z), "rewards do not depend on z"),
        ((R1 - R0) * P * (1 - P), "derivative of the logistic function"),
        definitions=DEFINITIONS,
    )


def moving_reward() -> Derivation:
    r"""A reward :math:`\theta x` that contains the parameter, x normal with mean θ."""
    density = sp.exp(-((x - theta) ** 2) / 2) / sp.sqrt(2 * sp.pi)

    def mean(term: sp.Expr) -> sp.Integral:
        return sp.Integral(term * P, (x, -sp.oo, sp.oo))

    score = Partial(sp.log(P), theta)
    return chain(
        (Partial(mean(theta * x), theta), "gradient of the expected reward"),
        (mean(theta * x * score) + mean(Partial(theta * x, theta)), "product rule: two terms"),
        (mean(theta * x * (x - theta)) + mean(x), "the score, and the slope of the reward"),
        (2 * theta, "one θ from each: the score alone finds half"),
        definitions={P: density},
    )


def _descent(loss0: sp.Expr, loss1: sp.Expr) -> sp.Expr:
    """Mean slope of a loss over the sampled actions, whose law is held fixed."""
    return (1 - P) * Partial(loss0, z) + P * Partial(loss1, z)


def right_loss() -> Derivation:
    """Mean slope of the loss minus reward times log-probability."""
    return chain(
        (_descent(-R0 * sp.log(1 - P), -R1 * sp.log(P)), "mean slope of −R log π"),
        (R0 * P * (1 - P) - R1 * P * (1 - P), "scores of the two actions"),
        (-(R1 - R0) * P * (1 - P), "collected"),
        (-Partial((1 - P) * R0 + P * R1, z), "minus the gradient of the expected reward"),
        definitions=DEFINITIONS,
    )


def printed_loss() -> Derivation:
    """Mean slope of the loss as document 002 prints it: the reward disappears."""
    printed = _descent(-sp.log(R0 * (1 - P)), -sp.log(R1 * P))
    c0, c1 = sp.symbols("c_0 c_1", real=True)
    return chain(
        (printed, "mean slope of −log(R π)"),
        (
            (1 - P) * Partial(-c0 - sp.log(1 - P), z) + P * Partial(-c1 - sp.log(P), z),
            "logarithm of a product, with the constant c = log r",
        ),
        (
            -(1 - P) * Partial(sp.log(1 - P), z) - P * Partial(sp.log(P), z),
            "constants have no slope: the rewards are gone",
        ),
        (-Partial(1 - P, z) - Partial(P, z), "derivative of a logarithm"),
        (sp.S.Zero, "probabilities sum to one"),
        definitions={**DEFINITIONS, c0: sp.log(R0), c1: sp.log(R1)},
    )


def other_reading() -> Derivation:
    """Mean slope of the other reading, minus log-reward times probability."""
    return chain(
        (_descent(-sp.log(R0) * (1 - P), -sp.log(R1) * P), "mean slope of −(log R) π"),
        (
            -(sp.log(R1) * P - sp.log(R0) * (1 - P)) * P * (1 - P),
            "derivative of the logistic function",
        ),
        (
            -Partial((sp.log(R0) * (1 - P) ** 2 + sp.log(R1) * P**2) / 2, z),
            "it descends another function than −J",
        ),
        definitions=DEFINITIONS,
    )


def sampled_entropy() -> Derivation:
    """The slope of the sampled bonus minus temperature times log-probability, in the mean."""
    return chain(
        (
            (1 - P) * Partial(-tau * sp.log(1 - P), z) + P * Partial(-tau * sp.log(P), z),
            "mean slope of the bonus of the drawn action",
        ),
        (-tau * (Partial(1 - P, z) + Partial(P, z)), "derivative of a logarithm"),
        (sp.S.Zero, "probabilities sum to one: nothing is lost"),
        definitions=DEFINITIONS,
    )


def analytic_entropy() -> Derivation:
    """The slope of the bonus temperature times entropy, which the stop-gradient loses."""
    entropy = -(1 - P) * sp.log(1 - P) - P * sp.log(P)
    return chain(
        (tau * Partial(entropy, z), "slope of the entropy"),
        (tau * (sp.log(1 - P) - sp.log(P)) * Partial(P, z), "product rule; the other terms cancel"),
        (-tau * z * P * (1 - P), "log(p/(1−p)) = z"),
        definitions=DEFINITIONS,
    )
