"""What is the number? Estimators of a gradient: exact means and covariances, and samples."""

from pgbook.outcomes import BATCH_BASELINES, OneStep, Outcomes, bandit
from pgbook.unbiased.numeric import leibniz
from pgbook.unbiased.numeric.chain import (
    Chain,
    Trajectories,
    coin,
    coin_means,
    compare_estimators,
    echo,
)
from pgbook.unbiased.numeric.entropy import (
    entropy,
    entropy_estimates,
    entropy_gradient,
    entropy_steps,
)
from pgbook.unbiased.numeric.families import FAMILIES, Family, normal_square_variance
from pgbook.unbiased.numeric.losses import LOSSES, mean_step, train
from pgbook.unbiased.numeric.sampling import sample_score_estimates
from pgbook.unbiased.numeric.walk import walk_survival

__all__ = [
    "BATCH_BASELINES",
    "FAMILIES",
    "LOSSES",
    "Chain",
    "Family",
    "OneStep",
    "Outcomes",
    "Trajectories",
    "bandit",
    "coin",
    "coin_means",
    "compare_estimators",
    "echo",
    "entropy",
    "entropy_estimates",
    "entropy_gradient",
    "entropy_steps",
    "leibniz",
    "mean_step",
    "normal_square_variance",
    "sample_score_estimates",
    "train",
    "walk_survival",
]
