"""The recap of the slides: returns, discounts, past rewards, critics and policy iteration."""

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from pgbook import mdp, montecarlo, policies
from pgbook.differences import central_differences
from pgbook.evidence import SAMPLES, Sampled
from pgbook.guarantees import numeric
from pgbook.guarantees.cases import N_CASES, PAIRS, SHORT, random_policy, short_problems
from pgbook.guarantees.numeric import Comparison, pitfalls
from pgbook.guarantees.proofs import index as proofs
from pgbook.guarantees.proofs.index import gamma, p, q
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.mdp import MDP, Trajectories


@check("G1", "states met at the fourth step", seed=814)
@wrong("trajectories of an older policy", current=False)
def drawn_from(rng, current=True):
    problem = mdp.garnet(3, 2, 3, 0.9, rng=np.random.default_rng(811))
    old, new = (random_policy(problem, np.random.default_rng(seed)) for seed in (812, 813))
    drawn, size = new if current else old, {"n_trajectories": SAMPLES, "n_steps": 4}
    paths = mdp.sample_trajectories(problem, drawn, **size, rng=rng)
    met = montecarlo.estimate(paths.states[:, 3, None] == np.arange(3))
    truth, wrong = (mdp.state_laws(problem, policy, 4)[3] for policy in (new, old))
    return Sampled(met, truth, wrong=wrong)


@check(
    "G2",
    "the printed sum has N times the gradient as its mean",
    short_problems(2, "40 problems, N = 2 and 3, all tuples"),
)
@wrong("the mean is the gradient", factor=lambda n: 1.0)
def mean_of_sum(problem, policy, factor=float):
    one, errors = mdp.trajectories(problem, policy).reward_to_go(), []
    truth = mdp.evaluate_steps(problem, policy).gradient.ravel()
    for n in (2, 3):
        rows = np.indices((len(one.weights),) * n).reshape(n, -1)
        chance = np.prod(one.weights[rows], axis=0)
        errors.append(chance @ one.values[rows].sum(axis=0) - factor(n) * truth)
    return np.array(errors)


@check(
    "G3",
    "a problem on which the two objectives want opposite actions",
    "γ = {discount:g}, uniform policy",
)
@wrong("with a discount above one half", discount=0.9)
def objectives_disagree(discount=0.3):
    """Pay 1 now, or 2 a step later: the slopes of the two objectives in the same logit."""
    reward, policy = [[1.0, 0.0], [2.0, 2.0], [0.0, 0.0]], np.full((3, 2), 0.5)
    problem = replace(pitfalls.two_stage(1.0), reward=reward)
    endless = replace(problem, discount=discount, horizon=None)
    slopes = mdp.evaluate_steps(problem, policy).gradient, mdp.evaluate(endless, policy).gradient
    return slopes[0][0, 1] > 0 > slopes[1][0, 1]


TWO_BEFORE = "the reward two steps before, by enumeration"


@check("G4", TWO_BEFORE, SHORT, lag=-2)
@wrong("two steps later", lag=2)
@check("G4", "the reward one step before, by enumeration", SHORT, lag=-1)
@wrong("rewards of the same time", lag=0)
@wrong("rewards of the next time", lag=1)
def past_is_zero(problem, policy, lag):
    """A score times the reward so many steps later, over all trajectories; minus is before."""
    paths, means = mdp.trajectories(problem, policy), []
    for t in range(max(0, -lag), min(problem.horizon, problem.horizon - lag)):
        means.append(paths.weights @ (paths.scores[:, t] * paths.rewards[:, t + lag, None]))
    return np.array(means)


UNDISCOUNTED = partial(Trajectories.reward_to_go, discounted=False)
WITHOUT = wrong("without the discount", estimator=UNDISCOUNTED)


