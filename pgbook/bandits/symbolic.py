r"""Why is it so? The derivations of document 000, for any number of arms k, and for three.

The names are those of `pgbook.symbols`.
"""

import sympy as sp

from pgbook import symbols
from pgbook.derivation import Derivation, Partial, Step, chain
from pgbook.symbols import H, J, Z, a, b, i, j, pi, q, same, total

B, c = sp.symbols("b c", real=True)  # a baseline, a shift
alpha, rho, t = sp.symbols(r"\alpha \rho t", positive=True)
E, x = sp.IndexedBase("E"), sp.IndexedBase("x", real=True)
R = sp.Symbol("R_t", real=True)

DEFINITIONS = {**symbols.DEFINITIONS, x: sp.Lambda(i, q[i] - J)}
POINT = {**symbols.POINT, B: 3, c: 2, R: 5, alpha: 1, E: [sp.S(2), sp.S.One, sp.S(3)]}


def _chain(*steps: tuple[sp.Expr, str]) -> Derivation:
    return chain(*steps, definitions=DEFINITIONS)


def normalisation() -> Derivation:
    """The probabilities of a softmax policy sum to one."""
    return _chain(
        (total(pi[a], a), "all probabilities"),
        (total(sp.exp(H[a]) / Z, a), "definition of softmax"),
        (total(sp.exp(H[a]), a) / Z, "Z does not depend on a"),
        (sp.S.One, "the sum is Z"),
    )


def shift_invariance() -> Derivation:
    """Subtracting a number from all preferences leaves the policy as it is."""
    return _chain(
        (sp.exp(H[a] - c) / total(sp.exp(H[b] - c)), "softmax of shifted preferences"),
        (sp.exp(-c) * sp.exp(H[a]) / total(sp.exp(-c) * sp.exp(H[b])), "exponents add"),
        (sp.exp(H[a]) / Z, "c does not depend on b: the factor cancels"),
        (pi[a], "definition of softmax"),
    )


def log_probability() -> Derivation:
    """The logarithm of a probability is a preference minus a common term."""
    return _chain(
        (sp.log(pi[a]), "what document 000 expands for three arms"),
        (sp.log(sp.exp(H[a]) / Z, evaluate=False), "definition of softmax"),
        (H[a] - sp.log(Z), "logarithm of a quotient"),
    )


def score() -> Derivation:
    """The score of a softmax policy: the derivative of a log-probability."""
    return _chain(
        (Partial(sp.log(pi[a]), H[j]), "the score"),
        (Partial(H[a] - sp.log(Z), H[j]), "logarithm of a quotient"),
        (same(a, j) - Partial(sp.log(Z), H[j]), "derivative of each term"),
        (same(a, j) - total(sp.exp(H[b]) * same(b, j)) / Z, "chain rule, term by term"),
        (same(a, j) - sp.exp(H[j]) / Z, "the delta picks that term"),
        (same(a, j) - pi[j], "definition of softmax"),
    )


def gradient_by_quotient_rule() -> Derivation:
    """The gradient of the objective, from the formula for J."""
    reward = total(q[b] * sp.exp(H[b]))
    return _chain(
        (Partial(J, H[j]), "the gradient"),
        (Partial(reward / Z, H[j]), "definition of J and of softmax"),
        ((Partial(reward, H[j]) * Z - reward * Partial(Z, H[j])) / Z**2, "quotient rule"),
        ((q[j] * sp.exp(H[j]) * Z - reward * sp.exp(H[j])) / Z**2, "the term of arm j"),
        (pi[j] * (q[j] - reward / Z), "definition of softmax"),
        (pi[j] * (q[j] - J), "definition of J"),
    )


def gradient_by_score() -> Derivation:
    """The expected update of document 000 is the gradient of the objective."""
    return _chain(
        (total(pi[a] * q[a] * Partial(sp.log(pi[a]), H[j]), a), "mean of reward times score"),
        (total(pi[a] * q[a] * (same(a, j) - pi[j]), a), "the score"),
        (pi[j] * q[j] - pi[j] * total(pi[a] * q[a], a), "the delta picks arm j"),
        (pi[j] * (q[j] - J), "definition of J"),
        (Partial(J, H[j]), "the gradient, by the quotient rule"),
    )


def conserved_sum() -> Derivation:
    """One update changes the sum of the preferences by nothing."""
    return _chain(
        (total(alpha * R * (same(a, j) - pi[j]), j), "sum of all changes"),
        (alpha * R * (total(same(a, j), j) - total(pi[j], j)), "common factor"),
        (alpha * R * (1 - total(pi[j], j)), "exactly one arm was pulled"),
        (sp.S.Zero, "probabilities sum to one"),
    )


def baseline_drops_out() -> Derivation:
    """A number subtracted from the reward does not change the expected update."""
    return _chain(
        (total(pi[a] * (q[a] - B) * (same(a, j) - pi[j]), a), "mean update with baseline b"),
        (
            total(pi[a] * q[a] * (same(a, j) - pi[j]), a)
            - B * total(pi[a] * (same(a, j) - pi[j]), a),
            "split the sum",
        ),
        (pi[j] * (q[j] - J) - B * (pi[j] - pi[j] * total(pi[a], a)), "deltas pick arm j"),
        (pi[j] * (q[j] - J), "probabilities sum to one: the baseline is gone"),
    )


