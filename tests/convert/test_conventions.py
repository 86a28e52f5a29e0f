"""The programs themselves stand in the rows that the page on conventions gives them.

The page runs each row as `lstmlib.convert` has it, or as a formula. Here the same rows are run by
the program, with the arrays that the page hands it: it is recognised as the page says, block by
block, and computes the same on random weights from states that are not zero.
"""

from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

# Keras' tensors on torch know NumPy's protocol of before 2.0.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PAGE = Path(__file__).parents[2] / "book" / "appendix" / "conventions.ipynb"
TOLERANCE = {"rtol": 0, "atol": 1e-5}                 # they run in float32


@pytest.fixture(scope="module")
def page():
    """The names that the page's cells define."""
    names = {"__name__": "conventions"}
    for cell in nbformat.read(PAGE, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, PAGE.name, "exec"), names)
    return SimpleNamespace(**names)


def need(name):
    return pytest.importorskip(name, reason=f"{name} is not installed; the extra `test` has it")


# ---- each program: of (arrays by the page's names, x, states) its h at every step


def in_torch(kind):
    torch = need("torch")

    def call(w, x, *states):
        module = getattr(torch.nn, kind)(x.shape[2], states[0].shape[1])
        module.load_state_dict({name: torch.tensor(array) for name, array in w.items()})
        first = tuple(torch.tensor(state)[None] for state in states)
        with torch.no_grad():
            return module(torch.tensor(x), first if len(first) == 2 else first[0])[0].numpy()

    return call


def in_keras(kind, **options):
    need("torch")
    keras = need("keras")

    def call(w, x, *states):
        with keras.device("cpu"):
            layer = getattr(keras.layers, kind)(states[0].shape[1], return_sequences=True,
                                                **options)
            layer.build(x.shape)
            layer.set_weights(list(w.values()))
            return keras.ops.convert_to_numpy(layer(x, initial_state=list(states)))

    return call


def in_onnx(kind, **attributes):
    onnx, runtime = need("onnx"), need("onnxruntime")

    def call(w, x, *states):
        feeds = {"X": x, **{f"initial_{name}": state[None] for name, state in zip("hc", states)}}
        node = onnx.helper.make_node(kind, ["X", "W", "R", "B", "", *list(feeds)[1:]], ["Y"],
                                     hidden_size=states[0].shape[1], **attributes)
        number = onnx.TensorProto.FLOAT
        graph = onnx.helper.make_graph(
            [node], "one",
            [onnx.helper.make_tensor_value_info(k, number, v.shape) for k, v in feeds.items()],
            [onnx.helper.make_tensor_value_info("Y", number, [None] * 4)],
            [onnx.numpy_helper.from_array(array, name) for name, array in w.items()])
        model = onnx.helper.make_model(
            graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=8)
        session = runtime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
        return session.run(None, feeds)[0][:, 0]

    return call


def in_linen(kind):
    linen = need("flax.linen")

    def call(w, x, *states):
        tree = {}
        for name, array in w.items():
            dense, leaf = name.split(".")
            tree.setdefault(dense, {})[leaf] = array
        net = linen.RNN(getattr(linen, kind)(states[0].shape[1]))
        carry = states if len(states) == 2 else states[0]
        return net.apply({"params": {"cell": tree}}, x, initial_carry=carry)

    return call


def in_nnx(kind):
    jax, nnx = need("jax"), need("flax.nnx")

    def call(w, x, *states):
        cell = getattr(nnx, kind)(x.shape[2], states[0].shape[1], rngs=nnx.Rngs(0))
        for name, array in w.items():
            dense, leaf = name.split(".")
            getattr(getattr(cell, dense), leaf)[...] = jax.numpy.asarray(array)
        held = jax.tree.leaves(nnx.state(cell, nnx.Param))
        assert sum(array.size for array in held) == sum(array.size for array in w.values())
        return nnx.RNN(cell)(jax.numpy.asarray(x),
                             initial_carry=states if len(states) == 2 else states[0])

    return call


ROWS = [
    ("LSTM", "PyTorch", in_torch, ("LSTM",), {}),
    ("LSTM", "Keras", in_keras, ("LSTM",), {}),
    ("LSTM", "ONNX", in_onnx, ("LSTM",), {}),
    ("LSTM", "flax.linen", in_linen, ("LSTMCell",), {}),
    ("LSTM", "flax.linen", in_linen, ("OptimizedLSTMCell",), {}),
    ("LSTM", "flax.nnx", in_nnx, ("OptimizedLSTMCell",), {}),
    ("GRU", "PyTorch", in_torch, ("GRU",), {}),
    ("GRU", "Keras", in_keras, ("GRU",), {}),
    ("GRU", "Keras, reset_after=False", in_keras, ("GRU",), {"reset_after": False}),
    ("GRU", "ONNX", in_onnx, ("GRU",), {}),
    ("GRU", "ONNX, linear_before_reset=1", in_onnx, ("GRU",), {"linear_before_reset": 1}),
    ("GRU", "flax.linen", in_linen, ("GRUCell",), {}),
    ("GRU", "flax.nnx", in_nnx, ("GRUCell",), {}),
]
FORMULAS = {"TensorFlow 1", "Haiku", "Equinox", "Gluon"}          # read in their source, not run


