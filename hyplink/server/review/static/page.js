// The page: the text under review, the keys, decisions, and learning.

import { addActions } from "./actions.js";
import { get, post } from "./api.js";
import { byId, characters, element } from "./dom.js";
import { render } from "./marked.js";
import { Marking } from "./marking.js";
import { showMention, showNothing } from "./panel.js";
import { searchConcept } from "./search.js";

const TYPING_DELAY = 250;
const POLL_DELAY = 700;
const PASTED = "pasted";

const state = {
  name: PASTED,
  text: "",
  items: [],
  order: [],
  selected: -1,
  explanation: null,
  marking: null,
  documents: [],
  document: -1,
};

let typing = null;
let asked = null;

const say = (message) => {
  byId("status").textContent = message;
};

// The links that are left alone while one item is decided.
function undecided(decided) {
  const left = state.items.filter((item) => !item.decision && item !== decided && item.link?.concept);
  return left.map(({ start, end, link }) => ({ start, end, concept: link.concept }));
}

function shown() {
  render(state.text, state.items, state.selected, choose);
  const decided = state.items.filter((item) => item.decision).length;
  byId("counts").textContent = state.items.length ? `${decided} of ${state.items.length} decided` : "";
}

async function refresh(keep = null) {
  asked?.abort();
  asked = new AbortController();
  const { name, text } = state;
  let answer;
  try {
    answer = await post("/review/items", { name, text }, asked.signal);
  } catch (error) {
    if (error.name === "AbortError") return;
    throw error;
  }
  if (text !== state.text || name !== state.name) return;
  state.items = answer.items;
  state.order = answer.order;
  state.selected = -1;
  state.explanation = null;
  if (keep) state.selected = state.items.findIndex((item) => item.start === keep[0] && item.end === keep[1]);
  shown();
  showNothing(state.items.length ? "Choose a mention to see its candidates." : "No mention was found.");
}

async function choose(index) {
  if (index < 0 || index >= state.items.length) return;
  state.selected = index;
  state.explanation = null;
  shown();
  const item = state.items[index];
  showMention(item, null, pick);
  const { name, text } = state;
  const explanation = await post("/review/explain", { name, text, start: item.start, end: item.end });
  if (state.items[state.selected] !== item) return;
  state.explanation = explanation;
  showMention(item, explanation, pick);
}

function next() {
  const index = state.order.find((each) => !state.items[each].decision);
  if (index === undefined) {
    state.selected = -1;
    state.explanation = null;
    shown();
    showNothing("All links of this text are decided.");
    return undefined;
  }
  return choose(index);
}

async function decide(item, action, concept) {
  const body = {
    name: state.name,
    text: state.text,
    start: item.start,
    end: item.end,
    action,
    concept: concept?.concept ?? null,
    was: item.link?.concept ?? null,
    confidence: item.link?.confidence ?? null,
    undecided: undecided(item),
  };
  const answer = await post("/review/decide", body);
  item.decision = { action, concept: body.concept, label: concept?.label ?? null };
  countDecisions(answer.n_decisions);
  if (!state.items.includes(item)) {
    state.items = state.items.filter((each) => each.end <= item.start || item.end <= each.start);
    state.items = [...state.items, item].sort((a, b) => a.start - b.start);
    return refresh([item.start, item.end]);
  }
  return next();
}

function countDecisions(n) {
  say(`${n} decision${n === 1 ? "" : "s"}`);
}

function pick(candidate) {
  const item = state.items[state.selected];
  const action = candidate.concept === item.link?.concept ? "accept" : item.link ? "correct" : "mark";
  return decide(item, action, candidate);
}

async function accept() {
  const item = state.items[state.selected];
  if (!item) return next();
  if (!item.link?.concept) return say("this mention is linked to nothing; pick a candidate or search");
  return decide(item, "accept", item.link);
}

async function search() {
  const item = state.items[state.selected];
  if (!item) return;
  const concept = await searchConcept(item.text);
  byId("marked").focus();
  if (concept) await pick(concept);
}

async function undo() {
  const { span, n_decisions: n } = await post("/review/undo");
  if (!span) return say("nothing to take back");
  countDecisions(n);
  await refresh(span);
  return choose(state.selected);
}

function startMarking() {
  state.marking = Marking.begin(state.text, state.items[state.selected]?.end ?? 0);
}

async function finishMarking() {
  const [start, end] = state.marking.span();
  state.marking = null;
  const text = characters(state.text).slice(start, end).join("");
  const concept = await searchConcept(text);
  byId("marked").focus();
  if (!concept) return shown();
  return decide({ start, end, text, link: null, decision: null }, "mark", concept);
}

