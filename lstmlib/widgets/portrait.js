// The two-unit recurrent network h_t = tanh(U h_{t-1} + W x_t + b), computed in the page.
// Plain numbers first (tested against lstmlib.numpy), then the drawing.

export function step(net, h, x) {
  const { U, W, b } = net;
  return [
    Math.tanh(U[0][0] * h[0] + U[0][1] * h[1] + W[0] * x + b[0]),
    Math.tanh(U[1][0] * h[0] + U[1][1] * h[1] + W[1] * x + b[1]),
  ];
}

// States h_0 ... h_steps; the input is `pulse` at t = pulseAt and 0 at every other step.
export function trajectory(net, start, pulse, pulseAt, steps) {
  const states = [[...start]];
  for (let t = 1; t <= steps; t += 1) {
    states.push(step(net, states[t - 1], t === pulseAt ? pulse : 0));
  }
  return states;
}

// Sizes of the two eigenvalues of the Jacobian of one step without input, at h' = h.
export function growth(net, h) {
  const [d0, d1] = [1 - h[0] * h[0], 1 - h[1] * h[1]];
  const trace = d0 * net.U[0][0] + d1 * net.U[1][1];
  const det = d0 * d1 * (net.U[0][0] * net.U[1][1] - net.U[0][1] * net.U[1][0]);
  const disc = trace * trace / 4 - det;
  if (disc < 0) return [Math.sqrt(det), Math.sqrt(det)];
  const root = Math.sqrt(disc);
  return [Math.abs(trace / 2 - root), Math.abs(trace / 2 + root)].sort((p, q) => p - q);
}

// Fixed points of a step without input, by Newton's method from a grid of starts.
export function fixedPoints(net) {
  const found = [];
  for (let i = -8; i <= 8; i += 1) {
    for (let j = -8; j <= 8; j += 1) {
      const h = newton(net, [i / 8.2, j / 8.2]);
      if (h && !found.some((p) => Math.hypot(p.h[0] - h[0], p.h[1] - h[1]) < 1e-6)) {
        const [small, large] = growth(net, h);
        const kind = large < 1 ? "stable" : small < 1 ? "saddle" : "unstable";
        found.push({ h, kind });
      }
    }
  }
  return found.sort((p, q) => p.h[0] - q.h[0] || p.h[1] - q.h[1]);
}

function newton(net, start) {
  let h = start;
  for (let k = 0; k < 60; k += 1) {
    const next = step(net, h, 0);
    const f = [next[0] - h[0], next[1] - h[1]];
    if (Math.hypot(f[0], f[1]) < 1e-13) return h;
    const [d0, d1] = [1 - next[0] * next[0], 1 - next[1] * next[1]];
    const a = d0 * net.U[0][0] - 1, b = d0 * net.U[0][1];
    const c = d1 * net.U[1][0], d = d1 * net.U[1][1] - 1;
    const det = a * d - b * c;
    if (Math.abs(det) < 1e-14) return null;
    const moved = [h[0] - (d * f[0] - b * f[1]) / det, h[1] - (a * f[1] - c * f[0]) / det];
    if (!(Math.abs(moved[0]) < 1.5 && Math.abs(moved[1]) < 1.5)) return null;
    if (Math.hypot(moved[0] - h[0], moved[1] - h[1]) < 1e-15) {
      return Math.hypot(f[0], f[1]) < 1e-11 ? moved : null;
    }
    h = moved;
  }
  return null;
}

// What becomes of a state when no input comes any more: {period, h} or {turn} for no repetition.
export function fate(net, state) {
  let h = state;
  for (let t = 0; t < 4000; t += 1) h = step(net, h, 0);
  const last = h;
  let turned = 0;
  for (let p = 1; p <= 400; p += 1) {
    const next = step(net, h, 0);
    turned += Math.atan2(h[0] * next[1] - h[1] * next[0], h[0] * next[0] + h[1] * next[1]);
    h = next;
    if (p <= 24 && Math.hypot(h[0] - last[0], h[1] - last[1]) < 1e-7) return { period: p, h };
  }
  return { turn: (400 * 2 * Math.PI) / Math.abs(turned) };
}

