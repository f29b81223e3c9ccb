"""The softmax policy: its sum, its shifts and its logarithm."""

from functools import partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, POINT, H, Z, a, b, k, pi, total

c = sp.Symbol("c", real=True)  # a shift
proves = partial(ledger.proves, generality="any number of arms", point={**POINT, c: 2})


@proves("B3", "the probabilities sum to one")
@wrong("one arm left out", claimed=1 - pi[k - 1])
def normalisation() -> Derivation:
    """The probabilities of a softmax policy sum to one."""
    return Derivation(
        (total(pi[a], a), "all probabilities"),
        (total(sp.exp(H[a]) / Z, a), "definition of softmax"),
        (total(sp.exp(H[a]), a) / Z, "Z does not depend on a"),
        (sp.S.One, "the sum is Z"),
        definitions=DEFINITIONS,
    )


SCALED = sp.exp(c * H[a]) / total(sp.exp(c * H[b]))


@proves("B4", "the shift changes nothing")
@wrong("multiplied instead of shifted", claimed=SCALED)
def shift_invariance() -> Derivation:
    """Subtracting a number from all preferences leaves the policy as it is."""
    return Derivation(
        (sp.exp(H[a] - c) / total(sp.exp(H[b] - c)), "softmax of shifted preferences"),
        (sp.exp(-c) * sp.exp(H[a]) / total(sp.exp(-c) * sp.exp(H[b])), "exponents add"),
        (sp.exp(H[a]) / Z, "c does not depend on b: the factor cancels"),
        (pi[a], "definition of softmax"),
        definitions=DEFINITIONS,
    )


@proves("B10", "logarithm of a softmax")
@wrong("sign of the common term", claimed=H[a] + sp.log(Z))
def log_probability() -> Derivation:
    """The logarithm of a probability is a preference minus a common term."""
    return Derivation(
        (sp.log(pi[a]), "what document 000 expands for three arms"),
        (sp.log(sp.exp(H[a]) / Z, evaluate=False), "definition of softmax"),
        (H[a] - sp.log(Z), "logarithm of a quotient"),
        definitions=DEFINITIONS,
    )
