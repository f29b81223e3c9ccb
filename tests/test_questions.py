"""The pages of quick questions: ten each, folded without a script, and their numbers are true.

A chapter ends with one. It has no cells, and needs none of the frame of a notebook.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from pgbook import bandits, catalogue, guarantees, mdp, outcomes, policies, unbiased

BOOK = Path(__file__).parents[1] / "book"
NUMBER = re.compile(r"(?<![\w.])−?\d+(?:,\d{3})*(?:\.\d+)?")
QUESTION = re.compile(
    r"^## (\d+)\. .+\n\n((?:.+\n)+)\n:::\{dropdown\} Answer (\d+)\n((?:.+\n)+):::\n", re.MULTILINE
)


def text(number, digits):
    """A number as the pages write it."""
    return f"{number + 0.0:,.{digits}f}".replace("-", "−")


def texts(numbers, digits):
    return [text(number, digits) for number in numbers]


# Of each question the numbers that its answer says.


def raised_by_a_large_reward():
    start = {"preferences": np.log([0.2, 0.8])}
    agent = bandits.GradientBandit(2, 0.01, rng=np.random.default_rng(0), **start)
    agent.update(0, 100.0)
    return [text(agent.softmax()[0], 2)]


def slopes_near_and_far():
    near, far = (policies.policy_gradient([1 - p, p], [0.0, 1.0])[1] for p in (0.5, 0.01))
    return [*texts([near, far], 4), text(near / far, 0)]


def best_arm_falls():
    drift = bandits.probability_drift([0.03, 0.94, 0.03], [1.0, 0.9, 0.0])[0]
    rises = policies.policy_gradient([0.03, 0.94, 0.03], [1.0, 0.9, 0.0])
    assert drift < 0 < rises[0] and round(rises[1] / rises[0]) == 6
    return [text(-drift, 4)]


def typed_softmax():
    rows = (bandits.naive_softmax([-744, -744.5]), policies.softmax([-744, -744.5]))
    return texts(np.concatenate(rows), 3)


def median_waits():
    return [str(bandits.median_wait(step, 1.0)) for step in (0.5, 2.0, 3.0)]


def sums_of_survival():
    sums = [np.exp(bandits.log_survival(0.5, 1.0, n - 1)).sum() for n in (100, 1_000_000)]
    finite = np.exp(bandits.log_survival(0.25, 1.0, 100_000)).sum()
    return [*texts(sums, 1), text(finite, 2)]


def variances_of_one_update():
    arms = outcomes.bandit([0.1, 0.9], [0.0, 1.0])
    mean, none = (arms.estimates(b).covariance()[1, 1] for b in (0.9, 0.0))
    best = arms.optimal_baseline()
    return [*texts([mean, none], 4), text(mean / none, 0), text(best, 1), "0.9"]


def times_of_two_flows():
    logit = np.log(0.999 / 0.001)
    natural, gradient = 2 * logit, 2 * (np.sinh(logit) + logit)
    assert 65 < gradient / natural < 75
    return texts([natural, gradient], 1)


def error_of_the_sequential_update():
    h, q, errors = np.array([0.5, -0.5, 0.0]), np.array([1.0, 0.5, 2.0]), []
    policy = policies.softmax(h)
    gradient = bandits.policy_gradient(policy, q)
    for step in (0.4, 0.2):
        updated = [bandits.sequential_update(h, arm, q[arm], step) for arm in range(3)]
        mean = policy @ (np.array(updated) - h) / step
        errors.append(np.abs(mean - gradient).max() / np.abs(gradient).max())
    assert errors[1] == pytest.approx(errors[0] / 2, rel=0.05)
    return [text(100 * errors[0], 1)]


def ends_of_the_floor():
    ends = []
    for shift in (0.0, 100.0):
        h, pays = np.zeros(2), np.array([1.0, 2.0]) + shift
        for _ in range(4_000):
            h = h + 0.1 * bandits.clipped_estimator_mean(policies.softmax(h), pays, 0.05)
        ends.append(policies.softmax(h)[0])
    return texts(ends, 4)


def loss_without_a_slope():
    rewards = np.array([3.0, 0.2])
    step = unbiased.mean_step([0.3, 0.7], rewards, np.log(rewards), unbiased.LOSSES[1])
    assert np.abs(step).max() < 1e-12
    return []


def skipped_samples():
    chance, mean = np.array([0.4, 1.0]), np.array([0.4 * 10 - 0.6, 0.1])
    program = outcomes.bandit([0.5, 0.5], chance).estimates().mean()[1]
    gradient = policies.policy_gradient([0.5, 0.5], mean)[1]
    return [text(mean[0], 1), *texts([program, gradient], 3)]


def moving_end():
    law = unbiased.FAMILIES["Uniform(0, θ)"]
    means = [law.one_step(theta, 1).estimates().mean()[0] for theta in (1.7, 0.3)]
    assert means[0] == pytest.approx(means[1])
    return [text(means[0], 1), text(law.derivative(1.7, 1), 1)]


def little_noise():
    wide, narrow = (unbiased.normal_square_variance(1.0, s) for s in (0.1, 0.01))
    return [text(wide, 2), text(narrow, 0), text(4 * 0.1**2, 2)]


def rough_payoff():
    z = np.linspace(-9, 9, 200_001)
    weights = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    both = np.sin(10 * (0.5 + z)) * z, 10 * np.cos(10 * (0.5 + z))
    return texts([weights @ v**2 - (weights @ v) ** 2 for v in both], 1)


def shrunken_means():
    arms = outcomes.bandit([0.2, 0.5, 0.3], [1.0, 3.0, 2.0])
    means = [arms.batches(n, "own mean").mean() / arms.estimates().mean() for n in (2, 4)]
    return [text(share, 2) for mean in means for share in mean]


def perfect_critic():
    policy, q = np.array([0.2, 0.5, 0.3]), np.array([1.0, 3.0, 2.0])
    mean = outcomes.bandit(policy, q).estimates(q).mean()
    return [*texts(mean, 3), *texts(policies.policy_gradient(policy, q), 3)]


def scores_of_all_tosses():
    said = []
    for horizon in (12, 2):
        paths = mdp.trajectories(mdp.coin(0.5, horizon), [[0.5, 0.5]])
        pair = paths.full_score().covariance()[1, 1], paths.reward_to_go().covariance()[1, 1]
        said += texts(pair, 2)
        assert horizon == 2 or 10.5 < pair[0] / pair[1] < 11.5
    return said


def averaging_by_hand():
    even = np.full((2, 2), 0.5)
    estimators = unbiased.ladder(unbiased.gate(-1.0, 0.0), even, np.zeros((2, 2, 2)))
    names = ("reward to go", "action value Q")
    return texts([estimators[name].covariance()[1, 1] for name in names], 5)


def smooth_integrand():
    slope = unbiased.leibniz.integral(1e-6) / 1e-6
    s, t = np.linspace(0, 6, 60_001), 1e-4
    largest = t * np.abs(unbiased.leibniz.slope(np.sqrt(t * s), t)).max()
    return texts([slope, largest], 3)


def missing_discount():
    return [text(0.99**-100, 2)]


def backward_sum():
    paths = mdp.trajectories(mdp.coin(0.9, 2), [[0.7, 0.3]])
    weights = (0.9 ** np.arange(2) * paths.returns())[:, ::-1]
    wrong = np.einsum("m,mt,mtd->d", paths.weights, weights, paths.scores)[1]
    return texts([wrong, paths.reward_to_go().mean()[1]], 3)


def own_advantages():
    problem, rng = mdp.garnet(5, 3, 3, 0.9, rng=np.random.default_rng(1)), np.random.default_rng(2)
    old, new = (mdp.evaluate(problem, policies.softmax(rng.normal(size=(5, 3)))) for _ in range(2))
    own = np.einsum("s,sa,sa->", new.occupancy, new.policy, new.advantages)
    return texts([abs(own), abs(new.objective - old.objective)], 3)


def behind_the_door():
    old = mdp.evaluate(guarantees.pitfalls.blind(9.0, 0.9), [[1.0, 0.0]] * 3)
    pair = guarantees.Comparison(old, [[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    return texts([pair.surrogate, pair.gain], 1)


def ratios_of_a_path():
    square = 1 + guarantees.chi_square([0.6, 0.4], [0.5, 0.5])
    return [text(np.ceil(np.log(1e4) / np.log(square)), 0), text(1e4 / square, 0)]


def shift_on_the_cliff():
    shift = guarantees.state_shift(*guarantees.drifting_pair("cliff", 0.1), 11)
    assert shift.linear[10] == pytest.approx(2) and 0.3 < 1 - shift.exact[10] / 2 < 0.4
    return [text(shift.exact[10], 2)]


def shift_that_is_forgotten():
    shift = guarantees.state_shift(*guarantees.drifting_pair("mixing", 0.1), 21)
    assert shift.linear[20] == pytest.approx(4)
    return texts([shift.exact[20], shift.exact[2]], 3)


def bound_that_never_says_yes():
    moves = np.tile(np.eye(2), (2, 1, 1))
    signs = []
    for discount in (0.32, 0.34):
        pays = mdp.MDP(moves, [[1.0, 0.0]] * 2, [0.0, 1.0], discount)
        step = guarantees.Comparison(mdp.evaluate(pays, np.eye(2)), [[1.0, 0.0], [0.1, 0.9]])
        given = {"epsilon": step.epsilon, "discount": discount}
        cost = guarantees.linear_penalty(**given, constant=1 / (1 - discount))
        signs.append(step.surrogate - cost)
    assert signs[0] > 0 > signs[1]
    return texts([step.gain, signs[1]], 3)


def dear_penalty():
    steps = range(2_000)
    one, each = (sum(t * left(t) for t in steps) for left in (lambda t: 2_000, lambda t: 2_000 - t))
    return [text(one / each, 2)]


def clip_that_does_not_hold():
    policy, advantages = np.array([0.1, 0.9]), np.array([0.9, -0.1])
    ratio = guarantees.best_clipped(policy, advantages, 0.2) / policy
    return texts(ratio, 1)


ANSWERS = {
    "bandits": (
        raised_by_a_large_reward,
        slopes_near_and_far,
        best_arm_falls,
        typed_softmax,
        median_waits,
        sums_of_survival,
        variances_of_one_update,
        times_of_two_flows,
        error_of_the_sequential_update,
        ends_of_the_floor,
    ),
    "unbiased": (
        loss_without_a_slope,
        skipped_samples,
        moving_end,
        little_noise,
        rough_payoff,
        shrunken_means,
        perfect_critic,
        scores_of_all_tosses,
        averaging_by_hand,
        smooth_integrand,
    ),
    "guarantees": (
        missing_discount,
        backward_sum,
        own_advantages,
        behind_the_door,
        ratios_of_a_path,
        shift_on_the_cliff,
        shift_that_is_forgotten,
        bound_that_never_says_yes,
        dear_penalty,
        clip_that_does_not_hold,
    ),
}


def questions(chapter):
    return QUESTION.findall((BOOK / chapter / "questions.md").read_text())


@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_a_page_has_ten_questions_each_with_a_folded_answer(chapter):
    page = (BOOK / chapter / "questions.md").read_text()
    found = questions(chapter)
    assert [number for number, *_ in found] == [fold for *_, fold, _ in found]
    assert [int(number) for number, *_ in found] == [*range(1, 11)]
    assert page.count("\n## ") == page.count(":::{dropdown}") == 10
    contents = (BOOK.parent / "_toc.yml").read_text().split("- caption: ")
    (part,) = [part for part in contents if f"book/{chapter}/index" in part]
    assert part.split()[-1] == f"book/{chapter}/questions"
    for _, question, _, answer in found:
        assert "?" in question and re.search(r"\{doc\}`\w+`\)\.\n$", answer), answer


@pytest.mark.parametrize("i", range(10))
@pytest.mark.parametrize("chapter", catalogue.CHAPTERS)
def test_each_number_of_an_answer_is_computed(chapter, i):
    _, question, _, answer = questions(chapter)[i]
    computed, asked = ANSWERS[chapter][i](), {*NUMBER.findall(question)}
    written = {number for number in NUMBER.findall(answer) if len(number) > 1}
    assert {*computed} - asked <= written, "what is computed is written"
    assert written - {*computed} <= asked, "what is written is computed or given"
