"""What is left of the gain: what maximising a bound does, and sharper bounds."""

from itertools import product

import numpy as np
import sympy as sp

from pgbook import evidence, mdp
from pgbook.guarantees import numeric
from pgbook.guarantees.cases import (
    AWAY,
    EXTREMES,
    FIRST,
    HALVES,
    PAIRS,
    SECOND,
    cliff_of_mistakes,
    falls,
    random_policy,
)
from pgbook.guarantees.numeric import LOWER_BOUNDS, Comparison, pitfalls
from pgbook.guarantees.proofs import lower_bound as proofs
from pgbook.ledger import Cases, check, drawn, wrong


@drawn("3,000 MDPs with γ from 0.5 to 0.99", 883)
def certificates(rng):
    """Discount, and the best of three bounds on the way to the greedy policy."""
    for _ in range(3000):
        problem = mdp.garnet(5, 3, 5, rng.uniform(0.5, 0.99), rng=rng)
        old = mdp.evaluate(problem, random_policy(problem, rng))
        far, best = numeric.greedy(old), dict.fromkeys(("crude, linear", "crude", "sharp"), -np.inf)
        for h in (1e-6, 1e-4, 1e-2, 0.1, 0.3, 1.0):
            pair = Comparison(old, numeric.mixture(old.policy, far, h))
            best = {name: max(value, LOWER_BOUNDS[name](pair)) for name, value in best.items()}
        yield problem.discount, best


def _from(threshold):
    text = f"MDPs with γ ≥ {threshold:.2f}, six steps each"
    return Cases(text, lambda _: [c for c in certificates.drawn if c[0] >= threshold], 883)


SHARP = wrong("the sharp bound", name="sharp")
FROM_HALF, FROM_TWO_THIRDS = _from(0.5), _from(2 / 3)


@check("G38", "linear and crude: nothing from one half on", FROM_HALF, name="crude, linear")
@SHARP
@check("G38", "crude: nothing from two thirds on", FROM_TWO_THIRDS, name="crude")
@SHARP
def vacuous(_, best, name):
    return best[name] <= 1e-12


@check("G38", "the sharp bound promises something in every problem", certificates)
@wrong("the crude one", name="crude")
def promises_something(_, best, name="sharp"):
    return best[name] > 0


@check("G38", "linear: one half is sharp", name="crude, linear", discount=0.49)
@wrong("beyond it", discount=0.51)
@check("G38", "crude: two thirds are sharp", name="crude", discount=0.66)
@wrong("beyond it", discount=0.67)
def one_state_certificate(name, discount):
    old = mdp.evaluate(pitfalls.one_state([-1.0, 1.0], discount), [[0.5, 0.5]])
    value = LOWER_BOUNDS[name](Comparison(old, [[0.0, 1.0]]))
    return evidence.true_in(value > 0, f"γ = {discount:g}: {value:.4f}")


@drawn("70 random MDPs, 21 fractions each", 801)
def greedy_ways(_):
    for pair in PAIRS.drawn[:70]:
        yield Comparison(pair.old, numeric.greedy(pair.old))


def _step(far, fraction):
    return Comparison(far.old, numeric.mixture(far.old.policy, far.new_policy, fraction))


def _promise(far, bound, fraction):
    if bound == "mixture":
        return numeric.mixture_bound(far, fraction)
    return LOWER_BOUNDS[bound](_step(far, fraction))


def promised(far, bound, times=1.0):
    """The best fraction gains what the bound promises, and no other fraction promises more.

    The wrong variants take a multiple of the best fraction.
    """
    fraction = min(1.0, times * numeric.safest_fraction(far, bound))
    promise = _promise(far, bound, fraction)
    others = max(_promise(far, bound, x) for x in np.linspace(0, 1, 21))
    gains = _step(far, fraction).gain >= promise - far.round_off
    return gains and promise >= others - far.round_off


for _name in reversed(numeric.BOUNDS):
    wrong("half of it", times=0.5)(promised)
    wrong("twice the fraction", times=2.0)(promised)
    check("G38", f"the best fraction keeps its promise: {_name}", greedy_ways, bound=_name)(
        promised
    )


ALL_PAIRS = Cases(f"radius {{radius:g}}, {PAIRS.text}", [()], 801)


@check("G38", "a fixed radius may promise a loss", ALL_PAIRS)
@wrong("a tiny one", radius=0.001)
def fixed_radius(radius=0.2):
    promises = []
    for old in (pair.old for pair in PAIRS.drawn):
        discount, largest = old.problem.discount, np.abs(old.advantages).max()
        penalty = 4 * discount * radius**2 * largest / (1 - discount) ** 2
        best = numeric.best_within_distance(old.policy, old.advantages, radius)
        promises.append(Comparison(old, best).surrogate - penalty)
    return min(promises) < -1e-6


@check("G38", "|g| is at most the largest |A|, and at most 2ε times that", EXTREMES)
@wrong("0.99 of it", factor=0.99)
def size_of_g(pair, factor=1.0):
    most = factor * np.abs(pair.old.advantages).max() * min(1.0, 2 * pair.epsilon)
    return np.abs(pair.mean_advantages).max() <= most + pair.round_off


