"""How far the laws of the state drift apart: claims G23 to G34."""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, partial

import numpy as np
import sympy as sp

from pgbook import ledger, mdp, policies
from pgbook.guarantees import numeric
from pgbook.guarantees.claims.common import (
    CASES,
    comparisons,
    deterministic_pairs,
    random_policy,
)
from pgbook.guarantees.numeric import Shift
from pgbook.guarantees.symbolic import shift
from pgbook.ledger import Check, Evidence
from pgbook.validation import FloatArray

STEPS = 40
EPSILONS = (0.001, 0.05, 0.3, 1.0)


@lru_cache(maxsize=1)
def shifts() -> tuple[Shift, ...]:
    """The drift of the random pairs over forty steps."""
    return tuple(
        numeric.state_shift(pair.old.problem, pair.old.policy, pair.new_policy, STEPS)
        for pair in comparisons()
    )


def below(bound: Callable[[Shift], FloatArray]) -> Evidence:
    """The exact drift is below a bound at all times."""
    truths = np.array([(found.exact <= bound(found) + 1e-12).all() for found in shifts()])
    return ledger.true_in(truths, f"{CASES}, t < {STEPS}", seed=801)


def with_mean_distance(found: Shift) -> FloatArray:
    """The bound with the mean distance in the first states in place of the largest of all."""
    epsilon = found.met[1] / 2
    return 2 * (1 - (1 - epsilon) ** np.arange(STEPS))


def one_bad_state(everywhere: bool = False) -> Evidence:
    """A state in which the policies differ fully, and no other: the cliff from a safe first state.

    The new policy goes on like the old one in the first state of a chain of two, and errs in the
    second; ε is taken from the first state, or from all.
    """
    moves = np.zeros((4, 2, 4))
    moves[0, :, 1] = moves[1, 0, 2] = moves[1, 1, 3] = moves[2, :, 2] = moves[3, :, 3] = 1.0
    problem = mdp.MDP(moves, np.zeros((4, 2)), np.eye(4)[0], 0.9)
    old, new = np.eye(2)[[0] * 4], np.eye(2)[[0, 1, 0, 0]]
    found = numeric.state_shift(problem, old, new, 3)
    epsilon = found.epsilon if everywhere else policies.total_variation(old, new)[0]
    broken = found.exact[2] > 2 * (1 - (1 - epsilon) ** 2)
    return ledger.true_in(broken, f"ε = {epsilon:g}: L1 distance {found.exact[2]:g}")


def residual_is_a_law(
    power: int = 0, *, stochastic: bool = False, unequal: bool = False
) -> Evidence:
    """What is left of the new law is non-negative, at each time and state."""
    truths, rng = [], np.random.default_rng(871)
    for problem, old, new in deterministic_pairs():
        if stochastic:
            old = random_policy(problem, rng)
        if unequal:  # at most the same mistakes, from state to state
            new = old + rng.uniform(size=(len(old), 1)) * (new - old)
        epsilon = policies.total_variation(new, old).max()
        laws, new_laws = (mdp.state_laws(problem, p, 20) for p in (old, new))
        kept = (1 - epsilon) ** np.maximum(np.arange(20) - power, 0)
        truths.append((new_laws - kept[:, None] * laws >= -1e-12).all())
    kind = "stochastic" if stochastic else "deterministic"
    return ledger.true_in(np.array(truths), f"1,000 MDPs, {kind} old policy", seed=871)


def given_none(equal: bool = True) -> Evidence:
    """Mistakes of one probability everywhere: the law given none is that of the old policy."""
    errors, rng = [], np.random.default_rng(879)
    for problem, old, new in deterministic_pairs()[:300]:
        if not equal:
            new = old + rng.uniform(size=(len(old), 1)) * (new - old)
        agreed = numeric.agreeing_laws(problem, old, new, 10)
        some = agreed.sum(axis=1) > 1e-6
        given = agreed[some] / agreed[some].sum(axis=1, keepdims=True)
        errors.append(np.abs(given - mdp.state_laws(problem, old, 10)[some]).max())
    return ledger.exact(np.array(errors), "300 MDPs, ten steps", tolerance=1e-9, seed=879)


