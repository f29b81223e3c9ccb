"""How far the laws of the state drift apart, and what bounds it."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import sympy as sp

from pgbook import evidence, mdp, policies
from pgbook.guarantees import numeric
from pgbook.guarantees.cases import MISTAKES, PAIRS, cliff_of_mistakes, random_policy
from pgbook.guarantees.numeric import drifting_pair, pitfalls, state_shift
from pgbook.guarantees.proofs import distribution_shift as proofs
from pgbook.ledger import Cases, check, drawn, wrong
from pgbook.policies import total_variation

STEPS = 40
TIMES = np.arange(STEPS)


# Each pair with its drift over forty steps.
@drawn(f"{PAIRS.text}, and three cliffs, t < {STEPS}", 801)
def drifts(_):
    cliffs = [cliff_of_mistakes(epsilon, 0.9) for epsilon in (0.01, 0.3, 1.0)]
    for pair in (*PAIRS.drawn, *cliffs):
        yield pair, state_shift(pair.old.problem, pair.old.policy, pair.new_policy, STEPS)


@check("G23", "the drift against the geometric bound", drifts, most=lambda d: d.geometric)
@wrong("0.99 of it", most=lambda d: 0.99 * d.geometric)
@wrong("ε as the mean over the first states", most=lambda d: 2 * (1 - (1 - d.met[1] / 2) ** TIMES))
@check("G23", "the drift against the linear bound", drifts, most=lambda d: d.linear)
@wrong("0.99 of it", most=lambda d: 0.99 * d.linear)
@check("G34", "the drift against the distance met so far", drifts, most=lambda d: d.met)
@wrong("0.99 of it", most=lambda d: 0.99 * d.met)
def below(_, drift, most):
    return (drift.exact <= most(drift) + 1e-12).all()


@check("G24", "one bad state breaks the bound if ε comes from another")
@wrong("ε over all states", everywhere=True)
def one_bad_state(everywhere=False):
    """A state in which the policies differ fully, and no other: the cliff from a safe first state.

    The new policy goes on like the old one in the first state of a chain of two, and errs in the
    second; ε is taken from the first state, or from all.
    """
    problem = mdp.deterministic([[1, 1], [2, 3], [2, 2], [3, 3]], np.zeros((4, 2)), 0.9)
    old, new = np.eye(2)[[0] * 4], np.eye(2)[[0, 1, 0, 0]]
    drift = state_shift(problem, old, new, 3)
    epsilon = drift.epsilon if everywhere else total_variation(old, new)[0]
    broken = drift.exact[2] > 2 * (1 - (1 - epsilon) ** 2)
    return evidence.true_in(broken, f"ε = {epsilon:g}: L1 distance {drift.exact[2]:g}")


BY_KIND = MISTAKES.named("1,000 MDPs, {old_policy} old policy")


@check("G25", "deterministic old policy: the residual is a law", BY_KIND, seed=871)
@wrong("one power of 1 − ε less", power=1)
@wrong("a stochastic old policy", old_policy="stochastic")
@check("G25", "the same with unequal mistakes of at most ε", BY_KIND, seed=871, unequal=True)
@wrong("two powers of 1 − ε less", power=2)
def residual_is_a_law(problem, old, new, rng, power=0, old_policy="deterministic", unequal=False):
    if old_policy == "stochastic":
        old = random_policy(problem, rng)
    if unequal:  # at most the same mistakes, from state to state
        new = old + rng.uniform(size=(len(old), 1)) * (new - old)
    epsilon = total_variation(new, old).max()
    old_laws, new_laws = (mdp.state_laws(problem, policy, 20) for policy in (old, new))
    kept = (1 - epsilon) ** np.maximum(np.arange(20) - power, 0)
    return (new_laws - kept[:, None] * old_laws >= -1e-12).all()


@check(
    "G25",
    "equal mistakes: given none, the law is the old one",
    MISTAKES.named("300 MDPs, ten steps", 300),
    seed=879,
    tolerance=1e-9,
)
@wrong("unequal mistakes", equal=False)
def given_none(problem, old, new, rng, equal=True):
    if not equal:
        new = old + rng.uniform(size=(len(old), 1)) * (new - old)
    agreed = numeric.agreeing_laws(problem, old, new, 10)
    possible = agreed.sum(axis=1) > 1e-6
    given = agreed[possible] / agreed[possible].sum(axis=1, keepdims=True)
    return given - mdp.state_laws(problem, old, 10)[possible]


HALF = Fraction(1, 2)


@check("G25", "unequal mistakes: given none, the law is not the old one", epsilon_x=Fraction(0))
@wrong("equal mistakes", epsilon_x=HALF)
def given_no_mistake(epsilon_x):
    """The law of a state, given that there was no mistake, from two states met equally often.

    The mistake in y has probability ½, that in x is given.
    """
    weights = [HALF * (1 - epsilon_x), HALF * HALF]
    law = [weight / sum(weights) for weight in weights]
    return evidence.true_in(law != [HALF, HALF], f"law ({law[0]}, {law[1]})")


def _some_less(problem, old, mistaken, epsilon, rng):
    """All begin in the first state, with mistakes of probability ε there; elsewhere ε or less."""
    start = np.eye(problem.n_states)[0]
    shares = np.where(rng.uniform(size=problem.n_states) < 0.5, 1.0, rng.uniform(0.1, 0.9))
    chance = epsilon * np.maximum(shares, start)
    others = mistaken * (1 - old)
    others /= others.sum(axis=1, keepdims=True)
    return replace(problem, start=start), old + chance[:, None] * (others - old), chance


def _met_before(problem, old, states):
    """Whether the old policy may have been in one of these states before t = 0, ..., 9."""
    met = (mdp.state_laws(problem, old, 10)[:, states] > 0).any(axis=1)
    return np.append(False, np.logical_or.accumulate(met)[:-1])


@check(
    "G25",
    "agreement is likelier than (1 − ε)ᵗ exactly if a state with fewer mistakes may be met before",
    MISTAKES.named("300 MDPs from one state, ε = {epsilon:g}, ten steps", 300),
    seed=880,
)
@wrong("for ε = 1 too", epsilon=1.0)
@wrong("or may be met later", before=lambda problem, old, states: states.any())
def only_then(problem, old, mistaken, rng, epsilon=0.5, before=_met_before):
    problem, new, chance = _some_less(problem, old, mistaken, epsilon, rng)
    kept = numeric.agreeing_laws(problem, old, new, 10).sum(axis=1)
    likelier = kept > (1 - epsilon) ** np.arange(10) + 1e-12
    return likelier == before(problem, old, chance < epsilon)


@drawn("500 MDPs, and one choice", 872)
def experts(rng):
    for problem, *pair in MISTAKES.drawn[:500]:
        horizon, costs = int(rng.integers(2, 30)), rng.uniform(size=problem.n_states)
        yield problem, *pair, horizon, costs
    imitator = np.array([[0.9, 0.1], [1.0, 0.0], [1.0, 0.0]])  # one mistake at the start, or none
    yield pitfalls.one_choice(0.9), np.eye(2)[[0, 0, 0]], imitator, 20, np.eye(3)[2]


@check("G25b", "imitation loses at most T(T − 1) times the error rate, and may lose it", experts)
@wrong("0.99 of it", share=0.99)
def imitation(problem, expert, imitator, horizon, costs, share=1.0):
    """Errors are counted under the expert's states; the costs of states lie in [0, 1]."""
    old_laws, new_laws = (mdp.state_laws(problem, p, horizon) for p in (expert, imitator))
    rate = (old_laws @ total_variation(expert, imitator)).mean()
    loss = (new_laws @ costs - old_laws @ costs).sum()
    return loss <= share * horizon * (horizon - 1) * rate + 1e-12


