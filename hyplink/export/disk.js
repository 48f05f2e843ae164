"use strict";
// The view is an isometry z → (αz + β)/(β̄z + ᾱ), |α|² − |β|² = 1, stored as [Re α, Im α, Re β, Im β].

const data = JSON.parse(document.getElementById("data").textContent);
const canvas = document.getElementById("disk"), pen = canvas.getContext("2d"), tip = document.getElementById("tip");
const n = data.ids.length;
const HIT_RADIUS = 12; // maximum distance in pixels between the pointer and a concept it selects
const MAX_LABELS = 40;

let view = [1, 0, 0, 0], chosen = null, showMentions = true;
let radius = 0, centreX = 0, centreY = 0; // of the disk on the canvas, in CSS pixels
const viewed = new Float64Array(2 * n); // the position of each concept in the current view
const byDescendants = [...Array(n).keys()].sort((a, b) => data.descendants[b] - data.descendants[a]);

function applied(m, x, y) {
  const nx = m[0] * x - m[1] * y + m[2], ny = m[0] * y + m[1] * x + m[3];
  const dx = m[2] * x + m[3] * y + m[0], dy = m[2] * y - m[3] * x - m[1];
  const d = dx * dx + dy * dy;
  return [(nx * dx + ny * dy) / d, (ny * dx - nx * dy) / d];
}

function compose(m, k) { // the isometry m after k, rescaled to |α|² − |β|² = 1
  const p = [
    m[0] * k[0] - m[1] * k[1] + m[2] * k[2] + m[3] * k[3],
    m[0] * k[1] + m[1] * k[0] - m[2] * k[3] + m[3] * k[2],
    m[0] * k[2] - m[1] * k[3] + m[2] * k[0] + m[3] * k[1],
    m[0] * k[3] + m[1] * k[2] - m[2] * k[1] + m[3] * k[0],
  ];
  const scale = Math.sqrt(p[0] ** 2 + p[1] ** 2 - p[2] ** 2 - p[3] ** 2);
  return p.map((value) => value / scale);
}

function translation(x, y) { // moves the origin to (x, y)
  const scale = 1 / Math.sqrt(1 - x * x - y * y);
  return [scale, 0, x * scale, y * scale];
}

function onCanvas(x, y) {
  return [centreX + radius * x, centreY - radius * y];
}

function inDisk(event) {
  const box = canvas.getBoundingClientRect();
  const x = (event.clientX - box.left - centreX) / radius, y = (centreY - (event.clientY - box.top)) / radius;
  const far = Math.hypot(x, y), most = 0.97;
  return far > most ? [x * most / far, y * most / far] : [x, y];
}

function geodesic(x1, y1, x2, y2) { // adds the geodesic between two points to the path
  const [ax, ay] = onCanvas(x1, y1), [bx, by] = onCanvas(x2, y2);
  pen.moveTo(ax, ay);
  const cross = x1 * y2 - x2 * y1;
  if (Math.abs(cross) < 1e-4 || Math.hypot(ax - bx, ay - by) < 3) {
    pen.lineTo(bx, by);
    return;
  }
  // The circle through both points orthogonal to the boundary has a centre c with 2 c·z = 1 + |z|² for both z.
  const s1 = (1 + x1 * x1 + y1 * y1) / 2, s2 = (1 + x2 * x2 + y2 * y2) / 2;
  const cx = (s1 * y2 - s2 * y1) / cross, cy = (s2 * x1 - s1 * x2) / cross;
  const [px, py] = onCanvas(cx, cy);
  const from = Math.atan2(ay - py, ax - px), to = Math.atan2(by - py, bx - px);
  let turn = to - from;
  if (turn > Math.PI) turn -= 2 * Math.PI;
  if (turn < -Math.PI) turn += 2 * Math.PI;
  pen.arc(px, py, Math.hypot(ax - px, ay - py), from, to, turn < 0);
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let colours = {}, depthColours = [];
function readColours() {
  for (const name of ["ground", "ink", "line", "rim", "correct", "incorrect", "chosen", "shallow", "deep"]) {
    colours[name] = css("--" + name);
  }
  const deepest = data.depths.reduce((a, b) => Math.max(a, b), 1);
  depthColours = [...Array(deepest + 1).keys()].map((depth) =>
    `color-mix(in oklab, ${colours.deep} ${Math.round(100 * depth / deepest)}%, ${colours.shallow})`);
}

function size() {
  const box = canvas.getBoundingClientRect(), dots = window.devicePixelRatio || 1;
  canvas.width = Math.round(box.width * dots);
  canvas.height = Math.round(box.height * dots);
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  radius = Math.max(40, Math.min(box.width, box.height) / 2 - 8);
  centreX = box.width / 2;
  centreY = box.height / 2;
}

let scheduled = false;
function redraw() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; draw(); });
}