@check(
    "G4b",
    "with the discount the direction is a gradient, by enumeration",
    SHORT,
    estimator=Trajectories.reward_to_go,
)
@WITHOUT
@check("G4b", "the full score has the same mean", SHORT, estimator=Trajectories.full_score)
@WITHOUT
def is_gradient(problem, policy, estimator):
    mean = estimator(mdp.trajectories(problem, policy)).mean()
    return mean - mdp.evaluate_steps(problem, policy).gradient.ravel()


@check(
    "G4b",
    "two stages: the direction without γᵗ, by enumeration",
    Cases("two stages, two points", ((0.3, -0.4, 0.9), (1.0, 0.5, 0.2))),
)
@wrong("with γᵗ", discounted=True)
def two_stages(z, y, discount, discounted=False):
    policy = policies.softmax(np.array([[0.0, z], [0.0, y], [0.0, 0.0]]))
    mean = UNDISCOUNTED(mdp.trajectories(pitfalls.two_stage(discount), policy)).mean()[[1, 3]]
    point = {p: 1 / (1 + np.exp(-z)), q: 1 / (1 + np.exp(-y)), gamma: discount}
    formulas = [e.subs(point) for e in proofs.two_steps(discounted=discounted)]
    return mean - np.array(formulas, dtype=float)


@check(
    "G4b",
    "the coin: 2p(1 − p) instead of (1 + γ)p(1 − p)",
    Cases("a coin tossed twice, three discounts", ((0.5, 0.3), (0.9, 0.7), (0.0, 0.5))),
)
@wrong("nothing is lost", lost=lambda discount: 1 + discount)
def coin_slopes(discount, p, lost=lambda discount: 2.0):
    paths = mdp.trajectories(mdp.coin(discount, 2), np.array([[1 - p, p]]))
    means = [paths.reward_to_go(discounted=flag).mean()[1] for flag in (True, False)]
    return np.array(means) / (p * (1 - p)) - [1 + discount, lost(discount)]


COINS = Cases("first reward {first:g}, second 1, four coins", (0.1, 0.3, 0.5, 0.8))


@check("G4c", "reward to go varies where the full return does not", COINS)
@wrong("rewards that do not cancel", first=1.0)
def to_go_is_worse(p, first=-1.0):
    full, to_go = pitfalls.past_rewards(first, 1.0, p)
    return full < to_go


@check("G4c", "the two variances", COINS.named("first reward -1, four coins"))
@wrong("the past was no help", full=lambda p: p * (1 - p))
def variances(p, full=lambda p: 0.0):
    return np.array(pitfalls.past_rewards(-1.0, 1.0, p)) - [full(p), p * (1 - p)]


def _sampled_slope(old, rng):
    size = {"n_trajectories": 200, "n_steps": 20}
    return mdp.reinforce(old.problem, old.policy, **size, rng=rng).mean


@check(
    "G5",
    "exact steps of any size never hurt a tabular softmax",
    PAIRS.named(f"{PAIRS.text}, step sizes from 0.01 to 10,000"),
    seed=821,
)
@wrong("sampled steps", slope=_sampled_slope)
def never_falls(pair, rng, slope=lambda old, rng: old.gradient):
    old, size = pair.old, 10 ** rng.uniform(-2, 4)
    moved = old.problem.softmax(np.log(old.policy) + size * slope(old, rng))
    return Comparison(old, moved).gain >= -pair.round_off


@check(
    "G5", "two steps and a stationary policy: a large exact step loses", "step size {step_size:g}"
)
@wrong("a small one", step_size=1.0)
def stationary_step(step_size=30.0):
    problem, h = pitfalls.turn_back(), np.array([[0.0, -1.0], [0.0, 0.0]])
    before = mdp.evaluate_steps(problem, policies.softmax(h))
    after = mdp.evaluate_steps(problem, policies.softmax(h + step_size * before.gradient))
    return after.objective < before.objective - 0.05


@check("G5", "two states that share a logit: so does a large exact step", "step size {step_size:g}")
@wrong("a small one", step_size=1.0)
def shared_step(step_size=1000.0):
    def objective(logit):
        return pitfalls.aliased_objective(1 / (1 + np.exp(-logit[0])), cost=10.0)

    logit = np.log([0.02 / 0.98])
    return objective(logit + step_size * central_differences(objective, logit)) < objective(logit)


