r"""How long a gradient bandit may stay with the worse of two arms.

Two arms with deterministic positive rewards, no baseline, uniform start. Each pull of the worse
arm, reward :math:`\rho`, lowers the better arm's logit by :math:`2\alpha\rho\,\sigma(x)`.
"""

import math

import numpy as np

from pgbook import validation
from pgbook.validation import FloatArray

LARGEST_PRODUCT = 250


def committed_logits(step_size: float, reward: float, n_steps: int) -> FloatArray:
    r"""Logit of the better arm while only the worse arm is pulled; shape (n_steps + 1,).

    .. math:: x_0 = 0, \qquad x_{t+1} = x_t - 2 \alpha \rho\, \sigma(x_t)

    Parameters
    ----------
    step_size : float
        :math:`\alpha`, positive.
    reward : float
        :math:`\rho`, the reward of the worse arm, positive.
    n_steps : int
    """
    push = 2 * validation.positive("step_size", step_size) * validation.positive("reward", reward)
    logits = [0.0]
    for _ in range(validation.count("n_steps", n_steps)):
        odds = math.exp(logits[-1])  # at most one
        logits.append(logits[-1] - push * odds / (1 + odds))
    return np.array(logits)


def log_survival(step_size: float, reward: float, n_steps: int) -> FloatArray:
    r"""Log-probability that the better arm was never tried in T steps; shape (n_steps + 1,).

    .. math:: \log S(T) = \sum_{t < T} \log(1 - \sigma(x_t))
              \;\sim\; -\tfrac{1}{2\alpha\rho} \log T

    Parameters as for `committed_logits`. The logarithm, because S itself underflows.
    """
    logits = committed_logits(step_size, reward, n_steps)
    return np.concatenate([[0.0], -np.cumsum(np.log1p(np.exp(logits[:-1])))])


def median_wait(step_size: float, reward: float, *, most: int = 1_000_000) -> int:
    """Steps until half of the runs that began with the worse arm have tried the better one.

    Parameters as for `committed_logits`. The first pull counts as a step.

    Raises
    ------
    ValueError
        If the median is larger than `most`.
    """
    survival = log_survival(step_size, reward, validation.count("most", most))
    escaped = survival <= survival[1] - math.log(2)
    if not escaped.any():
        raise ValueError(f"most must be at least the median wait, got {most}")
    return int(escaped.argmax())


def median_wait_of_flow(step_size: float, reward: float) -> float:
    r"""The median wait if the logit followed its differential equation.

    .. math:: \frac{(4^{\alpha\rho} - 1)\, e^{\alpha\rho}}{2 \alpha\rho}

    After the first pull the logit is :math:`-\alpha\rho`; then :math:`\dot x =
    -2\alpha\rho e^x`. The product :math:`\alpha\rho` is at most 250.
    """
    product = validation.positive("step_size", step_size) * validation.positive("reward", reward)
    if product > LARGEST_PRODUCT:
        raise ValueError(
            f"step_size times reward must be at most {LARGEST_PRODUCT}, got {product:g}: the wait "
            "is no number that a float can hold"
        )
    return math.expm1(product * math.log(4)) * math.exp(product) / (2 * product)