def given_no_mistake(epsilon_x: Fraction = Fraction(0)) -> Evidence:
    """The law of a state, given that there was no mistake, from two states met equally often.

    The mistake in y has probability ½, that in x is given.
    """
    weights = [Fraction(1, 2) * (1 - epsilon_x), Fraction(1, 2) * Fraction(1, 2)]
    law = [weight / sum(weights) for weight in weights]
    return ledger.true_in(law != [Fraction(1, 2)] * 2, f"law ({law[0]}, {law[1]})")


def imitation(power: int = 2) -> Evidence:
    """Errors of an imitator, counted under the expert's states, cost at most T² times their rate.

    Costs lie in [0, 1]; the chain of the cliff is among the cases (Ross & Bagnell 2010).
    """
    truths, rng = [], np.random.default_rng(872)
    for problem, expert, imitator in (*deterministic_pairs()[:500], _cliff(0.01)):
        horizon = int(rng.integers(2, 30)) if problem.n_actions != 2 else 20
        by_state = rng.uniform(size=problem.n_states)
        if problem.n_states == 2 and problem.reward[0, 0] == 1:
            by_state = np.array([0.0, 1.0])  # the cost of having fallen
        laws, new_laws = (mdp.state_laws(problem, p, horizon) for p in (expert, imitator))
        rate = (laws @ policies.total_variation(expert, imitator)).mean()
        loss = (new_laws @ by_state - laws @ by_state).sum()
        truths.append(loss <= horizon**power * rate + 1e-12)
    return ledger.true_in(np.array(truths), "500 MDPs and the cliff", seed=872)


def _cliff(epsilon: float):
    return numeric.drifting_pair("cliff", epsilon)


def tight(which: str = "bound", halves: float = 1.0) -> Evidence:
    """On the cliff the drift is the bound, for every time and every ε."""
    errors = []
    for epsilon in EPSILONS:
        found = numeric.state_shift(*_cliff(epsilon), 60)
        errors.append(np.abs(found.exact - halves * getattr(found, which)).max())
    return ledger.exact(np.array(errors), "four ε, sixty steps")


def bernoulli(epsilon: Fraction, t: Fraction) -> Evidence:
    """Bernoulli's inequality at one point, as squares where the exponent is one half."""
    if t == Fraction(1, 2):  # both sides are positive
        holds = (1 - epsilon) >= (1 - epsilon * t) ** 2
    else:
        holds = (1 - epsilon) ** int(t) >= 1 - epsilon * t
    return ledger.true_in(not holds, f"ε = {epsilon}, t = {t}")


def no_excess(steps: int) -> Evidence:
    """F at so many steps is zero for every ε."""
    found = shift.excess(sp.Integer(steps))
    return ledger.symbolic(found, sp.S.Zero, f"all ε, t = {steps}", point=shift.POINT)


def bernoulli_on_grid(slack: int = 0) -> Evidence:
    """The inequality in exact fractions."""
    truths = [
        (1 - Fraction(e, 40)) ** t >= 1 - Fraction(e, 40) * t + slack
        for e in range(41)
        for t in range(60)
    ]
    return ledger.true_in(np.array(truths), "41 ε, 60 t, exact fractions")


def vacuous(after: float = 1.0) -> Evidence:
    """From t = 1/ε on the linear bound says less than that an L1 distance is at most two."""
    truths = []
    for epsilon in (0.01, 0.1, 0.25):
        found = numeric.state_shift(*_cliff(epsilon), 201)
        first = int(np.argmax(found.linear >= 2 - 1e-12))
        truths.append(first == round(after / epsilon))
    return ledger.true_in(np.array(truths), "three ε on the cliff")


def saturates(name: str = "mixing") -> Evidence:
    """With a chain that forgets, the drift stops growing while the bound goes on."""
    found = numeric.state_shift(*numeric.drifting_pair(name, 0.05), 201)
    late = found.exact[100:]
    truths = np.array([np.ptp(late) < 1e-6, late.max() < 0.5, found.bound[200] > 1.99])
    return ledger.true_in(truths, f"{name} chain, ε = 0.05, t from 100 to 200")


