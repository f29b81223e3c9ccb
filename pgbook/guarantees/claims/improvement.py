"""What maximising the bound does, and sharper bounds: claims G38 to G40."""

from functools import lru_cache, partial

import numpy as np
import sympy as sp

from pgbook import ledger, mdp
from pgbook.guarantees import numeric
from pgbook.guarantees.claims.bounds import cliff_of_mistakes, holds
from pgbook.guarantees.claims.common import CASES, SEED, comparisons, in_all, random_policy
from pgbook.guarantees.numeric import BOUNDS, Comparison, pitfalls
from pgbook.guarantees.symbolic import bounds
from pgbook.ledger import Check, Evidence
from pgbook.validation import FloatArray


@lru_cache(maxsize=1)
def certificates() -> tuple[tuple[float, float, float, float], ...]:
    """Discount, best linear, best crude and best sharp bound on the way to the greedy policy."""
    rng, found = np.random.default_rng(883), []
    for _ in range(3000):
        problem = mdp.garnet(5, 3, 5, rng.uniform(0.5, 0.99), rng=rng)
        old = mdp.evaluate(problem, random_policy(problem, rng))
        far = numeric.greedy(old)
        best = dict.fromkeys(("crude, linear", "crude", "sharp"), -np.inf)
        for h in (1e-6, 1e-4, 1e-2, 0.1, 0.3, 1.0):
            pair = Comparison(old, numeric.mixture(old.policy, far, h))
            best = {name: max(value, BOUNDS[name](pair)) for name, value in best.items()}
        found.append((problem.discount, *best.values()))
    return tuple(found)


def vacuous(column: int, threshold: float) -> Evidence:
    """No step towards the greedy policy gets a positive certificate from the threshold on."""
    cases = [row for row in certificates() if row[0] >= threshold]
    truths = np.array([row[column] <= 1e-12 for row in cases])
    return ledger.true_in(truths, f"MDPs with γ ≥ {threshold:.2f}, six steps each", seed=883)


def sharp_promises(column: int = 3) -> Evidence:
    """Small enough steps towards the greedy policy get a positive certificate."""
    truths = np.array([row[column] > 0 for row in certificates()])
    return ledger.true_in(truths, "3,000 MDPs with γ from 0.5 to 0.99", seed=883)


def one_state_certificate(name: str, discount: float) -> Evidence:
    """One state that pays −1 or 1, uniform policy, greedy step: the sign of the certificate."""
    old = mdp.evaluate(pitfalls.one_state([-1.0, 1.0], discount), [[0.5, 0.5]])
    value = BOUNDS[name](Comparison(old, [[0.0, 1.0]]))
    return ledger.true_in(value > 0, f"γ = {discount:g}: {value:.4f}")


@lru_cache(maxsize=1)
def _safest() -> list[tuple[Comparison, Comparison, float, float]]:
    """Pairs, the greedy far end, the best fraction, and what other fractions promise at most."""
    found = []
    for pair in comparisons()[:200]:
        far = Comparison(pair.old, numeric.greedy(pair.old))
        others = max(numeric.mixture_bound(far, x) for x in np.linspace(0, 1, 26))
        found.append((pair, far, numeric.safest_fraction(far), others))
    return found


def promised(times: float = 1.0) -> Evidence:
    """The step that maximises the bound for mixtures gains what it promises, and it promises most.

    The promise is compared with that of other fractions; the wrong variant takes a multiple of
    the best one.
    """
    truths = []
    for pair, far, best, others in _safest():
        fraction = min(1.0, times * best)
        promise = numeric.mixture_bound(far, fraction)
        step = Comparison(pair.old, numeric.mixture(pair.old.policy, far.new_policy, fraction))
        taken = Comparison(pair.old, numeric.by_bound(pair.old)).gain
        truths.append(
            step.gain >= promise - pair.round_off
            and promise >= others - pair.round_off
            and (promise > 0 or far.surrogate <= pair.round_off)
            and (times != 1 or abs(taken - step.gain) <= pair.round_off)
        )
    return ledger.true_in(np.array(truths), "200 random MDPs, 26 fractions each", seed=SEED)


def fixed_radius(radius: float = 0.2) -> Evidence:
    """The largest surrogate within a trust radius, minus the penalty of that radius, is a loss."""
    promises = []
    for pair in comparisons():
        discount, largest = pair.old.problem.discount, np.abs(pair.old.advantages).max()
        penalty = 4 * discount * radius**2 * largest / (1 - discount) ** 2
        promises.append(Comparison(pair.old, _best_within(pair.old, radius)).surrogate - penalty)
    return ledger.true_in(min(promises) < -1e-6, f"radius {radius:g}, {CASES}", seed=SEED)


