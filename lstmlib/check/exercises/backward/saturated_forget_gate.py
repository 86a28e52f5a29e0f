"""Recall, chapter 6: a gate that has no slope left, seen from the way back."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="A gate that cannot move",
    level="routine",
    statement=r"""A gate is $\sigma(a)$. In single precision $\sigma(a)$ is *exactly* 1 from about $a = 17$ on, and its slope $\sigma(1 - \sigma)$, computed from that value, exactly 0: the gate is saturated.

Somebody gives an LSTM a forget bias of 30 and computes in single precision, so that every forget gate is exactly 1, whatever comes in:

$$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad f_t = \sigma(a_f)$$

What becomes of an error at $c_t$ on its way back to $c_{t-1}$ along this line, and what do the forget gate's own weights hear of it?""",
    options=[
        Option("nothing gets back to `c_{t-1}`, because the slope of the gate is 0, and the weights hear nothing either",
               "The slope is 0, but where does it stand? From `c_t` to `c_{t-1}` the error meets the factor before `c_{t-1}`: that is the gate's value."),
        Option("all of it gets back to `c_{t-1}`, and the forget gate's weights get the error at its full size, since the gate is wide open",
               "Right for the first half. Into the gate's weights the error has to pass σ, and multiplies by its slope: how large is that here?"),
        Option("all of it gets back to `c_{t-1}`, and the forget gate's weights hear nothing: they can never be taught otherwise", right=True),
        Option("it gets back to `c_{t-1}` multiplied by about 30, so the gradient explodes",
               "30 is the pre-activation. What multiplies `c_{t-1}` is σ of it, and that is never more than 1."),
        Option("a quarter of it gets back at each step, because the slope of σ is at most 1/4",
               "On this line stands no slope of σ: the gate is a factor, by its value. (In the plain cell of chapter 5 a slope stands on the only road; that is the difference.)"),
    ],
    hints=(
        "Go through `c_t = f_t * c_{t-1} + i_t * g_t` twice: once moving `c_{t-1}` a little, once moving `a_f`.",
        "Moving `c_{t-1}`, the factor is `f_t`. Moving `a_f`, it is `c_{t-1}` times the slope of σ.",
        "The value of the gate is 1 and its slope is 0. Which of the two stands on the road to `c_{t-1}`, and which on the road into the gate?",
    ),
    passed="Value and slope are two things. A gate at 1 is a perfect road for errors that pass it, and a deaf pupil: the belt runs for ever, and nothing that is found at the end can shut it. A bias of 3 leaves a slope of 0.045, which is small and can be taught.",
)
