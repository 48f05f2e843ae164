// The dialog that searches all concepts.

import { get } from "./api.js";
import { byId, element } from "./dom.js";

const DELAY = 120;

// Shows the dialog; resolves to the concept that was taken, or to null.
export function searchConcept(words) {
  const dialog = byId("search");
  const query = byId("query");
  const list = byId("found");
  let found = [];
  let at = 0;
  let timer = null;
  let taken = null;

  function select(index) {
    at = Math.max(0, Math.min(index, found.length - 1));
    [...list.children].forEach((each, i) => each.setAttribute("aria-selected", String(i === at)));
    query.setAttribute("aria-activedescendant", found.length ? `found-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    taken = found[index] ?? null;
    dialog.close();
  }

  async function ask() {
    timer = null;
    const asked = query.value;
    const answer = asked.trim() ? await get(`/concepts?limit=20&query=${encodeURIComponent(asked.slice(0, 1000))}`) : { concepts: [] };
    if (asked !== query.value) return;
    found = answer.concepts;
    list.replaceChildren(
      ...found.map((each, index) => {
        const name = each.matched_name === each.label ? "" : `“${each.matched_name}” `;
        const path = each.path.slice(0, -1).map((step) => step.label).join(" › ");
        return element(
          "li",
          { role: "option", id: `found-${index}`, onclick: () => take(index) },
          `${each.label} `,
          element("small", {}, `${name}${each.concept}${path ? ` in ${path}` : ""}`),
        );
      }),
    );
    select(0);
  }

  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY);
  }

  async function onKey(event) {
    if (event.key === "ArrowDown") select(at + 1);
    else if (event.key === "ArrowUp") select(at - 1);
    else if (event.key === "Enter") {
      event.preventDefault();
      if (timer !== null) {
        clearTimeout(timer);
        await ask();
      }
      take(at);
      return;
    } else return;
    event.preventDefault();
  }

  query.value = words;
  list.replaceChildren();
  query.addEventListener("input", schedule);
  query.addEventListener("keydown", onKey);
  dialog.showModal();
  query.select();
  schedule();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        clearTimeout(timer);
        query.removeEventListener("input", schedule);
        query.removeEventListener("keydown", onKey);
        resolve(taken);
      },
      { once: true },
    );
  });
}
