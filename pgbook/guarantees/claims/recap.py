"""The recap of the slides: claims G1 to G7 and G42."""

from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
import sympy as sp

from pgbook import ledger, mdp, montecarlo, policies, symbols
from pgbook.derivation import Partial
from pgbook.guarantees import numeric
from pgbook.guarantees.claims.common import (
    CASES,
    MANY,
    SEED,
    N,
    chains,
    comparisons,
    random_policy,
)
from pgbook.guarantees.numeric import Comparison, pitfalls
from pgbook.guarantees.symbolic import recap
from pgbook.ledger import Check, Evidence
from pgbook.mdp import MDP, Trajectories


def drawn_from(*, current: bool = True) -> Evidence:
    """How often each state is met at the fourth step, if the policy is the current one."""
    problem = mdp.garnet(3, 2, 3, 0.9, rng=np.random.default_rng(811))
    old, new = (random_policy(problem, np.random.default_rng(seed)) for seed in (812, 813))
    paths = mdp.sample_trajectories(
        problem, new if current else old,
        n_trajectories=N, n_steps=4, rng=np.random.default_rng(814),
    )  # fmt: skip
    met = montecarlo.estimate(paths.states[:, 3, None] == np.arange(3))
    truth, wrong = (mdp.state_laws(problem, policy, 4)[3] for policy in (new, old))
    return ledger.monte_carlo(met, truth, wrong=wrong, n_samples=N, seed=814)


def mean_of_sum(factor: Callable[[int], float] = float) -> Evidence:
    """The sum over N trajectories, over all tuples of trajectories, against N times the slope."""
    errors = []
    for problem, policy in chains(n_steps=2):
        one = mdp.trajectories(problem, policy).reward_to_go()
        truth = mdp.evaluate_steps(problem, policy).gradient.ravel()
        for n in (2, 3):
            rows = np.indices((len(one.weights),) * n).reshape(n, -1)
            chance = np.prod(one.weights[rows], axis=0)
            errors.append(chance @ one.values[rows].sum(axis=0) - factor(n) * truth)
    errors = np.concatenate(errors)
    return ledger.exact(errors, "40 problems, N = 2 and 3, all tuples", seed=803)


def objectives_disagree(discount: float = 0.3) -> Evidence:
    """Pay 1 now, or 2 a step later: the slopes of the two objectives in the same logit."""
    transition = np.zeros((3, 2, 3))
    transition[0, 0, 2] = transition[0, 1, 1] = transition[1:, :, 2] = 1.0
    reward = [[1.0, 0.0], [2.0, 2.0], [0.0, 0.0]]
    policy = np.full((3, 2), 0.5)
    finite = MDP(transition, reward, [1.0, 0.0, 0.0], 1.0, horizon=2)
    endless = MDP(transition, reward, [1.0, 0.0, 0.0], discount)
    slopes = (
        mdp.evaluate_steps(finite, policy).gradient[0, 1],
        mdp.evaluate(endless, policy).gradient[0, 1],
    )
    return ledger.true_in(slopes[0] > 0 > slopes[1], f"γ = {discount:g}, uniform policy")


def scores_and_rewards(paths: Trajectories, score_at: int, reward_at: int):
    """Mean of a score times a reward at another time."""
    product = paths.scores[:, score_at] * paths.rewards[:, reward_at, None]
    return paths.weights @ product


def past_is_zero(lag: int = -1) -> Evidence:
    """A score times the reward so many steps later, over all trajectories; minus is before."""
    errors = []
    for problem, policy in chains():
        paths = mdp.trajectories(problem, policy)
        for t in range(max(0, -lag), min(problem.horizon, problem.horizon - lag)):
            errors.append(np.abs(scores_and_rewards(paths, t, t + lag)).max())
    return ledger.exact(np.array(errors), "40 problems with 4 steps, all trajectories", seed=803)


ESTIMATORS = {
    "reward to go": Trajectories.reward_to_go,
    "full score": Trajectories.full_score,
    "without the discount": partial(Trajectories.reward_to_go, discounted=False),
}


def is_gradient(name: str) -> Evidence:
    """The exact mean of an estimator against the exact gradient."""
    errors = []
    for problem, policy in chains():
        mean = ESTIMATORS[name](mdp.trajectories(problem, policy)).mean()
        errors.append(mean - mdp.evaluate_steps(problem, policy).gradient.ravel())
    errors = np.concatenate(errors)
    return ledger.exact(errors, "40 problems with 4 steps, all trajectories", seed=803)


