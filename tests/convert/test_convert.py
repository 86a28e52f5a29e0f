"""Weights go to other libraries and come back, and mean there what they mean here.

A layout is proven by the library that has it: torch, keras, onnxruntime and flax run the weights
that we wrote, and we run theirs, on random numbers with sizes that are different primes and from
states that are not zero. Outputs and last states agree.
"""

import inspect
import itertools
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstmlib.convert
from lstmlib.numpy import (CELLS, CIFG, GRU, LSTM, MGU, RNN, Bidirectional, GRUResetBefore,
                           Peephole, RNNReLU, Stack, unroll)

# Keras' tensors on torch know NumPy's protocol of before 2.0.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

T, B, M, D = 7, 2, 3, 5
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}

SPOKEN = {"torch": (RNN, RNNReLU, LSTM, GRU),
          "keras": (RNN, RNNReLU, LSTM, GRU, GRUResetBefore),
          "onnx": (RNN, RNNReLU, LSTM, Peephole, CIFG, GRU, GRUResetBefore),
          "flax": (RNN, RNNReLU, LSTM, GRU)}
PACKAGES = {"torch": ["torch"], "keras": ["torch", "keras"], "onnx": ["onnx", "onnxruntime"],
            "flax": ["jax", "flax.linen"]}


def both(kind, M, D, back=None):
    return Bidirectional(kind(M, D), kind(M, back or D))


FORMS = {
    "alone": lambda kind: kind(M, D),
    "both ways": lambda kind: both(kind, M, D),
    "three layers": lambda kind: Stack([kind(M, D), kind(D, D), kind(D, D)]),
    "two layers both ways": lambda kind: Stack([both(kind, M, D), both(kind, 2 * D, D)]),
    "layers of several sizes": lambda kind: Stack([both(kind, M, D), kind(2 * D, 11), kind(11, 2)]),
    "ways of two sizes": lambda kind: Stack([both(kind, M, D, 2), kind(D + 2, 11)]),
}
CAN_NOT = {"torch": {"layers of several sizes", "ways of two sizes"}, "onnx": {"ways of two sizes"}}
CASES = [pytest.param(target, kind, form, id=f"{target}-{kind.__name__}-{form}".replace(" ", "_"))
         for target, kinds in SPOKEN.items() for kind in kinds for form in FORMS
         if form not in CAN_NOT.get(target, ())]


# ---- running their libraries


