r"""Symbols of a softmax policy over any number of actions, for the derivations of all chapters.

`H[a]` are the preferences, `q[a]` the action values, `Z` the sum of all :math:`e^{H_b}`,
:math:`\pi_a = e^{H_a} / Z` and :math:`J = \sum_b \pi_b q_b`; `DEFINITIONS` says so to a
derivation. `POINT` is a rational point at which a wrong formula can be refuted exactly.
"""

import sympy as sp

from pgbook.expressions import expressed

#: The number of actions.
k = sp.Symbol("k", integer=True, positive=True)
#: Actions.
a, b, i, j = sp.symbols("a b i j", integer=True, nonnegative=True)
#: Preferences, action values and policy: `H[a]`, `q[a]`, `pi[a]`.
H, q, pi = (
    sp.IndexedBase("H", real=True), sp.IndexedBase("q", real=True),
    sp.IndexedBase(r"\pi", positive=True),
)  # fmt: skip
#: The sum of all exponentials, and the objective.
Z, J = sp.Symbol("Z", positive=True), sp.Symbol("J", real=True)


def total(term: sp.Expr, index: sp.Symbol = b) -> sp.Sum:
    """The sum of a term over all actions."""
    return sp.Sum(expressed(term), (index, 0, k - 1))


def same(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """One if two actions are the same, zero otherwise: Kronecker's delta."""
    return sp.KroneckerDelta(expressed(left), expressed(right))


#: What `Z`, `pi` and `J` stand for.
DEFINITIONS = {Z: total(sp.exp(H[b])), pi: sp.Lambda(i, sp.exp(H[i]) / Z), J: total(pi[b] * q[b])}

#: Three actions with the policy (2, 1, 4) / 7.
POINT = {
    k: 3, a: 0, j: 2,
    H: [sp.log(2), sp.S.Zero, sp.log(4)], q: [sp.S(3), sp.S(-1), sp.S(2)],
}  # fmt: skip
