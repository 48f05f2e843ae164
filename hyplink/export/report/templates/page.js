"use strict";
// Charts tell the value that the pointer is nearest to, or that the arrow keys have come to.

const tip = document.getElementById("tip");
const REACH = 40; // pixels within which the pointer finds a value
let shown = null;

function centre(mark) {
  const box = mark.querySelector(".dot").getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

function show(mark) {
  if (shown === mark) return;
  if (shown) shown.classList.remove("on");
  shown = mark;
  tip.hidden = mark === null;
  if (mark === null) return;
  mark.classList.add("on");
  tip.textContent = mark.dataset.tip;
  place(mark);
}

function place(mark) {
  const [x, y] = centre(mark), box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(x - box.width / 2, 8), document.documentElement.clientWidth - box.width - 8);
  tip.style.left = `${left}px`;
  tip.style.top = `${y - box.height - 12 > 4 ? y - box.height - 12 : y + 14}px`;
}

for (const plot of document.querySelectorAll("svg.plot")) {
  const marks = [...plot.querySelectorAll(".mark")];
  plot.addEventListener("pointermove", (event) => {
    let best = null, least = REACH;
    for (const mark of marks) {
      const [x, y] = centre(mark), far = Math.hypot(event.clientX - x, event.clientY - y);
      if (far < least) [best, least] = [mark, far];
    }
    show(best);
  });
  plot.addEventListener("pointerleave", () => show(null));
  plot.addEventListener("blur", () => show(null));
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") show(null);
    if (!step) return;
    event.preventDefault();
    const at = marks.indexOf(shown);
    show(marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length]);
  });
}
// Focus may scroll the page to a chart whose values the keys are telling.
window.addEventListener("scroll", () => shown?.closest("svg:focus") ? place(shown) : show(null), { passive: true });

const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const watch = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    for (const link of links.values()) link.removeAttribute("aria-current");
    const current = links.get(target.id);
    current.setAttribute("aria-current", "true");
    current.parentElement.scrollLeft = current.offsetLeft - 80;
  }
}, { rootMargin: "-20% 0px -75% 0px" });
document.querySelectorAll("section").forEach((section) => watch.observe(section));

window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
