"""How fast exploration fades along the exact gradient."""

import sympy as sp

from pgbook.bandits.proofs.index import LOGISTIC, LOGIT, POINT, P
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import proves, wrong


@proves("B18", "time of the flow as a function of the logit", generality="all logits", point=POINT)
@wrong("without the linear term", claimed=Partial(sp.sinh(LOGIT).rewrite(sp.exp), LOGIT))
def exploration_clock() -> Derivation:
    """How fast the time of exact gradient flow passes as the logit of the better arm grows.

    Two arms with rewards 0 and 1: the logit grows at the rate 2 p (1 - p), so its
    inverse is the derivative of the time.
    """
    return Derivation(
        (1 / (2 * P * (1 - P)), "time per unit of logit"),
        ((1 + sp.exp(LOGIT)) ** 2 / (2 * sp.exp(LOGIT)), "logistic function"),
        (sp.exp(LOGIT) / 2 + 1 + sp.exp(-LOGIT) / 2, "expanded"),
        (
            Partial(sp.exp(LOGIT) / 2 - sp.exp(-LOGIT) / 2 + LOGIT, LOGIT),
            "so the time is this function",
        ),
        definitions=LOGISTIC,
    )