@check("G38", "both promises vanish at two thirds for ε = 1/2", claimed=sp.Rational(2, 3))
@wrong("at one half", claimed=sp.Rational(1, 2))
def threshold(claimed):
    best = (proofs.best_crude(linear=False).last, proofs.best_crude_far().last)
    at_half = [expression.subs(proofs.eps, sp.Rational(1, 2)) for expression in best]
    roots = [sp.solve(expression, proofs.gamma) for expression in at_half]
    return evidence.true_in(roots == [[claimed]] * 2, f"ε = 1/2: zero at γ = {roots[0][0]}")


@check("G39", "the loss on the cliff is quadratic in the horizon")
@wrong("linear", power=1)
@wrong("cubic", power=3)
def cliff_loss(power=2):
    horizons, epsilon = np.array([50, 100, 200]), 1e-6
    losses, _ = numeric.horizon_losses(horizons, epsilon)
    ratios = losses / (epsilon * horizons.astype(float) ** power)
    return evidence.true_in(np.ptp(ratios) < 0.02 * ratios.mean(), f"ratios {ratios.round(4)}")


NINE = Cases("nine pairs of ε and γ", product((0.01, 0.3, 1.0), (0.0, 0.5, 0.9)))


@check("G39", "the discounted loss attains the bound on rewards", NINE)
@wrong("0.99 of it", share=0.99)
def discounted_loss(epsilon, discount, share=1.0):
    """The cliff that pays 1 while safe: the loss against the penalty with the span of r."""
    old = mdp.evaluate(mdp.cliff(discount), FIRST)
    pair = Comparison(old, numeric.mixture(FIRST, SECOND, epsilon))
    # TV_t times the span 1 is a quarter of 2 TV_t times 2.
    return pair.gain + share * numeric.penalty(epsilon=epsilon, discount=discount, constant=1.0) / 2


@check("G39", "a cliff attains the surrogate bound with the range of g", NINE)
@wrong("0.99 of the penalty", share=0.99)
def tight_for_surrogate(epsilon, discount, share=1.0):
    """The cliff on which only a second mistake costs: the surrogate bound with the span of g."""
    pair = cliff_of_mistakes(epsilon, discount)
    span_of_g = np.ptp(pair.mean_advantages)
    both = {"epsilon": epsilon, "discount": discount}
    lower = pair.surrogate - share * numeric.penalty(**both, constant=span_of_g) / 2
    return np.array([pair.gain - lower, pair.surrogate])


FALLS = [(share * (1 - g), g) for share in (1e-3, 1e-2, 0.1) for g in (0.5, 0.9, 0.99)]


@check("G39", "two mistakes and a lasting cost: ε²/(1 − γ)³", Cases("nine pairs of ε and γ", FALLS))
@wrong("of first order in ε", power=1)
@wrong("with the square of 1 − γ", horizon=2)
def two_mistakes(epsilon, discount, power=2, horizon=3):
    """The surrogate sees nothing; the loss, here relative to itself, has a closed form."""
    pair, stays = falls(epsilon, discount), 1 - discount * (1 - epsilon)
    factor = (discount * (1 - discount) / stays) ** 2
    formula = -factor * epsilon**power / (1 - discount) ** horizon
    return np.array([pair.surrogate, pair.gain / formula - 1])


@drawn(f"{PAIRS.text}, and one way", 884)
def steps_of_mixtures(rng):
    for pair in PAIRS.drawn:
        yield pair, 10 ** rng.uniform(-3, 0)
    for discount in (0.5, 0.9):
        old = mdp.evaluate(pitfalls.one_way(discount), HALVES)
        yield from ((Comparison(old, AWAY), fraction) for fraction in (1e-3, 0.3, 1.0))


@check("G40", "lower bound for mixtures", steps_of_mixtures)
@wrong("0.99 of its penalty", share=0.99)
def mixture_holds(pair, fraction, share=1.0):
    surrogate = fraction * pair.surrogate
    least = surrogate - share * (surrogate - numeric.mixture_bound(pair, fraction))
    return _step(pair, fraction).gain >= least - pair.round_off


OTHER_WAY = "the other way round"


@check("G40", "sharp is never below the trust region", PAIRS, names=("trust region", "sharp"))
@wrong(OTHER_WAY, names=("sharp", "trust region"))
@check("G40", "the range never hurts: sharp", PAIRS, names=("sharp", "sharp, range"))
@wrong(OTHER_WAY, names=("sharp, range", "sharp"))
@check("G40", "nor distance met", PAIRS, names=("distance met", "distance met, range"))
@wrong(OTHER_WAY, names=("distance met, range", "distance met"))
def ordered(pair, names):
    low, high = (LOWER_BOUNDS[name](pair) for name in names)
    return low <= high + pair.round_off


@check("G40", "largest distance and distance met: neither dominates")
@wrong("trust region and sharp", first="trust region")
def neither_dominates(first="distance met"):
    bounds = (LOWER_BOUNDS[first], LOWER_BOUNDS["sharp"])
    gaps = np.array([bounds[0](pair) - bounds[1](pair) for pair in PAIRS.drawn])
    truths = np.array([(gaps > 1e-6).any(), (gaps < -1e-6).any()])
    return evidence.true_in(truths, f"larger in {(gaps > 1e-6).sum()} of 1,000 MDPs", seed=801)