@check("G26", "attained by the cliff chain", Cases("four ε, sixty steps", (0.001, 0.05, 0.3, 1.0)))
@wrong("the linear bound", most=lambda drift: drift.linear)
@wrong("without the two", most=lambda drift: drift.geometric / 2)
def tight(epsilon, most=lambda drift: drift.geometric):
    drift = state_shift(*drifting_pair("cliff", epsilon), 60)
    return drift.exact - most(drift)


@check("G27", "the induction begins at zero")
@wrong("at two", steps=2)
def no_excess(steps=0):
    excess = proofs.excess(sp.Integer(steps))
    return evidence.symbolic(excess, sp.S.Zero, f"all ε, t = {steps}", point=proofs.POINT)


@check(
    "G27",
    "on a grid of fractions",
    Cases("41 ε, 60 t, exact fractions", product(range(41), range(60))),
)
@wrong("strictly larger by one", slack=1)
def bernoulli_on_grid(fortieths, t, slack=0):
    epsilon = Fraction(fortieths, 40)
    return (1 - epsilon) ** t >= 1 - epsilon * t + slack


POINT = "ε = {epsilon}, t = {t}"


@check("G27", "false for t = ½", POINT, epsilon=Fraction(3, 4), t=HALF)
@wrong("for t = 2", t=Fraction(2))
@check("G27", "false for ε = 3.5 and t = 3", POINT, epsilon=Fraction(7, 2), t=Fraction(3))
@wrong("for ε = 1", epsilon=Fraction(1))
def bernoulli_fails(epsilon, t):
    if t == HALF:  # both sides are positive
        return 1 - epsilon < (1 - epsilon * t) ** 2
    return (1 - epsilon) ** int(t) < 1 - epsilon * t


