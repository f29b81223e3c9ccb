r"""Rewards that contain the policy itself: where the stop-gradient is harmless, and where not."""

import numpy as np

from pgbook import policies, validation
from pgbook.outcomes import Outcomes, bandit
from pgbook.validation import FloatArray


def entropy(policy: FloatArray) -> float:
    r"""The entropy :math:`\mathcal H = -\sum_a \pi(a) \log \pi(a)` of a policy (A,), in nats."""
    policy = _positive(validation.probabilities("policy", policy, ndim=1))
    return float(-policy @ np.log(policy))


def entropy_gradient(policy: FloatArray) -> FloatArray:
    r"""Its gradient in the preferences, :math:`-\pi(j) (\log \pi(j) + \mathcal H)`; shape (A,)."""
    policy = _positive(validation.probabilities("policy", policy, ndim=1))
    logs = np.log(policy)
    return -policy * (logs - policy @ logs)


def entropy_estimates(
    policy: FloatArray, action_values: FloatArray, temperature: float, *, sampled: bool
) -> Outcomes:
    r"""Score estimates with an entropy bonus in the reward, the reward held constant.

    Parameters
    ----------
    policy, action_values : array_like, shape (A,)
    temperature : float
        The factor :math:`\tau` of the bonus.
    sampled : bool
        Whether the bonus is :math:`-\tau \log \pi(a)` of the drawn action, or the whole
        entropy :math:`\tau \mathcal H(\pi)`.
    """
    policy, q = validation.policy_and_values(policy, action_values, ndim=1)
    logs, tau = np.log(_positive(policy)), validation.real("temperature", temperature)
    bonus = logs if validation.flag("sampled", sampled) else policy @ logs
    return bandit(policy, q - tau * bonus).estimates()


def entropy_steps(logit: float, temperature: float, gap: float) -> FloatArray:
    r"""Three mean steps in the logit of two actions that pay 0 and `gap`; shape (3,).

    The true gradient of :math:`J + \tau \mathcal H`; then the mean of the score estimate with
    the whole entropy in the reward, and with the sampled bonus, the reward held constant.
    """
    policy = policies.softmax([0.0, validation.real("logit", logit)])
    values = np.array([0.0, validation.real("gap", gap)])
    tau = validation.real("temperature", temperature)
    truth = policies.policy_gradient(policy, values) + tau * entropy_gradient(policy)
    means = (entropy_estimates(policy, values, tau, sampled=flag).mean() for flag in (False, True))
    return np.array([truth, *means])[:, 1]


def _positive(policy: FloatArray) -> FloatArray:
    if (policy == 0).any():
        raise ValueError(f"policy must be positive where its logarithm is used, got {policy}")
    return policy
