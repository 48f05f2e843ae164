// The candidates of the chosen mention: names, paths, evidence.

import { byId, element } from "./dom.js";

function confidenceOf(item) {
  const confidence = item.link?.confidence;
  return confidence === null || confidence === undefined ? "" : `, confidence ${Math.round(100 * confidence)}%`;
}

function notesOf(item, readAs) {
  const notes = [];
  if (item.link?.negated) notes.push("negated");
  if (item.link?.uncertain) notes.push("uncertain");
  if (readAs && readAs !== item.text) notes.push(`read as “${readAs}”`);
  if (item.decision) notes.push(item.decision.action === "reject" ? "rejected" : `decided: ${item.decision.label}`);
  return notes.join(", ");
}

function candidateOf(candidate, index, chosen, pick) {
  const name = candidate.matched_name ? `name that matched: ${candidate.matched_name}` : null;
  const button = element(
    "button",
    {
      type: "button",
      class: candidate.concept === chosen ? "candidate chosen" : "candidate",
      onclick: () => pick(candidate),
    },
    element("kbd", {}, String(index + 1)),
    ` ${candidate.label} `,
    element("small", {}, candidate.concept),
    ...(name ? [element("span", { class: "name" }, name)] : []),
    element("span", { class: "path" }, candidate.path.join(" › ")),
    ...(candidate.definition ? [element("span", { class: "definition" }, candidate.definition)] : []),
  );
  const reasons = candidate.evidence.map((each) =>
    element("li", {}, `${each.means} (${each.adds > 0 ? "+" : ""}${each.adds.toFixed(2)})`),
  );
  const evidence = element("details", { class: "evidence" }, element("summary", {}, "evidence"), element("ul", {}, ...reasons));
  return element("li", {}, button, evidence);
}

export function showNothing(message) {
  byId("panel-label").textContent = "Mention";
  byId("details").replaceChildren(element("p", { class: "hint" }, message));
}

export function showMention(item, explanation, pick) {
  byId("panel-label").textContent = `“${item.text}”${confidenceOf(item)}`;
  const chosen = item.decision ? item.decision.concept : item.link?.concept;
  const notes = notesOf(item, explanation?.read_as);
  const candidates = (explanation?.candidates ?? []).map((each, index) => candidateOf(each, index, chosen, pick));
  byId("details").replaceChildren(
    ...(notes ? [element("p", { class: "hint" }, notes)] : []),
    element("ol", {}, ...candidates),
  );
}
