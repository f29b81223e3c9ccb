"""The update in vector form."""

import numpy as np

from pgbook.bandits.cases import updates
from pgbook.bandits.checks.update import derived_update
from pgbook.ledger import check, wrong
from pgbook.policies import softmax


@check("B16", "vector form against the update that SymPy differentiates", updates(300, 208))
@wrong("the pulled arm's component for all", change=lambda policy, arm: 1 - policy[arm])
def vector_form(h, arm, reward, step, change=lambda p, arm: np.eye(p.size)[arm] - p):
    vector = h + step * reward * change(softmax(h), arm)
    return vector - derived_update(h.size, arm)(h, reward, step)
