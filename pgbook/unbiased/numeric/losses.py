r"""Three losses: the right one, the one document 002 prints, and the other way to read it.

Rewards are log-normal, :math:`R = e^{m_a + s_a \epsilon}` with standard normal
:math:`\epsilon`, so they are positive and all three losses are defined.
"""

import numpy as np

from pgbook import policies, validation
from pgbook.validation import FloatArray

#: The three losses, by what stands in the code.
LOSSES = ("-R log π", "-log(R π)", "-(log R) π")


def mean_step(
    policy: FloatArray, mean_reward: FloatArray, mean_log_reward: FloatArray, loss: str
) -> FloatArray:
    r"""The expected step of gradient descent on a loss, step size 1; shape (A,).

    In the order of `LOSSES`, with :math:`\psi` the score of the drawn action:
    :math:`\mathbb E[R\psi] = \nabla J`, :math:`\mathbb E[\psi] = 0`, and
    :math:`\sum_a \mathbb E[\log R \mid a]\, \nabla\tfrac12 \pi(a)^2`.

    Parameters
    ----------
    policy, mean_reward, mean_log_reward : array_like, shape (A,)
        The last two are the means of the reward, which is positive, and of its logarithm,
        given the action.
    loss : str
        From `LOSSES`.
    """
    policy = validation.probabilities("policy", policy, ndim=1)
    mean = validation.real_array("mean_reward", mean_reward, ndim=1)
    log = validation.real_array("mean_log_reward", mean_log_reward, ndim=1)
    for name, array in (("mean_reward", mean), ("mean_log_reward", log)):
        validation.shaped(name, array, policy.shape)
    if (mean <= 0).any():
        raise ValueError(f"mean_reward must be positive, as the rewards are, got {mean}")
    factor = _factor(loss, mean, log, policy)
    return np.einsum("a,aj->j", policy * factor, policies.score(policy))


def _factor(
    loss: str, reward: FloatArray, log_reward: FloatArray, probability: FloatArray
) -> FloatArray:
    """What multiplies the score in a step."""
    factors = (reward, np.ones_like(reward), log_reward * probability)
    return factors[LOSSES.index(validation.choice("loss", loss, LOSSES))]


def train(
    loss: str,
    log_mean: FloatArray,
    log_deviation: FloatArray,
    *,
    step_size: float,
    n_steps: int,
    n_runs: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Policies of agents that descend a loss, one sampled action a step, from the uniform policy.

    Parameters
    ----------
    loss : str
        From `LOSSES`.
    log_mean, log_deviation : array_like, shape (A,)
        Mean and standard deviation of the logarithm of the reward of each action; at most 50 and
        10 in size.
    step_size : float
        Positive.
    n_steps, n_runs : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_steps + 1, n_runs, A)
    """
    m = validation.real_array("log_mean", log_mean, ndim=1)
    s = validation.real_array("log_deviation", log_deviation, ndim=1)
    if m.shape != s.shape or s.min() < 0 or s.max() > 10:
        raise ValueError(
            f"log_deviation must have {m.size} non-negative entries of at most 10, "
            f"got {validation.shown(s)}"
        )
    if np.abs(m).max() > 50:
        raise ValueError(f"log_mean must be at most 50 in size, got {validation.shown(m)}")
    step_size, rng = validation.positive("step_size", step_size), validation.generator("rng", rng)
    h = np.zeros((validation.count("n_runs", n_runs), m.size))
    path, rows = [policies.softmax(h)], np.arange(len(h))
    for _ in range(validation.count("n_steps", n_steps)):
        policy = path[-1]
        actions = policies.inverse_cdf(policy, rng.random(len(h)))
        log_reward = m[actions] + s[actions] * rng.normal(size=len(h))
        factor = _factor(loss, np.exp(log_reward), log_reward, policy[rows, actions])
        h = h + step_size * factor[:, None] * (np.eye(m.size)[actions] - policy)
        path.append(policies.softmax(h))
    return np.array(path)