def coin_slopes(lost: Callable[[float], float] = lambda discount: 2.0) -> Evidence:
    """A coin tossed twice: the slope with γᵗ and without, as multiples of p(1 − p)."""
    errors = []
    for discount, p in ((0.5, 0.3), (0.9, 0.7), (0.0, 0.5)):
        paths = mdp.trajectories(mdp.coin(discount, 2), np.array([[1 - p, p]]))
        means = [paths.reward_to_go(discounted=d).mean()[1] / (p * (1 - p)) for d in (True, False)]
        errors += [means[0] - (1 + discount), means[1] - lost(discount)]
    return ledger.exact(np.array(errors), "a coin tossed twice, three discounts")


def two_stages(discounted: bool = False) -> Evidence:
    """The direction without γᵗ on two stages: symbols against all trajectories."""
    errors = []
    for z, y, discount in ((0.3, -0.4, 0.9), (1.0, 0.5, 0.2)):
        preferences = np.array([[0.0, z], [0.0, y], [0.0, 0.0]])
        problem = pitfalls.two_stage(discount)
        paths = mdp.trajectories(problem, policies.softmax(preferences))
        found = paths.reward_to_go(discounted=False).mean()[[1, 3]]
        point = {recap.p: 1 / (1 + np.exp(-z)), recap.q: 1 / (1 + np.exp(-y))}
        point |= {recap.gamma: discount}
        formula = [e.subs(point) for e in recap.two_steps(discounted=discounted)]
        errors.append(found - np.array(formula, dtype=float))
    return ledger.exact(np.array(errors), "two stages, two points")


def to_go_is_worse(first: float = -1.0) -> Evidence:
    """Rewards that cancel: reward to go has the larger variance."""
    pairs = [pitfalls.past_rewards(first, 1.0, p) for p in (0.1, 0.3, 0.5, 0.8)]
    truths = np.array([full < to_go for full, to_go in pairs])
    return ledger.true_in(truths, f"first reward {first:g}, second 1, four coins")


def variances(first: float, full: sp.Expr, to_go: sp.Expr) -> Evidence:
    """Both variances for a first reward, by enumeration, against formulas in p."""
    errors = []
    for p in (0.1, 0.3, 0.5, 0.8):
        found = pitfalls.past_rewards(first, 1.0, p)
        errors += [f - float(e.subs(recap.p, p)) for f, e in zip(found, (full, to_go), strict=True)]
    return ledger.exact(np.array(errors), f"first reward {first:g}, four coins")


def never_falls(step: str = "exact") -> Evidence:
    """One gradient step of any size, for a softmax with a preference for each state and action."""
    rng, truths = np.random.default_rng(821), []
    for pair in comparisons():
        problem, policy, size = pair.old.problem, pair.old.policy, 10 ** rng.uniform(-2, 4)
        slope = pair.old.gradient
        if step == "sampled":
            few = {"n_trajectories": 200, "n_steps": 20, "rng": rng}
            slope = mdp.reinforce(problem, policy, **few).mean
        moved = problem.softmax(np.log(policy) + size * slope)
        gain = Comparison(pair.old, moved).gain
        truths.append(gain >= -pair.round_off)
    cases = f"{CASES}, step sizes from 0.01 to 10,000"
    return ledger.true_in(np.array(truths), cases, seed=SEED)


def stationary_step(step_size: float = 30.0) -> Evidence:
    """Two steps, one policy for both: an exact gradient step that loses."""
    problem, h = pitfalls.turn_back(), np.array([[0.0, -1.0], [0.0, 0.0]])
    before = mdp.evaluate_steps(problem, policies.softmax(h))
    after = mdp.evaluate_steps(problem, policies.softmax(h + step_size * before.gradient))
    return ledger.true_in(after.objective < before.objective - 0.05, f"step size {step_size:g}")