def pointwise(k: int) -> Evidence:
    """Laws uniform on the two halves of k actions: L1 against twice the largest difference."""
    m = k // 2
    old, new = np.zeros(k), np.zeros(k)
    old[:m] = new[k - m :] = 1 / m
    allowed = 2 * np.abs(new - old).max()
    return ledger.true_in(policies.l1_distance(old, new) > allowed + 1e-12, f"k = {k}")


def sharp_pointwise(count: Callable[[int], float] = lambda k: k // 2) -> Evidence:
    """Total variation against the largest difference, times half the number of actions."""
    rng, truths = np.random.default_rng(873), []
    for _ in range(2000):
        k = int(rng.integers(2, 9))
        old, new = rng.dirichlet(np.full(k, rng.uniform(0.1, 2)), size=2)
        if rng.uniform() < 0.2:  # the extreme case
            old, new = (np.repeat([x, 1 - x], [k // 2, k - k // 2]) for x in (1.0, 0.0))
            old, new = old / old.sum(), new / new.sum()
        largest = np.abs(new - old).max()
        truths.append(policies.total_variation(old, new) <= count(k) * largest + 1e-12)
    return ledger.true_in(np.array(truths), "2,000 pairs, 2 to 8 actions", seed=873)


def l1_reading(factor: float = 0.5) -> Evidence:
    """If ε bounds the L1 distance, half of it bounds the total variation."""
    truths = []
    for pair, found in zip(comparisons(), shifts(), strict=True):
        epsilon = policies.l1_distance(pair.new_policy, pair.old.policy).max()
        allowed = 2 * (1 - (1 - factor * epsilon) ** np.arange(STEPS))
        truths.append((found.exact <= allowed + 1e-12).all())
    return ledger.true_in(np.array(truths), CASES, seed=801)


def printed_decomposition(old: tuple[Fraction, ...] = (Fraction(1, 2), Fraction(1, 2))) -> Evidence:
    """One step to the state that the action names; the new policy takes the first action."""
    new = (Fraction(1), Fraction(0))
    epsilon = sum(abs(x - y) for x, y in zip(old, new, strict=True)) / 2
    residual = [(y - (1 - epsilon) * x) / epsilon for x, y in zip(old, new, strict=True)]
    return ledger.true_in(min(residual) < 0, f"residual ({residual[0]}, {residual[1]})")


def common_part(of_old: bool = False) -> Evidence:
    """The part without a disagreement lies below both laws and keeps at least (1 − ε)ᵗ."""
    truths = []
    for pair, found in zip(comparisons(), shifts(), strict=True):
        problem = pair.old.problem
        laws, new_laws = (
            mdp.state_laws(problem, p, STEPS) for p in (pair.old.policy, pair.new_policy)
        )
        common = numeric.agreeing_laws(problem, pair.old.policy, pair.new_policy, STEPS)
        kept = common.sum(axis=1)
        if of_old:  # as printed: the common part is a multiple of the old law
            common = kept[:, None] * laws
        truths.append(
            (common <= laws + 1e-12).all()
            and (common <= new_laws + 1e-12).all()
            and (kept >= (1 - found.epsilon) ** np.arange(STEPS) - 1e-12).all()
            and (found.exact <= 2 * (1 - kept) + 1e-12).all()
        )
    return ledger.true_in(np.array(truths), f"{CASES}, t < {STEPS}", seed=801)


_steps = partial(ledger.proves, generality="any ε and t", point=shift.POINT)

SHIFT = {
    "G23": (
        Check(
            "the drift against both bounds",
            partial(below, lambda found: np.minimum(found.bound, found.linear)),
            {"ε as the mean over the first states": partial(below, with_mean_distance)},
        ),
    ),
    "G24": (
        Check(
            "one bad state breaks the bound if ε comes from another",
            one_bad_state,
            {"ε over all states": partial(one_bad_state, True)},
        ),
    ),
    "G25": (
        Check(
            "deterministic old policy: the residual is a law",
            residual_is_a_law,
            {
                "one power of 1 − ε less": partial(residual_is_a_law, 1),
                "a stochastic old policy": partial(residual_is_a_law, stochastic=True),
            },
        ),
        Check(
            "the same with unequal mistakes of at most ε",
            partial(residual_is_a_law, unequal=True),
            {"two powers of 1 − ε less": partial(residual_is_a_law, 2, unequal=True)},
        ),
        Check(
            "equal mistakes: given none, the law is the old one",
            given_none,
            {"unequal mistakes": partial(given_none, False)},
        ),
        Check(
            "unequal mistakes: given none, the law is not the old one",
            given_no_mistake,
            {"equal mistakes": partial(given_no_mistake, Fraction(1, 2))},
        ),
    ),
    "G25b": (
        Check(
            "imitation loses at most T² times the error rate",
            imitation,
            {"T times": partial(imitation, 1)},
        ),
    ),
    "G26": (
        Check(
            "attained by the cliff chain",
            tight,
            {
                "the linear bound": partial(tight, "linear"),
                "without the two": partial(tight, "bound", 0.5),
            },
        ),
        Check(
            "a mixture minus one of its parts",
            partial(_steps, shift.mixture),
            {"the whole mistake": partial(_steps, shift.mixture, shift.mistake - shift.p)},
        ),
    ),
    "G27": (
        Check(
            "the step of the induction",
            partial(_steps, shift.bernoulli_step),
            {
                "an equality": partial(
                    _steps, shift.bernoulli_step, (1 - shift.eps) * shift.excess(shift.t)
                )
            },
        ),
        Check(
            "the induction begins at zero",
            partial(no_excess, 0),
            {"at two": partial(no_excess, 2)},
        ),
        Check(
            "on a grid of fractions",
            bernoulli_on_grid,
            {"strictly larger by one": partial(bernoulli_on_grid, 1)},
        ),
        Check(
            "false for t = ½",
            partial(bernoulli, Fraction(3, 4), Fraction(1, 2)),
            {"for t = 2": partial(bernoulli, Fraction(3, 4), Fraction(2))},
        ),
        Check(
            "false for ε = 3.5 and t = 3",
            partial(bernoulli, Fraction(7, 2), Fraction(3)),
            {"for ε = 1": partial(bernoulli, Fraction(1), Fraction(3))},
        ),
    ),
    "G28": (
        Check(
            "vacuous from 1/ε on",
            vacuous,
            {"from 2/ε on": partial(vacuous, 2.0)},
        ),
        Check(
            "a chain that forgets: the drift stops",
            saturates,
            {"the cliff": partial(saturates, "cliff")},
        ),
    ),
    "G29": (
        Check(
            "ε for each action, four actions: false",
            partial(pointwise, 4),
            {"two actions": partial(pointwise, 2), "three actions": partial(pointwise, 3)},
        ),
        Check(
            "at most half the number of actions times as much",
            sharp_pointwise,
            {"never more than once": partial(sharp_pointwise, lambda k: 1)},
        ),
        Check(
            "ε for the L1 distance: true, half would do",
            l1_reading,
            {"a tenth": partial(l1_reading, 0.1)},
        ),
    ),
    "G33": (
        Check(
            "the printed decomposition needs a negative law",
            printed_decomposition,
            {
                "a deterministic old policy": partial(
                    printed_decomposition, (Fraction(0), Fraction(1))
                )
            },
        ),
        Check(
            "a common part below both laws",
            common_part,
            {"a multiple of the old law": partial(common_part, True)},
        ),
    ),
    "G34": (
        Check(
            "the recursion of the drift",
            partial(_steps, shift.drift_step),
            {
                "without the discount of what has drifted": partial(
                    _steps, shift.drift_step, shift.eps + shift.drift(shift.t)
                )
            },
        ),
        Check(
            "the drift against the distance met so far",
            partial(below, lambda found: found.met),
            {"half of it": partial(below, lambda found: found.met / 2)},
        ),
    ),
}
