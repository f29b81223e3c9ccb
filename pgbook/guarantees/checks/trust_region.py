"""Steps in neighbourhoods, what they are certified to gain, and where they lose."""

import numpy as np

from pgbook import mdp
from pgbook.guarantees import cases, numeric
from pgbook.guarantees.cases import PAIRS
from pgbook.guarantees.numeric import LOWER_BOUNDS, Comparison, pitfalls
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.policies import kl_divergence, total_variation

RULES = {
    "greedy": lambda old: numeric.greedy_step(old.policy, old.advantages),
    "TV ball": lambda old: numeric.best_within_distance(old.policy, old.advantages, 0.2),
    "ratio box": lambda old: numeric.best_within_ratio(old.policy, old.advantages, 0.2),
    "clipped": lambda old: numeric.best_clipped(old.policy, old.advantages, 0.2),
    "mean KL": lambda old: numeric.best_within_mean_kl(
        old.policy, old.advantages, old.occupancy, 0.02
    ),
}


@drawn("400 MDPs, five rules", 801)
def steps(_):
    for pair in PAIRS.drawn[:400]:
        yield from (Comparison(pair.old, rule(pair.old)) for rule in RULES.values())


@check("G43", "exact advantages on a table: the gain is at least that of the first state", steps)
@wrong("that of all visits", least=lambda pair: pair.surrogate)
def never_loses(pair, least=lambda pair: pair.old.problem.start @ pair.mean_advantages):
    in_each_state = (pair.mean_advantages >= -pair.round_off).all()
    return in_each_state and pair.gain >= least(pair) - pair.round_off


@drawn(f"{PAIRS.text}, and three forks", 801)
def with_forks(_):
    yield from PAIRS.drawn
    yield from (cases.fork(0.01, discount) for discount in (0.001, 0.5, 0.9))


ALMOST = wrong("0.99 of its penalty", share=0.99)


@check("G44", "lower bound: the largest divergence, by Pinsker", with_forks, name="largest KL")
@ALMOST
@check("G44", "lower bound: the divergence of paths", with_forks, name="path KL")
@ALMOST
def holds(pair, name, share=1.0):
    penalty = pair.surrogate - LOWER_BOUNDS[name](pair)
    return pair.gain >= pair.surrogate - share * penalty - pair.round_off


def _along(p, q, discounts, paths):
    """The divergence of listed trajectories that stop after each step with a given chance."""
    ratio = np.log(p / q)[paths.states, paths.actions]
    return paths.weights @ ratio @ discounts


LISTED = cases.short_problems(4, "40 problems with 4 steps, all trajectories")


@check("G44", "divergences add along a path", LISTED, seed=890)
@wrong("without the discount", power=0)
def adds_up(problem, policy, rng, power=1):
    """By enumeration of the trajectories, against the laws of the state."""
    new = cases.random_policy(problem, rng)
    discounts = (problem.discount**power) ** np.arange(problem.horizon)
    laws = mdp.state_laws(problem, policy, problem.horizon)
    d = problem.discount ** np.arange(problem.horizon) @ laws
    along = _along(policy, new, discounts, mdp.trajectories(problem, policy))
    return along - d @ kl_divergence(policy, new)


@drawn("5,000 pairs of laws, and a pair that is nearly opposite", 891)
def laws(rng):
    for _ in range(5000):
        yield tuple(rng.dirichlet(np.full(3, rng.uniform(0.05, 2)), size=2))
    yield np.array([1 - 1e-6, 1e-6]), np.array([1e-6, 1 - 1e-6])
    yield np.array([0.5, 0.5]), np.array([0.499, 0.501])


def _pinsker(divergence):
    return divergence / 2


def _bretagnolle_huber(divergence):
    return -np.expm1(-divergence)


@check("G44", "Pinsker", laws, most=_pinsker)
@wrong("0.99 of it", share=0.99)
@check("G44", "Bretagnolle and Huber", laws, most=_bretagnolle_huber)
@wrong("0.99 of it", share=0.99)
def squared_distance(p, q, most, share=1.0):
    return total_variation(p, q) ** 2 <= share * most(kl_divergence(p, q)) + 1e-15


@drawn("200 states with 2 to 5 actions, 300 other policies each", 892)
def states(rng):
    for n_actions in rng.integers(2, 6, size=200):
        yield rng.dirichlet(np.ones(n_actions)), rng.normal(size=n_actions)


def _within_distance(p, a, others):
    step = 0.3 / np.maximum(total_variation(others, p), 0.3)[:, None]
    return numeric.best_within_distance(p, a, 0.3), p + step * (others - p)


def _within_ratio(p, a, others):
    step = 0.3 / np.maximum(np.abs(others / p - 1).max(axis=1), 0.3)[:, None]
    return numeric.best_within_ratio(p, a, 0.3), p + step * (others - p)


@check("G45", "the total-variation ball", states, seed=893, step=_within_distance)
@wrong(
    "a smaller one",
    step=lambda p, a, o: (numeric.best_within_distance(p, a, 0.29), _within_distance(p, a, o)[1]),
)
@check("G45", "the box of ratios", states, seed=894, step=_within_ratio)
@wrong(
    "a smaller one",
    step=lambda p, a, o: (numeric.best_within_ratio(p, a, 0.29), _within_ratio(p, a, o)[1]),
)
def nothing_better(policy, advantages, rng, step):
    """No policy on the ways to 300 random others and to the corners is better, to its border."""
    others = np.concatenate([np.eye(policy.size), rng.dirichlet(np.full(policy.size, 0.3), 300)])
    best, inside = step(policy, advantages, others)
    return best @ advantages >= (inside @ advantages).max() - 1e-12