def critic_bias(centred: bool = True) -> Evidence:
    """The mean direction with a wrong critic, over all trajectories, against the formula."""
    errors, rng = [], np.random.default_rng(831)
    for problem, policy in chains():
        paths, found = mdp.trajectories(problem, policy), mdp.evaluate_steps(problem, policy)
        wrong = rng.normal(size=problem.reward.shape)
        discounts = problem.discount ** np.arange(problem.horizon)
        added = np.einsum(
            "t,mt,mtd->md", discounts, wrong[paths.states, paths.actions], paths.scores
        )
        visits = np.einsum("t,ts->s", discounts, found.state_laws)
        mean = np.einsum("sa,sa->s", policy, wrong)[:, None] if centred else 0.0
        formula = visits[:, None] * policy * (wrong - mean)
        errors.append(np.abs(paths.weights @ added - formula.ravel()).max())
    return ledger.exact(np.array(errors), "40 problems with 4 steps, all trajectories", seed=831)


def orthogonal_critic(second: float = -1.0) -> Evidence:
    """Two states met equally often that share p; errors +1 and `second` on action 1."""
    moves = np.zeros((2, 2, 2))
    moves[:, :, 1] = 1.0
    problem = MDP(moves, np.zeros((2, 2)), [0.5, 0.5], 1.0, horizon=1)
    paths = mdp.trajectories(problem, np.tile([0.7, 0.3], (2, 1)))
    errors = np.array([[0.0, 1.0], [0.0, second]])[paths.states, paths.actions]
    logit = np.array([0.0, 1.0, 0.0, 1.0])  # the score of the shared logit
    added = paths.weights @ (errors * (paths.scores @ logit)).sum(axis=1)
    return ledger.exact(np.array([added]), f"errors +1 and {second:g}, p = 0.3")


def greedy_improves(best: Callable = np.argmax) -> Evidence:
    """The improvement step of policy iteration: the best action of each state."""
    truths = []
    for pair in comparisons():
        chosen = best(pair.old.action_values, axis=1)
        step = Comparison(pair.old, np.eye(pair.old.problem.n_actions)[chosen])
        truths.append(step.gain >= -pair.round_off)
    return ledger.true_in(np.array(truths), CASES, seed=SEED)


def reaches_optimum(n_iterations: int = 12) -> Evidence:
    """Policy iteration ends at a policy that no action improves."""
    truths = []
    for pair in comparisons():
        problem = pair.old.problem
        if problem.n_actions**problem.n_states > 100:
            continue
        every = product(range(problem.n_actions), repeat=problem.n_states)
        choices = (np.eye(problem.n_actions)[list(actions)] for actions in every)
        best = max(mdp.evaluate(problem, policy).objective for policy in choices)
        path = numeric.improve(problem, pair.old.policy, "greedy", n_iterations)
        found = numeric.optimal_evaluation(problem).objective
        truths.append(max(abs(path[-1] - best), abs(found - best)) <= pair.round_off)
        if len(truths) == 100:
            break
    cases = f"100 MDPs, all deterministic policies, {n_iterations} iterations"
    return ledger.true_in(np.array(truths), cases, seed=SEED)


def noisy_greedy(factor: float = 2.0) -> Evidence:
    """The greedy step on advantages that are wrong by at most δ, against its guarantee."""
    rng, truths = np.random.default_rng(841), []
    for pair in comparisons():
        delta = 10 ** rng.uniform(-2, 1)
        guess = pair.old.advantages + delta * rng.choice([-1, 1], size=pair.old.policy.shape)
        step = Comparison(pair.old, np.eye(guess.shape[1])[guess.argmax(axis=1)])
        floor = -factor * delta / (1 - pair.old.problem.discount)
        truths.append(step.gain >= floor - pair.round_off)
    # The case that attains the guarantee: a tie, broken to the worse action.
    discount, delta = 0.5, 1.0
    problem = pitfalls.one_state([0.0, -2 * delta], discount)
    step = Comparison(mdp.evaluate(problem, [[1.0, 0.0]]), [[0.0, 1.0]])
    truths.append(step.gain >= -factor * delta / (1 - discount) - 1e-12)
    return ledger.true_in(np.array(truths), f"{MANY:,} random MDPs and the tie", seed=841)


_derived = partial(ledger.proves, generality="all parameters", point=recap.POINT)
_critic = partial(
    ledger.proves,
    recap.critic_error,
    generality="any number of actions",
    point={**symbols.POINT, recap.C: [sp.S(1), sp.S(4), sp.S(3)]},
)
_PQ = recap.p * (1 - recap.p)

