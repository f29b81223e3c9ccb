"""What is the number? Estimators of a gradient: exact means and covariances, and samples."""

from pgbook.unbiased.numeric import leibniz
from pgbook.unbiased.numeric.critics import CRITICS, all_actions, gae, gate, ladder, repaired
from pgbook.unbiased.numeric.entropy import (
    entropy,
    entropy_estimates,
    entropy_gradient,
    entropy_steps,
)
from pgbook.unbiased.numeric.estimators import coin_means, compare_estimators, echo
from pgbook.unbiased.numeric.families import FAMILIES, Family, normal_square_variance
from pgbook.unbiased.numeric.losses import LOSSES, mean_step, train
from pgbook.unbiased.numeric.measure_valued import measure_valued
from pgbook.unbiased.numeric.sampling import sample_score_estimates
from pgbook.unbiased.numeric.walk import walk_survival