@check("G45", "a tilt: no other policy with its divergence is better", states, seed=898)
@wrong("the other divergence", divergence=lambda new, old: kl_divergence(old, new))
def tilt_is_best(policy, advantages, rng, divergence=kl_divergence):
    """Among random policies that diverge no more from the old one."""
    tilt = numeric.tilted(policy, advantages, 1.5)
    others = tilt + rng.uniform(0, 0.3, (3000, 1)) * (rng.dirichlet(policy + 0.1, 3000) - tilt)
    near = others[divergence(others, policy) <= divergence(tilt, policy)]
    return (near @ advantages <= tilt @ advantages + 1e-12).all()


@check("G45", "the ratio box gains c times the mean distance from the median", states)
@wrong("from the mean", centre=lambda p, a: p @ a)
def median_formula(policy, advantages, centre=None):
    order = advantages.argsort()
    at = order[(policy[order].cumsum() >= 0.5).argmax()]
    middle = advantages[at] if centre is None else centre(policy, advantages)
    gain = (numeric.best_within_ratio(policy, advantages, 0.2) - policy) @ advantages
    return gain - 0.2 * policy @ np.abs(advantages - middle)


@check("G45", "the clipped objective is at most the mean advantage", states, seed=895)
@wrong("at least", side=-1)
def clipped_is_below(policy, advantages, rng, side=1):
    new = rng.dirichlet(np.ones(policy.size), size=50)
    repeated = np.tile(policy, (50, 1)), new, np.tile(advantages, (50, 1))
    return side * (new @ advantages - numeric.clipped_objective(*repeated, 0.2)) >= -1e-12


@check(
    "G45",
    "the greedy policy maximises the clipped objective too",
    "policy (.2, .5, .3), one good action",
)
@wrong("two good actions", advantages=(1.0, 0.5, -3.0))
def greedy_is_flat(advantages=(1.0, -0.2, -1.0)):
    policy, advantages = np.array([0.2, 0.5, 0.3]), np.array(advantages)
    advantages = advantages - policy @ advantages
    best = numeric.best_clipped(policy, advantages, 0.2)
    greedy = numeric.greedy_step(policy, advantages)
    both = [numeric.clipped_objective(policy, new, advantages, 0.2) for new in (best, greedy)]
    return abs(both[0] - both[1]) < 1e-12 and abs(total_variation(policy, best) - 0.06) < 1e-12


BLIND = Cases("60 steps of different lengths, cost 1, discount 0.9", np.linspace(0.03, 0.9, 60))


@check("G46", "one logit for two states: a step loses if it is longer than twice the way", BLIND)
@wrong("than the way", factor=1)
def loses_beyond(p, factor=2, start=0.02, best=0.25):
    old = mdp.evaluate(pitfalls.blind(1.0, 0.9), pitfalls.aliased_policy(start))
    pair = Comparison(old, pitfalls.aliased_policy(p))
    return (pair.gain < 0) == (p - start > factor * (best - start))


@check("G46", "pooled advantages: the same surrogate", PAIRS.named("300 MDPs", 300), seed=896)
@wrong("a plain mean", weights=np.ones_like)
def pooling(pair, rng, weights=lambda d: d):
    old, blocks = pair.old, rng.integers(2, size=pair.old.problem.n_states)
    blocks = np.unique(blocks, return_inverse=True)[1]
    shared = rng.dirichlet(np.ones(old.policy.shape[1]), size=2)[blocks]
    mean = numeric.pooled(old.advantages, weights(old.occupancy), blocks)
    along = np.einsum("s,sa,sa->", old.occupancy, shared, mean)
    return abs(along - Comparison(old, shared).surrogate) <= pair.round_off


@drawn("60 MDPs with states in pairs, 15 safe steps each", 897)
def shared(rng):
    for _ in range(60):
        yield mdp.garnet(6, 3, 3, 0.9, rng=rng), np.arange(6) // 2


def _safe(old, blocks):
    advantages = numeric.pooled(old.advantages, old.occupancy, blocks)
    far = Comparison(old, numeric.greedy_step(old.policy, advantages))
    fraction = numeric.safest_fraction(far, "distance met, range")
    return numeric.mixture(old.policy, far.new_policy, fraction)


def _ball(old, blocks):
    advantages = numeric.pooled(old.advantages, old.occupancy, blocks)
    return numeric.best_within_distance(old.policy, advantages, 0.2)


@check("G46", "certified steps never lose, with shared policies too", shared)
@wrong("a ball of fixed radius", rule=_ball)
def safe_when_shared(problem, blocks, rule=_safe):
    old, gains = mdp.evaluate(problem, np.full((6, 3), 1 / 3)), []
    for _ in range(15):
        pair = Comparison(old, rule(old, blocks))
        gains.append(pair.gain >= -pair.round_off)
        old = pair.new
    return np.array(gains)
