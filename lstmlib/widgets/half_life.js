// What is left of c after k steps when the forget gate is σ(bias) at each, computed in the page.
// Plain numbers first (tested against lstmlib.numpy), then the drawing.

// -ln σ(bias), what a step takes from ln c; without rounding σ to 1.
const loss = (bias) => Math.log1p(Math.exp(-bias));
export const left = (bias, k) => Math.exp(-k * loss(bias));
export const halfLife = (bias) => Math.LN2 / loss(bias);

// A number to three digits.
const brief = (value) => String(Number(value.toPrecision(3)));

// What is left, in words.
export function describe(bias) {
  const f = left(bias, 1), half = halfLife(bias);
  const share = (value) => `${value < 1e-6 ? "less than 0.0001" : brief(100 * value)}\u00a0%`;
  const when = half < 1 ? "More than half is gone after a single step"
    : `Half is gone after ${brief(half)} ${half === 1 ? "step" : "steps"}`;
  const later = left(bias, 100) < 1e-6 ? "" : `, after 1,000 ${share(left(bias, 1000))}`;
  const setting = String(round(bias)).replace("-", MINUS);
  return `Forget bias ${setting}: f = ${shown(f, 4)}, so each step loses `
    + `${share(1 - f)} of c. ${when}; after 100 steps ${share(left(bias, 100))} is left${later}.`;
}

// ---------------------------------------------------------------- the drawing

const WIDTH = 340, HEIGHT = 230, LEFT = 34, TOP = 22, ACROSS = 294, DOWN = 170, DECADES = 4;
const MARKED = [0, 1, 3, 5];
const toX = (k) => LEFT + (Math.log10(k) / DECADES) * ACROSS;
const toY = (share) => TOP + (1 - share) * DOWN;

function curve(bias) {
  const points = [...Array(121).keys()].map((j) => {
    const k = 10 ** ((DECADES * j) / 120);
    return `${toX(k).toFixed(1)} ${toY(left(bias, k)).toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const set = writer(model);
  const mine = fresh("half");
  const line = make("path", { class: "half-line" });
  const mark = make("path", { class: "half-mark" });
  const dot = make("circle", { r: 4.5, class: "half-dot" });
  const name = make("text", { y: toY(0.5) - 9, class: "half-name" });
  const svg = make("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-describedby": mine,
    "aria-label": "The share of c left against the number of steps, from 1 to 10,000 on a "
      + "logarithmic axis, for this bias and in grey for biases 0, 1, 3 and 5",
  },
  make("path", { class: "half-axes", d: `M${LEFT} ${TOP}V${TOP + DOWN}H${LEFT + ACROSS}` }),
  ...[0, 0.5, 1].map((share) => make("text",
    { x: LEFT - 5, y: toY(share) + 4, "text-anchor": "end" }, String(share))),
  ...[1, 10, 100, 1000, 10000].map((k, j) => make("text",
    { x: toX(k), y: TOP + DOWN + 15, "text-anchor": j === DECADES ? "end" : "middle" },
    k.toLocaleString("en"))),
  make("text", { x: LEFT + ACROSS / 2, y: TOP + DOWN + 33, "text-anchor": "middle" },
    "steps, on a logarithmic axis"),
  make("text", { x: 2, y: 12 }, "share of c left"),
  ...MARKED.flatMap((bias) => [
    make("path", { class: "half-past", d: curve(bias) }),
    make("text", { x: toX(Math.log(0.25) / -loss(bias)) + 5, y: toY(0.25) + 4 }, String(bias)),
  ]),
  mark, line, dot, name);

  const bias = slider(["forget bias"], [-2, 8, 0.25], () => get("bias"),
    (value) => set({ bias: value }), () => shown(get("bias")), "#cb124d");
  const buttons = MARKED.map((value) => button([`bias ${value}`], () => set({ bias: value })));
  const status = spoken(mine);
  const numbers = folded("the numbers", "what is left of c", ["steps", "left of c"]);
  const root = make("div", { class: "lstm-play lstm-half" },
    make("div", { class: "play-body" },
      make("div", { class: "play-left" }, svg,
        make("p", { class: "play-key" }, "grey: forget bias 0, 1, 3 and 5")),
      make("div", { class: "play-controls" }, bias.row,
        make("div", { class: "play-buttons", role: "group", "aria-label": "examples" }, ...buttons),
        status.element)),
    numbers.element);
  el.append(root);

  const end = follow(model, ["bias"], () => {
    const now = get("bias"), half = halfLife(now);
    root.setAttribute("data-half-life", JSON.stringify(half));
    root.setAttribute("data-left", JSON.stringify([1, 10, 100, 1000].map((k) => left(now, k))));
    line.setAttribute("d", curve(now));
    const inside = half >= 1;
    for (const piece of [mark, dot, name]) piece.style.display = inside ? "" : "none";
    if (inside) {
      const x = toX(half);
      mark.setAttribute("d", `M${LEFT} ${toY(0.5)}H${x}V${TOP + DOWN}`);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", toY(0.5));
      const late = x > LEFT + ACROSS / 2;
      name.setAttribute("x", late ? x - 8 : x + 8);
      name.setAttribute("text-anchor", late ? "end" : "start");
      name.textContent = `half after ${brief(half)} ${half === 1 ? "step" : "steps"}`;
    }
    buttons.forEach((each, k) => each.setAttribute("aria-pressed", String(MARKED[k] === now)));
    bias.refresh();
    numbers.fill([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].map((k) => [
      k.toLocaleString("en"), left(now, k) < 1e-6 ? "< 0.000001" : left(now, k).toFixed(6)]));
    status.say(describe(now));
  });
  return () => { status.hush(); end(); };
}

export default { render };
