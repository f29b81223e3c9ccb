"""Steps in neighbourhoods, what they are certified to gain, and where they lose."""

import numpy as np

from pgbook import mdp
from pgbook.guarantees import cases, numeric
from pgbook.guarantees.cases import PAIRS, SHORT
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


@check("G44", "divergences add along a path", SHORT, seed=890)
@wrong("without the discount", power=0)
def adds_up(problem, policy, rng, power=1):
    """Trajectories that stop after each step with a given chance, against the laws of the state."""
    new, paths = cases.random_policy(problem, rng), mdp.trajectories(problem, policy)
    discounts = problem.discount ** np.arange(problem.horizon)
    along = paths.weights @ np.log(policy / new)[paths.states, paths.actions] @ discounts**power
    d = discounts @ mdp.state_laws(problem, policy, problem.horizon)
    return along - d @ kl_divergence(policy, new)


@drawn("5,000 pairs of laws, and a pair that is nearly opposite", 891)
def pairs_of_laws(rng):
    for _ in range(5000):
        yield tuple(rng.dirichlet(np.full(3, rng.uniform(0.05, 2)), size=2))
    yield np.array([1 - 1e-6, 1e-6]), np.array([1e-6, 1 - 1e-6])
    yield np.array([0.5, 0.5]), np.array([0.499, 0.501])


@check("G44", "Pinsker", pairs_of_laws, most=lambda kl: kl / 2)
@wrong("0.99 of it", share=0.99)
@check("G44", "Bretagnolle and Huber", pairs_of_laws, most=lambda kl: -np.expm1(-kl))
@wrong("0.99 of it", share=0.99)
def squared_distance(p, q, most, share=1.0):
    return total_variation(p, q) ** 2 <= share * most(kl_divergence(p, q)) + 1e-15


@drawn("200 states with 2 to 5 actions, 300 other policies each", 892)
def states(rng):
    for n_actions in rng.integers(2, 6, size=200):
        yield rng.dirichlet(np.ones(n_actions)), rng.normal(size=n_actions)


def _largest_change(others, policy):
    return np.abs(others / policy - 1).max(axis=1)


BALL = {"best": numeric.best_within_distance, "size": total_variation}
BOX = {"best": numeric.best_within_ratio, "size": _largest_change}


@check("G45", "the total-variation ball", states, seed=893, **BALL)
@wrong("a smaller one", radius=0.29)
@check("G45", "the box of ratios", states, seed=894, **BOX)
@wrong("a smaller one", radius=0.29)
def nothing_better(policy, advantages, rng, best, size, radius=0.3):
    """No policy on the ways to 300 random others and to the corners is better, up to size 0.3."""
    others = np.concatenate([np.eye(policy.size), rng.dirichlet(np.full(policy.size, 0.3), 300)])
    fraction = 0.3 / np.maximum(size(others, policy), 0.3)[:, None]
    inside = policy + fraction * (others - policy)
    return best(policy, advantages, radius) @ advantages >= (inside @ advantages).max() - 1e-12


@check("G45", "a tilt: no other policy with its divergence is better", states, seed=898)
@wrong("the other divergence", divergence=lambda new, old: kl_divergence(old, new))
def tilt_is_best(policy, advantages, rng, divergence=kl_divergence):
    """Among random policies that diverge no more from the old one."""
    tilt = numeric.tilted(policy, advantages, 1.5)
    others = tilt + rng.uniform(0, 0.3, (3000, 1)) * (rng.dirichlet(policy + 0.1, 3000) - tilt)
    near = others[divergence(others, policy) <= divergence(tilt, policy)]
    return (near @ advantages <= tilt @ advantages + 1e-12).all()


def _median(policy, advantages):
    order = advantages.argsort()
    return advantages[order[(policy[order].cumsum() >= 0.5).argmax()]]


@check("G45", "the ratio box gains c times the mean distance from the median", states)
@wrong("from the mean", centre=np.dot)
def median_formula(policy, advantages, centre=_median):
    gain = (numeric.best_within_ratio(policy, advantages, 0.2) - policy) @ advantages
    return gain - 0.2 * policy @ np.abs(advantages - centre(policy, advantages))


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
def loses_beyond(p, factor=2):
    start, best = 0.02, 0.25
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


CERTIFIED = {"rule": lambda p, a, d: numeric.greedy_step(p, a), "bound": "distance met, range"}
FIXED = {"rule": lambda p, a, d: numeric.best_within_distance(p, a, 0.2)}


@check("G46", "certified steps never lose, with shared policies too", shared)
@wrong("a ball of fixed radius", step=FIXED)
def safe_when_shared(problem, blocks, step=CERTIFIED):
    uniform = np.full((6, 3), 1 / 3)
    pairs = numeric.follow(problem, uniform, n_iterations=15, blocks=blocks, **step)
    return np.array([pair.gain >= -pair.round_off for pair in pairs])
