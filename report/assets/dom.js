// Nodes from data of strangers: text stays text, and only attributes that are named here can be set.
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

// element("p", {class: "hint"}, "text", node): strings become text nodes, never markup.
function element(tag, attributes, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function shape(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const DATA = JSON.parse(byId("data").textContent);
const EXAMPLES = DATA.examples;
const NUMBER_OF = new Map(EXAMPLES.map((one, number) => [one.id, number]));

// Photos lie in blocks that are parsed when the first of them is shown.
const blocks = new Map();
function photoOf(number) {
  const first = byId("photos-0");
  if (!first) return "";
  const size = Number(first.dataset.size);
  const block = Math.floor(number / size);
  if (!blocks.has(block)) blocks.set(block, JSON.parse(byId(`photos-${block}`).textContent));
  const uri = blocks.get(block)[number % size];
  return uri.startsWith("data:image/webp;base64,") ? uri : "";
}

function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}
