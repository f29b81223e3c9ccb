import numpy as np

from pgbook.cases import bandits, stacked


def test_stacked_bandits_are_the_same_ones_by_their_number_of_arms():
    family = bandits(300, 7, scale=3)
    singles = sorted((tuple(h), tuple(q)) for h, q in family.drawn)
    rows = [row for h, q in stacked(family).drawn for row in zip(h, q, strict=True)]
    assert sorted((tuple(h), tuple(q)) for h, q in rows) == singles
    assert {h.shape[1] for h, _ in stacked(family).drawn} == set(range(2, 9))
    assert 2.5 < np.std(np.concatenate([h for h, _ in family.drawn])) < 3.5
