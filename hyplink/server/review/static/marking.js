// Words that are being marked as a mention, chosen by the arrow keys.

import { byId, characters, element } from "./dom.js";
import { renderMarking, selectedSpan, wordsOf } from "./marked.js";

export class Marking {
  constructor(text, words, first, last) {
    Object.assign(this, { text, words, first, last });
    this.show();
  }

  // Begins at the words that a pointer selected, or at the first word after a place; null in a text without words.
  static begin(text, after) {
    const words = wordsOf(text);
    if (!words.length) return null;
    const selected = selectedSpan();
    const start = selected ? selected[0] : after;
    const first = Math.max(0, words.findIndex(([, end]) => end > start));
    let last = first;
    while (selected && last + 1 < words.length && words[last + 1][0] < selected[1]) last += 1;
    return new Marking(text, words, first, last);
  }

  span() {
    return [this.words[this.first][0], this.words[this.last][1]];
  }

  move(event) {
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1;
    const most = this.words.length - 1;
    if (event.shiftKey) this.last = Math.max(this.first, Math.min(most, this.last + step));
    else {
      this.first = Math.max(0, Math.min(most, this.first + step));
      this.last = this.first;
    }
    this.show();
  }

  show() {
    renderMarking(this.text, this.span());
    const words = characters(this.text).slice(...this.span()).join("");
    byId("panel-label").textContent = `Mark “${words}”`;
    const keys = "← → move, Shift+→ more words, Shift+← fewer, Enter take, Esc leave";
    byId("details").replaceChildren(element("p", { class: "hint" }, keys));
  }
}
