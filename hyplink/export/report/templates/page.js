"use strict";
// Charts show a tooltip for the marker nearest to the pointer, or for the one selected with the arrow keys.

const tip = document.getElementById("tip");
const HIT_RADIUS = 40; // maximum distance in pixels between the pointer and a marker
let active = null;

function centre(marker) {
  const box = marker.querySelector(".dot").getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

function show(marker) {
  if (active === marker) return;
  if (active) active.classList.remove("active");
  active = marker;
  tip.hidden = marker === null;
  if (marker === null) return;
  marker.classList.add("active");
  tip.textContent = marker.dataset.tip;
  moveTip(marker);
}

function moveTip(marker) {
  const [x, y] = centre(marker), box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(x - box.width / 2, 8), document.documentElement.clientWidth - box.width - 8);
  tip.style.left = `${left}px`;
  tip.style.top = `${y - box.height - 12 > 4 ? y - box.height - 12 : y + 14}px`;
}

for (const plot of document.querySelectorAll("svg.plot")) {
  const markers = [...plot.querySelectorAll(".marker")];
  plot.addEventListener("pointermove", (event) => {
    let best = null, nearest = HIT_RADIUS;
    for (const marker of markers) {
      const [x, y] = centre(marker), distance = Math.hypot(event.clientX - x, event.clientY - y);
      if (distance < nearest) [best, nearest] = [marker, distance];
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
    const at = markers.indexOf(active);
    show(markers[at < 0 ? (step > 0 ? 0 : markers.length - 1) : (at + step + markers.length) % markers.length]);
  });
}
// Focusing a chart may scroll the page; the tooltip must then stay at its marker.
window.addEventListener("scroll", () => active?.closest("svg:focus") ? moveTip(active) : show(null), { passive: true });

const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    for (const link of links.values()) link.removeAttribute("aria-current");
    const current = links.get(target.id);
    current.setAttribute("aria-current", "true");
    current.parentElement.scrollLeft = current.offsetLeft - 80;
  }
}, { rootMargin: "-20% 0px -75% 0px" });
document.querySelectorAll("section").forEach((section) => observer.observe(section));

window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
