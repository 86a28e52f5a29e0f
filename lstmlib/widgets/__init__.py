"""Controls that work in JupyterLab and on a rendered page without a kernel.

>>> from lstmlib.widgets import (Cliff, Frames, GatePlayground, HalfLife, Portrait, TwoResets,
...                              VariantSwitcher, guess)
"""

from lstmlib.widgets.cliff import Cliff
from lstmlib.widgets.frames import Frames
from lstmlib.widgets.gates import GatePlayground
from lstmlib.widgets.half_life import HalfLife
from lstmlib.widgets.portrait import PRESETS, Portrait
from lstmlib.widgets.question import Guess, guess
from lstmlib.widgets.resets import TwoResets
from lstmlib.widgets.variants import VariantSwitcher

__all__ = ["PRESETS", "Cliff", "Frames", "GatePlayground", "Guess", "HalfLife", "Portrait",
           "TwoResets", "VariantSwitcher", "guess"]
