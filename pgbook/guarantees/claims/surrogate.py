"""The surrogate, from the ratio of the actions to its maximiser: claims G18 to G22."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import sympy as sp

from pgbook import ledger, mdp, policies
from pgbook.guarantees import numeric
from pgbook.guarantees.claims.common import (
    CASES,
    chains,
    comparisons,
    in_all,
    random_policy,
)
from pgbook.guarantees.numeric import Comparison, pitfalls
from pgbook.guarantees.symbolic import surrogate
from pgbook.ledger import Check, Evidence
from pgbook.validation import FloatArray


def marginals(of_new: bool = True) -> Evidence:
    """A sum over trajectories of the new policy against a sum over times, states and actions."""
    errors, rng = [], np.random.default_rng(862)
    for problem, policy in chains():
        new = random_policy(problem, rng)
        old = mdp.evaluate_steps(problem, policy)
        paths = mdp.trajectories(problem, new)
        times, discounts = (
            np.arange(problem.horizon),
            problem.discount ** np.arange(problem.horizon),
        )
        along = old.advantages[times, paths.states, paths.actions] @ discounts
        laws = mdp.state_laws(problem, new if of_new else policy, problem.horizon)
        by_time = np.einsum("t,ts,sa,tsa->", discounts, laws, new, old.advantages)
        errors.append(paths.weights @ along - by_time)
    return ledger.exact(np.array(errors), "40 problems with 4 steps, all trajectories", seed=862)


def ratio_form(deterministic: bool = False) -> Evidence:
    """The mean of ratio times advantage under the old actions against the mean advantage."""
    errors = []
    for pair in comparisons()[:300]:
        policy, a = pair.old.policy, pair.old.advantages
        if deterministic:
            policy = np.eye(policy.shape[1])[policy.argmax(axis=1)]
            a = mdp.evaluate(pair.old.problem, policy).advantages
        some = policy > 0
        ratio = np.where(some, pair.new_policy / np.where(some, policy, 1.0), 0.0)
        formed = np.sum(policy * ratio * a, axis=1)
        errors.append(np.abs(formed - np.sum(pair.new_policy * a, axis=1)).max())
    tolerances = [pair.round_off for pair in comparisons()[:300]]
    within = np.array(errors) <= tolerances
    return ledger.true_in(within, "300 MDPs", seed=801)


def ratio_is_zero(mixed: float = 0.0) -> Evidence:
    """For a deterministic old policy the ratio form is zero whatever the new one does."""
    rng, errors = np.random.default_rng(863), []
    for pair in comparisons()[:300]:
        n_states, n_actions = pair.old.policy.shape
        chosen = np.eye(n_actions)[rng.integers(n_actions, size=n_states)]
        policy = numeric.mixture(chosen, pair.old.policy, mixed)
        a = mdp.evaluate(pair.old.problem, policy).advantages
        ratio = np.divide(pair.new_policy, policy, where=policy > 0, out=np.zeros_like(policy))
        errors.append(np.abs(np.sum(policy * ratio * a, axis=1)).max() / pair.round_off)
    return ledger.true_in(np.array(errors) <= 1, "300 MDPs", seed=863)


def second_moments(swapped: bool = False) -> Evidence:
    """The ratio between (1 − ε, ε) and (1 − δ, δ): its mean square explodes as δ vanishes."""
    errors = []
    for eps, delta in ((0.1, 1e-2), (0.2, 1e-4), (0.5, 1e-6)):
        new, old = np.array([1 - eps, eps]), np.array([1 - delta, delta])
        pair = (old, new) if swapped else (new, old)
        formula = (1 - eps) ** 2 / (1 - delta) + eps**2 / delta
        errors.append((1 + numeric.chi_square(*pair)) / formula - 1)
    return ledger.exact(np.array(errors), "three pairs, relative error")


def close_enough(bound: str, share: float = 1.0) -> Evidence:
    """The surrogate misses the gain, on either side, by at most the penalty of a lower bound."""
    return in_all(
        lambda pair: (
            abs(pair.gain - pair.surrogate)
            <= share * (pair.surrogate - numeric.BOUNDS[bound](pair)) + pair.round_off
        )
    )


STEPS = np.array([1e-1, 1e-2, 1e-3])


@lru_cache(maxsize=1)
def _gaps() -> list[FloatArray]:
    """Gain minus surrogate at three fractions of the way, where there are digits to divide."""
    found = []
    for pair in comparisons():
        towards = (numeric.mixture(pair.old.policy, pair.new_policy, h) for h in STEPS)
        steps = [Comparison(pair.old, policy) for policy in towards]
        gaps = np.array([step.gain - step.surrogate for step in steps])
        if abs(gaps[2]) > 1e5 * pair.round_off:
            found.append(gaps)
        if len(found) == 100:
            break
    return found


def order(power: int = 2) -> Evidence:
    """The error over a power of the distance settles as the new policy comes closer."""
    truths = []
    for gaps in _gaps():
        ratios = gaps / STEPS**power
        truths.append(abs(ratios[2] / ratios[1] - 1) < 0.1)
    return ledger.true_in(np.array(truths), "MDPs, steps 0.1, 0.01 and 0.001", seed=801)


def slope_of_surrogate(factor: float = 1.0) -> Evidence:
    """Central differences of the surrogate at the old policy against the policy gradient."""
    errors = []
    for pair in comparisons()[:40]:
        old, step = pair.old, 1e-5
        for s, a in np.ndindex(old.policy.shape):
            ends = []
            for sign in (1, -1):
                h = np.log(old.policy)
                h[s, a] += sign * step
                ends.append(Comparison(old, policies.softmax(h)).surrogate)
            errors.append((ends[0] - ends[1]) / (2 * step) - factor * old.gradient[s, a])
    return ledger.exact(np.array(errors), "40 MDPs, all preferences", tolerance=1e-7, seed=801)


def depends_on_old(same: bool = False) -> Evidence:
    """Two old policies, one new one: two surrogates."""
    truths = []
    for pair in comparisons()[:200]:
        other = numeric.mixture(pair.old.policy, pair.new_policy, 0.0 if same else 0.5)
        second = Comparison(mdp.evaluate(pair.old.problem, other), pair.new_policy)
        truths.append(abs(second.surrogate - pair.surrogate) > pair.round_off)
    return ledger.true_in(np.array(truths), "200 MDPs", seed=801)


def constant_at_home(moved: bool = False) -> Evidence:
    """The printed objective of the maximisation is zero for every policy."""
    return in_all(
        lambda pair: (
            abs(Comparison(pair.old, pair.new_policy if moved else pair.old.policy).surrogate)
            <= pair.round_off
        )
    )


def greedy_maximiser(choose: Callable = np.argmax) -> Evidence:
    """Every state is visited: the greedy policy maximises the surrogate, and improves."""
    truths = []
    for pair in comparisons():
        chosen = np.eye(pair.old.policy.shape[1])[choose(pair.old.advantages, axis=1)]
        best = Comparison(pair.old, chosen)
        truths.append(
            best.surrogate >= pair.surrogate - pair.round_off and best.gain >= -pair.round_off
        )
    return ledger.true_in(np.array(truths), CASES, seed=801)


def blind_maximiser(second: int = 1) -> Evidence:
    """A maximiser of the surrogate that falls: what the old policy never saw does not count."""
    cost, discount = 10.0, 0.9
    old = mdp.evaluate(pitfalls.blind(cost, discount), np.eye(2)[[0, 0, 0]])
    pair = Comparison(old, np.eye(2)[[1, second, 0]])
    best = max(Comparison(old, np.eye(2)[[a, b, 0]]).surrogate for a in (0, 1) for b in (0, 1))
    truths = np.array([pair.surrogate >= best - 1e-12, pair.gain < 0])
    return ledger.true_in(truths, f"cost {cost:g}: gain {pair.gain:g}")


def shared_parameter(penalised: bool = False) -> Evidence:
    """The aliased problem from p = 0.02: the maximiser of the tangent, with or without penalty."""
    cost, p = 10.0, 0.02
    grid = np.linspace(0, 1, 1001)
    tangent = (grid - p) * (1 - 2 * (1 + cost) * p)
    weight = (1 + cost) * (grid - p) ** 2 if penalised else 0.0
    best = grid[np.argmax(tangent - weight)]
    values = pitfalls.aliased_objective(np.array([best, p]), cost)
    return ledger.true_in(values[0] < values[1], f"cost {cost:g}, from p = {p:g} to {best:g}")


def penalised_steps(factor: float, left: float) -> Evidence:
    """The aliased problem with the penalty (1 + M)(p' − p)² times a factor: what error is left."""
    cost, truths = 10.0, []
    best = 1 / (2 * (1 + cost))
    for p in (0.01, 0.02, 0.2, 0.7):
        at = [mdp.evaluate_steps(mdp.aliased(cost), pitfalls.aliased_policy(x)).objective
              for x in (p, p + 1e-6, p - 1e-6)]  # fmt: skip
        slope = (at[1] - at[2]) / 2e-6
        reached = p + slope / (2 * factor * (1 + cost))
        truths.append(abs((reached - best) / (p - best) - left) < 1e-5)
    return ledger.true_in(np.array(truths), f"four starts, {factor:g} times 1 + M")


_numbers = partial(ledger.proves, generality="all parameters", point=surrogate.POINT)
_first_order = partial(
    ledger.proves,
    surrogate.first_order,
    generality="any number of states",
    point=surrogate.MATRIX_POINT,
)
_h, _Gamma = surrogate.h, surrogate.Gamma
_THIRD = _h**3 * surrogate.m * surrogate.K_h**-1 * _Gamma * surrogate.K**-1 * surrogate.g1

SURROGATE = {
    "G18": (
        Check(
            "trajectories against marginal laws",
            marginals,
            {"marginal laws of the old policy": partial(marginals, False)},
        ),
    ),
    "G19": (
        Check(
            "softmax policies: the ratio form is the mean advantage",
            ratio_form,
            {"a deterministic old policy": partial(ratio_form, True)},
        ),
        Check(
            "a deterministic old policy: the ratio form is zero",
            ratio_is_zero,
            {"a stochastic one": partial(ratio_is_zero, 0.1)},
        ),
        Check(
            "nearly deterministic: the weight explodes",
            second_moments,
            {"the ratio inverted": partial(second_moments, True)},
        ),
    ),
    "G20": (
        Check(
            "the error is at most the penalty",
            partial(close_enough, "sharp"),
            {"there is no error": partial(close_enough, "sharp", 0.0)},
        ),
    ),
    "G20b": (
        Check(
            "the error is of second order, any number of states",
            _first_order,
            {"of third order": partial(_first_order, _THIRD)},
        ),
        Check(
            "on either side at most the penalty of the trust-region bound",
            partial(close_enough, "trust region"),
            {"a hundredth of it": partial(close_enough, "trust region", 0.01)},
        ),
        Check(
            "error over the squared step settles",
            order,
            {"error over the step": partial(order, 1), "over its cube": partial(order, 3)},
        ),
        Check(
            "the slope of the surrogate is the policy gradient",
            slope_of_surrogate,
            {"half of it": partial(slope_of_surrogate, 0.5)},
        ),
    ),
    "G21": (
        Check(
            "another old policy, another surrogate",
            depends_on_old,
            {"the same one twice": partial(depends_on_old, True)},
        ),
    ),
    "G22": (
        Check(
            "as printed, the maximised expression is zero throughout",
            constant_at_home,
            {"in the new parameter it varies": partial(constant_at_home, True)},
        ),
        Check(
            "every state visited: the maximiser is greedy and improves",
            greedy_maximiser,
            {"the worst action": partial(greedy_maximiser, np.argmin)},
        ),
        Check(
            "a state never visited: a maximiser that falls",
            blind_maximiser,
            {"greedy there too": partial(blind_maximiser, 0)},
        ),
        Check(
            "a shared parameter: the gap is a square",
            partial(_numbers, surrogate.aliased_gap),
            {"no gap": partial(_numbers, surrogate.aliased_gap, sp.S.Zero)},
        ),
        Check(
            "a shared parameter: the maximiser falls",
            shared_parameter,
            {"with the penalty": partial(shared_parameter, True)},
        ),
        Check(
            "a shared parameter: with the penalty 1 + M the optimum in one step",
            partial(penalised_steps, 1.0, 0.0),
            {"with twice that": partial(penalised_steps, 2.0, 0.0)},
        ),
        Check(
            "and with twice that half of the error is left",
            partial(penalised_steps, 2.0, 0.5),
            {"with three times that": partial(penalised_steps, 3.0, 0.5)},
        ),
    ),
}