RECAP = {
    "G1": (
        Check(
            "states met at the fourth step",
            drawn_from,
            {"trajectories of an older policy": partial(drawn_from, current=False)},
        ),
    ),
    "G2": (
        Check(
            "the printed sum has N times the gradient as its mean",
            mean_of_sum,
            {"the mean is the gradient": partial(mean_of_sum, lambda n: 1.0)},
        ),
    ),
    "G3": (
        Check(
            "a problem on which the two objectives want opposite actions",
            objectives_disagree,
            {"with a discount above one half": partial(objectives_disagree, 0.9)},
        ),
    ),
    "G4": (
        Check(
            "the mean score after any first action",
            partial(_derived, recap.mean_score),
            {"of action 1 alone": partial(_derived, recap.mean_score, Partial(recap.U0, recap.z))},
        ),
        Check(
            "past rewards, any second policy",
            partial(_derived, recap.past_reward),
            {"the past does not vanish": partial(_derived, recap.past_reward, recap.R1 * _PQ)},
        ),
        Check(
            "the reward two steps before, by enumeration",
            partial(past_is_zero, -2),
            {"two steps later": partial(past_is_zero, 2)},
        ),
        Check(
            "the reward one step before, by enumeration",
            past_is_zero,
            {
                "rewards of the same time": partial(past_is_zero, 0),
                "rewards of the next time": partial(past_is_zero, 1),
            },
        ),
    ),
    "G4b": (
        Check(
            "with the discount the direction is a gradient, by enumeration",
            partial(is_gradient, "reward to go"),
            {"without the discount": partial(is_gradient, "without the discount")},
        ),
        Check(
            "the full score has the same mean",
            partial(is_gradient, "full score"),
            {"without the discount": partial(is_gradient, "without the discount")},
        ),
        Check(
            "two stages: the direction without γᵗ, by enumeration",
            two_stages,
            {"with γᵗ": partial(two_stages, True)},
        ),
        Check(
            "two stages: mixed derivatives without γᵗ differ",
            partial(_derived, partial(recap.curl, discounted=False)),
            {"they agree": partial(_derived, partial(recap.curl, discounted=False), sp.S.Zero)},
        ),
        Check(
            "two stages: mixed derivatives with γᵗ agree",
            partial(_derived, partial(recap.curl, discounted=True), sp.S.Zero),
            {"they differ": partial(_derived, partial(recap.curl, discounted=True), _PQ)},
        ),
        Check(
            "the coin: 2p(1 − p) instead of (1 + γ)p(1 − p)",
            coin_slopes,
            {"nothing is lost": partial(coin_slopes, lambda discount: 1 + discount)},
        ),
    ),
    "G4c": (
        Check(
            "reward to go varies where the full return does not",
            to_go_is_worse,
            {"rewards that do not cancel": partial(to_go_is_worse, 1.0)},
        ),
        Check(
            "the two variances",
            partial(variances, -1.0, recap.full_return_variance(), _PQ),
            {"the past was no help": partial(variances, -1.0, _PQ, _PQ)},
        ),
        Check(
            "the variance of reward to go",
            partial(_derived, recap.reward_to_go_variance),
            {"zero as well": partial(_derived, recap.reward_to_go_variance, sp.S.Zero)},
        ),
    ),
    "G5": (
        Check(
            "exact steps of any size never hurt a tabular softmax",
            never_falls,
            {"sampled steps": partial(never_falls, "sampled")},
        ),
        Check(
            "two steps and a stationary policy: a large exact step loses",
            stationary_step,
            {"a small one": partial(stationary_step, 1.0)},
        ),
    ),
    "G6": (
        Check(
            "what a wrong critic adds",
            _critic,
            {"its own size": partial(_critic, symbols.pi[symbols.j] * recap.C[symbols.j])},
        ),
        Check(
            "the same along trajectories",
            critic_bias,
            {"without the mean error": partial(critic_bias, False)},
        ),
        Check(
            "opposite errors in two states that share a parameter cancel",
            orthogonal_critic,
            {"equal errors": partial(orthogonal_critic, 1.0)},
        ),
    ),
    "G7": (
        Check(
            "the greedy step improves",
            greedy_improves,
            {"the worst action": partial(greedy_improves, np.argmin)},
        ),
        Check(
            "and ends at an optimum",
            reaches_optimum,
            {"a single iteration": partial(reaches_optimum, 1)},
        ),
    ),
    "G42": (
        Check(
            "a greedy step on advantages with errors",
            noisy_greedy,
            {
                "it improves anyway": partial(noisy_greedy, 0.0),
                "half the loss": partial(noisy_greedy, 1.0),
            },
        ),
    ),
}