const shown = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace("-", "\u2212");
const point = (h) => `(${shown(h[0])}, ${shown(h[1])})`;

function told(ending) {
  if (ending.period === 1) return `settles at ${point(ending.h)}`;
  if (ending.period) return `ends in a cycle of ${ending.period} steps`;
  const turn = ending.turn.toFixed(1);
  return `keeps going round, about ${turn} steps a turn, and meets no earlier state`;
}

function same(one, other) {
  if (one.period !== other.period) return false;
  return one.period !== 1 || Math.hypot(one.h[0] - other.h[0], one.h[1] - other.h[1]) < 1e-5;
}

// One or two sentences on what the portrait shows.
export function describe(net, start, pulse, pulseAt, steps) {
  const points = fixedPoints(net);
  const counts = ["stable", "saddle", "unstable"]
    .map((kind) => [points.filter((p) => p.kind === kind).length, kind])
    .filter(([count]) => count)
    .map(([count, kind]) => `${count} ${kind}${kind === "saddle" && count > 1 ? "s" : ""}`);
  const all = points.length === 1
    ? `One fixed point without input, ${points[0].kind === "saddle" ? "a saddle" : points[0].kind}`
    : `${points.length} fixed points without input: ${counts.join(", ")}`;
  const states = trajectory(net, start, pulse, pulseAt, steps);
  const ending = fate(net, states[steps]);
  let text = `${all}. From ${point(start)} the state ${told(ending)}.`;
  if (pulse !== 0 && pulseAt <= steps) {
    const without = fate(net, trajectory(net, start, 0, pulseAt, steps)[steps]);
    text += same(ending, without)
      ? " Without the pulse it would do the same: the pulse is forgotten."
      : ` Without the pulse it ${told(without)}: the pulse is remembered.`;
  }
  return text;
}

// U as a scale and a rotation in degrees: exact if U is one, else the nearest.
export function asRotation(U) {
  const across = U[0][0] + U[1][1], turn = U[1][0] - U[0][1];
  return { scale: Math.hypot(across, turn) / 2, angle: (Math.atan2(turn, across) * 180) / Math.PI };
}

export function rotation(scale, angle) {
  const turn = (angle * Math.PI) / 180;
  const [c, s] = [scale * Math.cos(turn), scale * Math.sin(turn)];
  return [[c, -s], [s, c]];
}

function isRotation(U) {
  return Math.abs(U[0][0] - U[1][1]) < 1e-9 && Math.abs(U[0][1] + U[1][0]) < 1e-9;
}

// ---------------------------------------------------------------- the drawing

const NAMES = ["U", "b", "W", "start", "pulse", "pulse_at", "steps", "preset", "presets"];
const WIDTH = 340, HEIGHT = 322, LEFT = 32, TOP = 6, PLANE = 296;
const toX = (h) => LEFT + ((h + 1) / 2) * PLANE;
const toY = (h) => TOP + ((1 - h) / 2) * PLANE;
// On an element whose arrow keys are its own: JupyterLab takes them otherwise.
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };
const round = (value) => Math.round(value * 1e6) / 1e6;
const within = (value, bound) => Math.min(bound, Math.max(-bound, value));