def improvement() -> Derivation:
    r"""What one exact gradient step of any size gains, with E[j] for :math:`e^{\alpha\pi_jx_j}`."""
    weights = total(pi[j] * E[j], j)
    return _chain(
        (total(pi[j] * E[j] * q[j], j) / weights - J, "new value minus old"),
        (total(pi[j] * E[j] * x[j], j) / weights, "J times the weights, under one sum"),
        (
            (total(pi[j] * E[j] * x[j], j) - total(pi[j] * x[j], j)) / weights,
            "the mean of x is zero",
        ),
        (total(pi[j] * (E[j] - 1) * x[j], j) / weights, "one sum"),
    )


# Two arms: logit and probability of the better one, rewards, its two possible updates.
LOGIT, P = sp.Symbol(r"\ell", real=True), sp.Symbol("p", positive=True)
R0, R1, U, V = sp.symbols("r_0 r_1 u v", real=True)
TWO_ARMED_POINT = {
    LOGIT: sp.log(2), P: sp.Rational(1, 3), alpha: 1, rho: 2, t: 3, R0: 5, R1: 7, B: 2, U: 4, V: 9,
}  # fmt: skip


def two_armed_curvature() -> Derivation:
    """Second derivative of the objective of two arms, rewards 0 and 1, in the logit."""
    definitions = {P: sp.exp(LOGIT) / (1 + sp.exp(LOGIT))}
    return Derivation(
        Step(Partial(Partial(P, LOGIT), LOGIT), "the curvature of J = p"),
        Step(Partial(P * (1 - P), LOGIT), "derivative of the logistic function"),
        Step(Partial(P, LOGIT) - 2 * P * Partial(P, LOGIT), "product rule"),
        Step(P * (1 - P) * (1 - 2 * P), "the derivative again"),
        definitions=definitions,
    )


def exploration_clock() -> Derivation:
    """How fast the time of exact gradient flow passes as the logit of the better arm grows.

    Two arms with rewards 0 and 1: the logit grows at the rate 2 p (1 - p), so its
    inverse is the derivative of the time.
    """
    definitions = {P: sp.exp(LOGIT) / (1 + sp.exp(LOGIT))}
    return Derivation(
        Step(1 / (2 * P * (1 - P)), "time per unit of logit"),
        Step((1 + sp.exp(LOGIT)) ** 2 / (2 * sp.exp(LOGIT)), "logistic function"),
        Step(sp.exp(LOGIT) / 2 + 1 + sp.exp(-LOGIT) / 2, "expanded"),
        Step(
            Partial(sp.exp(LOGIT) / 2 - sp.exp(-LOGIT) / 2 + LOGIT, LOGIT),
            "so the time is this function",
        ),
        definitions=definitions,
    )


def three_arms() -> tuple[sp.Matrix, sp.Matrix]:
    """All nine derivatives of the three log-probabilities, and the claimed values; arms 1 to 3.

    Computed from the formulas of document 000 for three arms, not from the general
    result.
    """
    h, p = sp.symbols("H_1:4", real=True), sp.symbols(r"\pi_1:4", positive=True)
    log_sum = sp.log(sp.Add(*(sp.exp(entry) for entry in h)))
    derivatives = sp.Matrix(3, 3, lambda m, n: sp.diff(h[m] - log_sum, h[n]))
    for entry, probability in zip(h, p, strict=True):
        derivatives = derivatives.subs(sp.exp(entry) / sp.exp(log_sum), probability)
    return derivatives, sp.eye(3) - sp.ones(3, 1) * sp.Matrix([p])


def largest_curvature() -> tuple[sp.Expr, sp.Expr]:
    """The largest curvature with two arms, rewards 0 and 1, and the probability that attains it.

    The Hessian in the two preferences is twice that in the logit: the logit changes
    along (-1, 1), whose squared length is two.
    """
    curvature = 2 * two_armed_curvature().last
    below_half = [root for root in sp.solve(sp.diff(curvature, P), P) if root < sp.Rational(1, 2)]
    return sp.radsimp(sp.simplify(curvature.subs(P, below_half[0]))), below_half[0]


def two_armed_variance() -> Derivation:
    """Variance of the update of the better arm's preference, by its baseline.

    Arm 1 has probability p and pays r_1, arm 0 pays r_0; the update u or v is the reward minus
    the baseline times the score, which is 1 - p or -p.
    """
    return Derivation(
        Step(P * U**2 + (1 - P) * V**2 - (P * U + (1 - P) * V) ** 2, "variance of u or v"),
        Step(P * (1 - P) * (U - V) ** 2, "two values"),
        Step(P * (1 - P) * ((1 - P) * (R1 - B) + P * (R0 - B)) ** 2, "u and v"),
        Step(P * (1 - P) * ((1 - P) * R1 + P * R0 - B) ** 2, "collected"),
        definitions={U: (1 - P) * (R1 - B), V: -P * (R0 - B)},
    )


def committed_flow() -> Derivation:
    """The logit of the better arm while only the worse one is pulled, as a flow from zero."""
    return Derivation(
        Step(Partial(LOGIT, t), "rate of change of the logit"),
        Step(-2 * alpha * rho / (1 + 2 * alpha * rho * t), "derivative of the logarithm"),
        Step(-2 * alpha * rho * sp.exp(LOGIT), "definition of the logit"),
        definitions={LOGIT: -sp.log(1 + 2 * alpha * rho * t)},
    )
