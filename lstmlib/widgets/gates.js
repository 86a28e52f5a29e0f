// One LSTM unit over a few steps, computed in the page.
// Plain numbers first (tested against lstmlib.numpy), then the drawing.

const GATES = ["i", "f", "g", "o"];

const sigmoid = (a) => {
  const e = Math.exp(-Math.abs(a));
  return (a >= 0 ? 1 : e) / (1 + e);
};

// net = {W, U, b}, four numbers each, order i f g o; pushes: four numbers a step.
// What each step computed; `before` is the state that it was handed.
export function unroll({ W, U, b }, x, pushes) {
  let before = { h: 0, c: 0 };
  return x.map((x_t, t) => {
    const a = GATES.map((_, k) => W[k] * x_t + pushes[t][k] + U[k] * before.h + b[k]);
    const [i, f, g, o] = [sigmoid(a[0]), sigmoid(a[1]), Math.tanh(a[2]), sigmoid(a[3])];
    const c = f * before.c + i * g;
    const h = o * Math.tanh(c);
    const step = { x: x_t, a, i, f, g, o, c, h, before };
    before = { h, c };
    return step;
  });
}

// The pushes with which, from step `from` to step `to`, the pre-activations are as wanted: {f: 6}.
export function pushed(net, x, pushes, from, to, wanted) {
  const all = pushes.map((row) => [...row]);
  for (let t = from - 1; t < to; t += 1) {
    const { a } = unroll(net, x.slice(0, t + 1), all)[t];
    for (const [gate, value] of Object.entries(wanted)) {
      const k = GATES.indexOf(gate);
      all[t][k] = round(all[t][k] + value - a[k]);
    }
  }
  return all;
}

// What happens at a step, in words.
export function describe(net, step, number) {
  const share = (value) => `${shown(100 * value, 0)}\u00a0%`;
  const { i, f, g, o, c, h, before } = step;
  let text = `Step ${number}: f = ${shown(f)} keeps ${share(f)} of c = ${shown(before.c)}`
    + ` and i = ${shown(i)} lets in ${share(i)} of g = ${shown(g)}: now c = ${shown(c)}.`
    + ` o = ${shown(o)} shows ${share(o)} of tanh c = ${shown(Math.tanh(c))}: h = ${shown(h)}.`;
  const heard = net.U.map((u) => u * before.h);
  if (heard.some((value) => Math.abs(value) >= 0.05)) {
    text += ` Through h = ${shown(before.h)} the step before adds to the pre-activations of i, f, g`
      + ` and o: ${heard.map((value) => shown(value)).join(", ")}.`;
  }
  return text;
}

// ---------------------------------------------------------------- the drawing

const COLOURS = { x: "#04a157", i: "#3f8fb0", f: "#cb124d", g: "#8957ec", o: "#a7860a",
  c: "#b2491b", h: "#3f84dc" };
const PRESETS = [
  ["copy", { i: -6, f: 6 }], ["clear", { f: -6 }], ["write", { i: 6 }],
  ["show", { o: 6 }], ["hide", { o: -6 }],
];
// From the top: name, height, whether it goes below zero.
const STRIPS = [["x", 34, true], ["i", 24, false], ["f", 24, false], ["g", 34, true],
  ["o", 24, false], ["c", 62, true], ["h", 46, true]];
const WIDTH = 340, LEFT = 30, RIGHT = 42, TOP = 4, GAP = 8, REACH = 8;

