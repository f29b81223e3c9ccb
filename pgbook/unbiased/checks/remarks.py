"""Rewards that contain the policy: an entropy bonus."""

import numpy as np

from pgbook.differences import central_differences
from pgbook.ledger import check, drawn, wrong
from pgbook.policies import policy_gradient, softmax
from pgbook.unbiased import numeric
from pgbook.unbiased.cases import policies_and_values


@drawn("100 policies, differences", 508)
def preferences(rng):
    return [rng.normal(size=rng.integers(2, 7)) for _ in range(100)]


@check("U19", "the gradient of the entropy by differences", preferences, tolerance=1e-8)
@wrong("without the entropy", gradient=lambda policy: -policy * np.log(policy))
def entropy_slope(h, gradient=numeric.entropy_gradient):
    slope = central_differences(lambda x: numeric.entropy(softmax(x)), h)
    return slope - gradient(softmax(h))


@check(
    "U19",
    "the sampled bonus in the reward, not differentiated",
    policies_and_values(200, 507, "bandits, temperature 0.7"),
)
@wrong("the whole entropy in the reward", sampled=False)
def entropy_regularised(policy, values, sampled=True):
    """The stop-gradient loses nothing of the objective with the entropy in the reward."""
    mean = numeric.entropy_estimates(policy, values, 0.7, sampled=sampled).mean()
    return mean - policy_gradient(policy, values) - 0.7 * numeric.entropy_gradient(policy)
