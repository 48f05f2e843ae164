// The page of an audit: one link after another is checked, then passages are read for missed mentions.

import { addActions } from "./actions.js";
import { get, post } from "./api.js";
import { byId, characters, element } from "./dom.js";
import { Marking } from "./marking.js";
import { render } from "./marked.js";
import { showMention } from "./panel.js";
import { searchConcept } from "./search.js";

let task = null;
let items = [];
let candidates = [];
let marking = null;

const say = (message) => {
  byId("status").textContent = message;
};

const textOf = (start, end) => characters(task.text).slice(start, end).join("");

function itemOf(start, end, link = null) {
  return { start, end, text: textOf(start, end), link, decision: null };
}

async function next() {
  const state = await get("/audit/state");
  task = state.next;
  marking = null;
  candidates = [];
  byId("file").textContent = `Answers are kept in ${state.file}, and nowhere else.`;
  byId("counts").textContent = `${state.n_checked} of ${state.n_links} links, ${state.n_read} of ${state.n_passages} passages`;
  byId("progress").max = state.n_links + state.n_passages;
  byId("progress").value = state.n_checked + state.n_read;
  byId("changes").replaceChildren(...state.findings.map((each) => element("li", {}, each)));
  byId("details").replaceChildren();
  byId("marked").focus();
  if (!task) {
    byId("task").textContent = "The audit is done.";
    byId("panel-label").textContent = "Findings are below; hyplink audit prints them too.";
    byId("marked").replaceChildren();
    return undefined;
  }
  return task.kind === "link" ? showLink() : showPassage();
}

async function showLink() {
  const { start, end, concept, label, confidence } = task;
  items = [itemOf(start, end, { concept, label, confidence })];
  byId("task").textContent = `Is “${items[0].text}” ${label} (${concept})? — ${task.name}`;
  render(task.text, items, 0, () => {});
  const shown = task;
  const answer = await post("/review/explain", { text: task.text, start, end });
  if (shown !== task) return;
  candidates = answer.candidates;
  showMention(items[0], answer, (candidate) => run(() => take(candidate)));
}

function showPassage() {
  items = task.spans.map(([start, end]) => itemOf(start, end, { concept: "", label: "found", confidence: null }));
  byId("task").textContent = `Which mentions were missed? — ${task.name}`;
  byId("panel-label").textContent = "Mark each missed mention with m; Enter when the passage is read.";
  render(task.text, items, -1, () => {});
}

async function answer(body) {
  await post("/audit/check", { number: task.number, ...body });
  await next();
}

const take = (candidate) =>
  candidate.concept === task.concept
    ? answer({ right: true })
    : answer({ right: false, concept: candidate.concept });

async function confirm() {
  if (!task) return;
  if (task.kind === "link") await answer({ right: true });
  else {
    const missed = items.filter((item) => item.decision).map((item) => [item.start, item.end]);
    await post("/audit/read", { number: task.number, missed });
    await next();
  }
}

async function search() {
  if (task?.kind !== "link") return;
  const concept = await searchConcept(items[0].text);
  byId("marked").focus();
  if (concept) await take(concept);
}

function finishMarking() {
  const [start, end] = marking.span();
  marking = null;
  if (items.some((item) => item.start < end && start < item.end)) {
    say("this mention was found, or is marked already");
    render(task.text, items, -1, () => {});
    return;
  }
  const missed = { ...itemOf(start, end), decision: { action: "mark", concept: null, label: "missed" } };
  items = [...items, missed].sort((a, b) => a.start - b.start);
  render(task.text, items, -1, () => {});
}

async function undo() {
  const { undone } = await post("/audit/undo");
  say(undone ? "" : "nothing to take back");
  if (undone) await next();
}

const KEYS = {
  Enter: confirm,
  "/": search,
  x: () => task?.kind === "link" && answer({ right: false, is_mention: false }),
  z: undo,
  m: () => {
    if (task?.kind === "passage") marking = Marking.begin(task.text, 0);
  },
};

function keyPressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("search").open || event.target.tagName === "SUMMARY") return;
  if (marking) {
    if (event.key === "Enter") finishMarking();
    else if (event.key === "Escape") {
      marking = null;
      render(task.text, items, -1, () => {});
    } else if (event.key.startsWith("Arrow")) marking.move(event);
    else return;
  } else if (/^[1-9]$/.test(event.key)) {
    run(() => {
      const candidate = candidates[Number(event.key) - 1];
      return candidate && take(candidate);
    });
  } else if (event.key === "Enter" && event.target.closest("button")) return;
  else if (Object.hasOwn(KEYS, event.key)) run(KEYS[event.key]);
  else return;
  event.preventDefault();
}

let running = Promise.resolve();
function run(action) {
  running = running.then(action).catch((error) => say(error.message));
  return running;
}

document.addEventListener("keydown", keyPressed);
addActions();
run(next);