function draw() {
  for (let i = 0; i < n; i++) {
    const [x, y] = applied(view, data.positions[i][0], data.positions[i][1]);
    viewed[2 * i] = x;
    viewed[2 * i + 1] = y;
  }
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.lineWidth = 1;
  pen.strokeStyle = colours.rim;
  pen.beginPath();
  pen.arc(centreX, centreY, radius, 0, 2 * Math.PI);
  pen.stroke();
  drawEdges();
  drawConcepts();
  if (chosen !== null) drawPath();
  if (showMentions) data.mentions.forEach(drawMention);
  drawLabels();
}

function drawEdges() {
  pen.strokeStyle = colours.line;
  pen.lineWidth = 0.7;
  pen.beginPath();
  for (let i = 0; i < n; i++) {
    const p = data.parents[i];
    if (p === null) continue;
    const dx = viewed[2 * i] - viewed[2 * p], dy = viewed[2 * i + 1] - viewed[2 * p + 1];
    if (radius * Math.hypot(dx, dy) > 1) geodesic(viewed[2 * p], viewed[2 * p + 1], viewed[2 * i], viewed[2 * i + 1]);
  }
  pen.stroke();
}

function dotSize(i) {
  return 1 + 4 * (1 - viewed[2 * i] ** 2 - viewed[2 * i + 1] ** 2);
}

function drawConcepts() {
  for (let i = 0; i < n; i++) {
    const [x, y] = onCanvas(viewed[2 * i], viewed[2 * i + 1]), dotRadius = dotSize(i);
    pen.fillStyle = depthColours[data.depths[i]];
    if (dotRadius < 1.2) {
      pen.fillRect(x - 0.8, y - 0.8, 1.6, 1.6);
      continue;
    }
    pen.beginPath();
    pen.arc(x, y, dotRadius, 0, 2 * Math.PI);
    pen.fill();
  }
}

function drawPath() { // from the chosen concept to its root
  pen.strokeStyle = pen.fillStyle = colours.chosen;
  pen.lineWidth = 2;
  pen.beginPath();
  for (let i = chosen; data.parents[i] !== null; i = data.parents[i]) {
    const p = data.parents[i];
    geodesic(viewed[2 * i], viewed[2 * i + 1], viewed[2 * p], viewed[2 * p + 1]);
  }
  pen.stroke();
  const [x, y] = onCanvas(viewed[2 * chosen], viewed[2 * chosen + 1]);
  pen.beginPath();
  pen.arc(x, y, dotSize(chosen) + 2, 0, 2 * Math.PI);
  pen.fill();
}

function drawMention(mention) {
  const [x, y] = applied(view, mention.position[0], mention.position[1]), [px, py] = onCanvas(x, y);
  const half = 1.5 + 3.5 * (1 - x * x - y * y);
  pen.fillStyle = pen.strokeStyle = mention.correct ? colours.correct : colours.incorrect;
  if (!mention.correct) {
    for (const [row, dashes] of [[mention.gold, []], [mention.answer, [4, 3]]]) {
      if (row === null) continue;
      pen.setLineDash(dashes);
      pen.lineWidth = 1;
      pen.beginPath();
      geodesic(x, y, viewed[2 * row], viewed[2 * row + 1]);
      pen.stroke();
    }
    pen.setLineDash([]);
  }
  pen.beginPath();
  pen.moveTo(px, py - half);
  pen.lineTo(px + half, py);
  pen.lineTo(px, py + half);
  pen.lineTo(px - half, py);
  pen.fill();
}

function drawLabels() { // of the chosen concept, then by number of descendants, skipping labels that would overlap
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  const taken = [];
  const candidates = chosen === null ? byDescendants : [chosen, ...byDescendants];
  for (const i of candidates) {
    if (taken.length >= MAX_LABELS) break;
    if (1 - viewed[2 * i] ** 2 - viewed[2 * i + 1] ** 2 < 0.12 && i !== chosen) continue;
    const [x, y] = onCanvas(viewed[2 * i], viewed[2 * i + 1]), width = pen.measureText(data.labels[i]).width;
    const left = Math.min(x + dotSize(i) + 3, 2 * centreX - width - 2);
    const box = [left - 2, y - 8, left + width + 2, y + 8];
    if (taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) continue;
    taken.push(box);
    pen.lineWidth = 3;
    pen.strokeStyle = colours.ground;
    pen.strokeText(data.labels[i], left, y);
    pen.fillStyle = i === chosen ? colours.chosen : colours.ink;
    pen.fillText(data.labels[i], left, y);
  }
}

function conceptAt(event) {
  const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
  let best = null, nearest = HIT_RADIUS;
  for (let i = 0; i < n; i++) {
    const [x, y] = onCanvas(viewed[2 * i], viewed[2 * i + 1]), far = Math.hypot(x - px, y - py);
    if (far < nearest) { nearest = far; best = i; }
  }
  return best;
}

