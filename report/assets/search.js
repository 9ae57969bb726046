// Search over what was said and seen: every word of the query must be found in one and the same object, triple or text.
const INDEX = EXAMPLES.map((example) => {
  const lower = (text) => text.toLowerCase();
  const heads = (caption) => caption.objects.map(([head]) => head);
  return {
    id: [lower(example.id)],
    text: example.captions.map(({text}) => lower(text)),
    object: [
      ...example.captions.flatMap(({objects}) => objects.map(([head, quantity, attributes]) =>
        lower([quantity || "", ...attributes.map(([value]) => value), head].join(" ")))),
      ...example.boxes.filter((box) => box[5] >= SURE).map((box) => lower(`${box[6]} ${DATA.names[box[4]] || ""}`)),
    ],
    relation: example.captions.flatMap((caption) => caption.relations.map(([s, p, o]) =>
      lower(`${heads(caption)[s]} ${p} ${heads(caption)[o]}`))),
  };
});

function matches(index, words, scope) {
  const parts = scope === "all" ? [...index.object, ...index.relation, ...index.text, ...index.id] : index[scope];
  return words.length === 0 || parts.some((part) => words.every((word) => part.includes(word)));
}

function search() {
  const words = byId("query").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [scope, kind, split] = ["scope", "kind", "split"].map((id) => byId(id)?.value || "");
  const found = [];
  EXAMPLES.forEach((example, number) => {
    if (kind && !(kind in example.why)) return;
    if (split && example.split !== split) return;
    if (matches(INDEX[number], words, scope)) found.push(number);
  });
  const all = words.length === 0 && !kind && !split;
  byId("found").textContent = all ? startText : `${plural(found.length, "image")} of ${EXAMPLES.length.toLocaleString("en")}`;
  showGallery(found);
}

function clearSearch() {
  byId("filters").reset();
  search();
}

const startText = byId("found").textContent;
let waiting = 0;
byId("filters").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 120);
});
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
