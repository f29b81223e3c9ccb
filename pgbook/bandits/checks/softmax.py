"""The softmax policy, also for extreme preferences."""

import numpy as np

from pgbook import policies
from pgbook.bandits import numeric
from pgbook.bandits.printed import PrintedBandit
from pgbook.ledger import Cases, check, drawn, wrong


@drawn("2,000 policies, 2 to 49 arms", 102)
def preferences(rng):
    for n_arms in rng.integers(2, 50, size=2000):
        yield rng.normal(scale=rng.uniform(0.1, 60), size=n_arms)


@check("B3", "random policies", preferences, tolerance=1e-15)
@wrong("weights divided by the largest", softmax=lambda h: np.exp(h - h.max()))
def is_distribution(h, softmax=policies.softmax):
    policy = softmax(h)
    return np.abs(policy.sum() - 1) / policy.size if (policy > 0).all() else np.inf


# Two arms; the odds are exp(h[0] - h[1]), computed without exp of a large number.
LOUD = ((710, 0), (0, 710), (-746, -746), (-900, -899), (3, 5))
SILENT = ((709.5, 709.5), (709.3, 709.1), (-744, -744.5), (-740, -741), (3, 5))


@check("B4", "where the formula as typed gives NaN", Cases("5 pairs from -900 to 710", LOUD))
@wrong("the formula typed as it stands", softmax=numeric.naive_softmax)
@check("B4", "where it gives wrong numbers", Cases("5 pairs from -744.5 to 709.5", SILENT))
@wrong("the formula typed as it stands", softmax=numeric.naive_softmax)
def is_stable(first, second, softmax=policies.softmax):
    with np.errstate(over="ignore"):
        truth = 1 / (1 + np.exp(np.array([second - first, first - second], dtype=float)))
    return np.nan_to_num(np.abs(softmax(np.array([first, second], float)) - truth), nan=np.inf)


@check(
    "B4",
    "logarithms of underflowing probabilities",
    Cases("gaps 1, 100, 800 and 1,000,000", (1.0, 100.0, 800.0, 1e6)),
)
@wrong("logarithm of the softmax", log_softmax=lambda h: np.log(policies.softmax(h)))
@wrong("without the shift", log_softmax=lambda h: h - np.log(np.exp(h).sum(axis=1)[:, None]))
def keeps_logarithms(gap, log_softmax=policies.log_softmax):
    with np.errstate(divide="ignore", over="ignore"):
        log_probabilities = log_softmax(np.array([[0.0, -gap], [gap, 0.0]]))[:, 1]
    return log_probabilities + gap + np.log1p(np.exp(-gap))


@check("B5", "a policy known in fractions", "all three arms")
@wrong("one number", read=lambda agent: agent.softmax().max())
@wrong("integer preferences", read=lambda agent: policies.softmax(agent.preferences.astype(int)))
def reads_whole_policy(read=lambda agent: agent.softmax()):
    """Preferences log 1, log 2, log 3 make the policy 1/6, 2/6, 3/6."""
    start, rng = np.log([1.0, 2.0, 3.0]), np.random.default_rng(0)
    return read(numeric.GradientBandit(3, 0.1, rng=rng, preferences=start)) - np.arange(1, 4) / 6


ODDS = Cases("odds 1:2:3, 7:1 and 1:1:1:5", ((1, 2, 3), (7, 1), (1, 1, 1, 5)))


@check("B5", "the printed method on policies known in fractions", ODDS)
@wrong(
    "divided by the largest",
    method=lambda agent: np.exp(agent.preferences) / np.exp(max(agent.preferences)),
)
def printed_softmax(*odds, method=PrintedBandit.softmax):
    agent = PrintedBandit(len(odds), 0.1)
    agent.preferences = np.log(odds)
    return method(agent) - np.array(odds) / sum(odds)
