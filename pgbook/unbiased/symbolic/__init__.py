"""Why is it so? The derivations of document 002, and where they break."""

from pgbook.unbiased.symbolic.baselines import (
    baseline_drops_out,
    batch_mean,
    bernoulli_baseline,
    least_variance,
    normal_variance,
    variance_parabola,
    zero_subtracted,
)
from pgbook.unbiased.symbolic.families import (
    FAMILIES,
    boundary_term,
    exponential_score,
    normal_score,
    score_identity,
)
from pgbook.unbiased.symbolic.leibniz import (
    circular_proof,
    repaired_proof,
    surface_integral,
    surface_slope_integral,
)
from pgbook.unbiased.symbolic.problems import (
    analytic_entropy,
    coin_mean,
    dependent_state,
    moving_reward,
    other_reading,
    printed_loss,
    product_rule,
    right_loss,
    sampled_entropy,
)
from pgbook.unbiased.symbolic.proof import proof

__all__ = [
    "FAMILIES",
    "analytic_entropy",
    "baseline_drops_out",
    "batch_mean",
    "bernoulli_baseline",
    "boundary_term",
    "circular_proof",
    "coin_mean",
    "dependent_state",
    "exponential_score",
    "least_variance",
    "moving_reward",
    "normal_score",
    "normal_variance",
    "other_reading",
    "printed_loss",
    "product_rule",
    "proof",
    "repaired_proof",
    "right_loss",
    "sampled_entropy",
    "score_identity",
    "surface_integral",
    "surface_slope_integral",
    "variance_parabola",
    "zero_subtracted",
]
