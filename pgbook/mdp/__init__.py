"""Finite Markov decision problems: exact values with certified errors, and trajectories.

`MDP` holds a problem; `evaluate` a policy in it without a horizon, `evaluate_steps` with one;
`state_laws` says where it is at each time. `trajectories` lists all of them, `sample_trajectories`
and `reinforce` draw them in batches. The rest are ready problems.
"""

from pgbook.mdp.evaluation import Evaluation, StepEvaluation, evaluate, evaluate_steps, state_laws
from pgbook.mdp.examples import (
    SAFE_PAYS,
    SECOND_MISTAKE_COSTS,
    aliased,
    cliff,
    coin,
    deterministic,
    garnet,
    grid_world,
    mixing_ring,
    ring,
)
from pgbook.mdp.problem import MDP
from pgbook.mdp.rollouts import Rollouts, reinforce, sample_trajectories
from pgbook.mdp.trajectories import Trajectories, trajectories
