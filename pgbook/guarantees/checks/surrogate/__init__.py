"""The surrogate: `weights` correct for other actions, `approximation` leaves the states out."""
