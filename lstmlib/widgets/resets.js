// A step of two units of a GRU, reset after and before the product, computed in the page.
// Plain numbers first (tested against lstmlib.numpy), then the drawing.

const both = (f) => [0, 1].map(f);
const product = (U, v) => both((k) => U[k][0] * v[0] + U[k][1] * v[1]);
const apart = (one, other) => Math.max(...both((k) => Math.abs(one[k] - other[k])));
export const same = (one, other) => apart(one, other) < 1e-12;
const diagonally = (U) => both((k) => both((j) => (j === k ? U[k][j] : 0)));

// net = {h, x, W, U, r, z, diagonal, negated}. What both forms compute: of `first` and `second`
// one is a product and one a reset, in the form's order.
export function steps({ h, x, W, U, r, z, diagonal, negated }) {
  const V = diagonal ? diagonally(U) : U;
  const takes = negated ? 1 - z : z;
  const read = both((k) => W[k] * x);
  const form = (first, second) => {
    const n = both((k) => Math.tanh(read[k] + second[k]));
    return { first, second, n,
      keeps: both((k) => z * h[k] + (1 - z) * n[k]),
      takes: both((k) => (1 - takes) * h[k] + takes * n[k]) };
  };
  const u = product(V, h), kept = both((k) => r[k] * h[k]);
  return { read, after: form(u, both((k) => r[k] * u[k])), before: form(kept, product(V, kept)) };
}

// Why both forms agree whatever h is; nothing where they need not.
export function reason({ U, r, diagonal }) {
  if (r[0] === 1 && r[1] === 1) return "nothing is reset: r = 1 in both units";
  if (r[0] === r[1]) return "r is one number for both units, and a number passes through a product";
  if (diagonal || (U[0][1] === 0 && U[1][0] === 0)) return "U is diagonal: no unit hears the other";
  return "";
}

const pair = (values) => `(${values.map((value) => shown(value)).join(", ")})`;
// A difference with as many digits as it needs to be seen.
const gap = (value) => shown(value, value < 0.005 ? 4 : 2);

// What differs, in words.
export function describe(net) {
  const { after, before } = steps(net);
  const agree = same(after.second, before.second);
  const resets = `r\u00a0\u2299\u00a0(U\u00a0h) = ${pair(after.second)} and `
    + `U\u00a0(r\u00a0\u2299\u00a0h) = ${pair(before.second)}`;
  const resetting = agree
    ? `${resets}: the same, because ${reason(net) || "these numbers happen to meet"}.`
    : `${resets}: the forms part. Their candidates differ by up to `
      + `${gap(apart(after.n, before.n))}, their new states, where z keeps, by up to `
      + `${gap(apart(after.keeps, before.keeps))}.`;
  const keeps = `z = ${shown(net.z)} keeps ${shown(100 * net.z, 0)}\u00a0% of h in the one reading`;
  if (net.negated) {
    return `${resetting} ${keeps}; with its weights negated the gate that takes is `
      + `${shown(1 - net.z)}, and both readings are the same cell.`;
  }
  const meets = same(after.keeps, after.takes) && same(before.keeps, before.takes);
  return `${resetting} ${keeps} and ${shown(100 * (1 - net.z), 0)}\u00a0% in the other: `
    + (meets ? "here they give the same numbers." : "with the same weights they are two cells.");
}

// ---------------------------------------------------------------- the drawing

const RESET = "#9000f0", UPDATE = "#789c00", STATE = "#3f84dc", CANDIDATE = "#6c6090";
const WIDTH = 340, CELL = 72, HIGH = 20, RIGHT = WIDTH - 2 * CELL - 1;
// The rows: name in both columns, or one for both; colours; height of the row's cells.
const ROWS = [
  [["h", "W x"], [STATE, CANDIDATE], 34],
  [["U h", "r \u2299 h"], [CANDIDATE, STATE], 116],
  [["r \u2299 (U h)", "U (r \u2299 h)"], [CANDIDATE, CANDIDATE], 160],
  [["n", "n"], [CANDIDATE, CANDIDATE], 204],
  [["new h where z keeps: z \u2299 h + (1 \u2212 z) \u2299 n"], [STATE, STATE], 254],
  [["new h where z takes: (1 \u2212 z) \u2299 h + z \u2299 n"], [STATE, STATE], 304],
];