def _best_within(old: mdp.Evaluation, radius: float) -> FloatArray:
    """The largest surrogate in a radius of total variation: mass from worst to best; (S, A)."""
    order = old.advantages.argsort(axis=1)
    policy = np.take_along_axis(old.policy, order, axis=1)
    worse = policy[:, :-1]
    taken = np.clip(radius - (worse.cumsum(axis=1) - worse), 0, worse)
    policy[:, :-1] -= taken
    policy[:, -1] += taken.sum(axis=1)
    return np.take_along_axis(policy, order.argsort(axis=1), axis=1)


def size_of_g(factor: float = 1.0) -> Evidence:
    """The mean advantage against the largest |A| times the smaller of 1 and 2ε."""
    return in_all(
        lambda pair: (
            np.abs(pair.mean_advantages).max()
            <= factor * np.abs(pair.old.advantages).max() * min(1.0, 2 * pair.epsilon)
            + pair.round_off
        )
    )


def threshold(claimed: sp.Expr) -> Evidence:
    """Where both of the best crude promises vanish, at the ε between them."""
    best = (bounds.best_crude(linear=False).last, bounds.best_crude_far().last)
    at_half = [expression.subs(bounds.eps, sp.Rational(1, 2)) for expression in best]
    roots = [sp.solve(expression, bounds.gamma) for expression in at_half]
    return ledger.true_in(roots == [[claimed]] * 2, f"ε = 1/2: zero at γ = {roots[0][0]}")


def cliff_loss(power: int = 2) -> Evidence:
    """The loss over T steps for a small ε, over ε times a power of T."""
    horizons, epsilon = np.array([50, 100, 200]), 1e-6
    losses, _ = numeric.horizon_losses(horizons, epsilon)
    ratios = losses / (epsilon * horizons.astype(float) ** power)
    return ledger.true_in(np.ptp(ratios) < 0.02 * ratios.mean(), f"ratios {ratios.round(4)}")


def discounted_loss(halves: float = 1.0) -> Evidence:
    """The cliff that pays 1 while safe: the loss against the penalty with the span of r."""
    errors = []
    for epsilon in (0.01, 0.3, 1.0):
        for discount in (0.0, 0.5, 0.9):
            problem = mdp.cliff_chain(discount)
            first, second = np.eye(2)[[0, 0]], np.eye(2)[[1, 1]]
            pair = Comparison(mdp.evaluate(problem, first), numeric.mixture(first, second, epsilon))
            # TV_t times the span 1 is a quarter of 2 TV_t times 2.
            errors.append(pair.gain + halves * numeric.penalty(epsilon, discount, 1.0) / 2)
    return ledger.exact(np.array(errors), "nine pairs of ε and γ")


def tight_for_surrogate(halves: float = 1.0) -> Evidence:
    """The cliff on which only a second mistake costs: the surrogate bound with the span of g."""
    errors = []
    for epsilon in (0.01, 0.3, 1.0):
        for discount in (0.0, 0.5, 0.9):
            pair = cliff_of_mistakes(epsilon, discount)
            span_of_g = np.ptp(pair.mean_advantages)
            bound = pair.surrogate - halves * numeric.penalty(epsilon, discount, span_of_g) / 2
            errors += [pair.gain - bound, pair.surrogate]
    return ledger.exact(np.array(errors), "nine pairs of ε and γ")


def mixture_holds(share: float = 1.0) -> Evidence:
    """The bound for mixtures, in the same way."""
    rng, truths = np.random.default_rng(884), []
    pairs = [*comparisons(), *(cliff_of_mistakes(1.0, g) for g in (0.5, 0.9))]
    for pair in pairs:
        fraction = 10 ** rng.uniform(-3, 0)
        if pair.epsilon == 1.0:
            fraction = 1e-3
        step = Comparison(pair.old, numeric.mixture(pair.old.policy, pair.new_policy, fraction))
        penalty = fraction * pair.surrogate - numeric.mixture_bound(pair, fraction)
        floor = fraction * pair.surrogate - share * penalty
        truths.append(step.gain >= floor - pair.round_off)
    return ledger.true_in(np.array(truths), f"{CASES}, and the cliff", seed=884)


def ordered(first: str = "trust region", second: str = "sharp") -> Evidence:
    """One bound is never larger than another."""
    return in_all(lambda pair: BOUNDS[first](pair) <= BOUNDS[second](pair) + pair.round_off)


def neither_dominates(first: str = "distance met") -> Evidence:
    """Each of two bounds is the larger one somewhere."""
    gaps = np.array([BOUNDS[first](pair) - BOUNDS["sharp"](pair) for pair in comparisons()])
    truths = np.array([(gaps > 1e-6).any(), (gaps < -1e-6).any()])
    return ledger.true_in(truths, f"larger in {(gaps > 1e-6).sum()} of 1,000 MDPs", seed=SEED)