def test_every_row_is_run_or_said_to_be_read(page):
    for kind, programs in (("LSTM", page.LSTMS), ("GRU", page.GRUS)):
        run = {name for group, name, *_ in ROWS if group == kind}
        ours = {name for name in programs if name.startswith("lstmlib")}
        assert set(programs) == run | ours | FORMULAS


@pytest.mark.parametrize("kind, name, make, names, options", ROWS,
                         ids=[f"{name} {names[0]}" for _, name, _, names, _ in ROWS])
def test_the_program_stands_in_its_row(page, kind, name, make, names, options):
    call = make(*names, **options)
    program = (page.LSTMS if kind == "LSTM" else page.GRUS)[name]
    turn = ["TBM".index(axis) for axis in program.data]

    def run(w, x, *states):
        w = {key: array.astype("float32") for key, array in w.items()}
        x, *states = (array.astype("float32") for array in (x, *states))
        return np.asarray(call(w, x.transpose(turn), *states)).transpose(np.argsort(turn))

    found = (page.found_lstm if kind == "LSTM" else page.found_gru)[name]
    asked = page.asked(program._replace(run=run))
    assert page.recognise(asked, 4 if kind == "LSTM" else 3) == found

    rng = np.random.default_rng(1)
    w = page.filled(program.shapes(page.M, page.D), rng)
    states = [rng.normal(size=(page.B, page.D)) for _ in program.states]
    np.testing.assert_allclose(run(w, page.x, *states), program.run(w, page.x, *states),
                               **TOLERANCE)


def test_torch_starts_as_the_page_says(page):
    torch = need("torch")
    assert page.STARTS["PyTorch"] == 0 and "1/√D" in page.ABOUT["PyTorch"]
    torch.manual_seed(0)
    for module in (torch.nn.LSTM(3, 400), torch.nn.GRU(3, 400)):
        for name, values in module.named_parameters():
            assert 0.045 < values.abs().max() <= 0.05, name      # 1/√400
            assert abs(values.mean()) < 0.005, name


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_keras_starts_as_the_page_says(page, kind):
    need("torch")
    keras = need("keras")
    blocks = [0, page.STARTS["Keras"], 0, 0] if kind == "LSTM" else [0, 0, 0]
    with keras.device("cpu"):
        layer = getattr(keras.layers, kind)(2)
        layer.build((5, 7, 3))
        bias = layer.get_weights()[2].reshape(-1, 2 * len(blocks))
    assert np.array_equal(bias, np.tile(np.repeat(blocks, 2), (len(bias), 1)))


def test_flax_starts_as_the_page_says(page):
    assert page.STARTS["flax.linen"] == page.STARTS["flax.nnx"] == 0
    jax, linen, nnx = need("jax"), need("flax.linen"), need("flax.nnx")
    for kind in (linen.LSTMCell, linen.GRUCell):
        tree = linen.RNN(kind(5)).init(jax.random.key(0), np.zeros((2, 7, 3), "float32"))
        biases = [dense["bias"] for dense in tree["params"]["cell"].values() if "bias" in dense]
        assert len(biases) == 4 and not np.any(biases)
    for cell, dense in ((nnx.OptimizedLSTMCell, "dense_h"), (nnx.GRUCell, "dense_i")):
        bias = getattr(cell(3, 5, rngs=nnx.Rngs(0)), dense).bias[...]
        assert bias.size in (15, 20) and not np.any(bias)


def test_what_happened_between_torch_and_keras(page):
    """A GRU carried over by transposing differs, and an exchange of two blocks mends it."""
    torch_gru, keras_gru = in_torch("GRU"), in_keras("GRU")
    x, h_0 = page.x.astype("float32"), page.h_0.astype("float32")
    w = {name: array.astype("float32") for name, array in page.w_gru.items()}
    there = torch_gru(w, x, h_0)
    gaps = [np.abs(keras_gru(dict(enumerate(page.transposed(w, swap))), x.transpose(1, 0, 2), h_0)
                   .transpose(1, 0, 2) - there).max() for swap in (False, True)]
    assert gaps[1] < 1e-5
    assert np.isclose(gaps[0], page.happened["GRU, transposed"], atol=1e-4)
