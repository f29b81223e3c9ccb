"""The coupling lemma and what it is used for: claims G30 to G32."""

from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np

from pgbook import ledger, montecarlo, policies
from pgbook.guarantees.claims.common import N
from pgbook.guarantees.symbolic import shift
from pgbook.ledger import Check, Evidence


def fractions(n_cases: int, seed: int):
    """Pairs of laws in exact fractions, some of them equal, some without a common action."""
    rng = np.random.default_rng(seed)
    for case in range(n_cases):
        k = int(rng.integers(2, 6))
        p, q = ([int(x) for x in rng.integers(0, 8, size=k)] for _ in range(2))
        p[0], q[-1] = p[0] + 1, q[-1] + 1
        if case % 10 == 0:
            q = p
        yield [Fraction(x, sum(p)) for x in p], [Fraction(x, sum(q)) for x in q]


def exact_coupling(independent: bool = False) -> Evidence:
    """Margins, agreement and the event that proves it best, all in exact fractions."""
    truths = []
    for p, q in fractions(500, 874):
        joint = shift.coupling(p, q)
        if independent:
            joint = [[x * y for y in q] for x in p]
        tv = sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2
        k = range(len(p))
        truths.append(
            [sum(row) for row in joint] == p
            and [sum(row[j] for row in joint) for j in k] == q
            and sum(joint[i][i] for i in k) == 1 - tv
            and min(map(min, joint)) >= 0
        )
    return ledger.true_in(np.array(truths), "500 pairs of laws, exact fractions", seed=874)


def dual(doubled: int = 1) -> Evidence:
    """The certificate has no negative entry, and one event makes it sharp."""
    truths = []
    for k in range(1, 6):
        for event in product((False, True), repeat=k):
            entries = shift.certificate([bool(x) for x in event])
            entries = [
                [int(i != j) - doubled * (int(i != j) - c) for j, c in enumerate(row)]
                for i, row in enumerate(entries)
            ]
            truths.append(min(map(min, entries)) >= 0)
    for p, q in fractions(200, 875):
        best = sum(x - y for x, y in zip(p, q, strict=True) if x > y)
        apart = 1 - sum(row[i] for i, row in enumerate(shift.coupling(p, q)))
        truths.append(doubled * best == apart)
    return ledger.true_in(np.array(truths), "all events of up to 5 actions; 200 pairs", seed=875)


def floats_agree(transposed: bool = False) -> Evidence:
    """The coupling in floating-point numbers against the one in fractions."""
    errors = []
    for p, q in fractions(300, 876):
        joint = policies.maximal_coupling(np.array(p, float), np.array(q, float))
        found = joint.T if transposed else joint
        errors.append(np.abs(found - np.array(shift.coupling(p, q), float)).max())
    return ledger.exact(np.array(errors), "300 pairs of laws", seed=876)


def l1_equality(half: bool = False) -> Evidence:
    """X = 0 and Y one with probability δ: the only coupling agrees with probability 1 − δ."""
    wrong = []
    for delta in (Fraction(1, 10), Fraction(1, 3)):
        joint = shift.coupling([Fraction(1), Fraction(0)], [1 - delta, delta])
        agree, l1 = joint[0][0] + joint[1][1], 2 * delta
        wrong.append(agree != 1 - (l1 / 2 if half else l1))
    return ledger.true_in(np.array(wrong), "δ = 1/10 and 1/3")


def agrees(printed: bool = False) -> Evidence:
    """How often coupled variables agree: 1 − ε, and for equal laws always."""
    truths = []
    for p, q in fractions(300, 877):
        joint = shift.coupling(p, q)
        epsilon = sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2
        agree = sum(row[i] for i, row in enumerate(joint))
        truths.append(agree == (epsilon if printed else 1 - epsilon))
    return ledger.true_in(np.array(truths), "300 pairs of laws, exact fractions", seed=877)


def disagreement(coupled: bool = True) -> Evidence:
    """How often two draws differ in sampled pairs, against the total variation."""
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    joint = policies.maximal_coupling(p, q) if coupled else np.outer(p, q)
    rng = np.random.default_rng(878)
    cells = rng.choice(9, size=N, p=joint.ravel())
    result = montecarlo.estimate(cells // 3 != cells % 3)
    truth = policies.total_variation(p, q)
    independent = 1 - p @ q
    return ledger.monte_carlo(result, truth, wrong=independent, n_samples=N, seed=878)


def independent_draws(coupled: bool = False) -> Evidence:
    """Two fair coins, ε = 0: independent draws differ half the time."""
    p = np.array([0.5, 0.5])
    joint = policies.maximal_coupling(p, p) if coupled else np.outer(p, p)
    return ledger.exact(np.array([1 - np.trace(joint) - 0.5]), "two fair coins")


COUPLING = {
    "G30": (
        Check(
            "the maximal coupling in fractions",
            exact_coupling,
            {"independent draws": partial(exact_coupling, True)},
        ),
        Check(
            "no coupling does better",
            dual,
            {"twice the event": partial(dual, 2)},
        ),
        Check(
            "the coupling in floating-point numbers",
            floats_agree,
            {"margins exchanged": partial(floats_agree, True)},
        ),
        Check(
            "with the L1 distance the lemma is false",
            l1_equality,
            {"with half of it": partial(l1_equality, True)},
        ),
    ),
    "G31": (
        Check(
            "coupled variables agree with probability 1 − ε",
            agrees,
            {"with probability ε": partial(agrees, True)},
        ),
    ),
    "G32": (
        Check(
            "coupled draws in samples",
            disagreement,
            {"independent draws": partial(disagreement, False)},
        ),
        Check(
            "independent draws of equal laws differ",
            independent_draws,
            {"coupled draws": partial(independent_draws, True)},
        ),
    ),
}
