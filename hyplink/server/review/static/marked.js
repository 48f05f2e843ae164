// The text with its mentions as buttons, and the words that are being marked.

import { byId, characters, element } from "./dom.js";

const HIGH = 0.8;
const MIDDLE = 0.5;

function strength(item) {
  const confidence = item.link?.confidence;
  if (confidence === null || confidence === undefined) return "none";
  if (confidence >= HIGH) return "high";
  return confidence >= MIDDLE ? "middle" : "low";
}

function classesOf(item) {
  const classes = ["mention", strength(item)];
  if (item.link?.negated) classes.push("negated");
  if (item.link?.uncertain) classes.push("uncertain");
  if (item.decision) classes.push(item.decision.action === "reject" ? "rejected" : "decided");
  return classes.join(" ");
}

function descriptionOf(item) {
  const parts = [item.text];
  if (item.decision) {
    parts.push(item.decision.action === "reject" ? "rejected" : `decided: ${item.decision.label}`);
  } else {
    parts.push(item.link.concept ? `linked to ${item.link.label}` : "linked to nothing");
    const confidence = item.link.confidence;
    parts.push(confidence === null ? "no confidence" : `confidence ${Math.round(100 * confidence)}%`);
  }
  if (item.link?.negated) parts.push("negated");
  if (item.link?.uncertain) parts.push("uncertain");
  return parts.join(", ");
}

export function render(text, items, selected, choose) {
  const letters = characters(text);
  const cut = (start, end) => letters.slice(start, end).join("");
  const parts = [];
  let at = 0;
  items.forEach((item, index) => {
    if (item.start < at) return; // a mention inside another is reached through it
    parts.push(cut(at, item.start));
    const description = descriptionOf(item);
    parts.push(
      element(
        "button",
        {
          type: "button",
          class: classesOf(item),
          title: description,
          "aria-label": description,
          "aria-current": index === selected ? "true" : null,
          "data-index": index,
          "data-decided": item.decision && item.decision.action !== "accept" ? item.decision.label : null,
          tabindex: "-1",
          onclick: () => choose(index),
        },
        cut(item.start, item.end),
      ),
    );
    at = item.end;
  });
  parts.push(cut(at));
  document.body.classList.remove("marking");
  byId("marked").replaceChildren(...parts);
  byId("marked").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

export function wordsOf(text) {
  const words = [];
  let at = 0;
  for (const part of text.split(/([\p{L}\p{N}\p{M}+'’-]+)/u)) {
    const end = at + characters(part).length;
    if (/[\p{L}\p{N}]/u.test(part)) words.push([at, end]);
    at = end;
  }
  return words;
}

export function renderMarking(text, span) {
  const letters = characters(text);
  const [start, end] = span;
  const words = element("mark", {}, letters.slice(start, end).join(""));
  document.body.classList.add("marking");
  byId("marked").replaceChildren(letters.slice(0, start).join(""), words, letters.slice(end).join(""));
  words.scrollIntoView({ block: "nearest" });
}

// The span of what the user selected with a pointer in the marked text, or null.
export function selectedSpan() {
  const selection = getSelection();
  const box = byId("marked");
  if (!selection.rangeCount || selection.isCollapsed || !box.contains(selection.anchorNode)) return null;
  const range = selection.getRangeAt(0);
  const before = document.createRange();
  before.selectNodeContents(box);
  before.setEnd(range.startContainer, range.startOffset);
  const start = characters(before.toString()).length;
  const words = range.toString();
  const leading = characters(words.slice(0, words.length - words.trimStart().length)).length;
  const length = characters(words.trim()).length;
  return length ? [start + leading, start + leading + length] : null;
}