// Two units' numbers side by side, each a bar from the middle of its cell.
function cells(x, y, colour) {
  const bars = make("path", { fill: colour, "fill-opacity": 0.42 });
  const words = both((k) => make("text", { x: x + (k + 0.5) * CELL, y: y + 14.5,
    "text-anchor": "middle" }));
  const drawn = make("g", {}, bars,
    make("path", { class: "resets-middle", stroke: colour,
      d: both((k) => `M${x + (k + 0.5) * CELL} ${y}v${HIGH}`).join("") }),
    make("path", { class: "resets-frame", stroke: colour,
      d: `M${x} ${y}h${2 * CELL}v${HIGH}h${-2 * CELL}zM${x + CELL} ${y}v${HIGH}` }), ...words);
  const draw = (values, scale) => {
    bars.setAttribute("d", values.map((value, k) => `M${x + (k + 0.5) * CELL} ${y}`
      + `h${((value / scale) * (CELL / 2)).toFixed(2)}v${HIGH}H${x + (k + 0.5) * CELL}z`).join(""));
    values.forEach((value, k) => { words[k].textContent = shown(value); });
  };
  return { drawn, draw };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const set = writer(model);
  const mine = fresh("resets");
  const net = () => Object.fromEntries(
    ["h", "x", "W", "U", "r", "z", "diagonal", "negated"].map((name) => [name, get(name)]));

  const rows = ROWS.map(([names, colours, y]) => {
    const columns = both((k) => cells(k ? RIGHT : 1, y, colours[k]));
    const sign = make("text", { x: WIDTH / 2, y: y + 16, "text-anchor": "middle",
      class: "resets-sign" });
    const heads = names.map((name, k) => make("text", { y: y - 4, "text-anchor": "middle",
      x: names.length === 1 ? WIDTH / 2 : (k ? RIGHT : 1) + CELL }, name));
    const draw = (left, right, compared) => {
      const scale = Math.max(1, ...left.map(Math.abs), ...right.map(Math.abs));
      columns[0].draw(left, scale);
      columns[1].draw(right, scale);
      sign.textContent = !compared ? "" : same(left, right) ? "=" : "\u2260";
    };
    return { drawn: make("g", {}, ...columns.map((each) => each.drawn), sign, ...heads), draw };
  });
  const title = (words, x, y) => make("text", { x, y, "text-anchor": "middle",
    class: "resets-title" }, words);
  const svg = make("svg", {
    viewBox: `0 0 ${WIDTH} 346`, role: "img", "aria-describedby": mine,
    "aria-label": "The numbers of two units, left reset after and right reset before the product: "
      + "what is reset and multiplied, the candidate n, and the new h where z keeps and where it "
      + "takes; between them a sign says whether they are equal",
  },
  title("of units 1 and 2, the same for both", WIDTH / 2, 12),
  title("reset after", 1 + CELL, 94), title("reset before", RIGHT + CELL, 94),
  ...rows.map((row) => row.drawn));
  const line = (y) => make("text", { x: WIDTH / 2, y, "text-anchor": "middle" });
  const weights = line(71), readings = line(341);
  svg.append(weights, readings);

  const change = (k, value) => set({ r: both((j) => (j === k ? value : get("r")[j])) });
  const sliders = [
    ...both((k) => slider([symbol("r", String(k + 1))], [0, 1, 0.05], () => get("r")[k],
      (value) => change(k, value), () => shown(get("r")[k]), RESET)),
    slider([symbol("z")], [0, 1, 0.05], () => get("z"), (value) => set({ z: value }),
      () => shown(get("z")), UPDATE),
  ];
  const begun = () => ({ ...get("first"), z: get("z"), negated: get("negated") });
  const presets = [
    ["as begun", () => begun()],
    ["r = 1", () => ({ ...begun(), r: [1, 1] })],
    ["r equal", () => ({ ...begun(), r: [0.5, 0.5] })],
    ["U diagonal", () => ({ ...begun(), diagonal: true })],
  ].map(([words, wanted]) => ({ wanted, button: button([words], () => set(wanted())) }));
  const negated = make("input", { type: "checkbox" });
  negated.addEventListener("change", () => set({ negated: negated.checked }));
  const status = spoken(mine);
  const numbers = folded("the numbers", "what both forms compute",
    ["after; before", "after, 1", "after, 2", "before, 1", "before, 2"]);
  const root = make("div", { class: "lstm-play lstm-resets" },
    make("div", { class: "play-body" },
      make("div", { class: "play-left" }, svg),
      make("div", { class: "play-controls" },
        make("fieldset", {}, make("legend", {}, "gates of the two units"),
          ...sliders.map((each) => each.row)),
        make("div", { class: "play-buttons", role: "group", "aria-label": "examples" },
          ...presets.map((each) => each.button)),
        make("label", { class: "play-choice" }, negated,
          make("span", {}, "negate the weights of the ", symbol("z"), " that takes")),
        status.element)),
    numbers.element);
  el.append(root);

  const watched = ["h", "x", "W", "U", "r", "z", "diagonal", "negated"];
  const end = follow(model, watched, () => {
    const now = net(), { read, after, before } = steps(now);
    root.setAttribute("data-after", JSON.stringify(after));
    root.setAttribute("data-before", JSON.stringify(before));
    rows[0].draw(now.h, read, false);
    rows[1].draw(after.first, before.first, false);
    ["second", "n", "keeps", "takes"].forEach((name, k) => (
      rows[k + 2].draw(after[name], before[name], true)));
    const meets = same(after.keeps, after.takes) && same(before.keeps, before.takes);
    const U = now.diagonal ? diagonally(now.U) : now.U;
    weights.textContent = `the rows of U: ${U.map(pair).join(" and ")}`;
    const takes = now.negated ? 1 - now.z : now.z;
    readings.textContent = `${shown(now.z)} keeps and ${shown(takes)} takes: `
      + `${meets ? "the same" : "not the same"} new h`;
    sliders.forEach((each) => each.refresh());
    presets.forEach(({ wanted, button: each }) => each.setAttribute("aria-pressed", String(
      Object.entries(wanted()).every(([name, value]) => String(get(name)) === String(value)))));
    negated.checked = now.negated;
    numbers.fill([["U h; r \u2299 h", "first"], ["r \u2299 (U h); U (r \u2299 h)", "second"],
      ["n", "n"], ["new h, z keeps", "keeps"], ["new h, z takes", "takes"]].map(([words, name]) => [
      words, ...[...after[name], ...before[name]].map((value) => shown(value, 4))]));
    status.say(describe(now));
  });
  return () => { status.hush(); end(); };
}

export default { render };
