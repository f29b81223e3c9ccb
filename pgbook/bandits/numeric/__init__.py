"""What is the number? The gradient bandit of document 000, exactly and by simulation."""

from pgbook.bandits.numeric.agent import GradientBandit
from pgbook.bandits.numeric.commitment import (
    committed_logits,
    log_survival,
    median_wait,
    median_wait_of_flow,
)
from pgbook.bandits.numeric.gradient import (
    fisher_information,
    hessian,
    probability_drift,
    score_estimates,
    smoothness_constant,
)
from pgbook.bandits.numeric.learning import (
    BASELINES,
    ascend,
    follow_rewards,
    run_testbed,
    sample_paths,
)
from pgbook.bandits.numeric.pitfalls import (
    clipped_estimator_mean,
    clipped_policy,
    naive_softmax,
    sequential_update,
)
from pgbook.policies import expected_reward, policy_gradient
