"use strict";
// The data of each mention stands in the script element of its document: what `hyplink link` writes as JSON.
const marks = [...document.querySelectorAll("section mark")];
const labels = [...document.querySelectorAll("section small")];
const links = [...document.querySelectorAll("section script")].flatMap((each) => JSON.parse(each.textContent));
const card = document.getElementById("card");
const filter = document.getElementById("filter");
const narrow = matchMedia("(max-width: 40rem)"); // the card is a sheet at the bottom, which may cover the mention
let pinned = null;

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function numbersOf(node) {
  return node.dataset.links.split(" ").map(Number);
}

function row(cells, tag) {
  const made = element("tr");
  for (const [text, kind] of cells) made.append(element(tag || "td", text, kind));
  return made;
}

function rounded(number) {
  return (Math.round(100 * number) / 100 || 0).toFixed(2).replace("-", "−");
}

function nameOf(candidate) {
  if (!candidate.matched_name) return "–";
  const scope = candidate.scope === "LABEL" ? "" : ` (${candidate.scope.toLowerCase()})`;
  return candidate.matched_name + scope;
}

function described(link) {
  const made = element("article");
  made.append(element("h3", link.concept === null ? "no concept" : link.label));
  const said = ["negated", "uncertain"].filter((each) => link[each]);
  made.append(element("p", [`“${link.text}”`, link.concept, ...said].filter(Boolean).join(" · "), "said"));
  if (link.confidence !== null) {
    const line = element("p", "confidence ");
    const meter = element("meter");
    meter.value = link.confidence;
    line.append(meter, ` ${rounded(link.confidence)}`);
    made.append(line);
  }
  if (link.back_off_of) made.append(element("p", `backed off from ${link.back_off_of}`, "said"));
  if (link.candidates.length) {
    const table = element("table");
    table.append(row([["candidate"], ["most similar name"], ["score", "number"]], "th"));
    for (const each of link.candidates) {
      const line = row([[each.label], [nameOf(each)], [rounded(each.score), "number"]]);
      line.cells[0].append(element("br"), element("span", each.concept, "id"));
      table.append(line);
    }
    made.append(table);
  }
  return made;
}

function show(mark) {
  for (const each of marks) each.classList.toggle("open", each === mark);
  const close = element("button", "×", "close");
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", hide);
  card.replaceChildren(close, ...numbersOf(mark).map((number) => described(links[number])));
  card.hidden = false;
  if (narrow.matches) {
    const covered = mark.getBoundingClientRect().bottom - card.getBoundingClientRect().top;
    if (covered > 0) window.scrollBy(0, covered + 24);
    return;
  }
  const place = mark.getClientRects()[0];
  const left = Math.min(place.left, document.documentElement.clientWidth - card.offsetWidth - 16);
  const below = place.bottom + 6 + card.offsetHeight < window.innerHeight || place.top < card.offsetHeight + 6;
  card.style.left = `${Math.max(16, left) + window.scrollX}px`;
  card.style.top = `${window.scrollY + (below ? place.bottom + 6 : place.top - card.offsetHeight - 6)}px`;
}

function hide() {
  card.hidden = true;
  for (const each of marks) each.classList.remove("open");
  const mark = pinned;
  pinned = null;
  return mark;
}

function isShown(mark) {
  return !mark.classList.contains("hidden");
}

let leaving = 0;
function leaveSoon() {
  clearTimeout(leaving);
  leaving = setTimeout(() => pinned || hide(), 200);
}

for (const mark of marks) {
  mark.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "mouse" || narrow.matches || pinned || !isShown(mark)) return;
    clearTimeout(leaving);
    show(mark);
  });
  mark.addEventListener("pointerleave", leaveSoon);
  mark.addEventListener("click", () => {
    if (!isShown(mark)) return;
    if (pinned === mark) return void hide();
    pinned = mark;
    show(mark);
  });
  mark.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    mark.click();
  });
}
card.addEventListener("pointerenter", () => clearTimeout(leaving));
card.addEventListener("pointerleave", leaveSoon);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide()?.focus();
});
document.addEventListener("click", (event) => {
  if (pinned && !card.contains(event.target) && !event.target.closest("section mark")) hide();
});

function matches(link) {
  const words = filter.elements.concept.value.trim().toLowerCase();
  const kind = filter.elements.kind.value;
  const named = `${link.concept} ${link.label} ${link.text}`.toLowerCase().includes(words);
  const least = Number(filter.elements.least.value);
  const sure = least === 0 || (link.confidence !== null && link.confidence >= least);
  const affirmed = link.concept !== null && !link.negated && !link.uncertain;
  const fits = { all: true, affirmed, negated: link.negated, uncertain: link.uncertain, nil: link.concept === null };
  return named && sure && fits[kind];
}

function apply() {
  const kept = links.map(matches);
  for (const node of [...marks, ...labels]) {
    const shown = numbersOf(node).some((number) => kept[number]);
    node.classList.toggle("hidden", !shown);
    if (node.localName === "mark") node.tabIndex = shown ? 0 : -1;
  }
  for (const section of document.querySelectorAll("section")) {
    section.hidden = kept.includes(false) && !section.querySelector("mark:not(.hidden)");
  }
  const n = kept.filter(Boolean).length;
  document.getElementById("threshold").textContent = Number(filter.elements.least.value).toFixed(2);
  document.getElementById("shown").textContent =
    n === links.length ? `all ${n.toLocaleString("en")} mentions shown`
    : `${n.toLocaleString("en")} of ${links.length.toLocaleString("en")} mentions shown`;
  hide();
}

function summarise() {
  const found = new Map();
  for (const link of links) {
    if (link.concept === null) continue;
    const each = found.get(link.concept) || { label: link.label, n: 0, negated: 0 };
    each.n += 1;
    each.negated += link.negated;
    found.set(link.concept, each);
  }
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  const of = (test) => links.filter(test).length.toLocaleString("en");
  document.getElementById("counts").textContent = [
    count(links.length, "mention"), count(found.size, "concept"), `${of((each) => each.negated)} negated`,
    `${of((each) => each.uncertain)} uncertain`, `${of((each) => each.concept === null)} without a concept`,
  ].join(" · ");
  const table = document.getElementById("concepts");
  table.append(row([["concept"], ["id"], ["mentions", "number"], ["negated", "number"]], "th"));
  for (const [id, each] of [...found].sort((one, other) => other[1].n - one[1].n)) {
    const line = row([[""], [id, "id"], [each.n, "number"], [each.negated, "number"]]);
    const button = element("button", each.label);
    button.addEventListener("click", () => {
      filter.elements.concept.value = id;
      apply();
    });
    line.cells[0].append(button);
    table.append(line);
  }
}

filter.addEventListener("input", apply);
filter.addEventListener("submit", (event) => event.preventDefault());
filter.elements.least.closest("label").hidden = !links.some((link) => link.confidence !== null);
for (const each of document.querySelectorAll("[data-live]")) each.hidden = false;
summarise();
apply();
