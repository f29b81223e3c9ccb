"""Ready problems, from the smallest to the random: what a claim is tried on."""

import numpy as np

from pgbook import validation
from pgbook.mdp.problem import MDP
from pgbook.validation import FloatArray


def coin(discount: float, horizon: int) -> MDP:
    """One state, two actions that pay 0 and 1, T steps: the smallest multi-step problem."""
    return MDP(np.ones((1, 2, 1)), np.array([[0.0, 1.0]]), np.ones(1), discount, horizon)


def deterministic(
    next_states: np.ndarray, reward: FloatArray, discount: float, horizon: int | None = None
) -> MDP:
    """A problem that starts in its first state, and in which each action leads to one state.

    Parameters
    ----------
    next_states : array_like of int, shape (S, A)
        The state that an action leads to.
    reward : array_like, shape (S, A)
    discount : float
    horizon : int, optional
    """
    reward = validation.real_array("reward", reward, ndim=2)
    after = validation.indices("next_states", next_states, len(reward), "states")
    after = validation.shaped("next_states", after, reward.shape)
    transition = np.zeros((*reward.shape, len(reward)))
    np.put_along_axis(transition, after[:, :, None], 1.0, axis=2)
    return MDP(transition, reward, np.eye(len(reward))[0], discount, horizon)


def ring(discount: float, n_states: int = 3) -> MDP:
    """States in a circle: action 0 stays, action 1 steps on; stepping from the last one pays 1."""
    n = validation.count("n_states", n_states, least=2)
    here, reward = np.arange(n), np.zeros((n, 2))
    reward[-1, 1] = 1.0
    return deterministic(np.stack([here, np.roll(here, -1)], axis=1), reward, discount)


#: Rewards (S, A) of `cliff`: a step from the safe state pays 1.
SAFE_PAYS = ((1.0, 1.0), (0.0, 0.0))
#: Rewards (S, A) of `cliff`: only action 1 on the cliff pays, and that is minus 1.
SECOND_MISTAKE_COSTS = ((0.0, 0.0), (0.0, -1.0))


def cliff(discount: float, reward: FloatArray = SAFE_PAYS, horizon: int | None = None) -> MDP:
    """Two states, safe and cliff: action 1 leads from safe to the cliff, and nothing back.

    With `SAFE_PAYS` a step from the safe state pays 1; with `SECOND_MISTAKE_COSTS` only action 1
    on the cliff pays, and that is minus 1.
    """
    reward = validation.shaped("reward", validation.real_array("reward", reward), (2, 2))
    return deterministic([[0, 1], [1, 1]], reward, discount, horizon)


def mixing_ring(discount: float, mixing: float, n_states: int = 4) -> MDP:
    """A ring in which each step jumps anywhere with probability `mixing`: it forgets.

    Action 0 steps on, action 1 leads back to the first state, which pays 1.
    """
    n, m = validation.count("n_states", n_states, least=3), validation.fraction("mixing", mixing)
    steps = np.stack([np.roll(np.eye(n), 1, axis=1), np.tile(np.eye(n)[0], (n, 1))], axis=1)
    reward = np.zeros((n, 2))
    reward[0] = 1.0
    return MDP(m / n + (1 - m) * steps, reward, np.eye(n)[0], discount)


def aliased(cost: float) -> MDP:
    """Two steps, two states that a policy may not tell apart; a third is the end.

    In the first, action 0 ends and action 1 leads to the second; there action 0 pays 1 and
    action 1 pays minus `cost`. With the same probability p of action 1 in both states the
    objective is p − (1 + cost) p².
    """
    reward = [[0.0, 0.0], [1.0, -validation.real("cost", cost)], [0.0, 0.0]]
    return deterministic([[2, 1], [2, 2], [2, 2]], reward, 1.0, horizon=2)


def garnet(
    n_states: int,
    n_actions: int,
    n_successors: int,
    discount: float,
    *,
    rng: np.random.Generator,
    horizon: int | None = None,
) -> MDP:
    """A Garnet: a random problem in which each action leads to a few random states.

    Rewards are uniform in [-1, 1].

    Parameters
    ----------
    n_states, n_actions, n_successors : int
        A successor may be drawn twice. The weights are uniform on the simplex.
    discount : float
    rng : numpy.random.Generator
    horizon : int, optional
    """
    rng = validation.generator("rng", rng)
    shape = (
        validation.count("n_states", n_states),
        validation.count("n_actions", n_actions),
        validation.count("n_successors", n_successors),
    )
    weights = rng.exponential(size=shape)
    return MDP(
        weights / weights.sum(axis=2, keepdims=True),
        rng.uniform(-1, 1, size=shape[:2]),
        rng.dirichlet(np.ones(shape[0])),
        discount,
        horizon,
        rng.integers(shape[0], size=shape),
    )


def grid_world(discount: float, size: int = 5, slip: float = 0.2) -> MDP:
    """A square of cells, four directions; the last cell pays 1 and leads back to the first.

    With probability `slip` the step goes in a direction chosen uniformly. A step against a wall
    stays. Cells are numbered row by row; actions are up, down, left and right.
    """
    n, slip = validation.count("size", size, least=2), validation.fraction("slip", slip)
    rows, columns = np.divmod(np.arange(n * n), n)
    moves = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])
    targets = np.clip(rows[:, None] + moves[:, 0], 0, n - 1) * n + np.clip(
        columns[:, None] + moves[:, 1], 0, n - 1
    )
    targets[-1] = 0
    transition = np.tile(slip / 4, (n * n, 4, 4)) + (1 - slip) * np.eye(4)
    reward = np.zeros((n * n, 4))
    reward[-1] = 1.0
    successors = np.repeat(targets[:, None, :], 4, axis=1)
    return MDP(transition, reward, np.eye(n * n)[0], discount, successors=successors)