_proves = partial(ledger.proves, generality="all parameters", point=bounds.POINT)
_PENALTY = bounds.PENALTIES["linear, discounted"].whole
_CURVED = bounds.PENALTIES["not linearised, discounted"].whole.subs(bounds.C, bounds.M)
_CUT_STEPS = 2 * bounds.eps * bounds.M * bounds.T
_CUT = 2 * bounds.eps * bounds.M / (1 - bounds.gamma)

IMPROVEMENT = {
    "G38": (
        Check(
            "linear and crude: the best it can promise",
            partial(_proves, partial(bounds.best_crude, linear=True)),
            {"no loss at all": partial(_proves, partial(bounds.best_crude, linear=True), _CUT)},
        ),
        Check(
            "crude: the best it can promise",
            partial(_proves, partial(bounds.best_crude, linear=False)),
            {
                "as if linear": partial(
                    _proves, partial(bounds.best_crude, linear=False), _CUT - _PENALTY
                )
            },
        ),
        Check(
            "T steps, one constant: the best it can promise",
            partial(_proves, bounds.best_crude_steps),
            {"without a penalty": partial(_proves, bounds.best_crude_steps, _CUT_STEPS)},
        ),
        Check(
            "linear and crude: nothing from one half on",
            partial(vacuous, 1, 0.5),
            {"the sharp bound": partial(vacuous, 3, 0.5)},
        ),
        Check(
            "crude: nothing from two thirds on",
            partial(vacuous, 2, 2 / 3),
            {"the sharp bound": partial(vacuous, 3, 2 / 3)},
        ),
        Check(
            "linear: one half is sharp",
            partial(one_state_certificate, "crude, linear", 0.49),
            {"beyond it": partial(one_state_certificate, "crude, linear", 0.51)},
        ),
        Check(
            "crude: two thirds are sharp",
            partial(one_state_certificate, "crude", 0.66),
            {"beyond it": partial(one_state_certificate, "crude", 0.67)},
        ),
        Check(
            "the sharp bound promises something in every problem",
            sharp_promises,
            {"the crude one": partial(sharp_promises, 2)},
        ),
        Check(
            "the maximiser of the bound for mixtures gains what it promises",
            promised,
            {"twice the fraction": partial(promised, 2.0), "half of it": partial(promised, 0.5)},
        ),
        Check(
            "a fixed radius may promise a loss",
            fixed_radius,
            {"a tiny one": partial(fixed_radius, 0.001)},
        ),
        Check(
            "|g| is at most the largest |A|, and at most 2ε times that",
            size_of_g,
            {"half of it": partial(size_of_g, 0.5)},
        ),
        Check(
            "crude, ε above one half: the best it can promise",
            partial(_proves, bounds.best_crude_far),
            {"as for small ε": partial(_proves, bounds.best_crude_far, _CUT - _CURVED)},
        ),
        Check(
            "both promises vanish at two thirds for ε = 1/2",
            partial(threshold, sp.Rational(2, 3)),
            {"at one half": partial(threshold, sp.Rational(1, 2))},
        ),
    ),
    "G39": (
        Check(
            "the loss on the cliff is quadratic in the horizon",
            cliff_loss,
            {"linear": partial(cliff_loss, 1), "cubic": partial(cliff_loss, 3)},
        ),
        Check(
            "the discounted loss attains the bound on rewards",
            discounted_loss,
            {"half of it": partial(discounted_loss, 0.5)},
        ),
        Check(
            "a cliff attains the surrogate bound with the range of g",
            tight_for_surrogate,
            {"half the penalty": partial(tight_for_surrogate, 0.5)},
        ),
    ),
    "G40": (
        *(
            Check(
                f"lower bound: {name}",
                partial(holds, name),
                {f"{share:g} of its penalty": partial(holds, name, share)},
            )
            for name, share in (("sharp", 0.49), ("trust region", 0.24), ("distance met", 0.49))
        ),
        Check(
            "lower bound for mixtures",
            mixture_holds,
            {"0.49 of its penalty": partial(mixture_holds, 0.49)},
        ),
        Check(
            "from the slides to the trust region",
            partial(_proves, bounds.from_slides_to_trust_region),
            {
                "equal to it": partial(
                    _proves,
                    bounds.from_slides_to_trust_region,
                    4 * bounds.eps**2 * bounds.M * bounds.gamma / (1 - bounds.gamma) ** 2,
                )
            },
        ),
        Check(
            "the sharp bound is never below that of the trust region",
            ordered,
            {"the other way round": partial(ordered, "sharp", "trust region")},
        ),
        Check(
            "largest distance and distance met: neither dominates",
            neither_dominates,
            {"trust region and sharp": partial(neither_dominates, "trust region")},
        ),
    ),
}