@pytest.fixture(scope="module", autouse=True)
def quiet_imports(tmp_path_factory):
    """Keras on torch and JAX on the CPU, as asked before they are imported; no file in the home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        patch.setenv("JAX_PLATFORMS", "cpu")
        yield


def need(target):
    """The modules of a target; without one of them a test is skipped."""
    return [pytest.importorskip(name, reason=f"{name} is not installed; the extra `test` has it")
            for name in PACKAGES[target]]


def layers_of(cell):
    """[[cell]] or [[forward, backward]] for each layer."""
    return [[layer.forward, layer.backward] if isinstance(layer, Bidirectional) else [layer]
            for layer in (cell.layers if isinstance(cell, Stack) else [cell])]


def heads_of(cell):
    """What stands before the names of each direction of each layer: "0.forward.", …"""
    return [name[:-1] for name in cell.state_names if name.endswith("h")]


def run_torch(weights, cell, x, state):
    torch, = need("torch")
    layers = layers_of(cell)
    make = {RNN: torch.nn.RNN, LSTM: torch.nn.LSTM, GRU: torch.nn.GRU, RNNReLU: torch.nn.RNN}
    kind = type(layers[0][0])
    module = make[kind](M, D, num_layers=len(layers), bidirectional=len(layers[0]) == 2,
                        **({"nonlinearity": "relu"} if kind is RNNReLU else {}))
    module.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    return run_module(module, cell, x, state)


def run_module(module, cell, x, state):
    torch, = need("torch")
    first = {name: torch.tensor(np.stack([state[head + name] for head in heads_of(cell)]))
             for name in ("h", "c") if heads_of(cell)[0] + name in state}
    with torch.no_grad():
        outputs, last = module(torch.tensor(x),
                               tuple(first.values()) if "c" in first else first["h"])
    last = dict(zip(first, last if "c" in first else (last,)))
    return outputs.numpy(), {head + name: array[place].numpy() for name, array in last.items()
                             for place, head in enumerate(heads_of(cell))}


def layer_by_layer(run_layer):
    """A network of layers, each handed the weights of its own and the states of its directions."""

    def run(weights, cell, x, state):
        if isinstance(cell, Stack):
            weights = list(weights.values()) if isinstance(weights, dict) else weights
        else:
            weights = [weights]
        heads, last = iter(heads_of(cell)), {}
        for cells, own in zip(layers_of(cell), weights, strict=True):
            names = [next(heads) for _ in cells]
            before = [{name: state[head + name] for name in one.state_names}
                      for one, head in zip(cells, names)]
            x, after = run_layer(own, cells, x, before)
            last |= {head + name: np.asarray(one[name]) for head, one in zip(names, after)
                     for name in one}
        return x, last

    return run


@layer_by_layer
def run_keras(weights, cells, x, states):
    _, keras = need("keras")
    make = {RNN: (keras.layers.SimpleRNN, {}),
            RNNReLU: (keras.layers.SimpleRNN, {"activation": "relu"}),
            LSTM: (keras.layers.LSTM, {}), GRU: (keras.layers.GRU, {}),
            GRUResetBefore: (keras.layers.GRU, {"reset_after": False})}
    layers = []
    for way, one in enumerate(cells):
        layer, options = make[type(one)]
        layers.append(layer(one.hidden_size, return_sequences=True, return_state=True,
                            go_backwards=way == 1, **options))
    layer = (keras.layers.Bidirectional(layers[0], backward_layer=layers[1]) if len(layers) == 2
             else layers[0])
    layer.build((B, T, x.shape[2]))
    layer.set_weights(weights)
    before = [array for state in states for array in state.values()]
    outputs, *after = [keras.ops.convert_to_numpy(array) for array in
                       layer(x.transpose(1, 0, 2), initial_state=before)]
    after = iter(after)
    return outputs.transpose(1, 0, 2), [{name: next(after) for name in state} for state in states]


@layer_by_layer
def run_onnx(node, cells, x, states):
    onnx, runtime = need("onnx")
    from onnx import TensorProto, helper, numpy_helper

    feeds = {"X": x} | {f"initial_{name}": np.stack([state[name] for state in states])
                        for name in states[0]}
    inputs = ["X", "W", "R", "B" if "B" in node["inputs"] else "", "", *list(feeds)[1:]]
    if "P" in node["inputs"]:
        inputs.append("P")
    outputs = ["Y", *(f"Y_{name}" for name in states[0])]
    graph = helper.make_graph(
        [helper.make_node(node["op_type"], inputs, outputs, **node["attributes"])], "one",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
         for name, array in feeds.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * (4 if name == "Y" else 3))
         for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in node["inputs"].items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(model.SerializeToString(), options,
                                       providers=["CPUExecutionProvider"])
    Y, *last = session.run(outputs, feeds)
    return (Y.transpose(0, 2, 1, 3).reshape(T, B, -1),
            [{name: array[way] for name, array in zip(state, last)}
             for way, state in enumerate(states)])


def flax_layer(cells):
    jax, linen = need("flax")
    make = {RNN: linen.SimpleCell, LSTM: linen.OptimizedLSTMCell, GRU: linen.GRUCell,
            RNNReLU: lambda D: linen.SimpleCell(D, activation_fn=linen.relu)}
    rnns = [linen.RNN(make[type(one)](one.hidden_size), time_major=True) for one in cells]
    return linen.Bidirectional(*rnns, time_major=True) if len(rnns) == 2 else rnns[0]


@layer_by_layer
def run_flax(tree, cells, x, states):
    carries = [(state["c"], state["h"]) if "c" in state else state["h"] for state in states]
    if len(cells) == 1 and "cell" not in tree:
        tree = {"cell": tree}
    last, outputs = flax_layer(cells).apply(
        {"params": tree}, x, return_carry=True,
        initial_carry=tuple(carries) if len(cells) == 2 else carries[0])
    last = last if len(cells) == 2 else [last]
    return np.asarray(outputs), [dict(zip("ch", one)) if isinstance(one, tuple) else {"h": one}
                                 for one in last]


RUN = {"torch": run_torch, "keras": run_keras, "onnx": run_onnx, "flax": run_flax}


# ---- the comparison


def normal(rng, shape):
    return (0.5 * rng.standard_normal(shape)).astype(np.float32)


def drawn(cell, rng):
    """All parameters at random, biases and peepholes too."""
    return {name: normal(rng, shape) for name, shape in cell.param_shapes.items()}


def filled(weights, rng):
    """The same nest of arrays with other numbers."""
    if isinstance(weights, np.ndarray):
        return normal(rng, weights.shape)
    if isinstance(weights, dict):
        return {name: filled(one, rng) for name, one in weights.items()}
    return [filled(one, rng) for one in weights] if isinstance(weights, list) else weights


def data(cell, rng):
    return normal(rng, (T, B, cell.input_size)), {
        name: normal(rng, shape) for name, shape in cell.state_shapes(B).items()}


def agree(found, expected):
    (outputs, state), (wanted, last) = found, expected
    assert outputs.shape == wanted.shape and set(state) == set(last)
    np.testing.assert_allclose(outputs, wanted, **TOLERANCE)
    for name in last:
        np.testing.assert_allclose(state[name], last[name], **TOLERANCE, err_msg=name)


def run_ours(cell, params, x, state):
    run = unroll(cell, params, x, state)
    return run.outputs, run.state


def options(target, kind):
    return {"activation": "relu"} if kind is RNNReLU and target != "onnx" else {}


def to(convert, target):
    return getattr(convert, f"to_{target}")


def back(convert, target):
    return getattr(convert, f"from_{target}")


def ours_runs_there(convert, target, kind, form):
    rng = np.random.default_rng(3)
    cell = FORMS[form](kind)
    params, (x, state) = drawn(cell, rng), data(cell, rng)
    weights = to(convert, target)(cell, params)
    agree(RUN[target](weights, cell, x, state), run_ours(cell, params, x, state))


def theirs_runs_here(convert, target, kind, form):
    """… and comes back to them."""
    rng = np.random.default_rng(5)
    cell = FORMS[form](kind)
    x, state = data(cell, rng)
    weights = filled(to(lstmlib.convert, target)(cell, drawn(cell, rng)), rng)
    theirs = RUN[target](weights, cell, x, state)
    found, params = back(convert, target)(weights, **options(target, kind))
    assert repr(found) == repr(cell)
    agree(run_ours(found, params, x, state), theirs)
    agree(RUN[target](to(convert, target)(found, params), cell, x, state), theirs)


@pytest.mark.parametrize("target, kind, form", CASES)
def test_our_weights_mean_the_same_there(target, kind, form):
    ours_runs_there(lstmlib.convert, target, kind, form)


@pytest.mark.parametrize("target, kind, form", CASES)
def test_their_weights_mean_the_same_here_and_there_again(target, kind, form):
    theirs_runs_here(lstmlib.convert, target, kind, form)


# ---- there and back, to the last bit


def awkward(rng, shape, dtype, order):
    """Numbers of every kind, -0.0, infinities and NaN among them, in any order in memory."""
    array = rng.standard_normal(shape).astype(dtype)
    odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(dtype).tiny / 4], dtype)
    array = np.where(rng.random(shape) < 0.3, rng.choice(odd, shape), array)
    if order == "Fortran":
        array = np.asfortranarray(array)
    if order == "strided":
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    if order == "big-endian":
        array = array.astype(array.dtype.newbyteorder(">"))
    array.flags.writeable = False
    return array


def there_and_back_is_exact(convert, target, cell, params, **names):
    found, again = back(convert, target)(to(convert, target)(cell, params), **names)
    assert repr(found) == repr(cell)
    assert list(again) == list(cell.param_shapes)
    for name, array in again.items():
        assert array.dtype == params[name].dtype.newbyteorder("=")
        assert array.shape == params[name].shape
        assert array.tobytes() == params[name].astype(array.dtype, order="C").tobytes(), name


def exact_for_any_sizes(convert, target, kind):
    @given(sizes=st.tuples(*[st.integers(1, 6)] * 3), seed=st.integers(0, 2**32 - 1),
           dtype=st.sampled_from([np.float32, np.float64]),
           order=st.sampled_from(["C", "Fortran", "strided", "big-endian"]),
           form=st.sampled_from(["alone", "both ways", "stack", "stack both ways"]))
    def check(sizes, seed, dtype, order, form):
        M, D, other = sizes
        other = D if target == "torch" else other
        cell = {"alone": lambda: kind(M, D), "both ways": lambda: both(kind, M, D),
                "stack": lambda: Stack([kind(M, D), kind(D, other)]),
                "stack both ways": lambda: Stack([both(kind, M, D), both(kind, 2 * D, other)])
                }[form]()
        rng = np.random.default_rng(seed)
        params = {name: awkward(rng, shape, dtype, order)
                  for name, shape in cell.param_shapes.items()}
        if kind is CIFG:                        # the row of the gate that is not there is not read
            for name in params:
                if name.endswith("p"):
                    params[name] = np.where([[True], [False], [True]], params[name], 0)
        there_and_back_is_exact(convert, target, cell, params, **options(target, kind))

    check()


@pytest.mark.parametrize("target, kind", [pytest.param(target, kind, id=f"{target}-{kind.__name__}")
                                          for target, kinds in SPOKEN.items() for kind in kinds])
def test_ours_there_and_back_is_exact(target, kind):
    exact_for_any_sizes(lstmlib.convert, target, kind)


@pytest.mark.parametrize("target, kind", [("keras", LSTM), ("onnx", GRU), ("flax", LSTM)])
def test_a_stack_of_one_layer_stays_one(target, kind):
    cell = Stack([kind(M, D)])
    there_and_back_is_exact(lstmlib.convert, target, cell, drawn(cell, np.random.default_rng(0)))


@pytest.mark.parametrize("target", ["keras", "onnx", "flax"])
def test_layers_of_several_kinds(target):
    cell = Stack([both(GRU, M, D), LSTM(2 * D, 11), RNN(11, 2)])
    rng = np.random.default_rng(0)
    params, (x, state) = drawn(cell, rng), data(cell, rng)
    there_and_back_is_exact(lstmlib.convert, target, cell, params)
    agree(RUN[target](to(lstmlib.convert, target)(cell, params), cell, x, state),
          run_ours(cell, params, x, state))


@pytest.mark.parametrize("target, kind", [pytest.param(target, kind, id=f"{target}-{kind.__name__}")
                                          for target, kinds in SPOKEN.items() for kind in kinds])
def test_all_that_is_given_back_is_new(target, kind):
    def arrays(nest):
        if isinstance(nest, np.ndarray):
            return [nest]
        nest = nest.values() if isinstance(nest, dict) else nest
        return [one for part in nest if isinstance(part, (np.ndarray, dict, list))
                for one in arrays(part)]

    cell = kind(1, 1)
    params = drawn(cell, np.random.default_rng(0))
    weights = to(lstmlib.convert, target)(cell, params)
    kept = [array.copy() for array in arrays(params) + arrays(weights)]
    _, again = back(lstmlib.convert, target)(weights, **options(target, kind))
    for array in arrays(again):
        assert array.flags.writeable and array.flags.c_contiguous
        assert not any(np.shares_memory(array, other) for other in arrays(weights))
    for array in arrays(weights):
        assert array.flags.writeable and array.flags.c_contiguous
        assert not any(np.shares_memory(array, other) for other in arrays(params))
    for array, before in zip(arrays(params) + arrays(weights), kept, strict=True):
        np.testing.assert_array_equal(array, before)


# ---- what one target has of its own


@pytest.mark.parametrize("name, options", [
    ("RNN", {}), ("RNN", {"nonlinearity": "relu", "num_layers": 2}), ("LSTM", {"bias": False}),
    ("LSTM", {"num_layers": 3, "bidirectional": True}), ("GRU", {"bidirectional": True}),
    ("GRU", {"num_layers": 2, "bias": False}),
])
@pytest.mark.parametrize("as_dict", [False, True], ids=["module", "dict"])
def test_a_module_of_torch_is_read(name, options, as_dict):
    torch, = need("torch")
    torch.manual_seed(0)
    module = getattr(torch.nn, name)(M, D, **options)
    how = {"activation": "relu"} if as_dict and "nonlinearity" in options else {}
    cell, params = lstmlib.convert.from_torch(module.state_dict() if as_dict else module, **how)
    x, state = data(cell, np.random.default_rng(0))
    agree(run_ours(cell, params, x, state), run_module(module, cell, x, state))


def test_a_module_of_torch_hands_on_dtype_and_dropout():
    torch, = need("torch")
    module = torch.nn.LSTM(M, D, num_layers=2, dropout=0.25, batch_first=True).double()
    cell, params = lstmlib.convert.from_torch(module)
    assert cell.dropout == 0.25
    assert {array.dtype for array in params.values()} == {np.dtype(np.float64)}


def test_keras_without_bias_is_read_with_zeros():
    rng = np.random.default_rng(0)
    cell = LSTM(M, D)
    params, (x, _) = drawn(cell, rng) | {"b": np.zeros(4 * D, np.float32)}, data(cell, rng)
    kernel, recurrent, _ = lstmlib.convert.to_keras(cell, params)
    _, keras = need("keras")
    layer = keras.layers.LSTM(D, use_bias=False, return_sequences=True)
    layer.build((B, T, M))
    layer.set_weights([kernel, recurrent])
    found, again = lstmlib.convert.from_keras([*layer.get_weights(), np.zeros(4 * D, np.float32)])
    outputs = keras.ops.convert_to_numpy(layer(x.transpose(1, 0, 2))).transpose(1, 0, 2)
    np.testing.assert_allclose(unroll(found, again, x).outputs, outputs, **TOLERANCE)


def test_a_node_is_read_as_the_onnx_package_gives_it():
    need("onnx")
    from onnx import helper

    cell = both(CIFG, M, D)
    params = drawn(cell, np.random.default_rng(0))
    node = lstmlib.convert.to_onnx(cell, params)
    proto = helper.make_node(node["op_type"], ["X", "W", "R", "B"], ["Y"], **node["attributes"])
    attributes = {one.name: helper.get_attribute_value(one) for one in proto.attribute}
    assert attributes["direction"] == b"bidirectional"
    found, again = lstmlib.convert.from_onnx({**node, "attributes": attributes})
    assert repr(found) == repr(cell)
    np.testing.assert_array_equal(again["backward.W"], params["backward.W"])


@pytest.mark.parametrize("kind, left_out", [(LSTM, "B"), (GRU, "B"), (RNN, "B"), (CIFG, "P")])
def test_absent_inputs_of_a_node_are_zero(kind, left_out):
    rng = np.random.default_rng(0)
    cell = both(kind, M, D)
    x, state = data(cell, rng)
    node = filled(lstmlib.convert.to_onnx(cell, drawn(cell, rng)), rng)
    del node["inputs"][left_out]
    del node["attributes"]["activations"]
    agree(run_ours(*lstmlib.convert.from_onnx(node), x, state),
          RUN["onnx"](node, cell, x, state))


@pytest.mark.parametrize("peepholes", ["", "i", "f", "o", "io", "ifo"])
def test_peepholes_that_are_not_there_are_written_as_zero(peepholes):
    rng = np.random.default_rng(0)
    cell = Peephole(M, D, peepholes=peepholes)
    params, (x, state) = drawn(cell, rng), data(cell, rng)
    node = lstmlib.convert.to_onnx(cell, params)
    agree(RUN["onnx"](node, cell, x, state), run_ours(cell, params, x, state))
    _, again = lstmlib.convert.from_onnx(node)
    for gate, row, other in zip("ifo", params["p"], again["p"]):
        np.testing.assert_array_equal(other, row if gate in peepholes else 0 * row)


def coupled_either_way(convert):
    """Where the coupling is not heeded, the f blocks say the same."""
    rng = np.random.default_rng(0)
    cell = both(CIFG, M, D)
    params, (x, state) = drawn(cell, rng), data(cell, rng)
    node = convert.to_onnx(cell, params)
    node["attributes"]["input_forget"] = 0
    agree(RUN["onnx"](node, cell, x, state), run_ours(cell, params, x, state))


def test_coupled_gates_survive_a_reader_that_does_not_couple():
    coupled_either_way(lstmlib.convert)


def test_flax_runs_a_stack_as_a_sequential():
    _, linen = need("flax")
    rng = np.random.default_rng(0)
    cell = FORMS["layers of several sizes"](GRU)
    params, (x, _) = drawn(cell, rng), data(cell, rng)
    model = linen.Sequential([flax_layer(cells) for cells in layers_of(cell)])
    tree = lstmlib.convert.to_flax(cell, params)
    np.testing.assert_allclose(model.apply({"params": tree}, x), unroll(cell, params, x).outputs,
                               **TOLERANCE)


@pytest.mark.parametrize("name", ["SimpleCell", "LSTMCell", "OptimizedLSTMCell", "GRUCell"])
@pytest.mark.parametrize("whole", [True, False], ids=["variables", "params"])
def test_what_flax_itself_initialises_is_read(name, whole):
    jax, linen = need("flax")
    rng = np.random.default_rng(0)
    x = normal(rng, (T, B, M))
    model = linen.RNN(getattr(linen, name)(D), time_major=True)
    variables = model.init(jax.random.key(0), x)
    cell, params = lstmlib.convert.from_flax(variables if whole else variables["params"])
    np.testing.assert_allclose(unroll(cell, params, x).outputs, model.apply(variables, x),
                               **TOLERANCE)


# ---- a program that is none of the four


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_rule(forget_bias):
    def rule(a, h, c):
        c = sigmoid(a("f", h) + forget_bias) * c + sigmoid(a("i", h)) * np.tanh(a("g", h))
        return sigmoid(a("o", h)) * np.tanh(c), c
    return rule


def coupled_rule(learned):
    def rule(a, h, c):
        gate = sigmoid(a("i", h))
        kept = 1 - gate if learned == "i" else gate
        c = kept * c + (1 - kept) * np.tanh(a("g", h))
        return sigmoid(a("o", h)) * np.tanh(c), c
    return rule


def gru_rule(reset, takes):
    def rule(a, h, c):
        r, z = sigmoid(a("r", h)), sigmoid(a("z", h))
        deaf = a("n", 0 * h)
        n = np.tanh(a("n", r * h) if reset == "before" else deaf + r * (a("n", h) - deaf))
        return ((1 - z) * h + z * n if takes == "new" else z * h + (1 - z) * n), c
    return rule


STRANGERS = {
    "LSTM": (lstm_rule(0), LSTM, "ifgo", "", 0.0),
    "LSTM that adds 1": (lstm_rule(1), LSTM, "ifgo", "", 1.0),
    "coupled, f = 1 - i": (coupled_rule("i"), CIFG, "igo", "", 0.0),
    "coupled, i = 1 - f": (coupled_rule("f"), CIFG, "igo", "i", 0.0),
    "GRU, after, keeps": (gru_rule("after", "old"), GRU, "rzn", "", 0.0),
    "GRU, after, takes": (gru_rule("after", "new"), GRU, "rzn", "z", 0.0),
    "GRU, before, keeps": (gru_rule("before", "old"), GRUResetBefore, "rzn", "", 0.0),
    "GRU, before, takes": (gru_rule("before", "new"), GRUResetBefore, "rzn", "z", 0.0),
}


def runs(rule, order):
    """A program with its blocks in this order, as `recognise` asks for it."""

    def run(weight, bias, x):
        own, h, c, outputs = dict(zip(order, np.split(bias, len(order)))), *np.zeros((2, 2)), []
        for x_t in x[:, 0, 0]:
            def a(block, heard):
                return weight * (x_t + heard.sum()) + own[block]
            h, c = rule(a, h, c)
            outputs.append(h)
        return outputs

    return run


def every_order_is_found(convert, name):
    rule, kind, blocks, negated, forget_bias = STRANGERS[name]
    for order in map("".join, itertools.permutations(blocks)):
        try:
            found = convert.recognise(runs(rule, order), len(blocks))
        except ValueError as problem:
            raise AssertionError(f"{order} was not recognised") from problem
        assert found == (kind, order, negated, forget_bias)


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_is_recognised(name):
    every_order_is_found(lstmlib.convert, name)


def test_torch_itself_is_recognised():
    torch, = need("torch")

    def run(weight, bias, x, kind):
        module = getattr(torch.nn, kind)(1, 2)
        for name, parameter in module.named_parameters():
            torch.nn.init.constant_(parameter, weight if "weight" in name else 0)
        module.bias_ih_l0.data = torch.tensor(bias, dtype=torch.float32)
        with torch.no_grad():
            return module(torch.tensor(x, dtype=torch.float32))[0].numpy()

    assert lstmlib.convert.recognise(partial(run, kind="LSTM")) == (LSTM, "ifgo", "", 0.0)
    assert lstmlib.convert.recognise(partial(run, kind="GRU"), 3) == (GRU, "rzn", "", 0.0)


def hard_sigmoid_rule(a, h, c):
    def hard(v):
        return np.clip(0.2 * v + 0.5, 0, 1)
    c = hard(a("f", h)) * c + hard(a("i", h)) * np.tanh(a("g", h))
    return hard(a("o", h)) * np.tanh(c), c


@pytest.mark.parametrize("run, num_blocks, error, words", [
    ("ifgo", 4, TypeError, "run: got str 'ifgo', expected a function"),
    (runs(lstm_rule(0), "ifgo"), 5, ValueError, "num_blocks: got 5, expected 3 or 4"),
    (runs(lstm_rule(0.5), "ifgo"), 4, ValueError, "got outputs of another cell, expected .*LSTM"),
    (runs(hard_sigmoid_rule, "ifgo"), 4, ValueError, "activations"),
    (lambda *_: np.full((5, 1, 2), np.nan), 3, ValueError, "those of GRU, GRUResetBefore, CIFG"),
    (lambda *_: np.zeros((5, 1)), 4, ValueError, r"run: got outputs of shape \(5, 1\), expected"),
    (lambda *_: np.zeros((1, 5, 2)), 4, ValueError, r"shape \(1, 5, 2\)"),
], ids=["no function", "five", "adds a half", "hard gates", "nan", "one unit", "batch first"])
def test_what_is_not_recognised_is_said(run, num_blocks, error, words):
    with pytest.raises(error, match=words):
        lstmlib.convert.recognise(run, num_blocks)


# ---- planted mistakes


MISTAKES = {
    "torch: i and f change places": (
        'TORCH = {**PLAIN, LSTM: "ifgo"', 'TORCH = {**PLAIN, LSTM: "figo"',
        ours_runs_there, ("torch", LSTM, "alone")),
    "torch: r and z change places": (
        '"ifgo", GRU: "rzn"}\nKERAS', '"ifgo", GRU: "zrn"}\nKERAS',
        ours_runs_there, ("torch", GRU, "alone")),
    "torch: directions change places": (
        'zip(("", "_reverse"), layer)', 'zip(("_reverse", ""), layer)',
        ours_runs_there, ("torch", LSTM, "both ways")),
    "torch: directions change places in reading": (
        'key = f"{name}_l{number}{suffix}"\n            ',
        'key = f"{name}_l{number}{ways[-1 - ways.index(suffix)]}"\n            ',
        theirs_runs_here, ("torch", LSTM, "both ways")),
    "torch: layers change places in reading": (
        'key = f"{name}_l{number}{suffix}"\n            ',
        'key = f"{name}_l{number and num_layers - number}{suffix}"\n            ',
        theirs_runs_here, ("torch", GRU, "three layers")),
    "keras: i and f change places": (
        'KERAS = {**PLAIN, LSTM: "ifgo"', 'KERAS = {**PLAIN, LSTM: "figo"',
        ours_runs_there, ("keras", LSTM, "alone")),
    "keras: r z n as in torch": (
        'GRU: "zrn", GRUResetBefore: "zrn"}', 'GRU: "rzn", GRUResetBefore: "zrn"}',
        theirs_runs_here, ("keras", GRU, "alone")),
    "keras: r z n as in torch, reset before": (
        'GRU: "zrn", GRUResetBefore: "zrn"}', 'GRU: "zrn", GRUResetBefore: "rzn"}',
        theirs_runs_here, ("keras", GRUResetBefore, "alone")),
    "keras: rows of the bias change places": (
        "np.stack([b_x, b_h])", "np.stack([b_h, b_x])",
        ours_runs_there, ("keras", GRU, "alone")),
    "keras: U not transposed": (
        "_transpose(W), _transpose(U), bias", "_transpose(W), U.copy(), bias",
        ours_runs_there, ("keras", RNN, "alone")),
    "onnx: i f g o as in torch": (
        'ONNX_PEEPHOLES = "iofg"', 'ONNX_PEEPHOLES = "ifgo"',
        ours_runs_there, ("onnx", LSTM, "both ways")),
    "onnx: o and f change places": (
        'ONNX_PEEPHOLES = "iofg"', 'ONNX_PEEPHOLES = "ifog"',
        theirs_runs_here, ("onnx", Peephole, "alone")),
    "onnx: r z n as in torch": (
        'ONNX_PEEPHOLES = "iofg", "zrn"', 'ONNX_PEEPHOLES = "iofg", "rzn"',
        ours_runs_there, ("onnx", GRU, "both ways")),
    "onnx: peepholes i f o as ours": (
        '"zrn", "iof"', '"zrn", "ifo"',
        ours_runs_there, ("onnx", Peephole, "alone")),
    "onnx: peepholes i f o as ours, in reading": (
        'ONNX_PEEPHOLES, "ifo").reshape', '"ifo", "ifo").reshape',
        theirs_runs_here, ("onnx", Peephole, "three layers")),
    "onnx: resets change places": (
        'reset"] = int(kind is GRU)', 'reset"] = int(kind is not GRU)',
        ours_runs_there, ("onnx", GRU, "alone")),
    "onnx: resets change places in reading": (
        "[GRU if switch else GRUResetBefore]", "[GRUResetBefore if switch else GRU]",
        theirs_runs_here, ("onnx", GRU, "alone")),
    "onnx: the two biases change places": (
        "np.concatenate([b_x, b_h])", "np.concatenate([b_h, b_x])",
        ours_runs_there, ("onnx", GRU, "alone")),
    "onnx: gates not said to be coupled": (
        "int(kind is CIFG)", "0", exact_for_any_sizes, ("onnx", CIFG)),
    "onnx: f = i": (
        'blocks["f"] = -blocks["i"]', 'blocks["f"] = blocks["i"]', coupled_either_way, ()),
    "onnx: p_f = p_i": ('p["f"] = -p["i"]', 'p["f"] = p["i"]', coupled_either_way, ()),
    "onnx: the f row of coupled gates is read": (
        'own["p"][1] = 0', "pass", exact_for_any_sizes, ("onnx", CIFG)),
    "flax: U not transposed": (
        'leaf("h" + ending, "kernel", (D, D)).T', 'leaf("h" + ending, "kernel", (D, D))',
        theirs_runs_here, ("flax", LSTM, "alone")),
    "flax: r and z change places": (
        "FLAX[kind], *map(", 'FLAX[kind].replace("rz", "zr"), *map(',
        theirs_runs_here, ("flax", GRU, "alone")),
    "flax: directions change places": (
        '(("forward_rnn", "backward_rnn"), cells)', '(("backward_rnn", "forward_rnn"), cells)',
        ours_runs_there, ("flax", GRU, "both ways")),
    "the second bias is dropped": (
        "np.where(b_h == 0, b_x, b_x + b_h)", "b_x.copy()",
        theirs_runs_here, ("torch", LSTM, "two layers both ways")),
    "the second bias is dropped, onnx": (
        "np.where(b_h == 0, b_x, b_x + b_h)", "b_x.copy()",
        theirs_runs_here, ("onnx", GRUResetBefore, "alone")),
    "-0 becomes 0": (
        "np.where(b_h == 0, b_x, b_x + b_h)", "b_x + b_h", exact_for_any_sizes, ("torch", LSTM)),
    "b_n is the bias beside x": (
        'apart["b_n"] = b_h[-D:]', 'apart["b_n"] = b_x[-D:]',
        theirs_runs_here, ("torch", GRU, "alone")),
    "b_n is added to the bias beside x too": (
        "b_h[-D:] = 0", "pass", theirs_runs_here, ("onnx", GRU, "both ways")),
    "b_n is written to r": (
        "b_h[-cell.hidden_size:]", "b_h[:cell.hidden_size]",
        ours_runs_there, ("torch", GRU, "alone")),
    "U is transposed in reading": (
        '"W": W, "U": U, "b": b', '"W": W, "U": U.T.copy(), "b": b',
        theirs_runs_here, ("onnx", RNNReLU, "alone")),
    "a negated block keeps the sign of its bias": (
        "sign * push + added", "push + added", every_order_is_found, ("GRU, before, takes",)),
    "recognised too soon": (
        "rtol=0, atol=1e-3", "rtol=0, atol=0.2", every_order_is_found, ("LSTM",)),
    "both resets look alike": (
        "PROBE_PUSH = np.array([1.0, -1.5])", "PROBE_PUSH = np.array([1.0, 1.0])",
        every_order_is_found, ("GRU, before, keeps",)),
    "directions change places in reading": (
        'zip(("forward.", "backward.") if', 'zip(("backward.", "forward.") if',
        theirs_runs_here, ("keras", LSTM, "both ways")),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_seen(planted, mistake):
    right, wrong, check, case = MISTAKES[mistake]
    check(lstmlib.convert, *case)
    with pytest.raises(AssertionError):
        check(planted(right, wrong), *case)


# ---- what they can't hold, and what does not fit


def zeros(*shape):
    return np.zeros(shape)


def params_of(cell):
    return {name: zeros(*shape) for name, shape in cell.param_shapes.items()}


def torch_dict(**changes):
    given = {"weight_ih_l0": zeros(4 * D, M), "weight_hh_l0": zeros(4 * D, D),
             "bias_ih_l0": zeros(4 * D), "bias_hh_l0": zeros(4 * D)} | changes
    return {name: array for name, array in given.items() if array is not None}


def lstm_node(attributes=None, op_type="LSTM", **inputs):
    given = {"W": zeros(1, 4 * D, M), "R": zeros(1, 4 * D, D), "B": zeros(1, 8 * D)} | inputs
    return {"op_type": op_type, "attributes": attributes or {}, "inputs":
            {name: array for name, array in given.items() if array is not None}}


def simple_tree(**changes):
    given = {"i": {"kernel": zeros(M, D), "bias": zeros(D)}, "h": {"kernel": zeros(D, D)}}
    return given | changes


UNSPOKEN = [(target, kind) for target in SPOKEN for kind in CELLS.values()
            if kind not in SPOKEN[target]]


@pytest.mark.parametrize("target, kind", UNSPOKEN,
                         ids=[f"{target}-{kind.__name__}" for target, kind in UNSPOKEN])
def test_a_cell_that_a_target_lacks_is_refused(target, kind):
    cell = kind(D if kind.size_rule == "equal" else M, D)
    with pytest.raises(ValueError, match=f"^cell: got {kind.__name__}.*, expected one of RNN, "):
        to(lstmlib.convert, target)(cell, params_of(cell))


@pytest.mark.parametrize("target, kind, words", [
    ("torch", Peephole, "PyTorch has no peepholes. Write it with to_onnx"),
    ("keras", CIFG, "Keras couples no gates. Write it with to_onnx"),
    ("torch", GRUResetBefore, "PyTorch resets after .* to_keras or to_onnx"),
    ("flax", GRUResetBefore, "flax.linen resets after .* to_keras or to_onnx"),
    ("flax", MGU, "MGUCell of flax resets after the product and lets f keep the old"),
])
def test_a_refusal_says_why_and_what_to_do(target, kind, words):
    cell = kind(M, D)
    with pytest.raises(ValueError, match=words):
        to(lstmlib.convert, target)(cell, params_of(cell))


def test_the_advice_for_coupled_gates_holds():
    cell, rng = CIFG(M, D), np.random.default_rng(0)
    params, (x, state) = drawn(cell, rng), data(cell, rng)
    params["p"][:] = 0
    plain = {}
    for name in ("W", "U", "b"):
        i, g, o = np.split(params[name], 3)
        plain[name] = np.concatenate([i, -i, g, o])
    agree(run_ours(LSTM(M, D), plain, x, state), run_ours(cell, params, x, state))


@pytest.mark.parametrize("target, cell, words", [
    ("torch", both(LSTM, M, D, 2), r"LSTM\(3, 5\), LSTM\(3, 2\), expected cells of one kind"),
    ("torch", Bidirectional(GRU(M, D), LSTM(M, D)), "one by one"),
    ("torch", Stack([LSTM(M, D), GRU(D, D)]), "one kind and one hidden_size"),
    ("torch", Stack([LSTM(M, D), LSTM(D, 2)]), "one kind and one hidden_size"),
    ("torch", Stack([both(LSTM, M, D), LSTM(2 * D, D)]), "all read in one direction"),
    ("torch", Stack([Stack([LSTM(M, D)])]), "Lay a Stack of Stacks out flat"),
    ("keras", Bidirectional(Stack([LSTM(M, D)]), LSTM(M, D)), "joins directions after each layer"),
    ("onnx", both(LSTM, M, D, 2), "ONNX has one for all of them"),
    ("onnx", Bidirectional(LSTM(M, D), Peephole(M, D)), "one kind"),
    ("onnx", Bidirectional(GRU(M, D), GRUResetBefore(M, D)), "one kind"),
    ("flax", Stack([RNN(M, D), Stack([RNN(D, D)])]), r"cell\.layers\[1\]: got Stack"),
    ("flax", Stack([both(RNN, M, D), both(MGU, 2 * D, D)]),
     r"cell\.layers\[1\]\.forward: got MGU\(10, 5\)"),
], ids=str)
def test_a_form_that_a_target_lacks_is_refused(target, cell, words):
    with pytest.raises(ValueError, match=words):
        to(lstmlib.convert, target)(cell, params_of(cell))


@pytest.mark.parametrize("target", SPOKEN)
@pytest.mark.parametrize("cell, params, error, words", [
    ("lstm", {}, TypeError, "cell: got str 'lstm', expected a cell"),
    (LSTM, {}, TypeError, "cell: got"),
    (LSTM(M, D), {"W": zeros(20, 3)}, ValueError, "params: got a dict without 'U', 'b'"),
    (LSTM(M, D), params_of(GRU(M, D)), ValueError, "params: got a dict with unknown 'b_n'"),
    (LSTM(M, D), params_of(LSTM(D, M)), ValueError, r"params\['W'\]: got shape \(12, 5\)"),
    (LSTM(M, D), {name: array.astype(complex) for name, array in params_of(LSTM(M, D)).items()},
     TypeError, "params: got dtype complex128"),
    (LSTM(M, D), {name: array.astype(int) for name, array in params_of(LSTM(M, D)).items()},
     TypeError, "int"),
    (LSTM(M, D), params_of(LSTM(M, D)) | {"b": np.zeros(20, np.float32)}, TypeError, "one dtype"),
], ids=["word", "class", "missing", "extra", "swapped", "complex", "integer", "mixed"])
def test_what_is_written_must_be_a_cell_and_its_parameters(target, cell, params, error, words):
    with pytest.raises(error, match=words):
        to(lstmlib.convert, target)(cell, params)


@pytest.mark.parametrize("target, given, error, words", [
    ("torch", 3, TypeError, "source: got int 3, expected a torch.nn.RNN, LSTM or GRU"),
    ("torch", {}, ValueError, "state_dict: got a dict without 'weight_ih_l0'"),
    ("torch", torch_dict(bias_hh_l0=None), ValueError, "without 'bias_hh_l0'"),
    ("torch", torch_dict(weight_hr_l0=zeros(2, D)), ValueError, "weight_hr_l0.*proj_size=0"),
    ("torch", torch_dict(weight_hh_l1=zeros(4 * D, D)), ValueError, "unknown 'weight_hh_l1'"),
    ("torch", torch_dict(weight_hh_l0_reverse=zeros(4 * D, D)), ValueError, "_reverse'"),
    ("torch", torch_dict(weight_ih_l2=zeros(4 * D, D)), ValueError, "unknown 'weight_ih_l2'"),
    ("torch", {f"lstm.{name}": array for name, array in torch_dict().items()}, ValueError,
     "unknown 'lstm.weight_ih_l0'"),
    ("torch", torch_dict(weight_hh_l0=zeros(2 * D, D)), ValueError,
     r"state_dict\['weight_hh_l0'\]: got shape \(10, 5\), expected shape \(D, D\) of a plain"),
    ("torch", torch_dict(weight_hh_l0=zeros(D, 4 * D)), ValueError, r"got shape \(5, 20\)"),
    ("torch", torch_dict(weight_ih_l0=zeros(M, 4 * D)), ValueError,
     r"'weight_ih_l0'\]: got shape \(3, 20\), expected shape \(20, M\)"),
    ("torch", torch_dict(bias_ih_l0=zeros(1, 4 * D)), ValueError, r"got shape \(1, 20\)"),
    ("torch", torch_dict(bias_ih_l0=np.zeros(4 * D, np.float32)), TypeError, "got dtype float32"),
    ("torch", torch_dict(bias_ih_l0=np.zeros(4 * D, int)), TypeError, "got dtype int64"),
    ("torch", torch_dict(weight_hh_l0=zeros(4 * D, D).astype(complex)), TypeError, "complex128"),
    ("torch", torch_dict(bias_ih_l0="zeros"), TypeError, "got str 'zeros'"),
    ("keras", zeros(3, 4), TypeError, "weights: got ndarray"),
    ("keras", [], TypeError, "weights: got list"),
    ("keras", [zeros(M, 4 * D), zeros(D, 4 * D)], ValueError, "got 2 arrays.*use_bias=False"),
    ("keras", [[zeros(M, D), zeros(D, D), zeros(D)], zeros(3)], ValueError,
     r"weights\[1\]: got ndarray"),
    ("keras", [zeros(M, 2 * D), zeros(D, 2 * D), zeros(2 * D)], ValueError,
     r"weights\[1\]: got shape \(5, 10\), expected shape \(D, D\) of a SimpleRNN"),
    ("keras", [zeros(4 * D, M), zeros(4 * D, D), zeros(4 * D)], ValueError, "of a SimpleRNN"),
    ("keras", [zeros(M, 3 * D), zeros(D, 3 * D), zeros(3, 3 * D)], ValueError,
     r"weights\[2\]: got shape \(3, 15\), expected shape \(2, 15\).*one row"),
    ("keras", [zeros(M, 4 * D), zeros(D, 4 * D), zeros(2, 4 * D)], ValueError, r"shape \(20,\)"),
    ("keras", [zeros(M, D), zeros(D, D), zeros(D), zeros(D, D), zeros(D, D), zeros(D)], ValueError,
     r"weights\[3\]: got shape \(5, 5\), expected shape \(3, 5\)"),
    ("keras", [[zeros(M, D), zeros(D, D), zeros(D)], [zeros(M, D), zeros(D, D), zeros(D)]],
     ValueError, r"weights\[1\]\[0\]: got shape \(3, 5\), expected shape \(5, 5\)"),
    ("onnx", 3, TypeError, "nodes: got int 3"),
    ("onnx", [], ValueError, "nodes: got an empty list"),
    ("onnx", {"op_type": "LSTM"}, ValueError, "without 'inputs', 'attributes'"),
    ("onnx", lstm_node(op_type="Lstm"), ValueError, r"nodes\['op_type'\]: got 'Lstm'"),
    ("onnx", [lstm_node(op_type="GRU")], ValueError, r"nodes\[0\]\['inputs'\]\['R'\]: got shape"),
    ("onnx", lstm_node(R=None), ValueError, r"nodes\['inputs'\]: got a dict without 'R'"),
    ("onnx", lstm_node(initial_h=zeros(1)), ValueError, "unknown 'initial_h'"),
    ("onnx", lstm_node(op_type="GRU", P=zeros(1, 15)), ValueError, "unknown 'P'"),
    ("onnx", lstm_node(W=zeros(4 * D, M)), ValueError, r"\['W'\]: got shape \(20, 3\)"),
    ("onnx", lstm_node(W=zeros(2, 4 * D, M)), ValueError, r"\['W'\]: got shape \(2, 20, 3\)"),
    ("onnx", lstm_node(B=zeros(1, 4 * D)), ValueError,
     r"\['B'\]: got shape \(1, 20\), expected shape \(1, 40\)"),
    ("onnx", lstm_node(P=zeros(3, D)), ValueError, r"got shape \(3, 5\), expected shape \(1, 15\)"),
    ("onnx", lstm_node({"hidden_size": 4}), ValueError, r"\['hidden_size'\]: got 4, expected 5"),
    ("onnx", lstm_node({"direction": "reverse"}), ValueError, "'reverse'.*unroll reverse=True"),
    ("onnx", lstm_node({"direction": "bidirectional"}), ValueError, "'bidirectional' with 1 in R"),
    ("onnx", lstm_node({"clip": 3.0}), ValueError, "got 'clip' too"),
    ("onnx", lstm_node({"linear_before_reset": 1}), ValueError, "'linear_before_reset' too"),
    ("onnx", lstm_node({"input_forget": 2}), ValueError, r"\['input_forget'\]: got 2, expected 0"),
    ("onnx", {**lstm_node({}), "op_type": ["LSTM"]}, ValueError,
     r"nodes\['op_type'\]: got \['LSTM'\], expected 'RNN', 'LSTM' or 'GRU'"),
    ("onnx", lstm_node({"activations": None}), ValueError,
     r"\['activations'\]: got None, expected \['Sigmoid', 'Tanh', 'Tanh'\]"),
    ("onnx", lstm_node({"activations": ["Sigmoid", "Relu", "Tanh"]}), ValueError,
     r"\['activations'\]: got \['Sigmoid', 'Relu', .*, expected \['Sigmoid', 'Tanh', 'Tanh'\]"),
    ("onnx", lstm_node() | {"attributes": None}, TypeError, r"\['attributes'\]: got NoneType None"),
    ("flax", 3, TypeError, "params: got int 3, expected a dict"),
    ("flax", {}, ValueError, "expected h i, or"),
    ("flax", simple_tree(o={}), ValueError, "got the names i h o"),
    ("flax", simple_tree(h={"kernel": zeros(D, D), "bias": zeros(D)}), ValueError,
     r"params\['h'\]: got a dict with unknown 'bias'"),
    ("flax", simple_tree(i={"kernel": zeros(M, D)}), ValueError, "without 'bias'"),
    ("flax", simple_tree(h={"kernel": zeros(2, D)}), ValueError,
     r"params\['h'\]\['kernel'\]: got shape \(2, 5\), expected shape \(5, 5\)"),
    ("flax", simple_tree(h=zeros(D, D)), TypeError, r"params\['h'\]: got ndarray"),
    ("flax", {"params": {"cell": simple_tree(i=3)}}, TypeError,
     r"params\['params'\]\['cell'\]\['i'\]: got int"),
    ("flax", {"if": {}, "in": {}, "hf": {}, "hn": {}}, ValueError, "MGUCell.*no weights make"),
    ("flax", {"forward_rnn": {"cell": simple_tree()}}, ValueError, "without 'backward_rnn'"),
    ("flax", {"layers_0": {"cell": simple_tree()}, "layers_2": {}}, ValueError,
     "without 'layers_1' and with unknown 'layers_2'"),
    ("flax", {"layers_0": {"cell": simple_tree()}, "layers_1": {"cell": simple_tree()}},
     ValueError, r"\['layers_1'\]\['cell'\]\['i'\]\['kernel'\]: got .*3, 5\), expected .*5, D\)"),
])
def test_what_does_not_fit_is_named(target, given, error, words):
    with pytest.raises(error, match=words):
        back(lstmlib.convert, target)(given)


@pytest.mark.parametrize("target, given", [("torch", torch_dict()), ("keras", [
    zeros(M, 4 * D), zeros(D, 4 * D), zeros(4 * D)]), ("flax", simple_tree())])
@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_another_activation_is_refused(target, given, activation):
    with pytest.raises(ValueError, match="activation: got .* 'tanh', or for a plain RNN 'relu'"):
        back(lstmlib.convert, target)(given, activation=activation)


def test_relu_is_for_plain_cells():
    with pytest.raises(ValueError, match="activation: got 'relu'"):
        lstmlib.convert.from_torch(torch_dict(), activation="relu")


def test_modules_of_another_kind_are_refused():
    torch, = need("torch")
    with pytest.raises(TypeError, match="got Sequential, expected a torch.nn.RNN, LSTM or GRU"):
        lstmlib.convert.from_torch(torch.nn.Sequential(torch.nn.LSTM(M, D)))
    with pytest.raises(ValueError, match="a projection of h, expected a module with proj_size=0"):
        lstmlib.convert.from_torch(torch.nn.LSTM(M, D, proj_size=2))
    for dtype in (torch.bfloat16, torch.float16):
        with pytest.raises(TypeError, match=r"\['weight_hh_l0'\]: got dtype .*float16, expected "
                           r"float32 or float64\. .*\.float\(\)"):
            lstmlib.convert.from_torch(torch.nn.LSTM(M, D).to(dtype))


@pytest.mark.parametrize("name", lstmlib.convert.__all__)
def test_docstring(name):
    text = inspect.getdoc(getattr(lstmlib.convert, name))
    assert len(text.splitlines()) <= 25 and ">>>" in text and "ValueError" in text


# ---- none of them need be installed


def test_nothing_of_theirs_is_imported():
    code = """
import sys
for name in ("torch", "keras", "onnx", "onnxruntime", "jax", "flax", "tensorflow"):
    sys.modules[name] = None                      # any import of it is an error
import numpy as np
from lstmlib import convert
from lstmlib.numpy import GRU, Stack
cell = Stack([GRU(3, 5), GRU(5, 5)])
params = cell.init(np.random.default_rng(0))
for target in ("torch", "keras", "onnx", "flax"):
    there = getattr(convert, "to_" + target)(cell, params)
    found, again = getattr(convert, "from_" + target)(there)
    assert all((again[name] == params[name]).all() for name in params)
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stderr
