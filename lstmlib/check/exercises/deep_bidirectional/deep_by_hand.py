"""By hand: roads through a stack, a step of the depth gate, and two ways to nest."""

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip
from lstmlib.numpy import LSTM, RNN, Bidirectional, DepthGated, Stack, bptt, unroll


def gradient(across=0.5, up=3.0, layers=3, T=6):
    """Of the topmost last state with respect to x_1, in a stack of plain units at rest."""
    net = Stack([RNN(1, 1) for _ in range(layers)])
    value = {"W": up, "U": across, "b": 0.0}
    params = {
        name: np.full(shape, float(value[name[-1]])) for name, shape in net.param_shapes.items()
    }
    run = unroll(net, params, np.zeros((T, 1, 1)))
    return bptt(
        run,
        0 * run.outputs,
        {name: np.full((1, 1), float(name == f"{layers - 1}.h")) for name in run.state},
    ).inputs[0, 0, 0]


def logit(share):
    return np.log(share / (1 - share))


def gated(c_old=0.5, c_below=1.5, p_own=2.0, p_below=1.0, a_d=-2.0):
    """c of the library's depth-gated cell, its other gates and its candidate held by biases."""
    cell = DepthGated(1, 1)
    params = {name: np.zeros(shape) for name, shape in cell.param_shapes.items()}
    params["b"][:] = [logit(0.5), logit(0.8), np.arctanh(0.6), 0, a_d]
    params["p_d"][:] = [[p_own], [p_below]]
    state = {"h": np.zeros((1, 1)), "c": np.full((1, 1), c_old)}
    return cell.step(params, np.array([[0.0, c_below]]), state)["c"].item()


def pair(M=3, D=4):
    return Bidirectional(LSTM(M, D), LSTM(M, D))


def towers(M=3, D=4):
    tower = Stack([LSTM(M, D), LSTM(D, D)])
    return Bidirectional(tower, tower)