function mentionAt(event) {
  if (!showMentions) return null;
  const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
  return data.mentions.find((mention) => {
    const [x, y] = onCanvas(...applied(view, mention.position[0], mention.position[1]));
    return Math.hypot(x - px, y - py) < 6;
  }) ?? null;
}

function described(i) {
  const count = data.descendants[i];
  const suffix = count ? `, ${count} descendant${count > 1 ? "s" : ""}` : "";
  return `${data.labels[i]} (${data.ids[i]}), depth ${data.depths[i]}${suffix}`;
}

function describedMention(mention) {
  const name = (row) => (row === null ? "a concept that is not shown" : data.labels[row]);
  return mention.correct
    ? `“${mention.text}” → ${name(mention.answer)}`
    : `“${mention.text}” → ${name(mention.answer)} (gold: ${name(mention.gold)})`;
}

function hover(event) {
  const mention = mentionAt(event), concept = mention ? null : conceptAt(event);
  tip.hidden = !mention && concept === null;
  if (tip.hidden) return;
  tip.textContent = mention ? describedMention(mention) : described(concept);
  const box = canvas.getBoundingClientRect();
  const left = Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth - 4);
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, event.clientY - box.top - tip.offsetHeight - 10)}px`;
}

function choose(i) {
  chosen = i;
  const names = [];
  for (let at = i; at !== null; at = data.parents[at]) names.unshift(data.labels[at]);
  document.getElementById("selected").textContent = names.join(" › ");
  panTo(viewed[2 * i], viewed[2 * i + 1]);
}

let animation = 0;
function panTo(x, y) { // moves a point of the view to the centre, along the geodesic
  const start = view, length = Math.atanh(Math.min(Math.hypot(x, y), 1 - 1e-15)), far = Math.hypot(x, y);
  if (far < 1e-9) { redraw(); return; }
  const reduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const begin = performance.now(), duration = reduced ? 0 : 600, mine = ++animation;
  const step = (now) => {
    if (mine !== animation) return;
    const part = duration ? Math.min(1, (now - begin) / duration) : 1, eased = part * part * (3 - 2 * part);
    const reach = Math.tanh(length * eased) / far;
    view = compose(translation(-x * reach, -y * reach), start);
    draw();
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

let grip = null, dragged = 0;
canvas.addEventListener("pointerdown", (event) => {
  animation++;
  grip = inDisk(event);
  dragged = 0;
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  if (grip === null) { hover(event); return; }
  const to = inDisk(event);
  dragged += radius * Math.hypot(to[0] - grip[0], to[1] - grip[1]);
  view = compose(compose(translation(...to), translation(-grip[0], -grip[1])), view);
  grip = to;
  tip.hidden = true;
  redraw();
});
canvas.addEventListener("pointerup", (event) => {
  grip = null;
  const concept = conceptAt(event);
  if (dragged < 4 && concept !== null) choose(concept);
});
canvas.addEventListener("pointercancel", () => { grip = null; });
canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
canvas.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [0.15, 0], ArrowRight: [-0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] }[event.key];
  if (!step) return;
  event.preventDefault();
  view = compose(translation(...step), view);
  redraw();
});

const search = document.getElementById("search"), found = document.getElementById("found");
const names = data.labels.map((label) => label.toLowerCase());
function matches(query) { // exact matches first, then labels that start with the query, then labels that contain it
  const isExact = (i) => names[i] === query || data.ids[i].toLowerCase() === query;
  const rank = (i) => (isExact(i) ? 0 : names[i].startsWith(query) ? 1 : 2);
  return names.map((_, i) => i).filter((i) => names[i].includes(query) || isExact(i))
    .sort((a, b) => rank(a) - rank(b) || data.descendants[b] - data.descendants[a]);
}
search.addEventListener("input", () => {
  const query = search.value.trim().toLowerCase();
  found.replaceChildren(...(query.length < 2 ? [] : matches(query).slice(0, 12)).map((i) => {
    const option = document.createElement("option");
    option.value = data.labels[i];
    return option;
  }));
});
function goToFound(event) {
  event.preventDefault();
  const query = search.value.trim().toLowerCase();
  if (!query) return;
  const [best] = matches(query);
  if (best === undefined) document.getElementById("selected").textContent = `No concept matches “${search.value}”.`;
  else choose(best);
}
document.querySelector("form").addEventListener("submit", goToFound);
search.addEventListener("change", goToFound);
document.getElementById("reset").addEventListener("click", () => {
  animation++;
  view = [1, 0, 0, 0];
  chosen = null;
  document.getElementById("selected").textContent = "";
  redraw();
});
if (data.mentions.length) {
  document.getElementById("mentions-switch").hidden = document.getElementById("legend").hidden = false;
  document.getElementById("mentions").addEventListener("change", (event) => {
    showMentions = event.target.checked;
    redraw();
  });
}
document.querySelector("h1").textContent = document.title;
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
new ResizeObserver(() => { size(); draw(); }).observe(canvas);
readColours();
size();
draw();