@check("G6", "the same along trajectories", SHORT, seed=831)
@wrong("without the mean error", centred=False)
def critic_bias(problem, policy, rng, centred=True):
    paths = mdp.trajectories(problem, policy)
    laws = mdp.state_laws(problem, policy, problem.horizon)
    wrong = rng.normal(size=problem.reward.shape)
    added = paths.scaled_scores(wrong[paths.states, paths.actions]).mean()
    mean = np.einsum("sa,sa->s", policy, wrong)[:, None] if centred else 0.0
    visits = problem.discount ** np.arange(problem.horizon) @ laws
    return added - (visits[:, None] * policy * (wrong - mean)).ravel()


@check(
    "G6",
    "opposite errors in two states that share a parameter cancel",
    "errors +1 and {second:g}, p = 0.3",
)
@wrong("equal errors", second=1.0)
def orthogonal_critic(second=-1.0):
    """Two states met equally often that share p; errors +1 and `second` on action 1."""
    moves = np.zeros((2, 2, 2))
    moves[:, :, 1] = 1.0
    problem = MDP(moves, np.zeros((2, 2)), [0.5, 0.5], 1.0, horizon=1)
    paths = mdp.trajectories(problem, np.tile([0.7, 0.3], (2, 1)))
    errors = np.array([[0.0, 1.0], [0.0, second]])[paths.states, paths.actions]
    logit = np.array([0.0, 1.0, 0.0, 1.0])  # the score of the shared logit
    return paths.weights @ (errors * (paths.scores @ logit)).sum(axis=1)


@check("G7", "the greedy step improves", PAIRS)
@wrong("the worst action", best=np.argmin)
def greedy_improves(pair, best=np.argmax):
    chosen = np.eye(pair.old.problem.n_actions)[best(pair.old.action_values, axis=1)]
    return Comparison(pair.old, chosen).gain >= -pair.round_off


@drawn("100 MDPs, all deterministic policies, {n_iterations} iterations", 801)
def with_few_policies(_):
    problems = ((pair, pair.old.problem) for pair in PAIRS.drawn)
    return [pair for pair, problem in problems if problem.n_actions**problem.n_states <= 100][:100]


@check("G7", "and ends at an optimum", with_few_policies)
@wrong("a single iteration", n_iterations=1)
def reaches_optimum(pair, n_iterations=12):
    problem = pair.old.problem
    every = product(range(problem.n_actions), repeat=problem.n_states)
    choices = (np.eye(problem.n_actions)[list(actions)] for actions in every)
    best = max(mdp.evaluate(problem, policy).objective for policy in choices)
    path = numeric.improve(problem, pair.old.policy, "greedy", n_iterations)
    optimum = numeric.optimal_evaluation(problem).objective
    return max(abs(path[-1] - best), abs(optimum - best)) <= pair.round_off


@drawn(f"{N_CASES:,} random MDPs and the tie", 841)
def guesses(rng):
    for pair in PAIRS.drawn:
        delta = 10 ** rng.uniform(-2, 1)
        yield pair.old, delta, delta * rng.choice([-1, 1], size=pair.old.policy.shape)
    # The case that attains the guarantee: a tie, broken to the worse action.
    old = mdp.evaluate(pitfalls.one_state([-2.0, 0.0], 0.5), [[0.0, 1.0]])
    yield old, 1.0, np.array([[1.0, -1.0]])


@check("G42", "a greedy step on advantages with errors", guesses)
@wrong("it improves anyway", factor=0.0)
@wrong("1.99 of it", factor=1.99)
def noisy_greedy(old, delta, errors, factor=2.0):
    guess = old.advantages + errors
    step = Comparison(old, np.eye(guess.shape[1])[guess.argmax(axis=1)])
    return step.gain >= -factor * delta / (1 - old.problem.discount) - step.round_off
