"""Three ways to use advantages: maximise a bound, take the best action, follow the gradient."""

from collections.abc import Callable
from functools import partial

import numpy as np

from pgbook import mdp, validation
from pgbook.guarantees.numeric.comparison import Comparison, greedy, mixture
from pgbook.mdp import MDP, Evaluation
from pgbook.validation import FloatArray

#: The lower bounds that `safest_fraction` can maximise.
BOUNDS = ("mixture", "sharp", "sharp, range", "distance met", "distance met, range")


def safest_fraction(far: Comparison, bound: str = "mixture") -> float:
    r"""How far to go towards a policy for the largest gain that a bound promises.

    On the way :math:`\bar A`, :math:`g` and :math:`\varepsilon` grow in proportion to the
    fraction :math:`\beta`. Let C be the largest :math:`|g|` of the far end, or half of its range.
    *Sharp* is concave in :math:`\beta` and largest at

    .. math:: \beta = \frac{1-\gamma}{\gamma\varepsilon} \Big(\frac{1}{\sqrt{1 - x}} - 1\Big),
              \qquad x = \frac{\bar A (1-\gamma)}{2 C},

    or at the end, if :math:`x \ge 1` or that is beyond it. The bound for mixtures has 1 in the
    place of :math:`\varepsilon`. *Distance met* is a parabola, largest at
    :math:`\bar A (1-\gamma) / (4 \gamma C \sum_s d(s) \mathrm{TV}(s))`.

    Parameters
    ----------
    far : Comparison
        Of the policy at the far end.
    bound : str
        From `BOUNDS`.

    Returns
    -------
    float
        In [0, 1]; zero if the surrogate is not positive, or the two policies are the same.
    """
    validation.instance("far", far, Comparison)
    name, _, ranged = validation.choice("bound", bound, BOUNDS).partition(", ")
    discount, g = far.old.problem.discount, far.mean_advantages
    twice = np.ptp(g) if ranged else 2 * np.abs(g).max()  # two times C
    if far.surrogate <= 0 or far.epsilon == 0:
        return 0.0
    if discount * twice == 0:
        return 1.0
    x = far.surrogate * (1 - discount) / twice
    if name == "distance met":
        return float(min(1.0, x / (2 * discount * (far.old.occupancy @ far.distances))))
    if x >= 1:
        return 1.0
    epsilon = 1.0 if name == "mixture" else far.epsilon
    root = np.expm1(-0.5 * np.log1p(-x))
    return float(min(1.0, (1 - discount) / (discount * epsilon) * root))


def by_bound(current: Evaluation, bound: str = "mixture") -> FloatArray:
    """Towards the greedy policy, as far as a bound promises most; `bound` is one of `BOUNDS`."""
    far = Comparison(current, greedy(current))
    return mixture(current.policy, far.new_policy, safest_fraction(far, bound))


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


#: How a policy may be improved, by name.
RULES: dict[str, Callable[[Evaluation], FloatArray]] = {
    **{bound: partial(by_bound, bound=bound) for bound in BOUNDS},
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
        From `RULES`: the name of a bound, ``greedy``, which is policy iteration, or ``gradient``.
    n_iterations : int
    """
    validation.choice("rule", rule, RULES)
    current = mdp.evaluate(problem, policy)
    path = [current.objective]
    for _ in range(validation.count("n_iterations", n_iterations)):
        current = mdp.evaluate(problem, RULES[rule](current))
        path.append(current.objective)
    return np.array(path)