EXERCISE = Pencil(
    title="Deep, by hand",
    level="routine",
    statement=r"""**Roads.** A stack of three layers, one plain unit a layer, reads six inputs. All
inputs and biases are 0, so that each state is 0 and each slope of tanh is 1. The weights from step
to step are $\tfrac12$, in every layer; those that lead up, from $x_t$ into layer 1 and from layer
to layer, are 3.

1. How many roads lead from $x_1$ to the state of the topmost layer at step 6?
2. How many cells does the *shortest* of them cross, the first and the last included?
3. What is the gradient of that state with respect to $x_1$?

**A depth gate.** One unit of the upper layer of a depth-gated stack has

$$\begin{aligned}
d_t &= \sigma(a_d + p_d\, c_{t-1} + q_d\, c'_t) \\
c_t &= f_t\, c_{t-1} + i_t\, \tilde c_t + d_t\, c'_t
\end{aligned}$$

Here $c'_t$ is the cell state of the layer below at the same step. Given are $f_t = 0.8$,
$i_t = 0.5$, $\tilde c_t = 0.6$, $a_d = W_d x_t + b_d = -2$, $p_d = 2$, $q_d = 1$; the unit's own
memory $c_{t-1} = 0.5$; and the memory of the layer below, before this step $c'_{t-1} = 2$ and after
it $c'_t = 1.5$.

4. How large is $c_t$?

**Two ways to nest.** LSTM layers, all halves with $D = 4$ units, one bias a row, $M = 3$ inputs, no
read-out. How many parameters has

5. a stack of two bidirectional layers, `Stack([Bidirectional(…), Bidirectional(…)])`,
6. a bidirectional network of two towers with two layers each,
   `Bidirectional(Stack(…), Stack(…))`?""",
    numbers=[
        Number(
            "roads",
            "roads",
            expected=lambda: gradient(1, 1),
            tolerance=0.01,
            slips=[
                Slip(
                    lambda: gradient(1, 1, T=7),
                    "That is for seven steps. From step 1 to step 6 a road goes five times to the"
                    " right.",
                ),
                Slip(
                    lambda: gradient(1, 1, layers=4),
                    "That is for four layers. From layer 1 to layer 3 a road goes up twice.",
                ),
                Slip(
                    lambda: 36.0,
                    "6 · 6: as if the two steps up were told apart. The first of them leads into"
                    " layer 2, so it can't come after the second.",
                ),
                Slip(
                    lambda: 15.0,
                    "As if both steps up could not be made at one place, or as for five steps. A"
                    " road may go up twice at the same step.",
                ),
                Slip(
                    lambda: 18.0, "Six steps times three layers: that is how many cells there are."
                ),
                Slip(
                    lambda: 128.0,
                    "2⁷: as if each of seven turns were free. Five of them have to lead to the"
                    " right and two up.",
                ),
                Slip(
                    lambda: 6.0,
                    "One road for each step at which it goes up; but it goes up twice, and not"
                    " always at one step.",
                ),
                Slip(
                    lambda: 10.0,
                    "5 · 2: the steps to the right times those up. Their order can be chosen: how"
                    " many orders are there?",
                ),
            ],
        ),
        Number(
            "cells",
            "cells on the shortest road",
            expected=lambda: 6 + 3 - 1,
            tolerance=0.01,
            slips=[
                Slip(
                    lambda: 6.0,
                    "A road that crosses six cells would have to go up and to the right at once. It"
                    " does one or the other.",
                ),
                Slip(
                    lambda: 7.0,
                    "That is how many arrows lead from the first cell to the last. There is a cell"
                    " at either end.",
                ),
                Slip(
                    lambda: 9.0,
                    "Steps plus layers: the corner where the two meet is counted twice.",
                ),
                Slip(lambda: 18.0, "That is the number of all cells. A road crosses some of them."),
                Slip(
                    lambda: 3.0,
                    "Going straight up it comes to the topmost layer at step 1. It has to come to"
                    " step 6.",
                ),
            ],
        ),
        Number(
            "gradient",
            "gradient",
            expected=gradient,
            tolerance=0.01,
            slips=[
                Slip(lambda: gradient() / 21, "That is a single road. All roads count, and add."),
                Slip(
                    lambda: gradient() / 3,
                    "You have left out the weight on the way in, from x_1 into layer 1. It is 3,"
                    " too.",
                ),
                Slip(
                    lambda: gradient() / 2,
                    "You have counted six weights across. From step 1 to step 6 there are five.",
                ),
                Slip(
                    lambda: gradient() * 2,
                    "You have counted four weights across. From step 1 to step 6 there are five.",
                ),
                Slip(
                    lambda: gradient(3, 0.5),
                    "The two kinds of weight are exchanged: across 1/2, up 3.",
                ),
                Slip(
                    lambda: gradient() / 63,
                    "That is a single road, and without the weight on the way in.",
                ),
            ],
        ),
        Number(
            "c",
            "c_t",
            expected=gated,
            tolerance=0.003,
            slips=[
                Slip(
                    lambda: gated(c_below=2.0),
                    "You have taken the memory of the layer below as it was before this step. The"
                    " layer below has already moved: its new memory goes up.",
                ),
                Slip(
                    lambda: 0.7 + 1.5 / (1 + np.e**2),
                    "The peepholes are missing: d sees its own old memory and the new one below,"
                    " beside a_d = -2.",
                ),
                Slip(
                    lambda: 0.7 + 1.5 / (1 + np.e**1),
                    "d sees two memories. The one below is missing.",
                ),
                Slip(lambda: 0.7, "That is the cell without its depth gate."),
                Slip(
                    lambda: 0.7 + 1.5 / (1 + np.exp(0.5)),
                    "You have kept 1 - d of the memory below. d is the share that goes up.",
                ),
                Slip(lambda: 0.7 + 0.5 * 1.5, "d is not squashed: 0.5 is what goes into its σ."),
                Slip(lambda: 0.7 + np.tanh(0.5) * 1.5, "That is with a tanh. A gate is a σ."),
                Slip(
                    lambda: 0.7 + 1.5, "All of the memory below is added. d lets a share of it up."
                ),
                Slip(
                    lambda: gated(c_old=0.5, p_own=1.0, p_below=2.0),
                    "p_d and q_d are exchanged: p_d looks at the unit's own memory.",
                ),
                Slip(
                    lambda: 0.7 + 1.5 / (1 + np.exp(2 - 1 - 2.0)),
                    "The gate has seen the old memory of the layer below. It sees the new one.",
                ),
                Slip(lambda: 1 / (1 + np.exp(-0.5)), "That is d. Asked is c_t."),
            ],
        ),
        Number(
            "stack",
            "stack of two-way layers",
            expected=lambda: Stack([pair(), pair(8)]).count(),
            tolerance=0.4,
            slips=[
                Slip(
                    lambda: towers().count(),
                    "That is for two towers: the second layer of each half reads its own half only."
                    " In a stack it reads both.",
                ),
                Slip(
                    lambda: 2 * pair().count(),
                    "The second layer does not read the three inputs again. It reads what both"
                    " halves of the first one show.",
                ),
                Slip(
                    lambda: (128 + 208.0),
                    "That is half of it: each layer has two halves with weights of their own.",
                ),
                Slip(lambda: 2 * 128 + 208.0, "The second layer has two halves as well."),
                Slip(
                    lambda: 672 + 4 * 16.0,
                    "64 too many: that is with two biases a row, as PyTorch has it. Here there is"
                    " one.",
                ),
                Slip(
                    lambda: 672 - 4 * 16.0,
                    "The biases are missing: each half of a layer has 4 D of them.",
                ),
                Slip(
                    lambda: 672 * 3 / 4,
                    "You have counted three blocks. The candidate has one, too.",
                ),
            ],
        ),
        Number(
            "towers",
            "two towers",
            expected=lambda: towers().count(),
            tolerance=0.4,
            slips=[
                Slip(
                    lambda: Stack([pair(), pair(8)]).count(),
                    "That is for the stack of two-way layers. In a tower the second layer reads 4"
                    " numbers: its own half of the first layer.",
                ),
                Slip(lambda: 272.0, "That is one tower."),
                Slip(
                    lambda: 512.0,
                    "You have let the second layers read the three inputs. They read the four"
                    " states below them.",
                ),
                Slip(
                    lambda: 544 + 4 * 16.0,
                    "64 too many: that is with two biases a row, as PyTorch has it. Here there is"
                    " one.",
                ),
                Slip(
                    lambda: 544 - 4 * 16.0,
                    "The biases are missing: each layer of a tower has 4 D of them.",
                ),
                Slip(
                    lambda: 544 * 3 / 4,
                    "You have counted three blocks. The candidate has one, too.",
                ),
            ],
        ),
    ],
    hints=(
        (
            "Draw six columns and three rows of circles, and write into each how many roads lead"
            " there: the sum of the numbers on its left and below it."
        ),
        (
            "All roads have the same weights on them, in another order. Write down those of one"
            " road, the way in from x_1 included, and multiply by the number of roads."
        ),
        (
            "d = σ(a_d + 2 · 0.5 + 1 · 1.5). And a half of a layer that reads k numbers has 4 D (k"
            " + D + 1) parameters: what is k in the second layer, in either case?"
        ),
    ),
    passed=(
        "More layers make more roads, and none that is shorter. The depth gate looks at a memory of"
        " this step, not of the last one. And where a second layer reads both directions it costs"
        " more than where it reads one."
    ),
)
