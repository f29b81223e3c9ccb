"""The surrogate, how far it is from the gain, and what its maximiser does."""

from dataclasses import replace
from itertools import islice, product

import numpy as np

from pgbook import evidence, mdp, policies
from pgbook.differences import central_differences
from pgbook.guarantees import numeric
from pgbook.guarantees.cases import EXTREMES, N_CASES, PAIRS, SHORT, random_policy
from pgbook.guarantees.numeric import LOWER_BOUNDS, Comparison, pitfalls
from pgbook.ledger import Cases, check, drawn, wrong

SOME = PAIRS.named("300 MDPs", 300)


@check("G18", "trajectories against marginal laws", SHORT, seed=862)
@wrong("marginal laws of the old policy", of_new=False)
def marginals(problem, policy, rng, of_new=True):
    new, old = random_policy(problem, rng), mdp.evaluate_steps(problem, policy)
    paths, times = mdp.trajectories(problem, new), np.arange(problem.horizon)
    discounts = problem.discount**times
    along = old.advantages[times, paths.states, paths.actions] @ discounts
    laws = mdp.state_laws(problem, new if of_new else policy, problem.horizon)
    by_time = np.einsum("t,ts,sa,tsa->", discounts, laws, new, old.advantages)
    return paths.weights @ along - by_time


def _ratio_form(policy, new_policy, a):
    """The mean of ratio times advantage under the old actions, where these are taken; (S,)."""
    ratio = np.divide(new_policy, policy, where=policy > 0, out=np.zeros_like(policy))
    return np.sum(policy * ratio * a, axis=1)


@check("G19", "softmax policies: the ratio form is the mean advantage", SOME)
@wrong("a deterministic old policy", of=lambda p: np.eye(p.shape[1])[p.argmax(axis=1)])
def ratio_form(pair, of=lambda policy: policy):
    policy = of(pair.old.policy)
    a = mdp.evaluate(pair.old.problem, policy).advantages
    error = _ratio_form(policy, pair.new_policy, a) - np.sum(pair.new_policy * a, axis=1)
    return np.abs(error).max() <= pair.round_off


@check("G19", "a deterministic old policy: the ratio form is zero", SOME, seed=863)
@wrong("a stochastic one", mixed=0.1)
def ratio_is_zero(pair, rng, mixed=0.0):
    n_states, n_actions = pair.old.policy.shape
    chosen = np.eye(n_actions)[rng.integers(n_actions, size=n_states)]
    policy = numeric.mixture(chosen, pair.old.policy, mixed)
    a = mdp.evaluate(pair.old.problem, policy).advantages
    return np.abs(_ratio_form(policy, pair.new_policy, a)).max() <= pair.round_off


@check(
    "G19",
    "nearly deterministic: the weight explodes",
    Cases("three pairs, relative error", ((0.1, 0.01), (0.2, 0.0001), (0.5, 1e-6))),
)
@wrong("the ratio inverted", chi_square=lambda p, q: numeric.chi_square(q, p))
def second_moments(eps, delta, chi_square=numeric.chi_square):
    """The ratio between (1 − ε, ε) and (1 − δ, δ): its mean square explodes as δ vanishes."""
    new, old = np.array([1 - eps, eps]), np.array([1 - delta, delta])
    formula = (1 - eps) ** 2 / (1 - delta) + eps**2 / delta
    return (1 + chi_square(new, old)) / formula - 1


# With the extreme pairs once more, all rewards negated: what was lost there is gained.
@drawn(f"{EXTREMES.text}, and their negatives", 801)
def either_way(_):
    yield from EXTREMES.drawn
    for pair in EXTREMES.drawn[N_CASES:]:
        problem = replace(pair.old.problem, reward=-pair.old.problem.reward)
        yield Comparison(mdp.evaluate(problem, pair.old.policy), pair.new_policy)


ALMOST = wrong("0.99 of it", share=0.99)


@check("G20", "the gain is at most the penalty below", either_way, name="sharp", side=-1)
@ALMOST
@check("G20", "and at most as much above", either_way, name="sharp", side=1)
@ALMOST
@check("G20b", "at most the trust region's penalty below", either_way, name="trust region", side=-1)
@ALMOST
@check("G20b", "and above", either_way, name="trust region", side=1)
@ALMOST
def close_enough(pair, name, side, share=1.0):
    penalty = pair.surrogate - LOWER_BOUNDS[name](pair)
    return side * (pair.gain - pair.surrogate) <= share * penalty + pair.round_off


STEPS = np.array([1e-1, 1e-2, 1e-3])


@drawn("MDPs, steps 0.1, 0.01 and 0.001", 801)
def first_gaps(_):
    """Gain minus surrogate at three fractions of the way, where there are digits to divide."""
    return islice(_gaps(), 100)


