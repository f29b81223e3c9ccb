"""Why a wrong critic does no harm in one place, and what its errors do in another."""

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.symbols import DEFINITIONS, H, J, a, i, j, pi, q, total
from pgbook.unbiased.proofs.baselines import BETA, POINT, SCORE
from pgbook.unbiased.proofs.proof import gamma

T = sp.Symbol("T", integer=True, positive=True)
kappa = sp.Symbol(r"\kappa", positive=True)
E = sp.IndexedBase("e", real=True)  # error of the critic at the states of a trajectory
ERRORS = {
    T: 3, gamma: sp.Rational(1, 2), kappa: sp.Rational(1, 3),
    E: [sp.S(2), sp.S(5), sp.S(3), sp.S(7)],
}  # fmt: skip


@ledger.proves(
    "U22", "the critic drops out of the mean", generality="any number of actions", point=POINT
)
@wrong("without the sum over all actions", claimed=total(pi[a] * (q[a] - BETA[a]) * SCORE, a))
def critic_drops_out() -> Derivation:
    """Mean of the repaired estimate in one state, for any critic, which is called beta."""
    known = total(BETA[a] * Partial(pi[a], H[j]), a)
    return Derivation(
        (total(pi[a] * (q[a] - BETA[a]) * SCORE, a) + known, "what it misses, what it says"),
        (total((q[a] - BETA[a]) * Partial(pi[a], H[j]), a) + known, "derivative of a logarithm"),
        (total(q[a] * Partial(pi[a], H[j]), a), "the critic drops out"),
        (pi[j] * (q[j] - J), "the slope of a softmax"),
        definitions=DEFINITIONS,
    )


def _over_time(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, 0, T - 1))


@ledger.proves("U23", "what its errors add to GAE", generality="any horizon", point=ERRORS)
@wrong("nothing but a baseline", claimed=-E[0] + kappa**T * E[T])
def errors_telescope() -> Derivation:
    r"""What the errors e of the critic add to GAE, with :math:`\kappa = \gamma\lambda`.

    At the horizon T the error is zero.
    """
    later = _over_time(kappa**i * E[i + 1])
    return Derivation(
        (_over_time(kappa**i * (gamma * E[i + 1] - E[i])), "the errors in each δ"),
        (gamma * later - _over_time(kappa**i * E[i]), "two sums"),
        (-E[0] + (gamma - kappa) * later + kappa**T * E[T], "the second one moved by a step"),
    )
