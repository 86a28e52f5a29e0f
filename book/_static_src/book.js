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