def _gaps():
    for pair in PAIRS.drawn:
        towards = (numeric.mixture(pair.old.policy, pair.new_policy, h) for h in STEPS)
        steps = [Comparison(pair.old, policy) for policy in towards]
        gaps = np.array([step.gain - step.surrogate for step in steps])
        if abs(gaps[2]) > 1e5 * pair.round_off:
            yield gaps


@check("G20b", "error over the squared step settles", first_gaps)
@wrong("error over the step", power=1)
@wrong("over its cube", power=3)
def order(gaps, power=2):
    ratios = gaps / STEPS**power
    return abs(ratios[2] / ratios[1] - 1) < 0.1


FORTY = PAIRS.named("40 MDPs, all preferences", 40)


@check("G20b", "one slope: surrogate, objective, gradient", FORTY, tolerance=1e-6)
@wrong("first states instead of visits", weights=lambda old: old.problem.start)
@wrong("all states alike", weights=lambda old: np.full(old.problem.n_states, old.occupancy.mean()))
def slope_of_surrogate(pair, weights=lambda old: old.occupancy):
    problem, h = pair.old.problem, np.log(pair.old.policy)
    seen = weights(pair.old)

    def surrogate(h):
        return seen @ Comparison(pair.old, policies.softmax(h)).mean_advantages

    def objective(h):
        return mdp.evaluate(problem, policies.softmax(h)).objective

    slope = central_differences(objective, h)
    return central_differences(surrogate, h) - slope, pair.old.gradient.ravel() - slope


@check("G21", "another old policy, another surrogate", PAIRS.named("200 MDPs", 200))
@wrong("the same one twice", fraction=0.0)
def depends_on_old(pair, fraction=0.5):
    other = numeric.mixture(pair.old.policy, pair.new_policy, fraction)
    second = Comparison(mdp.evaluate(pair.old.problem, other), pair.new_policy)
    return abs(second.surrogate - pair.surrogate) > pair.round_off


@check("G22", "as printed, the maximised expression is zero throughout", PAIRS)
@wrong("in the new parameter it varies", policy=lambda pair: pair.new_policy)
def constant_at_home(pair, policy=lambda pair: pair.old.policy):
    return abs(Comparison(pair.old, policy(pair)).surrogate) <= pair.round_off


@check("G22", "every state visited: the maximiser is greedy and improves", PAIRS)
@wrong("the worst action", choose=np.argmin)
def greedy_maximiser(pair, choose=np.argmax):
    chosen = np.eye(pair.old.policy.shape[1])[choose(pair.old.advantages, axis=1)]
    best = Comparison(pair.old, chosen)
    larger = best.surrogate >= pair.surrogate - pair.round_off
    return larger and best.gain >= -pair.round_off


@check("G22", "a state never visited: a maximiser that falls")
@wrong("greedy there too", second=0)
def blind_maximiser(second=1):
    """What the old policy never saw does not count."""
    old = mdp.evaluate(pitfalls.blind(10.0, 0.9), np.eye(2)[[0, 0, 0]])
    pair = Comparison(old, np.eye(2)[[1, second, 0]])
    every = (np.eye(2)[[a, b, 0]] for a, b in product((0, 1), repeat=2))
    best = max(Comparison(old, policy).surrogate for policy in every)
    truths = np.array([pair.surrogate >= best - 1e-12, pair.gain < 0])
    return evidence.true_in(truths, f"cost 10: gain {pair.gain:g}")


COST = 10.0  # of the aliased problem


@check("G22", "a shared parameter: the maximiser falls")
@wrong("with the penalty", penalty=1 + COST)
def shared_parameter(penalty=0.0):
    p, grid = 0.02, np.linspace(0, 1, 1001)
    tangent = (grid - p) * (1 - 2 * (1 + COST) * p)
    best = grid[np.argmax(tangent - penalty * (grid - p) ** 2)]
    after, before = pitfalls.aliased_objective(np.array([best, p]), COST)
    return evidence.true_in(after < before, f"cost {COST:g}, from p = {p:g} to {best:g}")


STARTS = Cases("four starts, {factor:g} times 1 + M", (0.01, 0.02, 0.2, 0.7))
AT_ONCE = "a shared parameter: with the penalty 1 + M the optimum in one step"


@check("G22", AT_ONCE, STARTS, factor=1.0, left=0.0)
@wrong("with twice that", factor=2.0)
@check("G22", "and with twice that half of the error is left", STARTS, factor=2.0, left=0.5)
@wrong("with three times that", factor=3.0)
def penalised_steps(p, factor, left):
    def objective(p):
        policy = pitfalls.aliased_policy(p[0])
        return mdp.evaluate_steps(mdp.aliased(COST), policy).objective

    (slope,), best = central_differences(objective, np.array([p]), 1e-6), 1 / (2 * (1 + COST))
    reached = p + slope / (2 * factor * (1 + COST))
    return abs((reached - best) / (p - best) - left) < 1e-5
