"""A critic in the estimate: averages by hand, a critic that may be wrong, GAE."""

import numpy as np

from pgbook import mdp
from pgbook.ledger import check, drawn, wrong
from pgbook.unbiased.cases import all_paths, at, problems
from pgbook.unbiased.numeric import all_actions, gate, repaired


def _in_place_of_return(paths, _, table):
    return paths.scaled_scores(paths.action_entries(table))


def _as_baseline(paths, _, table):
    return paths.reward_to_go(paths.action_entries(table))


ANY_CRITIC = problems(100, 720, "100 problems, a random critic each")


@check("U22", "the repaired estimate is unbiased, whatever the critic is", ANY_CRITIC, seed=721)
@wrong("the critic in the place of the return", of=_in_place_of_return)
@wrong("the critic as a baseline", of=_as_baseline)
def any_critic(problem, h, rng, of=repaired):
    values = at(problem, h)
    table = rng.normal(size=values.action_values.shape)
    return of(all_paths(problem, h), values.policy, table).mean() - values.gradient.ravel()


PROBLEMS = problems(100, 722, "100 problems")


@check("U22", "the action value for the return", PROBLEMS, of=_in_place_of_return)
@wrong("as a baseline", of=_as_baseline)
@check("U22", "the sum over all actions", PROBLEMS, of=all_actions)
@wrong("as a baseline", of=_as_baseline)
def keeps_the_mean(problem, h, of):
    values = at(problem, h)
    mean = of(all_paths(problem, h), values.policy, values.action_values).mean()
    return mean - values.gradient.ravel()


@drawn("100 gates, random rewards and preferences", 723)
def gates(rng):
    return [(gate(*rng.normal(size=2)), rng.normal(size=(2, 2))) for _ in range(100)]


def _rungs(problem, h, times):
    """Variances of the return, the action value and the sum over all actions, at some times."""
    paths, values = all_paths(problem, h), at(problem, h)
    chosen = np.isin(np.arange(problem.horizon), times).astype(float)
    q = values.action_values * chosen[:, None, None]
    rungs = (
        paths.scaled_scores(paths.returns() * chosen),
        paths.scaled_scores(paths.action_entries(q)),
        all_actions(paths, values.policy, q),
    )
    return np.array([rung.variance() for rung in rungs])


@check("U22", "at a single time each average by hand lowers the variance", gates)
@wrong("summed over both times", times=((0, 1),))
def each_term_falls(problem, h, times=((0,), (1,))):
    return np.array([np.diff(_rungs(problem, h, t)) <= 1e-12 for t in times])


@check("U22", "one gate: each raises the variance of the sum", "staying pays 1, leaving {leave:g}")
@wrong("leaving pays the same", leave=1.0)
def ladder_that_rises(leave=-3.2):
    return np.diff(_rungs(gate(leave, 1.0), np.zeros((2, 2)), (0, 1))) > 0.01


SIXTY = problems(60, 724, "60 problems")
DECAYS = (0.0, 0.3, 0.7, 1.0)


def _of_time(values, rng):
    return np.tile(rng.normal(size=(len(values), 1)), values.shape[1])


def _of_state(values, rng):
    return rng.normal(size=values.shape)


@check("U23", "the values as a critic", SIXTY, error=lambda v, rng: 0 * v, decays=DECAYS, seed=725)
@wrong("half of the values", error=lambda values, rng: -values / 2)
@check("U23", "errors that know the time only", SIXTY, error=_of_time, decays=DECAYS, seed=726)
@wrong("errors that know the state", error=_of_state)
@check("U23", "any critic at λ = 1", SIXTY, error=_of_state, decays=(1.0,), seed=727)
@wrong("at λ = 0.9", decays=(0.9,))
def gae_is_unbiased(problem, h, rng, error, decays):
    paths, exact = all_paths(problem, h), at(problem, h)
    table = exact.state_values + error(exact.state_values, rng)
    each = (paths.generalized_advantages(table, decay) for decay in decays)
    return [paths.scaled_scores(one).mean() - exact.gradient.ravel() for one in each]


@check("U23", "λ = 1 is reward to go with the critic as a baseline", SIXTY, seed=728)
@wrong("λ = 0", decay=0.0)
def full_decay(problem, h, rng, decay=1.0):
    paths = all_paths(problem, h)
    table = rng.normal(size=(problem.horizon, problem.n_states))
    advantages = paths.generalized_advantages(table, decay)
    return advantages - paths.returns() + paths.state_baseline(table)


@check("U23", "a noisy critic: the least variance lies between", "one problem, critic V + noise")
@wrong("the values themselves", noise=0.0)
def least_variance_inside(noise=0.5):
    rng = np.random.default_rng(4)
    moves, reward = rng.dirichlet(np.ones(2), size=(2, 2)), rng.normal(size=(2, 2))
    problem, h = mdp.MDP(moves, reward, [0.5, 0.5], 0.9, 4), rng.normal(size=(2, 2))
    paths, table = all_paths(problem, h), at(problem, h).state_values
    table = table + noise * np.random.default_rng(0).normal(size=table.shape)
    each = (paths.generalized_advantages(table, decay) for decay in np.linspace(0, 1, 11))
    variances = [paths.scaled_scores(one).variance() for one in each]
    return 0 < int(np.argmin(variances)) < 10
