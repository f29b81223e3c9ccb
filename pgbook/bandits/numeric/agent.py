"""The agent of document 000, with the names that the document gives its parts."""

import numpy as np

from pgbook import policies, validation
from pgbook.validation import FloatArray


class GradientBandit:
    r"""A softmax policy over `k` arms that learns by REINFORCE, one reward at a time.

    Document 000 prints the three methods; its constructor is not printed. Arms are 0,
    ..., k - 1.

    Parameters
    ----------
    k : int
        Number of arms.
    alpha : float
        Step size, positive.
    rng : numpy.random.Generator
        Draws the arms.
    preferences : array_like of float, shape (k,), optional
        Where the preferences start; zero by default. Copied. An integer array is
        refused: each update would be cut to whole numbers.

    Raises
    ------
    TypeError, ValueError
        For an argument of the wrong kind, range or shape; an arm outside 0, ..., k - 1,
        a negative one included; a reward that is not finite.
    """

    def __init__(
        self,
        k: int,
        alpha: float,
        *,
        rng: np.random.Generator,
        preferences: FloatArray | None = None,
    ) -> None:
        self.k = validation.count("k", k)
        self.alpha = validation.positive("alpha", alpha)
        self.rng = validation.generator("rng", rng)
        self.preferences = np.zeros(self.k) if preferences is None else preferences

    @property
    def preferences(self) -> FloatArray:
        r""":math:`H(0), \dots, H(k-1)`, shape (k,); one update leaves their sum as it is."""
        return self._preferences

    @preferences.setter
    def preferences(self, preferences: FloatArray) -> None:
        h = validation.floating_array("preferences", preferences, ndim=1)
        self._preferences = validation.shaped("preferences", h, (self.k,))

    def softmax(self) -> FloatArray:
        """The whole policy, shape (k,): one probability for each arm."""
        return policies.softmax(self.preferences)

    def select_arm(self) -> int:
        """Draw one arm from the current policy."""
        return int(self.rng.choice(self.k, p=self.softmax()))

    def update(self, arm: int, reward: float) -> None:
        r"""Change all preferences at once, with the policy as it was before.

        .. math:: H(j) \leftarrow H(j) + \alpha R_t \,([j = a_t] - \pi(j))

        Unbiased only if the preferences have not changed since `arm` was selected.
        """
        arm = validation.index("arm", arm, self.k)
        reward = validation.real("reward", reward)
        score = policies.score(self.softmax())[arm]
        self.preferences = self.preferences + self.alpha * reward * score
