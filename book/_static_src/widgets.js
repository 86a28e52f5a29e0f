// Names for the slider handles that ipywidgets draws: the handle has role="slider" but neither a
// name nor the words of the value it stands at. Both are in the widget, as text.
(() => {
  "use strict";
  function name(slider) {
    const handle = slider.querySelector('.noUi-handle[role="slider"]');
    if (!handle) return;
    const label = slider.querySelector(".widget-label");
    const readout = slider.querySelector(".widget-readout");
    const words = label?.textContent.trim();
    if (words && handle.getAttribute("aria-label") !== words) {
      handle.setAttribute("aria-label", words);
    }
    // The readout has the text of the value; noUiSlider itself writes a bare index.
    const value = readout?.textContent.trim();
    if (value && handle.getAttribute("aria-valuetext") !== value) {
      handle.setAttribute("aria-valuetext", value);
    }
    if (readout && readout.getAttribute("contenteditable") === "true"
        && !readout.hasAttribute("aria-label")) {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", words ? `${words}, value` : "value");
    }
  }

  function all() {
    document.querySelectorAll(".widget-slider, .widget-hslider").forEach(name);
  }

  function start() {
    let waiting = false;
    new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        all();
      });
    }).observe(document.body, {
      childList: true, subtree: true, characterData: true, attributes: true,
      attributeFilter: ["aria-valuetext"],
    });
    all();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
