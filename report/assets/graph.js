// A caption's scene graph: objects in the order of the caption, attributes under them, relations as arcs above.
const NODE = {height: 30, gap: 26, pad: 12, letter: 7.4, small: 6.6, line: 17, rise: 27};

function drawGraph(caption) {
  const objects = caption.objects.map(([head, quantity, attributes]) => ({
    head,
    below: [...(quantity ? [[quantity, "quantity"]] : []),
      ...attributes.map(([value, negated]) => [negated ? `not ${value}` : value, negated ? "denied" : "attribute"])],
  }));
  const relations = caption.relations.filter(([s, , o]) => objects[s] && objects[o]);
  let left = 2;
  for (const [number, one] of objects.entries()) {
    const widths = [one.head.length * NODE.letter, ...one.below.map(([text]) => text.length * NODE.small)];
    one.width = Math.min(Math.max(...widths) + 2 * NODE.pad, 260);
    one.left = left;
    one.middle = left + one.width / 2;
    left += one.width + gapAfter(number, relations);
  }
  const levels = arcLevels(relations, objects);
  const top = 6 + NODE.rise * Math.max(0, ...levels);
  const lines = Math.max(0, ...objects.map((one) => one.below.length));
  const width = Math.max(0, ...objects.map((one) => one.left + one.width)) + 4;
  const height = top + NODE.height + lines * NODE.line + 8;
  const arcs = relations.map((relation, i) => arc(relation, objects, top, levels[i]));
  return shape("svg", {
    class: "graph", role: "img", "aria-label": graphInWords(caption), viewBox: `0 0 ${width} ${height}`, width, height,
  }, ...arcs.map(([line]) => line), ...objects.map((one) => node(one, top)), ...arcs.map(([, label]) => label));
}

// Neighbours stand far enough apart for the word between them.
function gapAfter(number, relations) {
  const words = relations.filter(([s, , o]) => Math.min(s, o) === number && Math.max(s, o) === number + 1);
  return Math.max(NODE.gap, ...words.map(([, predicate]) => predicate.length * NODE.small - 20));
}

// Short arcs lie low; two that would cross stand at different heights.
function arcLevels(relations, objects) {
  const ends = relations.map(([s, name, o]) => {
    const [from, to] = [objects[s].middle, objects[o].middle].sort((a, b) => a - b);
    const half = (name.length * NODE.small + 16) / 2;
    return [Math.min(from, (from + to) / 2 - half), Math.max(to, (from + to) / 2 + half)];
  });
  const order = ends.map((_, i) => i).sort((a, b) => (ends[a][1] - ends[a][0]) - (ends[b][1] - ends[b][0]) || a - b);
  const levels = [];
  const taken = [];
  for (const i of order) {
    let level = 1;
    while (taken.some(([l, a, b]) => l === level && ends[i][0] < b && a < ends[i][1])) level += 1;
    taken.push([level, ...ends[i]]);
    levels[i] = level;
  }
  return levels;
}

function arc([s, predicate, o, negated], objects, top, level) {
  const [from, to] = [objects[s].middle, objects[o].middle];
  const lean = Math.sign(to - from) || 1;
  const [a, b] = [from + 7 * lean, to - 7 * lean];
  const peak = top - NODE.rise * level + 12;
  const curve = Math.min(18, Math.abs(b - a) / 2 || 18);
  const path = `M${a},${top} L${a},${peak + curve} Q${a},${peak} ${a + curve * lean},${peak} ` +
    `L${b - curve * lean},${peak} Q${b},${peak} ${b},${peak + curve} L${b},${top - 5}`;
  const tip = `M${b - 4},${top - 7} L${b + 4},${top - 7} L${b},${top - 1} z`;
  const text = negated ? `not ${predicate}` : predicate;
  const width = text.length * NODE.small + 12;
  const middle = Math.max((a + b) / 2, width / 2 + 1);
  return [
    shape("g", {class: negated ? "arc denied" : "arc"}, shape("path", {d: path, class: "line"}), shape("path", {d: tip, class: "tip"})),
    shape("g", {class: negated ? "predicate denied" : "predicate"},
      shape("rect", {x: middle - width / 2, y: peak - 10, width, height: 19, rx: 9.5}),
      shape("text", {x: middle, y: peak + 4, "text-anchor": "middle"}, text)),
  ];
}

function node(one, top) {
  const fit = Math.floor((one.width - 2 * NODE.pad) / NODE.small) + 2;
  const short = (text) => (text.length > fit ? `${text.slice(0, fit - 1)}…` : text);
  return shape("g", {class: "node"},
    shape("rect", {x: one.left, y: top, width: one.width, height: NODE.height, rx: 9}),
    shape("text", {x: one.middle, y: top + 20, "text-anchor": "middle"}, short(one.head)),
    ...one.below.map(([text, kind], line) => shape("text", {
      class: kind, x: one.middle, y: top + NODE.height + NODE.line * (line + 1) - 2, "text-anchor": "middle",
    }, short(text))));
}

function graphInWords(caption) {
  const named = caption.objects.map(([head, quantity, attributes]) =>
    [quantity, ...attributes.map(([value, negated]) => (negated ? `not ${value}` : value)), head].filter(Boolean).join(" "));
  const said = caption.relations
    .filter(([s, , o]) => caption.objects[s] && caption.objects[o])
    .map(([s, p, o, negated]) => `${caption.objects[s][0]} ${negated ? "not " : ""}${p} ${caption.objects[o][0]}`);
  return `Scene graph. Objects: ${named.join(", ") || "none"}. Relations: ${said.join(", ") || "none"}.`;
}
