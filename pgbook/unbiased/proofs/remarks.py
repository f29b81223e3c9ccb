"""Two ways to put the entropy of the policy into the reward."""

from functools import partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.unbiased.proofs.index import LOGISTIC, P, z

tau = sp.Symbol(r"\tau", positive=True)  # the temperature
POINT = {z: sp.log(2), tau: 5, P: sp.Rational(2, 3)}
proves = partial(ledger.proves, generality="all parameters", point=POINT)


@proves("U19", "the sampled bonus: its slope has mean zero")
@wrong("the slope of the entropy", claimed=-tau * z * P * (1 - P))
def sampled_entropy() -> Derivation:
    """The slope of the sampled bonus minus temperature times log-probability, in the mean."""
    return Derivation(
        (
            (1 - P) * Partial(-tau * sp.log(1 - P), z) + P * Partial(-tau * sp.log(P), z),
            "mean slope of the bonus of the drawn action",
        ),
        (-tau * (Partial(1 - P, z) + Partial(P, z)), "derivative of a logarithm"),
        (sp.S.Zero, "probabilities sum to one: nothing is lost"),
        definitions=LOGISTIC,
    )


@proves("U19", "the whole entropy: its slope is not zero")
@wrong("zero", claimed=sp.S.Zero)
def analytic_entropy() -> Derivation:
    """The slope of the bonus temperature times entropy, which the stop-gradient loses."""
    entropy = -(1 - P) * sp.log(1 - P) - P * sp.log(P)
    return Derivation(
        (tau * Partial(entropy, z), "slope of the entropy"),
        (tau * (sp.log(1 - P) - sp.log(P)) * Partial(P, z), "product rule; the other terms cancel"),
        (-tau * z * P * (1 - P), "log(p/(1−p)) = z"),
        definitions=LOGISTIC,
    )