function make(tag, attributes = {}, ...children) {
  const drawn = ["svg", "g", "path", "circle", "line", "text", "rect", "tspan"].includes(tag);
  const element = drawn
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function symbol(letter, index) {
  return make("span", {}, make("i", {}, letter), make("sub", {}, index));
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const net = () => ({ U: get("U"), W: get("W"), b: get("b") });
  const set = (values) => {
    for (const [name, value] of Object.entries({ preset: "", ...values })) model.set(name, value);
    model.save_changes();
  };
  const marker = `portrait-${Math.random().toString(36).slice(2, 10)}`;

  // The plane.
  const field = make("path", { class: "portrait-field" });
  const trail = make("g", {});
  const marks = make("g", {});
  const handle = make(
    "g",
    {
      class: "portrait-start", tabindex: "0", role: "slider", "aria-valuemin": "-1",
      "aria-valuemax": "1", "aria-label": "start of the state; the arrow keys move it",
    },
    make("circle", { r: 18, class: "portrait-grip" }),
    make("circle", { r: 11, class: "portrait-halo" }),
    make("circle", { r: 7, class: "portrait-dot" }),
  );
  const svg = make(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-describedby": marker,
      "aria-label": "Phase portrait: unit 1 to the right, unit 2 upwards, each from -1 to 1" },
    make("rect", { x: LEFT, y: TOP, width: PLANE, height: PLANE, class: "portrait-plane" }),
    make("path", {
      class: "portrait-zero", d: `M${toX(-1)} ${toY(0)}H${toX(1)}M${toX(0)} ${toY(-1)}V${toY(1)}`,
    }),
    ...[-1, 0, 1].flatMap((value) => [
      make("text", { x: toX(value), y: TOP + PLANE + 15, "text-anchor": "middle" },
        String(value).replace("-", "\u2212")),
      make("text", { x: LEFT - 7, y: toY(value) + 4, "text-anchor": "end" },
        String(value).replace("-", "\u2212")),
    ]),
    axisName(toX(0.5), TOP + PLANE + 17, "1"),
    axisName(LEFT - 16, toY(0.5) + 4, "2"),
    field, trail, marks, handle,
  );

  function axisName(x, y, index) {
    return make("text", { x, y, "text-anchor": "middle", class: "portrait-axis" },
      make("tspan", { "font-style": "italic" }, "h"),
      make("tspan", { dy: 3, "font-size": "9" }, index));
  }

  const move = (start) => set({ start: start.map((value) => round(within(value, 1))) });
  const fromPointer = (event) => {
    const box = svg.getBoundingClientRect(), unit = box.width / WIDTH;
    return [
      (((event.clientX - box.left) / unit - LEFT) / PLANE) * 2 - 1,
      1 - (((event.clientY - box.top) / unit - TOP) / PLANE) * 2,
    ];
  };
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    handle.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) move(fromPointer(event));
  });
  svg.addEventListener("click", (event) => {
    if (!handle.contains(event.target)) move(fromPointer(event));
  });
  handle.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 0.01 : 0.05;
    const way = {
      ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far],
    }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const start = get("start");
    move([start[0] + way[0], start[1] + way[1]]);
  });

  // The controls.
  const refreshers = [];
  function slider(words, low, high, by, read, write, digits, unit = "") {
    const input = make("input", { type: "range", min: low, max: high, step: by, ...OWN_KEYS });
    const output = make("output", {});
    input.addEventListener("input", () => write(Number(input.value)));
    refreshers.push(() => {
      if (document.activeElement !== input || Number(input.value) !== round(read())) {
        input.value = read();
      }
      output.textContent = read().toFixed(digits).replace("-", "\u2212") + unit;
    });
    return make("label", {}, make("span", {}, ...words), input, output);
  }
  function entry(words, read, write) {
    const input = make("input", { type: "number", step: 0.05 });
    input.addEventListener("input", () => {
      if (input.value !== "" && Number.isFinite(Number(input.value))) write(Number(input.value));
    });
    refreshers.push(() => {
      if (document.activeElement !== input || Number(input.value) !== read()) {
        input.value = round(read());
      }
    });
    return make("label", {}, make("span", {}, ...words), input);
  }
  const replaced = (list, k, value) => list.map((old, j) => (j === k ? value : old));

  const turned = make(
    "div", {},
    slider(["scale"], 0, 2.5, 0.05, () => asRotation(get("U")).scale,
      (value) => set({ U: rotation(value, asRotation(get("U")).angle) }), 2),
    slider(["rotation"], -180, 180, 5, () => asRotation(get("U")).angle,
      (value) => set({ U: rotation(asRotation(get("U")).scale, value) }), 0, "\u00b0"),
  );
  const entries = make(
    "div", { class: "portrait-entries" },
    ...[[0, 0], [0, 1], [1, 0], [1, 1]].map(([i, j]) => entry(
      [symbol("U", `${i + 1}${j + 1}`)],
      () => get("U")[i][j],
      (value) => set({ U: replaced(get("U"), i, replaced(get("U")[i], j, value)) }),
    )),
  );
  let byEntries = !isRotation(get("U"));
  const choices = [["scale and rotation", false], ["four entries", true]].map(([words, value]) => {
    const input = make("input", { type: "radio", name: marker, ...OWN_KEYS });
    input.addEventListener("change", () => {
      byEntries = value;
      const { scale, angle } = asRotation(get("U"));
      if (!value && !isRotation(get("U"))) set({ U: rotation(round(scale), round(angle)) });
      refresh();
    });
    refreshers.push(() => { input.checked = byEntries === value; });
    return make("label", { class: "portrait-choice" }, input, words);
  });
  const buttons = Object.entries(get("presets")).map(([name, values]) => {
    const button = make("button", { type: "button" }, name);
    button.addEventListener("click", () => {
      byEntries = !isRotation(values.U);
      set({ ...values, preset: name });
      refresh();
    });
    refreshers.push(() => button.setAttribute("aria-pressed", String(get("preset") === name)));
    return button;
  });
  const controls = make(
    "div", { class: "portrait-controls" },
    make("fieldset", {}, make("legend", {}, "recurrent matrix ", make("i", {}, "U")),
      make("div", { class: "portrait-choices" }, ...choices), turned, entries),
    make("fieldset", {}, make("legend", {}, "input ", symbol("x", "t"), ", a pulse"),
      slider(["height"], -4, 4, 0.25, () => get("pulse"), (value) => set({ pulse: value }), 2),
      slider(["at step"], 1, Math.min(20, get("steps")), 1, () => get("pulse_at"),
        (value) => set({ pulse_at: value }), 0)),
    make("details", {},
      make("summary", {}, "bias ", make("i", {}, "b"), " and input weights ", make("i", {}, "W")),
      make("div", { class: "portrait-entries" },
        ...["b", "W"].flatMap((name) => [0, 1].map((k) => entry(
          [symbol(name, String(k + 1))],
          () => get(name)[k],
          (value) => set({ [name]: replaced(get(name), k, value) }),
        ))))),
  );

  const status = make("p", { class: "portrait-status", id: marker, "aria-live": "polite" });
  const rows = make("tbody");
  const numbers = make(
    "details", { class: "portrait-numbers" }, make("summary", {}, "the numbers"),
    make("div", { class: "portrait-scroll", tabindex: "0", role: "region",
      "aria-label": "states step by step" },
      make("table", {},
        make("thead", {}, make("tr", {}, ...["t", "x", "h1", "h2"].map((name) => make(
          "th", { scope: "col" },
          name.length === 1 ? make("i", {}, name) : symbol("h", name[1]),
        )))), rows)),
  );
  const key = make(
    "p", { class: "portrait-key" },
    sign("stable"), " stable ", sign("saddle"), " saddle ", sign("unstable"),
    " unstable fixed point", make("br"),
    "drag the large dot, or focus it and press arrow keys",
  );
  const root = make(
    "div", { class: "lstm-portrait" },
    make("div", { class: "portrait-presets", role: "group", "aria-label": "examples" }, ...buttons),
    make("div", { class: "portrait-body" }, make("div", { class: "portrait-left" }, svg, key),
      controls),
    status, numbers,
  );
  el.append(root);

  function sign(kind) {
    return make("svg", { viewBox: "-8 -8 16 16", class: "portrait-sign", "aria-hidden": "true" },
      mark(kind, 0, 0));
  }
  function mark(kind, x, y) {
    const group = make("g", { transform: `translate(${x} ${y})`, class: `portrait-${kind}` },
      make("circle", { r: 5 }));
    if (kind === "saddle") {
      group.append(make("path", { d: "M-3.4 -3.4L3.4 3.4M-3.4 3.4L3.4 -3.4" }));
    }
    return group;
  }

  function drawField() {
    const gap = PLANE / 13;
    const pieces = [];
    for (let i = 0; i < 13; i += 1) {
      for (let j = 0; j < 13; j += 1) {
        const h = [(2 * i + 1) / 13 - 1, (2 * j + 1) / 13 - 1];
        const next = step(net(), h, 0);
        let [dx, dy] = [(next[0] - h[0]) * PLANE / 2, -(next[1] - h[1]) * PLANE / 2];
        const long = Math.hypot(dx, dy);
        if (long < 1.5) continue;
        const kept = gap * 0.86 * (1 - Math.exp(-long / 24));
        [dx, dy] = [(dx / long) * kept, (dy / long) * kept];
        const [x, y] = [toX(h[0]) + dx / 2, toY(h[1]) + dy / 2];
        const tip = Math.min(4.5, kept / 2);
        const [ux, uy] = [(tip * dx) / kept, (tip * dy) / kept];
        const at = (px, py) => `${px.toFixed(1)} ${py.toFixed(1)}`;
        pieces.push(
          `M${at(x - dx, y - dy)}L${at(x, y)}`,
          `M${at(x - ux - 0.55 * uy, y - uy + 0.55 * ux)}L${at(x, y)}`,
          `L${at(x - ux + 0.55 * uy, y - uy - 0.55 * ux)}`,
        );
      }
    }
    field.setAttribute("d", pieces.join(""));
  }

  let speaking = null;
  function refresh() {
    const states = trajectory(net(), get("start"), get("pulse"), get("pulse_at"), get("steps"));
    root.setAttribute("data-trajectory", JSON.stringify(states));
    drawField();
    const at = ([x, y]) => `${toX(x).toFixed(2)} ${toY(y).toFixed(2)}`;
    const pushed = get("pulse") !== 0 && get("pulse_at") <= get("steps") ? get("pulse_at") : 0;
    const parts = [];
    states.slice(1).forEach((h, k) => {
      parts.push(make("path", {
        class: k + 1 === pushed ? "portrait-pushed" : "portrait-trail",
        d: `M${at(states[k])}L${at(h)}`,
      }));
    });
    states.slice(1).forEach((h, k) => parts.push(make("circle", {
      class: k + 1 === pushed ? "portrait-pushed" : "portrait-state",
      r: k + 1 === states.length - 1 ? 4 : 2.4, cx: toX(h[0]), cy: toY(h[1]),
    })));
    trail.replaceChildren(...parts);
    marks.replaceChildren(
      ...fixedPoints(net()).map(({ h, kind }) => mark(kind, toX(h[0]), toY(h[1]))),
    );
    const start = get("start");
    handle.setAttribute("transform", `translate(${toX(start[0])} ${toY(start[1])})`);
    handle.setAttribute("aria-valuenow", start[0]);
    handle.setAttribute("aria-valuetext", `unit 1 ${shown(start[0])}, unit 2 ${shown(start[1])}`);
    rows.replaceChildren(...states.map((h, t) => make(
      "tr", {}, make("td", {}, String(t)),
      make("td", {}, t === 0 ? "" : String(t === get("pulse_at") ? get("pulse") : 0)),
      ...h.map((value) => make("td", {}, value.toFixed(4).replace("-", "\u2212"))),
    )));
    turned.hidden = byEntries;
    entries.hidden = !byEntries;
    refreshers.forEach((again) => again());
    const words = describe(net(), start, get("pulse"), get("pulse_at"), get("steps"));
    clearTimeout(speaking);
    if (status.textContent === "") status.textContent = words;
    else speaking = setTimeout(() => { status.textContent = words; }, 250);
  }

  const changed = NAMES.map((name) => `change:${name}`);
  changed.forEach((event) => model.on(event, refresh));
  refresh();
  return () => {
    clearTimeout(speaking);
    changed.forEach((event) => model.off(event, refresh));
  };
}

export default { render };
