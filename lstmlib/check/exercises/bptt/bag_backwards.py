"""Recall: the bag, the window and the wire of chapter 1, looked at from behind."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Three old nets, backwards",
    level="standard",
    statement="""The first chapter had three nets for sequences. Let each read eight letters, $x_1$
to $x_8$, one-hot, and be asked one thing after the last; $L$ is the loss of that answer.

- The **bag** adds the letters up and reads the sum with one layer:
  $\\tanh(W(x_1 + \\dots + x_8) + b)$.
- The **window** sees the last four letters side by side, each through a matrix of its own.
- The **recurrent** net takes them one at a time, $h_t = \\tanh(Wx_t + Uh_{t-1} + b)$.

On top each has a layer that reads its answer off, the recurrent net off $h_8$. All weights are
random. You go back and find $\\delta x_t$, the gradient of $L$ with respect to each letter. What do
you find?""",
    options=[
        Option("Bag: the same vector at every step where the letter is the same, another for "
               "another letter. Window: zero at steps 1 to 4. Recurrent: a different vector at "
               "each step.",
               "At step t the bag's δx_t is Wᵀδa. Which letter stands there is not in it, and "
               "there is only one a, made of the whole sum: so even different letters get the same "
               "vector."),
        Option("Bag: the same vector at all eight steps. Window: zero at steps 1 to 3. Recurrent: "
               "a different vector at each step.",
               "Count the window again: after the eighth letter, the last four are x₅ to x₈."),
        Option("Bag: the same vector at all eight steps. Window: zero at steps 1 to 4. Recurrent: "
               "a different vector at each step.", right=True),
        Option("Bag: the same vector at all eight steps. Window: zero at steps 1 to 4. Recurrent: "
               "zero but at step 8, where the loss is.",
               "The loss looks at h₈, and h₈ was made with h₇, and so on down to x₁: each δa_t is "
               "what U brings back from δa_{t+1}."),
        Option("Bag: the same vector at all eight steps. Window: smaller the further back, but "
               "nowhere zero. Recurrent: a different vector at each step.",
               "The window net was never shown x₁ to x₄. Push one of them, and no number in it "
               "moves: the gradient is zero, not small."),
        Option("Bag and recurrent: the same vector at all eight steps, since there is one W for "
               "all. Window: zero at steps 1 to 4.",
               "One W, but eight different δa_t: in the recurrent net δx_t = Wᵀδa_t, and each step "
               "back changes δa by U and by the slope of its own tanh."),
    ],
    hints=(
        "Ask of each net what L does when a single letter is pushed a little: by which way does "
        "the push get to the loss?",
        "In the bag, pushing x₂ by some vector and pushing x₇ by the same vector do the same to "
        "the sum.",
        "A letter that a net is not shown has a gradient of exactly zero. In the recurrent net the "
        "ways from x₁ and from x₈ to the loss differ: one leads through U seven times, the other "
        "never.",
    ),
    passed="A gradient can tell apart only what the way there has kept apart. All eight letters of "
           "a bag get one and the same blame, so training can never teach it their order: the "
           "proof of chapter 1, read backwards. To the window what lies before it has no blame at "
           "all.",
)
