r"""Critics in the estimate: sums over all actions, a critic that may be wrong, and GAE.

A critic :math:`\hat q` is a table (T, S, A), or :math:`\hat V` a table (T, S). All estimates are
along listed trajectories, so that their means and variances are finite sums.
"""

import numpy as np

from pgbook import mdp, validation
from pgbook.mdp import MDP, Trajectories
from pgbook.outcomes import Outcomes
from pgbook.policies import policy_gradient
from pgbook.validation import FloatArray, shaped

#: What a critic says instead of the true values, by name.
CRITICS = {
    "V": lambda values: values,
    "0": lambda values: 0 * values,
    "V/2": lambda values: values / 2,
    "V + ½": lambda values: values + 0.5,
}


def all_actions(paths: Trajectories, policy: FloatArray, table: FloatArray) -> Outcomes:
    r"""No action drawn: :math:`\sum_t \gamma^t \sum_a \hat q_t(s_t, a) \nabla \pi(a \mid s_t)`.

    Unbiased if the critic is the action value, up to a function of state and time.

    Parameters
    ----------
    paths : Trajectories
    policy : array_like, shape (S, A)
        The softmax policy that the trajectories were listed for.
    table : array_like, shape (T, S, A)
    """
    n_times = validation.instance("paths", paths, Trajectories).rewards.shape[1]
    policy = validation.probabilities("policy", policy, ndim=2)
    n_states, n_actions = policy.shape
    table = validation.real_array("table", table, ndim=3)
    shaped("policy", policy, (paths.n_states, paths.scores.shape[2] // paths.n_states))
    shaped("table", table, (n_times, n_states, n_actions))
    met = np.eye(n_states)[paths.states]  # (M, T, S)
    discounts, slopes = paths.discount ** np.arange(n_times), policy_gradient(policy, table)
    values = np.einsum("t,mts,tsa->msa", discounts, met, slopes)
    return Outcomes(paths.weights, values.reshape(len(values), -1))


def repaired(paths: Trajectories, policy: FloatArray, table: FloatArray) -> Outcomes:
    r"""Unbiased for any critic: what it misses along the draw, plus what it says of all actions.

    .. math:: \sum_t \gamma^t \Big[(R_t - \hat q_t) \psi_t
              + \sum_a \hat q_t(s_t, a) \nabla \pi(a \mid s_t)\Big]

    Parameters as for `all_actions`.
    """
    known = all_actions(paths, policy, table)
    errors = paths.scaled_scores(paths.returns() - paths.action_entries(table))
    return Outcomes(paths.weights, errors.values + known.values)


def ladder(problem: MDP, policy: FloatArray, noise: FloatArray) -> dict[str, Outcomes]:
    """Ten estimators of the gradient, from all that was drawn to nothing drawn but the states.

    Parameters
    ----------
    problem : MDP
        With a horizon.
    policy : array_like, shape (S, A)
    noise : array_like, shape (T, S, A)
        What the noisy critic adds to the action values.
    """
    paths, exact = mdp.trajectories(problem, policy), mdp.evaluate_steps(problem, policy)
    q, noise = exact.action_values, validation.real_array("noise", noise, ndim=3)
    critic = q + shaped("noise", noise, q.shape)
    return {
        "full score": paths.full_score(),
        "reward to go": paths.reward_to_go(),
        "reward to go, value V": paths.reward_to_go(paths.state_baseline(exact.state_values)),
        "action value Q": paths.scaled_scores(paths.action_entries(q)),
        "advantage A": paths.scaled_scores(paths.action_entries(exact.advantages)),
        "all actions, Q": all_actions(paths, policy, q),
        "noisy critic": paths.scaled_scores(paths.action_entries(critic)),
        "all actions, noisy critic": all_actions(paths, policy, critic),
        "repaired, critic Q": repaired(paths, policy, q),
        "repaired, noisy critic": repaired(paths, policy, critic),
    }


def gate(leave: float, stay: float) -> MDP:
    """Two steps without a discount: action 0 leaves, and nothing is paid any more; 1 stays."""
    pays = [validation.real("leave", leave), validation.real("stay", stay)]
    return mdp.deterministic([[1, 0], [1, 1]], [pays, [0.0, 0.0]], 1.0, horizon=2)


def gae(
    problem: MDP, policy: FloatArray, critic: str, decays: FloatArray
) -> tuple[FloatArray, FloatArray]:
    r"""Bias and variance of :math:`\sum_t \gamma^t \hat A_t \psi_t` with GAE, at each decay.

    Parameters
    ----------
    problem : MDP
        With a horizon.
    policy : array_like, shape (S, A)
    critic : str
        From `CRITICS`: the values of the states, or what somebody has in their place.
    decays : array_like, shape (L,)
        Each from 0 to 1.

    Returns
    -------
    bias, variance : ndarray, shape (L,)
        The length of the error of the mean; the trace of the covariance.
    """
    validation.choice("critic", critic, CRITICS)
    decays = validation.fractions("decays", validation.real_array("decays", decays, ndim=1))
    paths, exact = mdp.trajectories(problem, policy), mdp.evaluate_steps(problem, policy)
    table, truth = CRITICS[critic](exact.state_values), exact.gradient.ravel()
    each = [paths.scaled_scores(paths.generalized_advantages(table, decay)) for decay in decays]
    bias = [np.linalg.norm(outcomes.mean() - truth) for outcomes in each]
    return np.array(bias), np.array([outcomes.variance() for outcomes in each])
