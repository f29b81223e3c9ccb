"""The methods of document 000 under their names, for comparison: they check nothing."""

# ruff: noqa: D102, NPY002
import numpy as np


class PrintedBandit:
    """The agent as document 000 prints it, with the constructor that it leaves out."""

    def __init__(self, k: int, alpha: float, **_: object) -> None:
        self.k, self.alpha, self.preferences = k, alpha, np.zeros(k)

    def softmax(self):
        weights = np.exp(self.preferences - np.max(self.preferences))
        return weights / np.sum(weights)

    def select_arm(self):
        return np.random.choice(self.k, p=self.softmax())

    def update(self, arm, reward):
        score = -self.softmax()
        score[arm] += 1
        self.preferences += self.alpha * reward * score
