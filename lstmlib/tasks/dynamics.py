"""A small nonlinear dynamical system for a recurrent network to imitate: van der Pol's oscillator.

    position' = velocity,      velocity' = mu (1 - position^2) velocity - position

(van der Pol 1926). For mu > 0 every start but the origin spirals onto one closed orbit. We take
steps of fixed length by the classical Runge-Kutta method; the map from one point to the next is
the system to be imitated, and it has no noise.
"""

import numpy as np

from lstmlib.numpy import contract
from lstmlib.tasks.letters import check_sizes


def van_der_pol(start, steps, mu=1.0, step=0.1):
    """The orbit from `start` (..., 2) = (position, velocity): an array (steps + 1, ..., 2).

    >>> orbit = van_der_pol([0.0, 0.0], steps=3)       # the origin is the fixed point
    >>> orbit.shape, bool((orbit == 0).all())
    ((4, 2), True)
    """
    steps = contract.take_integer(steps, "steps", least=0)
    mu, step = contract.take_number(mu, "mu"), contract.take_number(step, "step", above=0)
    point = np.array(start, dtype=np.float64)
    contract.check_last_axis(point, "start", 2, "position and velocity")

    def flow(at):
        position, velocity = at[..., 0], at[..., 1]
        return np.stack([velocity, mu * (1 - position ** 2) * velocity - position], axis=-1)

    orbit = [point]
    for _ in range(steps):
        k1 = flow(point)
        k2 = flow(point + step / 2 * k1)
        k3 = flow(point + step / 2 * k2)
        k4 = flow(point + step * k3)
        point = point + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        orbit.append(point)
    return np.stack(orbit)


def oscillator(rng, batch=20, steps=50, mu=1.0, step=0.1, position_only=False):
    """Read the points of an orbit and say at every step the next: (inputs, targets, mask).

    Inputs and targets are (T, B, 2); starts are uniform in the square from -2.5 to 2.5. With
    `position_only` they are (T, B, 1): the velocity is hidden, so that one point no longer says
    where the orbit goes, and a network has to remember.

    >>> inputs, targets, mask = oscillator(np.random.default_rng(0), batch=3, steps=7)
    >>> inputs.shape, bool((inputs[1:] == targets[:-1]).all())
    ((7, 3, 2), True)
    """
    check_sizes(rng, batch, steps)
    orbit = van_der_pol(rng.uniform(-2.5, 2.5, size=(batch, 2)), steps, mu, step)
    if position_only:
        orbit = orbit[..., :1]
    return orbit[:-1], orbit[1:], np.ones((steps, batch), dtype=bool)