function move(step) {
  if (!state.items.length) return;
  const index = state.selected < 0 ? (step > 0 ? 0 : state.items.length - 1) : state.selected + step;
  choose((index + state.items.length) % state.items.length);
}

async function openDocument(number) {
  if (number < 0 || number >= state.documents.length) return say("this was the last document");
  state.document = number;
  byId("documents").value = String(number);
  const { name, text } = await get(`/review/documents/${number}`);
  state.name = name;
  setText(text);
  byId("text").value = text;
  await refresh();
  byId("marked").focus();
  return next();
}

function setText(text) {
  state.text = text;
  state.items = [];
  state.order = [];
  state.selected = -1;
  state.marking = null;
}

function typed() {
  clearTimeout(typing);
  const text = byId("text").value;
  if (state.document < 0 || text !== state.text) state.name = PASTED;
  setText(text);
  typing = setTimeout(() => run(refresh), TYPING_DELAY);
}

async function leaveEditor() {
  clearTimeout(typing);
  byId("marked").focus();
  if (!state.items.length) await refresh();
  return next();
}

async function learn() {
  byId("learn").disabled = true;
  byId("changes").hidden = true;
  say("learning; links are made by the former model meanwhile");
  await post("/review/learn");
  return follow();
}

async function follow() {
  const { learning } = await get("/review/state");
  const bar = byId("progress");
  bar.hidden = learning.state !== "running";
  if (learning.total) {
    bar.max = learning.total;
    bar.value = learning.done;
  } else bar.removeAttribute("value");
  if (learning.state === "running") {
    say(`learning: ${learning.line}`);
    setTimeout(() => run(follow), POLL_DELAY);
    return;
  }
  byId("learn").disabled = false;
  if (learning.state === "failed") say(`learning failed: ${learning.line}`);
  if (learning.state !== "done") return;
  say("learned; links are now made by the new model");
  byId("changes").replaceChildren(...learning.changes.map((each) => element("li", {}, each)));
  byId("changes").hidden = false;
  if (state.text) await refresh();
}

const KEYS = {
  ArrowRight: () => move(1),
  ArrowLeft: () => move(-1),
  Enter: accept,
  "/": search,
  x: () => state.items[state.selected] && decide(state.items[state.selected], "reject", null),
  z: undo,
  m: startMarking,
  e: () => byId("text").focus(),
  n: () => openDocument(state.document + 1),
  L: () => byId("learn").disabled || learn(),
};

function keyPressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("search").open) return;
  if (event.target === byId("text")) {
    if (event.key === "Escape") run(leaveEditor);
    return;
  }
  if (["SELECT", "INPUT", "SUMMARY"].includes(event.target.tagName)) return;
  if (state.marking) {
    if (event.key === "Enter") run(finishMarking);
    else if (event.key === "Escape") {
      state.marking = null;
      shown();
    } else if (event.key.startsWith("Arrow")) state.marking.move(event);
    else return;
  } else if (/^[1-9]$/.test(event.key)) {
    run(() => {
      const candidate = state.explanation?.candidates[Number(event.key) - 1];
      return candidate && pick(candidate);
    });
  } else if (event.key === "Enter" && event.target.closest("button:not(.mention)")) return;
  else if (Object.hasOwn(KEYS, event.key)) run(KEYS[event.key]);
  else return;
  event.preventDefault();
}

// Actions follow one another: a key that is pressed early waits for the one before it.
let running = Promise.resolve();
function run(action) {
  running = running.then(action).catch((error) => say(error.message));
  return running;
}

async function start() {
  const known = await get("/review/state");
  byId("run").textContent = known.run;
  byId("file").textContent = `Decisions are kept in ${known.file}, and nowhere else.`;
  countDecisions(known.n_decisions);
  state.documents = known.documents;
  byId("documents").replaceChildren(...known.documents.map((each, index) => element("option", { value: index }, each.name)));
  document.querySelector(".documents").hidden = !known.documents.length;
  if (known.learning.state === "running") {
    byId("learn").disabled = true;
    run(follow);
  }
  if (known.documents.length) await openDocument(0);
  else byId("text").focus();
}

byId("text").addEventListener("input", typed);
byId("documents").addEventListener("change", (event) => run(() => openDocument(Number(event.target.value))));
byId("learn").addEventListener("click", () => run(learn));
document.addEventListener("keydown", keyPressed);
addActions();
run(start);