@check("G28", "vacuous from 1/ε on", Cases("three ε on the cliff", (0.01, 0.1, 0.25)))
@wrong("from 2/ε on", after=2.0)
def vacuous(epsilon, after=1.0):
    linear = state_shift(*drifting_pair("cliff", epsilon), 201).linear
    return np.argmax(linear >= 2 - 1e-12) == round(after / epsilon)


@check("G28", "a chain that forgets: the drift stops", "{name} chain, ε = 0.05, t from 100 to 200")
@wrong("the cliff", name="cliff")
def saturates(name="mixing"):
    drift = state_shift(*drifting_pair(name, 0.05), 201)
    late = drift.exact[100:]
    return np.array([np.ptp(late) < 1e-6, late.max() < 0.5, drift.geometric[200] > 1.99])


@check("G29", "ε for each action, four actions: false", "k = {k}")
@wrong("two actions", k=2)
@wrong("three actions", k=3)
def pointwise(k=4):
    """Laws uniform on the two halves of k actions: L1 against twice the largest difference."""
    m = k // 2
    old, new = np.zeros(k), np.zeros(k)
    old[:m] = new[k - m :] = 1 / m
    return policies.l1_distance(old, new) > 2 * np.abs(new - old).max() + 1e-12


@drawn("2,000 pairs, 2 to 8 actions", 873)
def pairs_of_laws(rng):
    for _ in range(2000):
        k = int(rng.integers(2, 9))
        old, new = rng.dirichlet(np.full(k, rng.uniform(0.1, 2)), size=2)
        if rng.uniform() < 0.2:  # the extreme case
            old, new = (np.repeat([x, 1 - x], [k // 2, k - k // 2]) for x in (1.0, 0.0))
            old, new = old / old.sum(), new / new.sum()
        yield old, new


@check("G29", "at most half the number of actions times as much", pairs_of_laws)
@wrong("never more than once", count=lambda k: 1)
def sharp_pointwise(old, new, count=lambda k: k // 2):
    return total_variation(old, new) <= count(old.size) * np.abs(new - old).max() + 1e-12


@check("G29", "ε for the L1 distance: true, half would do", drifts)
@wrong("0.99 of the half", factor=0.495)
def l1_reading(pair, drift, factor=0.5):
    epsilon = policies.l1_distance(pair.new_policy, pair.old.policy).max()
    return (drift.exact <= 2 * (1 - (1 - factor * epsilon) ** TIMES) + 1e-12).all()