function render({ model, el }) {
  const get = (name) => model.get(name);
  const set = writer(model);
  const count = get("x").length;
  const across = (WIDTH - LEFT - RIGHT) / count;
  const net = () => ({ W: get("W"), U: get("hears") ? get("U") : [0, 0, 0, 0], b: get("b") });
  const mine = fresh("gates");
  const replaced = (list, k, value) => list.map((old, j) => (j === k ? value : old));
  const steps = () => unroll(net(), get("x"), get("pushes"));
  const push = (to, wanted) => set({
    pushes: pushed(net(), get("x"), get("pushes"), get("step"), to, wanted),
  });

  // The strips.
  let top = TOP;
  const strips = STRIPS.map(([name, height, signed]) => {
    const [y, middle] = [top, signed ? top + height / 2 : top + height];
    top += height + GAP;
    const bars = make("path", { fill: COLOURS[name] });
    const value = make("text", { x: WIDTH - RIGHT + 6, y: y + height / 2 + 4 });
    const tick = (at) => make("text",
      { x: LEFT - 3, y: at + 7, "text-anchor": "end", class: "gates-tick" });
    const ticks = [tick(y), tick(y + height - 7)];
    const drawn = make("g", {},
      make("rect", { x: LEFT, y, width: WIDTH - LEFT - RIGHT, height, fill: COLOURS[name],
        "fill-opacity": 0.08 }),
      make("path", { class: "gates-zero", d: `M${LEFT} ${middle}H${WIDTH - RIGHT}` }),
      make("text", { x: 8, y: y + height / 2 + 4, class: "play-letter" }, name),
      ...ticks, bars, value);
    const draw = (run, chosen) => {
      const values = run.map((step) => step[name]);
      const most = Math.max(...values.map(Math.abs));
      const reach = name === "x" || name === "c" ? [1, 2, 4, 8, 16, 32].find((r) => most <= r) : 1;
      const tall = height / (signed ? 2 : 1) / (reach ?? most);
      bars.setAttribute("d", values.map((v, t) => (
        `M${(LEFT + (t + 0.14) * across).toFixed(1)} ${middle}`
        + `h${(0.72 * across).toFixed(1)}v${(-v * tall).toFixed(2)}h${(-0.72 * across).toFixed(1)}z`
      )).join(""));
      ticks[0].textContent = String(reach ?? shown(most, 0));
      ticks[1].textContent = signed ? MINUS + ticks[0].textContent : "0";
      value.textContent = shown(values[chosen]);
    };
    return { drawn, draw };
  });
  const frame = make("rect", { class: "gates-frame", y: 1, width: across, height: top - 2, rx: 3 });
  const svg = make("svg", {
    viewBox: `0 0 ${WIDTH} ${top + 16}`, role: "img", "aria-describedby": mine,
    "aria-label": `Bars over ${count} steps, from the top: input x, gates i and f, candidate g, `
      + "gate o, cell state c, hidden state h",
  }, ...strips.map((strip) => strip.drawn), frame,
  ...get("x").map((_, t) => make("text", { x: LEFT + (t + 0.5) * across, y: top + 12,
    "text-anchor": "middle" }, String(t + 1))),
  make("text", { x: WIDTH - RIGHT + 6, y: top + 12 }, "step"));
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const t = Math.ceil((((event.clientX - box.left) / box.width) * WIDTH - LEFT) / across);
    if (t >= 1 && t <= count) set({ step: t });
  });

  // The controls.
  const now = () => get("step") - 1;
  const legend = make("legend");
  const rows = [
    slider(["step"], [1, count, 1], () => get("step"), (value) => set({ step: value }),
      () => `${get("step")} of ${count}`),
    slider([symbol("x", "t")], [-2, 2, 0.1], () => get("x")[now()],
      (value) => set({ x: replaced(get("x"), now(), value) }), () => shown(get("x")[now()]),
      COLOURS.x),
    ...GATES.map((gate, k) => slider([symbol("a", gate)], [-REACH, REACH, 0.1],
      () => round(steps()[now()].a[k]), (value) => push(get("step"), { [gate]: value }),
      () => {
        const step = steps()[now()];
        return `${shown(step.a[k], 1)}, ${gate} ${shown(step[gate])}`;
      }, COLOURS[gate])),
  ];
  let onwards = false;
  const choices = [["at this step", false], ["from here on", true]].map(([words, value]) => {
    const input = make("input", { type: "radio", name: mine, ...OWN_KEYS });
    input.checked = value === onwards;
    input.addEventListener("change", () => { onwards = value; });
    return make("label", { class: "play-choice" }, input, words);
  });
  const near = (wanted) => Object.entries(wanted)
    .map(([gate, value]) => `${gate}\u2248${value > 0 ? 1 : 0}`).join(" ");
  const presets = PRESETS.map(([name, wanted]) => button(
    [name, " ", make("small", {}, near(wanted))],
    () => push(onwards ? count : get("step"), wanted)));
  const hears = make("input", { type: "checkbox" });
  hears.addEventListener("change", () => set({ hears: hears.checked }));
  const reset = button(["reset all"], () => set(get("first")));

  const status = spoken(mine);
  const numbers = folded("the numbers", "what each step computed",
    ["t", "x", "i", "f", "g", "o", "c", "h"].map((name) => symbol(name)));
  const root = make("div", { class: "lstm-play lstm-gates" },
    make("div", { class: "play-body" },
      make("div", { class: "play-left" }, svg, rows[0].row),
      make("div", { class: "play-controls" },
        make("fieldset", {}, legend, ...rows.slice(1).map((each) => each.row)),
        make("fieldset", {}, make("legend", {}, "set its gates"), ...choices,
          make("div", { class: "play-buttons" }, ...presets)),
        make("label", { class: "play-choice" }, hears, "hears its own ", make("i", {}, "h")),
        reset)),
    status.element, numbers.element);
  el.append(root);

  const end = follow(model, ["x", "pushes", "W", "U", "b", "hears", "step"], () => {
    const run = steps(), t = now();
    root.setAttribute("data-run", JSON.stringify(Object.fromEntries(
      ["x", ...GATES, "c", "h"].map((name) => [name, run.map((step) => step[name])]))));
    strips.forEach((strip) => strip.draw(run, t));
    frame.setAttribute("x", LEFT + t * across);
    legend.textContent = `step ${t + 1}: x and pre-activations`;
    hears.checked = get("hears");
    rows.forEach((each) => each.refresh());
    numbers.fill(run.map((step, k) => [String(k + 1), shown(step.x),
      ...[...GATES, "c", "h"].map((name) => shown(step[name], 3))]));
    status.say(describe(net(), run[t], t + 1));
  });
  return () => { status.hush(); end(); };
}

export default { render };
