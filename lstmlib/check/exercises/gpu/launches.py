"""How often something is started, for five forms of one network."""

from lstmlib.check.exercise import Code, Mistake, Probe

FORMS = ("loop", "hoisted", "fused", "graph", "persistent")


def probes(rng):
    yield Probe("one step of one layer, alone in its graph", (1, 1, 1, 6, 1),
                "One step, one layer: a product with W, a product with U, six elementwise kernels. "
                "What of it is left in each form?")
    yield Probe("seven steps", (7, 1, 1, 6, 7),
                "One layer, seven steps, all of them in one graph. What is started at each step, "
                "and what only once?")
    yield Probe("two products with the state", (5, 1, 2, 3, 5),
                "Two products with the state at each step: fusing joins the elementwise kernels, "
                "and leaves the products alone.")
    yield Probe("three layers", (5, 3, 1, 6, 5),
                "Three layers, one above the other: the upper one's inputs are the lower one's "
                "outputs.")
    yield Probe("a graph of three steps", (7, 1, 2, 6, 3),
                "Seven steps, three in a graph: how often does it fit, and what is left over?")
    yield Probe("a graph longer than the sequence", (4, 2, 1, 5, 9),
                "The graph holds nine steps, and there are only four: it can't be used at all.")
    for k in range(3):
        T, layers, products, pointwise = (int(rng.integers(low, high)) for low, high in
                                          ((11, 60), (2, 5), (2, 4), (2, 12)))
        k_steps = int(rng.integers(4, 10))
        yield Probe(f"a network, {k + 1}", (T, layers, products, pointwise, k_steps),
                    "All at once. Do the sum for one layer first.")


def reference(T, layers, products, pointwise, k):
    """Counted one by one, as they are started."""
    started = dict.fromkeys(FORMS, 0)
    for _ in range(layers):
        for name in FORMS[1:]:
            started[name] += 1
        started["persistent"] += 1
        waiting = 0
        for _ in range(T):
            for name, kernels in (("loop", ["W"]), ("hoisted", []), ("fused", [])):
                kernels += ["U"] * products
                kernels += ["all"] if name == "fused" else ["one"] * pointwise
                started[name] += len(kernels)
            waiting += 1
            if waiting == k:
                started["graph"] += 1
                waiting = 0
        started["graph"] += waiting * (products + 1)
    return started


LOOP = "loop = layers * T * (1 + products + pointwise)"
HOISTED = "hoisted = layers * (1 + T * (products + pointwise))"
FUSED = "fused = layers * (1 + T * (products + 1))"
GRAPH = "graph = layers * (1 + T // k + T % k * (products + 1))"
PERSISTENT = "persistent = layers * 2"


def without_layers(line):
    return line, line.replace("layers * ", "")


