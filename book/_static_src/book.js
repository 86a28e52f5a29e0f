// Prints a chapter's card alone: a button beside it, and a class on the page while it prints.
document.addEventListener("DOMContentLoaded", () => {
  const card = document.querySelector(".admonition.card");
  const section = card && card.closest("section");
  if (!section) return;
  section.classList.add("the-card");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "print-card";
  button.textContent = "Print this card";
  button.addEventListener("click", () => {
    document.body.classList.add("only-card");
    window.print();
  });
  window.addEventListener("afterprint", () => document.body.classList.remove("only-card"));
  card.after(button);
});

// The widget manager is 3.6 MB of script. It is fetched when a control comes near the window, or
// before the page is printed.
window.addEventListener("load", () => {
  const views = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]');
  if (!views.length) return;
  const late = [...document.querySelectorAll("script[data-late]")];
  function next() {
    const waiting = late.shift();
    if (!waiting) return;
    const script = document.createElement("script");
    const cdn = waiting.getAttribute("data-jupyter-widgets-cdn");
    if (cdn) script.setAttribute("data-jupyter-widgets-cdn", cdn);
    script.src = waiting.dataset.late;
    script.addEventListener("load", next);
    waiting.replaceWith(script);
  }
  const near = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    near.disconnect();
    next();
  }, { rootMargin: "1500px" });
  views.forEach((view) => near.observe(view.parentElement));
  window.addEventListener("beforeprint", () => { near.disconnect(); next(); }, { once: true });
});
