"""The proof of document 002, line by line, for a softmax policy with any number of actions."""

import sympy as sp

from pgbook.derivation import Derivation, Partial, chain
from pgbook.symbols import DEFINITIONS, H, a, j, pi, q, total


def proof() -> Derivation:
    r"""The gradient of :math:`\sum_a \pi_a q_a`, if no :math:`q_a` depends on the preferences."""
    ratio = sp.UnevaluatedExpr(Partial(pi[a], H[j]) / pi[a])
    return chain(
        (Partial(total(pi[a] * q[a], a), H[j]), "gradient of the expected return"),
        (total(Partial(pi[a] * q[a], H[j]), a), "finite sum: derivative of each term"),
        (total(q[a] * Partial(pi[a], H[j]), a), "q does not depend on the preferences"),
        (total(pi[a] * q[a] * ratio, a), "times and divided by π > 0"),
        (total(pi[a] * q[a] * Partial(sp.log(pi[a]), H[j]), a), "derivative of a logarithm"),
        definitions=DEFINITIONS,
    )
