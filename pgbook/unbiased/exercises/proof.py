"""The exercise of the page *Proof*: the price of too many scores."""

from pgbook import mdp
from pgbook.exercises import Choice, Number, exercise, mistake

LONG = 12  # tosses, after which the return hardly changes


def _added(name: str) -> float:
    """By how much one more toss raises the variance of an estimator."""
    variances = []
    for horizon in (LONG - 1, LONG):
        paths = mdp.trajectories(mdp.coin(0.5, horizon), [[0.5, 0.5]])
        variances.append(getattr(paths, name)().covariance()[1, 1])
    return float(variances[1] - variances[0])


@exercise(
    "full-score",
    "The sum of the scores has $T$ independent terms of mean zero.",
    "Most of the terms have nothing to do with $R_0$: the variance of a product of independent "
    "factors, one of mean zero, is the product of their mean squares.",
    "$\\mathbb E[R_0^2]$ is the square of the mean, 1, plus the variance, "
    "$\\frac14\\sum_t\\gamma^{2t}$.",
    grows="whose variance grows",
    per_step="by how much it grows with each toss, late",
)
@mistake(
    "Its late scores are multiplied with γᵗ, so that its variance converges", grows="reward to go"
)
@mistake(
    "That is p(1 − p) times the squared mean of the return; the mean of the square is larger",
    per_step=0.25,
)
@mistake("That is p(1 − p) times the variance of the return; its mean counts too", per_step=1 / 12)
@mistake("That is the mean square of the return; a score has the variance p(1 − p)", per_step=4 / 3)
def full_score() -> dict:
    """Which variance grows, and by how much a step."""
    added = {"full score": _added("full_score"), "reward to go": _added("reward_to_go")}
    return {
        "grows": Choice(max(added, key=added.get), *added),
        "per_step": Number(added["full score"], 0.01),
    }
