"""The tables that toy-text environments of Gymnasium publish, checked entry by entry."""

import operator

import numpy as np

from pgbook import validation
from pgbook.validation import shown

# Wrappers that leave rewards, actions and observations as they are; `make` adds the first three.
HARMLESS = ("PassiveEnvChecker", "OrderEnforcing", "TimeLimit", "RecordEpisodeStatistics")


def read_tables(env: object) -> dict[str, np.ndarray]:
    """The arrays of `MDP` from an environment; a last state is added for what comes after its end.

    Raises
    ------
    TypeError, ValueError
        If the environment does not publish its tables or does not keep to them, if a wrapper may
        change what it does, or if an entry is none; the message names state and action.
    """
    tables = _with_tables(env)
    rows = _rows(tables.P)
    n_states, n_actions, end = len(rows), len(rows[0]), len(rows)
    width = max(len(listed) for row in rows for listed in row)
    shape = (n_states + 1, n_actions, width)
    transition, successors, paid = np.zeros(shape), np.full(shape, end), np.zeros(shape)
    for s, a in np.ndindex(n_states, n_actions):
        for i, entry in enumerate(rows[s][a]):
            name = f"env.P[{s}][{a}][{i}]"
            probability, next_state, reward, ended = _entry(name, entry, n_states)
            transition[s, a, i], paid[s, a, i] = probability, reward
            successors[s, a, i] = end if ended else next_state
        validation.probabilities(f"env.P[{s}][{a}]", transition[s, a])
    transition[end, :, 0] = 1.0
    start = validation.probabilities("initial_state_distrib", tables.initial_state_distrib)
    validation.shaped("initial_state_distrib", start, (n_states,))
    start, reward = np.append(start, 0.0), (transition * paid).sum(axis=2)
    arrays = {"transition": transition, "reward": reward, "start": start, "successors": successors}
    differs = (transition > 0) & (paid != reward[:, :, None])
    return arrays | ({"transition_reward": paid} if differs.any() else {})


def _with_tables(env: object) -> object:
    """The environment inside of its wrappers."""
    given = env
    while getattr(env, "unwrapped", env) is not env:
        kind = type(env)
        if kind.__name__ not in HARMLESS or not kind.__module__.startswith("gymnasium."):
            raise ValueError(
                "env must not be in a wrapper that may change rewards, actions or observations, "
                f"got {kind.__name__}; env.unwrapped is without"
            )
        env = env.env
    if not hasattr(env, "P") or not hasattr(env, "initial_state_distrib"):
        hint = "; set env.unwrapped.initial_state_distrib = env.unwrapped.isd"
        raise TypeError(
            f"env must have tables P and initial_state_distrib, got {shown(given)}"
            f"{hint if hasattr(env, 'isd') else ''}"
        )
    if getattr(env, "fickle_passenger", False):
        raise ValueError(f"env must follow its table P, got {shown(given)} with fickle_passenger")
    return env


def _rows(table: object) -> list[list[list]]:
    """P[s][a] as lists; each state has the same actions, numbered from zero."""

    def values(name: str, given: object, size: int | None = None) -> list:
        keys = range(len(given) if size is None else size)
        if len(given) != len(keys) or not len(given):
            raise ValueError(f"{name} must have the keys 0, ..., {len(keys) - 1}, got {len(given)}")
        try:
            return [given[key] for key in keys]
        except (KeyError, IndexError):
            raise ValueError(
                f"{name} must have the keys 0, ..., {len(keys) - 1}, got {shown(list(given))}"
            ) from None

    states = values("env.P", table)
    n_actions = len(states[0])
    rows = [values(f"env.P[{s}]", row, n_actions) for s, row in enumerate(states)]
    for s, a in np.ndindex(len(rows), n_actions):
        if not len(rows[s][a]):
            raise ValueError(f"env.P[{s}][{a}] must list at least one next state, got none")
    return rows


def _entry(name: str, entry: object, n_states: int) -> tuple[float, int, float, bool]:
    try:
        probability, next_state, reward, ended = entry
        next_state = operator.index(next_state)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be (probability, next state, reward, whether it ends), with a whole "
            f"number for the state, got {shown(entry)}"
        ) from None
    if not 0 <= next_state < n_states:
        raise ValueError(f"{name} must lead to a state 0, ..., {n_states - 1}, got {next_state}")
    probability = validation.real(f"the probability in {name}", probability)
    return probability, next_state, validation.real(f"the reward in {name}", reward), bool(ended)
