"""How fast a tilt of a policy raises the mean advantage."""

import sympy as sp

from pgbook.derivation import Derivation, Partial
from pgbook.ledger import proves, wrong
from pgbook.symbols import a, b, i, k, pi, total

eta, m = sp.Symbol(r"\eta", positive=True), sp.Symbol("m", real=True)
A, old = sp.IndexedBase("A", real=True), sp.IndexedBase("w", positive=True)
WEIGHTS = total(old[b] * sp.exp(eta * A[b]))
TILT = {pi: sp.Lambda(i, old[i] * sp.exp(eta * A[i]) / WEIGHTS), m: total(pi[a] * A[a], a)}
POINT = {k: 3, eta: sp.log(2), A: [sp.S(1), sp.S(-1), sp.S(2)], old: [sp.S(1), sp.S(2), sp.S(5)]}


@proves("G45", "the slope along a tilt", generality="any number of actions", point=POINT)
@wrong("the second moment", claimed=total(pi[a] * A[a] ** 2, a))
def tilt_slope() -> Derivation:
    r"""Along :math:`\pi \propto w\,e^{\eta A}` the mean m of A grows like its variance."""
    return Derivation(
        (Partial(m, eta), "slope of the mean advantage"),
        (total(A[a] * pi[a] * (A[a] - m), a), "the slope of a softmax, term by term"),
        (total(pi[a] * A[a] ** 2, a) - m**2, "m is the mean"),
        definitions=TILT,
    )
