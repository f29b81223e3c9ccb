"""Why is it so? The derivations of document 001, for any number of states and steps."""

from pgbook.guarantees.symbolic import bounds, lemma, recap, shift, surrogate

__all__ = ["bounds", "lemma", "recap", "shift", "surrogate"]
