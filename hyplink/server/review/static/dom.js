// Elements are made from text, never from markup: a name in an ontology may hold anything.

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// Offsets of the server count characters, those of JavaScript UTF-16 units: texts are handled as arrays of characters.
export const characters = (text) => Array.from(text);
