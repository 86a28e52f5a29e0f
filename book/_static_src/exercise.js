// Answers to exercises on the rendered page. Numbers are read and judged by the rules, and told in
// the sentences, of lstmlib.check.expression and lstmlib.check.answers: the tests compare the two.
(() => {
  "use strict";

  // -- Numbers as a reader writes them ---------------------------------------------------------
  const LONGEST = 200;
  const DEEPEST = 30;
  const MAY_BE_WRITTEN = "Write a number, a fraction or an expression, such as 0.375, 3/8, 12% or "
    + "1/(1+exp(-2)). It may use + - * / ^ ( ), sqrt, exp, log or ln, log2, log10, tanh, sigmoid, "
    + "pi and e.";
  const CONSTANTS = { pi: Math.PI, e: Math.E };
  const FUNCTIONS = {
    sqrt: Math.sqrt, exp: Math.exp, log: Math.log, ln: Math.log, log2: Math.log2,
    log10: Math.log10, tanh: Math.tanh,
    sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  };
  const SIGNS = {
    "\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/",
    "\u2044": "/", "\u2215": "/", "\u03c0": " pi ", "\u03c3": " sigmoid ",
  };
  const NUMBER = String.raw`(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?`;
  const TOKEN = new RegExp(
    `(?<number>${NUMBER})(?<percent> *%)?|(?<name>[A-Za-z_][A-Za-z0-9_]*)`
    + String.raw`|(?<sign>\*\*|[-+*/^()])`, "y");

  class NotANumber extends Error {}
  const stop = (message) => { throw new NotANumber(message); };
  const isFunction = (token) => Object.hasOwn(FUNCTIONS, token);
  const isConstant = (token) => Object.hasOwn(CONSTANTS, token);
  const plainSign = (sign) => SIGNS[sign]
    ?? sign.replace(/[\uff01-\uff5e]/, (wide) => String.fromCharCode(wide.charCodeAt() - 0xfee0));

  // Six digits, as Python's :g writes them.
  function short(value) {
    if (value === 0) return Object.is(value, -0) ? "-0" : "0";
    const [digits, after] = value.toExponential(5).split("e");
    const power = Number(after);
    const bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
    if (power >= -4 && power < 6) return bare(value.toFixed(5 - power));
    return `${bare(digits)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const told = (token) => (typeof token === "number" ? short(token) : token);

  function finite(value, text) {
    return Number.isFinite(value) ? value : stop(`"${text}" is too large to be a number here.`);
  }

  function tokensOf(text) {
    const plain = [...text].map(plainSign).join("").replace(/\s/g, " ");
    if (plain.includes(",")) {
      const found = plain.match(/([0-9]+),([0-9]+)/);
      const point = found ? `${found[1]}.${found[2]}` : "0.5";
      stop(`"${text}" has a comma. Write a point before the decimals, as in ${point}, `
        + "and nothing between thousands.");
    }
    const tokens = [];
    for (let at = 0; at < plain.length;) {
      if (plain[at] === " ") {
        at += 1;
        continue;
      }
      if (plain[at] === "%") stop(`In "${text}" the % does not stand after a number, as in 12%.`);
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(plain)?.groups;
      if (!found) {
        const sign = String.fromCodePoint(plain.codePointAt(at));
        stop(`"${text}" has "${sign}", which is not read here. ${MAY_BE_WRITTEN}`);
      }
      at = TOKEN.lastIndex;
      if (found.number) {
        tokens.push(finite(Number(found.number) / (found.percent ? 100 : 1), text));
      } else if (found.name) {
        const name = found.name.toLowerCase();
        if (!isConstant(name) && !isFunction(name)) {
          stop(`"${text}" has "${found.name}", which is not known here. ${MAY_BE_WRITTEN}`);
        }
        tokens.push(name);
      } else {
        tokens.push(found.sign);
      }
    }
    return tokens;
  }

  // sum: product (+ product)*    product: signed (* signed)*    signed: -signed, power
  // power: single (^ signed)?    single: number, constant, function(sum), (sum)
  // Each returns a function that computes: what is written wrongly is told before what can't be
  // computed.
  function parse(tokens, text) {
    let at = 0;
    let depth = 0;
    const next = (...signs) => signs.includes(tokens[at]) && tokens[at++];

    function missing() {
      const where = at ? `after ${told(tokens[at - 1])}` : `before ${tokens[at]}`;
      stop(`In "${text}" a number is missing ${where}.`);
    }
    function unexpected() {
      if (tokens[at] === ")") stop(`In "${text}" a closing parenthesis has no opening one.`);
      stop(`In "${text}" a sign is missing between ${told(tokens[at - 1])} and `
        + `${told(tokens[at])}; a product is written with *.`);
    }
    function chain(part, ...signs) {
      let left = part();
      for (let sign = next(...signs); sign; sign = next(...signs)) {
        const [first, then, second] = [left, sign, part()];
        left = () => combine(first(), then, second(), text);
      }
      return left;
    }
    const sum = () => chain(product, "+", "-");
    const product = () => chain(signed, "*", "/");
    function signed() {
      const sign = next("+", "-");
      if (!sign) return power();
      const inner = signed();
      return sign === "-" ? () => -inner() : inner;
    }
    function power() {
      const base = single();
      if (!next("^", "**")) return base;
      const exponent = signed();
      return () => combine(base(), "^", exponent(), text);
    }
    function single() {
      const token = tokens[at];
      if (typeof token === "number") {
        at += 1;
        return () => token;
      }
      if (isConstant(token)) {
        at += 1;
        return () => CONSTANTS[token];
      }
      if (isFunction(token)) {
        at += 1;
        if (tokens[at] !== "(") {
          stop(`In "${text}" the function ${token} needs parentheses, as in ${token}(2).`);
        }
        const inner = within();
        return () => apply(token, inner(), text);
      }
      return token === "(" ? within() : missing();
    }
    function within() {
      at += 1;
      depth += 1;
      if (depth > DEEPEST) {
        stop(`More than ${DEEPEST} parentheses within one another are not read.`);
      }
      const inner = sum();
      if (at === tokens.length) stop(`In "${text}" a parenthesis is not closed.`);
      if (!next(")")) unexpected();
      depth -= 1;
      return inner;
    }

    const whole = sum();
    if (at < tokens.length) unexpected();
    return whole;
  }

  function apply(name, x, text) {
    if (name === "sqrt" && x < 0) stop(`"${text}" takes the square root of a negative number.`);
    if (/^(log|ln)/.test(name) && x <= 0) {
      stop(`"${text}" takes the logarithm of a number that is not above zero.`);
    }
    return finite(FUNCTIONS[name](x), text);
  }

  function combine(left, sign, right, text) {
    const divides = sign === "/" ? right : sign === "^" && right < 0 ? left : 1;
    if (sign === "^" && left < 0 && !Number.isInteger(right)) {
      stop(`"${text}" raises a negative number to a power that is not whole.`);
    }
    if (divides === 0) stop(`"${text}" divides by zero.`);
    const results = {
      "+": () => left + right, "-": () => left - right, "*": () => left * right,
      "/": () => left / right, "^": () => left ** right,
    };
    return finite(results[sign](), text);
  }

  function evaluate(written) {
    const text = written.trim();
    if (!text) stop(`Nothing is written. ${MAY_BE_WRITTEN}`);
    const length = [...text].length;
    if (length > LONGEST) stop(`The text has ${length} characters; at most ${LONGEST} are read.`);
    return parse(tokensOf(text), text)();
  }

  // -- What is said to an answer ---------------------------------------------------------------
  const SLACK = 1e-9;
  const PLAIN = new RegExp(`^[-+\u2212]?${NUMBER}$`);

  // The status of one number ("right", "slip", "wrong", "unreadable", "missing") and what is said.
  function verdictOfNumber(number, written) {
    const text = written.trim();
    if (!text) return ["missing", `${number.label} is still to be worked out.`];
    let value;
    try {
      value = evaluate(text);
    } catch (reason) {
      if (reason instanceof NotANumber) return ["unreadable", reason.message];
      throw reason;
    }
    const reach = number.tolerance * (1 + SLACK);
    if (Math.abs(value - number.expected) <= reach) return ["right", `${number.label} is right.`];
    const away = (slip) => Math.abs(value - slip.value);
    const slip = number.slips.reduce((near, other) => (away(other) < away(near) ? other : near));
    if (away(slip) <= reach) return ["slip", slip.says];
    const got = PLAIN.test(text) ? text : `${text} = ${short(value)}`;
    const within = number.tolerance.toFixed(12).replace(/0+$/, "");
    return ["wrong", `${number.label}: ${got} is not right, within ${within}.`];
  }

  function verdictOfLetter(options, letter) {
    const option = options.find((each) => each.letter === letter);
    if (!option) return ["missing", "Choose one of the answers."];
    return [option.right ? "right" : "wrong", option.says];
  }

  // -- The forms -------------------------------------------------------------------------------
  const HINTS = ["first", "second", "third"];
  const EMPTY = { given: null, failures: 0, last: "", solved: false };

  function read(id) {
    try {
      return { ...EMPTY, ...JSON.parse(window.localStorage.getItem(`lstmlib.answer.${id}`)) };
    } catch {
      return { ...EMPTY };     // storage is shut off, or holds what we did not write
    }
  }

  function keep(id, record) {
    try {
      const key = `lstmlib.answer.${id}`;
      if (record.given === null) window.localStorage.removeItem(key);
      else window.localStorage.setItem(key, JSON.stringify(record));
    } catch {
      // Storage is shut off: what is kept lasts as long as the page.
    }
  }

  // Text with `code` in backticks, as elements.
  function paragraph(text, start = "") {
    const element = document.createElement("p");
    const bold = document.createElement("b");
    bold.textContent = start;
    element.append(...(start ? [bold, " "] : []));
    text.split(/`([^`]+)`/).forEach((part, k) => {
      const code = document.createElement("code");
      code.textContent = part;
      element.append(k % 2 ? code : part);
    });
    return element;
  }

  // The next hint that has not been opened yet, as an offer.
  function offer(id) {
    const next = [...document.querySelectorAll("details[data-hint]")].find(
      (hint) => hint.dataset.of === id && !hint.open && !hint.dataset.seen);
    if (!next) return [];
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Open the ${HINTS[next.dataset.hint - 1]} hint below`;
    button.addEventListener("click", () => {
      next.open = true;
      next.dataset.seen = "yes";
      next.querySelector("summary").focus();
    });
    const element = document.createElement("p");
    element.append(button);
    return [element];
  }

  function prepare(form) {
    const id = form.dataset.answer;
    const bytes = Uint8Array.from(window.atob(form.dataset.key), (sign) => sign.charCodeAt());
    const key = JSON.parse(new TextDecoder().decode(bytes));
    const inputs = [...form.querySelectorAll("input")];
    const box = form.querySelector(".lstm-told");
    const clear = form.querySelector('button[type="button"]');
    let record = read(id);

    form.querySelectorAll("[hidden]").forEach((control) => { control.hidden = false; });
    form.querySelector(".lstm-how").hidden = true;
    const before = form.previousElementSibling;
    if (before?.matches(".lstm-waiting")) before.hidden = true;    // "not attempted yet"

    const given = () => Object.fromEntries(key.numbers
      ? inputs.map((input) => [input.name, input.value.trim()])
      : [["letter", inputs.find((input) => input.checked)?.value ?? ""]]);

    function show(answer) {
      for (const input of inputs) {
        if (key.numbers) input.value = answer[input.name] ?? "";
        else input.checked = input.value === answer.letter;
      }
    }

    function judge(answer) {
      if (key.options) {
        const [status, says] = verdictOfLetter(key.options, answer.letter);
        return [{ status, says, start: "" }];
      }
      return key.numbers.map((number) => {
        const [status, says] = verdictOfNumber(number, answer[number.name] ?? "");
        const named = key.numbers.length > 1 && ["slip", "unreadable"].includes(status);
        return { status, says, start: named ? `${number.label}:` : "" };
      });
    }

    const allRight = (verdicts) => verdicts.every((one) => one.status === "right");
    const oneWrong = (verdicts) => verdicts.some((one) => ["slip", "wrong"].includes(one.status));

    function tell(verdicts) {
      const [right, failed] = [allRight(verdicts), oneWrong(verdicts)];
      const lines = verdicts.filter((one) => one.says && !(right && key.numbers));
      const kind = right ? "passed" : failed ? "failed" : "waiting";
      box.className = `lstm-told lstm-verdict lstm-${kind}`;
      box.replaceChildren(
        ...(right ? [paragraph("", "Right.")] : failed ? [paragraph("", "Not yet.")] : []),
        ...lines.map((one) => paragraph(one.says, one.start)),
        ...(right ? [paragraph(key.passed)] : []),
        ...(failed && record.failures >= 3 ? offer(id) : []),
      );
      inputs.forEach((input, k) => {
        const status = verdicts[key.numbers ? k : 0].status;
        const bad = key.numbers && ["slip", "wrong", "unreadable"].includes(status);
        if (bad) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      });
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = given();
      const written = JSON.stringify(answer);
      const verdicts = judge(answer);
      if (oneWrong(verdicts) && written !== record.last) {
        record.failures += 1;
        record.last = written;
      }
      tell(verdicts);
      // What was solved stays solved, whatever is tried afterwards.
      const solved = allRight(verdicts);
      if (solved || !record.solved) record = { ...record, given: answer, solved };
      keep(id, record);
    });
    clear.addEventListener("click", () => {
      record = { ...EMPTY };
      keep(id, record);
      show({});
      box.className = "lstm-told";
      box.replaceChildren();
      inputs.forEach((input) => input.removeAttribute("aria-invalid"));
      inputs[0].focus();
    });
    if (record.given) {
      show(record.given);
      tell(judge(given()));
    }
  }

  function start() {
    document.querySelectorAll("form[data-answer]").forEach(prepare);
  }

  if (typeof document === "undefined") {
    globalThis.exercise = { NotANumber, evaluate, verdictOfNumber };   // the tests', in node
  } else if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
