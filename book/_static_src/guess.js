// The reader's predictions on the rendered page: the forms keep a number in this browser, and the
// figures that answer draw it, with the geometry that lstmlib.plot wrote beside them.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const unsaved = new Map();

  function read(name) {
    let text = unsaved.get(name);
    try {
      text = window.localStorage.getItem(`lstmlib.guess.${name}`) ?? text;
    } catch {
      // Storage is shut off: what is kept lasts as long as the page.
    }
    const value = text === undefined || text === "" ? NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  }

  // Returns whether the number outlives the page.
  function write(name, value) {
    try {
      const key = `lstmlib.guess.${name}`;
      if (value === null) window.localStorage.removeItem(key);
      else window.localStorage.setItem(key, String(value));
      unsaved.delete(name);
      return true;
    } catch {
      if (value === null) unsaved.delete(name);
      else unsaved.set(name, String(value));
      return false;
    }
  }

  const plain = (value) => String(Number(value.toPrecision(12)));

  function draw(svg) {
    const scale = JSON.parse(svg.dataset.guess);
    if (svg.dataset.alt === undefined) svg.dataset.alt = svg.getAttribute("aria-label");
    const value = read(scale.id);
    const fromPython = svg.querySelector('[data-guess-drawn="python"]');
    svg.querySelector('[data-guess-drawn="page"]')?.remove();
    svg.setAttribute("aria-label", svg.dataset.alt
      + (value === null ? "" : ` Your guess: ${plain(value)}.`));
    if (value === null) return;
    fromPython?.remove();
    const map = scale.scale === "log" ? Math.log : (number) => number;
    const [low, high] = scale.limits.map(map);
    let part = scale.scale === "log" && value <= 0 ? -1 : (map(value) - low) / (high - low);
    const beyond = part < 0 || part > 1;
    part = Math.min(Math.max(part, 0), 1);
    const [start, end] = scale.along;
    const [near, far] = scale.across;
    const at = start + part * (end - start);
    const group = document.createElementNS(SVG, "g");
    const line = document.createElementNS(SVG, "line");
    const text = document.createElementNS(SVG, "text");
    group.setAttribute("class", "guess-mark");
    group.dataset.guessDrawn = "page";
    const across = scale.axis === "x"
      ? { x1: at, x2: at, y1: near, y2: far }
      : { x1: near, x2: far, y1: at, y2: at };
    for (const [name, number] of Object.entries(across)) line.setAttribute(name, number.toFixed(2));
    line.setAttribute("stroke", "currentColor");
    line.setAttribute("stroke-width", "1.4");
    line.setAttribute("stroke-dasharray", "5 4");
    const left = scale.axis === "y" || at > (start + end) / 2;
    text.setAttribute("text-anchor", left ? "end" : "start");
    text.setAttribute("font-size", "10.5");
    if (scale.axis === "x") {
      text.setAttribute("x", (left ? at - 5 : at + 5).toFixed(2));
      text.setAttribute("y", (far + 9).toFixed(2));
    } else {
      text.setAttribute("x", (far - 2).toFixed(2));
      text.setAttribute("y", (Math.abs(at - end) < 14 ? at + 12 : at - 4).toFixed(2));
    }
    text.style.paintOrder = "stroke";
    text.style.stroke = "var(--pst-color-background, Canvas)";
    text.style.strokeWidth = "4";
    text.textContent = `your guess: ${plain(value)}${beyond ? " (off the scale)" : ""}`;
    group.append(line, text);
    svg.append(group);
  }

  function prepare(form) {
    if (form.dataset.guessReady) return;
    form.dataset.guessReady = "yes";
    const name = form.dataset.guessForm;
    const input = form.querySelector("input");
    const note = form.querySelector(".guess-note");
    const clear = form.querySelector('button[type="button"]');
    const unit = form.dataset.unit ? ` ${form.dataset.unit}` : "";
    form.querySelector(".guess-controls").hidden = false;

    const tell = (text, wrong = false) => {
      note.textContent = text;
      input.setAttribute("aria-invalid", String(wrong));
    };
    const refresh = () => {
      const value = read(name);
      clear.disabled = value === null;
      input.value = value === null ? "" : plain(value);
      tell(value === null
        ? "Keep a number: the figure that answers will show it."
        : `You guess ${plain(value)}${unit}. The figure that answers shows it.`);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const value = input.value === "" ? NaN : Number(input.value);
      const low = input.min === "" ? -Infinity : Number(input.min);
      const high = input.max === "" ? Infinity : Number(input.max);
      if (!Number.isFinite(value)) {
        tell("Write a number, such as 0.5.", true);
      } else if (value < low || value > high) {
        const span = [
          low > -Infinity ? `at least ${low}` : "", high < Infinity ? `at most ${high}` : "",
        ].filter(Boolean).join(" and ");
        tell(`The number must be ${span}.`, true);
      } else {
        const lasting = write(name, value);
        everywhere();
        if (!lasting) note.textContent += " It lasts until you leave this page.";
        return;
      }
      input.focus();
    });
    clear.addEventListener("click", () => {
      write(name, null);
      everywhere();
      input.focus();
    });
    form.addEventListener("guess-changed", refresh);
    refresh();
  }

  function everywhere() {
    document.querySelectorAll("form[data-guess-form]").forEach((form) => {
      form.dispatchEvent(new Event("guess-changed"));
    });
    document.querySelectorAll("svg[data-guess]").forEach(draw);
  }

  function find(part) {
    part.querySelectorAll("form[data-guess-form]").forEach(prepare);
    part.querySelectorAll("svg[data-guess]").forEach(draw);
  }

  function start() {
    find(document);
    // Frames of a slider come later, when the widget manager draws them.
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) {
          if (node instanceof Element && !node.closest("svg")) find(node);
        }
      }
    }).observe(document.body, { childList: true, subtree: true });
    window.addEventListener("storage", everywhere);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
