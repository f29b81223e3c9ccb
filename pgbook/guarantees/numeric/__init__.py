"""What is the number? Gains, surrogates, shifts and bounds, exactly and as samples."""

from pgbook.guarantees.numeric import pitfalls
from pgbook.guarantees.numeric.comparison import (
    LOWER_BOUNDS,
    Comparison,
    greedy,
    linear_penalty,
    mixture,
    mixture_bound,
    optimal_evaluation,
    penalty,
)
from pgbook.guarantees.numeric.estimated import estimated_advantages, learn, optimism
from pgbook.guarantees.numeric.improvement import (
    BOUNDS,
    RULES,
    by_bound,
    by_gradient,
    improve,
    safest_fraction,
)
from pgbook.guarantees.numeric.shift import (
    Shift,
    agreeing_laws,
    drifting_pair,
    horizon_losses,
    state_shift,
)
from pgbook.guarantees.numeric.steps import (
    best_clipped,
    best_within_distance,
    best_within_mean_kl,
    best_within_ratio,
    clipped_objective,
    follow,
    greedy_step,
    pooled,
    safe_step,
    tilted,
)
from pgbook.guarantees.numeric.weights import Weights, chi_square, trajectory_weights
