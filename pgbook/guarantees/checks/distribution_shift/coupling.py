"""The coupling lemma, and the common part of two laws of the state."""

from fractions import Fraction
from itertools import product

import numpy as np

from pgbook import evidence, mdp, montecarlo, policies
from pgbook.evidence import SAMPLES, Sampled
from pgbook.guarantees import numeric
from pgbook.guarantees.cases import distance, laws
from pgbook.guarantees.checks.distribution_shift.drift import HALF, STEPS, TIMES, drifts
from pgbook.guarantees.proofs import distribution_shift as proofs
from pgbook.ledger import Cases, check, wrong
from pgbook.policies import total_variation


def _agreement(joint):
    return sum(row[i] for i, row in enumerate(joint))


@check(
    "G30", "the maximal coupling in fractions", laws(500, 874, "500 pairs of laws, exact fractions")
)
@wrong("independent draws", couple=lambda p, q: [[x * y for y in q] for x in p])
def exact_coupling(p, q, couple=proofs.coupling):
    joint = couple(p, q)
    columns = [sum(row[j] for row in joint) for j in range(len(q))]
    margins = [sum(row) for row in joint] == p and columns == q
    return margins and _agreement(joint) == 1 - distance(p, q) and min(map(min, joint)) >= 0


EVENTS_AND_LAWS = Cases("all events of up to 5 actions; 200 pairs", [()], 875)


@check("G30", "no coupling does better", EVENTS_AND_LAWS)
@wrong("twice the event", times=2)
def dual(times=1):
    """The certificate has no negative entry, and one event makes it sharp."""
    truths = []
    for event in (e for k in range(1, 6) for e in product((False, True), repeat=k)):
        unequal = ~np.eye(len(event), dtype=bool)
        slack = unequal - times * (unequal - np.array(proofs.certificate(event)))
        truths.append(slack.min() >= 0)
    for p, q in laws(200, 875, "").drawn:
        best = sum(x - y for x, y in zip(p, q, strict=True) if x > y)
        truths.append(times * best == 1 - _agreement(proofs.coupling(p, q)))
    return np.array(truths)


@check("G30", "the coupling in floating-point numbers", laws(300, 876, "300 pairs of laws"))
@wrong("margins exchanged", read=np.transpose)
def floats_agree(p, q, read=np.asarray):
    joint = policies.maximal_coupling(np.array(p, float), np.array(q, float))
    return read(joint) - np.array(proofs.coupling(p, q), float)


@check(
    "G30",
    "with the L1 distance the lemma is false",
    Cases("δ = 1/10 and 1/3", (Fraction(1, 10), Fraction(1, 3))),
)
@wrong("with half of it", times=1)
def l1_equality(delta, times=2):
    """X = 0 and Y one with probability δ: the only coupling agrees with probability 1 − δ."""
    p, q = [Fraction(1), Fraction(0)], [1 - delta, delta]
    return _agreement(proofs.coupling(p, q)) != 1 - times * distance(p, q)


@check(
    "G31",
    "coupled variables agree with probability 1 − ε",
    laws(300, 877, "300 pairs of laws, exact fractions"),
)
@wrong("with probability ε", chance=lambda epsilon: epsilon)
def agrees(p, q, chance=lambda epsilon: 1 - epsilon):
    return _agreement(proofs.coupling(p, q)) == chance(distance(p, q))


@check("G32", "coupled draws in samples", seed=878)
@wrong("independent draws", couple=np.outer)
def disagreement(rng, couple=policies.maximal_coupling):
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    cells = rng.choice(9, size=SAMPLES, p=couple(p, q).ravel())
    differ = montecarlo.estimate(cells // 3 != cells % 3)
    return Sampled(differ, total_variation(p, q), wrong=1 - p @ q)


@check("G32", "independent draws of equal laws differ", "two fair coins")
@wrong("coupled draws", couple=policies.maximal_coupling)
def independent_draws(couple=np.outer):
    """Two fair coins, ε = 0: independent draws differ half the time."""
    p = np.array([0.5, 0.5])
    return 1 - np.trace(couple(p, p)) - 0.5


CORNERS = laws(300, 886, "300 laws, all corners and 300 others, exact fractions")


@check("G33", "the law farthest from p has all its mass where p has least", CORNERS)
@wrong("where p has most", extreme=max)
@wrong("as if some state were never met", extreme=lambda p: 0)
def farthest(p, q, extreme=min):
    r""":math:`\|m - p\|_1` is at most :math:`2 (1 - \min p)`, attained at a corner."""
    corners = [[Fraction(i == j) for j in range(len(p))] for i in range(len(p))]
    return max(2 * distance(m, p) for m in (*corners, q)) == 2 * (1 - extreme(p))


@check("G33", "no law of mistakes satisfies the printed equality", "{n_states} states, old {old}")
@wrong("a third state that is never met", n_states=3)
@wrong("a deterministic old policy", old=(0.0, 1.0))
def printed_equality(old=(0.5, 0.5), n_states=2):
    """One step to the state that the action names; the new policy takes the first action."""
    moves = np.tile(np.eye(2, n_states), (n_states, 1, 1))
    problem = mdp.MDP(moves, np.zeros((n_states, 2)), np.eye(n_states)[0], 0.9)
    policy, new = np.tile(old, (n_states, 1)), np.eye(2)[[0] * n_states]
    drift, law = numeric.state_shift(problem, policy, new, 2), mdp.state_laws(problem, policy, 2)[1]
    asked = drift.exact[1] / drift.epsilon  # of the L1 distance of the law of mistakes
    return asked > 2 * (1 - law.min()) + 1e-12


@check("G33", "the simple case's decomposition needs a negative law")
@wrong("a deterministic old policy", old=(Fraction(0), Fraction(1)))
def decomposition(old=(HALF, HALF)):
    """The same step: what is left of the new law when (1 − ε) of the old one is taken off."""
    new = (Fraction(1), Fraction(0))
    epsilon = distance(old, new)
    residual = [(y - (1 - epsilon) * x) / epsilon for x, y in zip(old, new, strict=True)]
    return evidence.true_in(min(residual) < 0, f"residual ({residual[0]}, {residual[1]})")


@check("G33", "a common part below both laws", drifts)
@wrong("a multiple of the old law", of_old=True)
def common_part(pair, drift, of_old=False):
    """The part without a disagreement lies below both laws and keeps at least (1 − ε)ᵗ."""
    problem, both = pair.old.problem, (pair.old.policy, pair.new_policy)
    old_laws, new_laws = (mdp.state_laws(problem, policy, STEPS) for policy in both)
    common = numeric.agreeing_laws(problem, *both, STEPS)
    kept = common.sum(axis=1)
    if of_old:  # as printed: the common part is a multiple of the old law
        common = kept[:, None] * old_laws
    below_both = (common <= np.minimum(old_laws, new_laws) + 1e-12).all()
    enough = (kept >= (1 - drift.epsilon) ** TIMES - 1e-12).all()
    return below_both and enough and (drift.exact <= 2 * (1 - kept) + 1e-12).all()