EXERCISE = Code(
    title="Count the launches",
    level="routine",
    statement=r"""Before a GPU does anything, somebody has to start it. A *kernel* is a program that it runs once over a whole array; to start one, a *launch*, costs the host some microseconds, however little there is to do. So the first question about a slow network is: how often is something launched?

A network has some layers of one recurrent cell and reads $T$ steps. At each step a layer takes **one** product with its input, $W x_t$, `products` products with its state (one where $U$ is stacked, two where a reset comes first), and `pointwise` elementwise operations: additions, $\sigma$, tanh, and so on. Nothing else is counted. Here are five forms of it:

- **loop**: each product and each elementwise operation is a kernel of its own, launched at every step;
- **hoisted**: as the loop, but the products with the inputs of all steps of a layer are one kernel, launched before the layer's first step;
- **fused**: as hoisted, and all elementwise operations of a step are one kernel;
- **graph**: as fused, and $k$ steps of a layer in a row are recorded in a *graph*, which the host starts by one launch. It always runs all its $k$ steps, so what is left over at the end is launched kernel by kernel, as in the fused form. The product with all inputs isn't in the graph;
- **persistent**: as hoisted, but all $T$ steps of a layer, products and all, are one kernel.

A layer begins when the one below has finished all steps. Return how many launches the host makes in each form.

Here are the launches of something that has no steps: a causal convolution of size $w$, which adds $w$ products of the whole input, each shifted by one step more, and a bias.""",
    example="""def convolution_launches(T, layers, w):
    products = w                # each for all T steps at once
    additions = w - 1           # of the products, one to the other
    return layers * (products + additions + 1)        # and the bias

for T in (10, 1000, 100_000):
    print(T, convolution_launches(T, layers=2, w=4))""",
    task="Now the five forms: a line each.",
    starter='''def launches(T, layers, products, pointwise, k):
    """How often the host launches something, in five forms of one network."""
    ...
    return loop, hoisted, fused, graph, persistent''',
    returns=FORMS,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the inputs' product still at each step",
                "From the hoisted form on, the product with the inputs is launched once for all "
                "steps of a layer. In your count it is still launched at every step.",
                swap=[(HOISTED, "hoisted = layers * T * (1 + products + pointwise)"),
                      (FUSED, "fused = layers * T * (products + 2)"),
                      (GRAPH, "graph = layers * (T // k + T % k * (products + 2))")]),
        Mistake("the inputs' product gone",
                "To hoist a product is to do it elsewhere, not to do without it: one launch for "
                "each layer, before its first step. It is missing from the hoisted form on.",
                swap=[(HOISTED, "hoisted = layers * T * (products + pointwise)"),
                      (FUSED, "fused = layers * T * (products + 1)"),
                      (GRAPH, "graph = layers * (T // k + T % k * (products + 1))"),
                      (PERSISTENT, "persistent = layers")]),
        Mistake("the inputs' product inside the persistent kernel",
                "Your persistent form takes one launch a layer. Its inputs are still hoisted: "
                "their product is a kernel of its own.",
                swap=[(PERSISTENT, "persistent = layers")]),
        Mistake("one persistent kernel for all layers",
                "Each layer begins when the one below has finished, and has a persistent kernel of "
                "its own.", swap=[(PERSISTENT, "persistent = layers + 1")]),
        Mistake("a persistent kernel in one layer only",
                "Two launches in all, however many layers there are: each layer has a product with "
                "its inputs, and a persistent kernel, of its own.",
                swap=[(PERSISTENT, "persistent = 2")]),
        Mistake("a persistent kernel at each step",
                "The persistent form is launched once for all steps, not at every step: that is "
                "what it stays for.", swap=[(PERSISTENT, "persistent = layers * (1 + T)")]),
        Mistake("one hoisted product for all layers",
                "You hoist the inputs of all layers in one product. The inputs of the second layer "
                "are the outputs of the first: they aren't there yet.",
                swap=[(HOISTED, "hoisted = 1 + layers * T * (products + pointwise)"),
                      (FUSED, "fused = 1 + layers * T * (products + 1)"),
                      (GRAPH, "graph = 1 + layers * (T // k + T % k * (products + 1))"),
                      (PERSISTENT, "persistent = 1 + layers")]),
        Mistake("layers left out", "Your numbers are those of a single layer.",
                swap=[without_layers(LOOP), without_layers(HOISTED), without_layers(FUSED),
                      without_layers(GRAPH), without_layers(PERSISTENT)]),
        Mistake("elementwise kernels gone",
                "Fused, the elementwise operations of a step are one kernel. In your count they "
                "are none: their work does not vanish, nor does it go into a product.",
                swap=[(FUSED, "fused = layers * (1 + T * products)"),
                      (GRAPH, "graph = layers * (1 + T // k + T % k * products)")]),
        Mistake("products fused as well",
                "You have fused the products with the elementwise operations, so that a step is "
                "one kernel. That is the next form but one; here only what is elementwise is "
                "joined.",
                swap=[(FUSED, "fused = layers * (1 + T)"),
                      (GRAPH, "graph = layers * (1 + T // k + T % k)")]),
        Mistake("a graph that is not full",
                "You round up: a graph for the steps that are left over as well. It always runs "
                "all of its k steps, and would read beyond the end. What is left over is launched "
                "kernel by kernel.",
                swap=[(GRAPH, "graph = layers * (1 - (-T // k))")]),
        Mistake("what is left over is forgotten",
                "k need not divide T. What is left over at the end has to be computed, too, as in "
                "the fused form.", swap=[(GRAPH, "graph = layers * (1 + T // k)")]),
        Mistake("what is left over as in the hoisted form",
                "What doesn't fill a graph is launched as in the fused form, where the elementwise "
                "operations of a step are one kernel.",
                swap=[(GRAPH, "graph = layers * (1 + T // k + T % k * (products + pointwise))")]),
        Mistake("one launch for each step that is left over",
                "What doesn't fill a graph is launched kernel by kernel: a step has more than one.",
                swap=[(GRAPH, "graph = layers * (1 + T // k + T % k)")]),
        Mistake("kernels for launches",
                "You count the kernels in the graph. The device runs them all, as before; the host "
                "starts them by one launch.", swap=[(GRAPH, "graph = fused")]),
        Mistake("layers for a part of it",
                "What is left over is there in every layer. A bracket is missing: layers "
                "multiplies all of it.",
                swap=[(GRAPH, "graph = layers * (1 + T // k) + T % k * (products + 1)")]),
        Mistake("graphs that run over from layer to layer",
                "You divide the steps of all layers together. A graph holds steps of one layer: "
                "divide its T steps, and multiply by the layers afterwards.",
                swap=[(GRAPH, "steps = layers * T\n    "
                              "graph = layers + steps // k + steps % k * (products + 1)")]),
        Mistake("the number of graphs upside down",
                "A graph holds k steps: it is launched once in k steps, T // k times, and not k "
                "times.", swap=[(GRAPH, "graph = layers * (1 + k + T % k * (products + 1))")]),
        Mistake("a share of a graph",
                "T / k is a fraction where k does not divide T. How many whole graphs are there, "
                "and how many steps are left over?",
                swap=[(GRAPH, "graph = layers * (1 + T / k)")]),
        Mistake("no product with W in the loop",
                "In the loop the product with the input is launched at every step, beside those "
                "with the state.",
                swap=[(LOOP, "loop = layers * T * (products + pointwise)")]),
        Mistake("the graph began with the product",
                "A launch a layer is missing from the graph form. The product with the inputs "
                "isn't in the graph: it is launched by itself, before the first step.",
                swap=[(GRAPH, "graph = layers * (T // k + T % k * (products + 1))")]),
    ],
    hints=(
        "Write down the launches of one layer and one step first, for each form. Then ask of each "
        "which are there at every step, and which once a layer.",
        "Each form but the loop has one launch a layer for the inputs, and beside it something "
        "times T. For the graph divide T by k with a remainder: `//` and `%`.",
        "In one layer: T times (1 + products + pointwise); 1 + T times (products + pointwise); "
        "1 + T times (products + 1); for the graph, T // k launches in place of those of k steps "
        "each, and T % k steps as before; 2.",
    ),
    passed="All five do the same operations; only the launches become fewer. With 5 µs a launch, a "
           "loop of 13 kernels over 1,000 steps can't take less than 65 ms, on any device.",
)
