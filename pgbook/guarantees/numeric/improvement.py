"""Three ways to use advantages: maximise a bound, take the best action, follow the gradient."""

from collections.abc import Callable

import numpy as np

from pgbook import mdp, validation
from pgbook.guarantees.numeric.comparison import Comparison, greedy, mixture
from pgbook.mdp import MDP, Evaluation
from pgbook.validation import FloatArray


def safest_fraction(far: Comparison) -> float:
    r"""How far to go towards a policy for the largest guaranteed gain.

    The bound for mixtures is concave in the fraction. With :math:`x = \bar A (1-\gamma) / (2
    \max|g|)`, which is at most one half, its slope vanishes at

    .. math:: \alpha = \frac{1-\gamma}{\gamma} \Big(\frac{1}{\sqrt{1 - x}} - 1\Big)

    Returns
    -------
    float
        In [0, 1]; zero if the surrogate is not positive.
    """
    validation.instance("far", far, Comparison)
    discount, largest = far.old.problem.discount, np.abs(far.mean_advantages).max()
    if far.surrogate <= 0:
        return 0.0
    if discount == 0:
        return 1.0
    x = far.surrogate * (1 - discount) / (2 * largest)
    return float(min(1.0, (1 - discount) / discount * np.expm1(-0.5 * np.log1p(-x))))


def by_bound(current: Evaluation) -> FloatArray:
    """Towards the greedy policy, as far as the bound for mixtures promises most."""
    far = Comparison(current, greedy(current))
    return mixture(current.policy, far.new_policy, safest_fraction(far))


def by_gradient(current: Evaluation) -> FloatArray:
    """An exact gradient step of size one in the preferences of a softmax policy.

    Raises
    ------
    ValueError
        If an action has the probability zero: no finite preference gives it.
    """
    if (validation.instance("current", current, Evaluation).policy == 0).any():
        raise ValueError(
            f"policy must be positive for a gradient step, got {validation.shown(current.policy)}"
        )
    return current.problem.softmax(np.log(current.policy) + current.gradient)


RULES: dict[str, Callable[[Evaluation], FloatArray]] = {
    "bound": by_bound,
    "greedy": greedy,
    "gradient": by_gradient,
}


def improve(problem: MDP, policy: FloatArray, rule: str, n_iterations: int) -> FloatArray:
    """The objective at the start and after each iteration of a rule; shape (n_iterations + 1,).

    Parameters
    ----------
    problem : MDP
    policy : array_like, shape (S, A)
    rule : str
        From `RULES`: ``bound``, ``greedy``, which is policy iteration, or ``gradient``.
    n_iterations : int
    """
    validation.choice("rule", rule, RULES)
    current = mdp.evaluate(problem, policy)
    path = [current.objective]
    for _ in range(validation.count("n_iterations", n_iterations)):
        current = mdp.evaluate(problem, RULES[rule](current))
        path.append(current.objective)
    return np.array(path)
