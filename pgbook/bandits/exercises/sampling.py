"""The exercise of the page *Sampling*: one generator for two things."""

import numpy as np

from pgbook import policies
from pgbook.exercises import Choice, exercise, mistake, yes_or_no


def _first_arms(rewards_first: bool, seed: int, policy: np.ndarray) -> int:
    """The first arm of a run that draws its rewards before or after it."""
    rng = np.random.default_rng(seed)
    if rewards_first:
        rng.normal(size=policy.size)
    return int(policies.inverse_cdf(policy, rng.random()))


@exercise(
    "generator",
    "Write down which number of the stream each student uses for the first arm.",
    "Is the arm still drawn with the right probabilities if it uses the third number?",
    same_run="whether they see the same run",
    wrong="which of the samplers is wrong",
)
@mistake("The seed fixes the stream of numbers, not what each of them is used for", same_run="yes")
@mistake("It uses the numbers in another order, and each use is legal", wrong="the first")
@mistake("It uses the numbers in another order, and each use is legal", wrong="the second")
@mistake("Another run is not a wrong run: compare the laws", wrong="both")
def generator() -> dict:
    """The runs differ and the laws agree, which five thousand seeds confirm."""
    policy, seeds = np.array([0.2, 0.8]), range(5_000)
    arms = np.array([[_first_arms(late, seed, policy) for seed in seeds] for late in (0, 1)])
    error = np.sqrt(policy.prod() / len(seeds))
    fair = np.abs(arms.mean(axis=1) - policy[1]) < 5 * error
    names = {(True, True): "neither", (False, True): "the first", (True, False): "the second"}
    wrong = names.get(tuple(fair.tolist()), "both")
    return {
        "same_run": yes_or_no((arms[0] == arms[1]).all()),
        "wrong": Choice(wrong, *names.values(), "both"),
    }
