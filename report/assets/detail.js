// Everything about one image.
function showDetail(number) {
  const example = EXAMPLES[number];
  const {stage, status, regions, light} = photoStage(example, number);
  const left = element("div", {class: "left"}, stage, status);
  if (regions.length) {
    const slider = scoreSlider(regions);
    left.append(slider.label, regionChips(regions, light));
    if (example.links.length) left.append(regionRelations(example, regions, light));
    slider.update();
  }
  const right = element("div", {class: "right"}, element("h3", {}, plural(example.captions.length, "caption")),
    ...example.captions.map((caption) => captionCard(caption, light)));
  if (example.more) right.append(element("p", {class: "hint"}, `and ${plural(example.more, "caption")} more`));
  if (example.hard.length) {
    right.append(element("h3", {}, "Made from its captions, and false of it"), element("div", {class: "phrases"},
      ...example.hard.map(([text, sentence, reason, confidence]) => hardPhrase(text, sentence, reason, confidence, light))));
  }
  if (example.candidates.length) {
    right.append(element("h3", {}, "Captions of other images, held against this one"), legend(),
      ...example.candidates.map((candidate) => candidateCard(candidate, light)));
  }
  byId("detail").replaceChildren(heading(example, number), element("div", {class: "columns"}, left, right));
}

function heading(example, number) {
  const kinds = Object.entries(example.why);
  const step = (by, text) => {
    const button = element("button", {type: "button", class: "step", "aria-label": by < 0 ? "Previous image" : "Next image"}, text);
    button.addEventListener("click", () => stepGallery(by));
    return button;
  };
  return element("div", {class: "heading"},
    element("h2", {}, example.id), step(-1, "‹"), step(1, "›"),
    element("p", {class: "where"}, element("span", {class: "tag"}, example.split),
      example.uri ? element("code", {}, example.uri) : null),
    ...kinds.map(([kind, why]) => element("p", {class: `why ${kind}`}, element("span", {class: `tag ${kind}`}, kind), why)));
}

function regionChips(regions, light) {
  const list = element("ul", {class: "chips", "aria-label": "Regions"});
  for (const region of regions) {
    const chip = element("button", {type: "button", class: `region hue${Math.abs(region.object) % 8}`, "aria-pressed": "false"},
      element("span", {class: "dot", "aria-hidden": "true"}),
      [region.attributes, region.name].filter(Boolean).join(" "),
      element("span", {class: "reason"}, region.score.toFixed(2)));
    lighting(chip, () => light.regions([region], region.name), light);
    region.chip = element("li", {}, chip);
    list.append(region.chip);
  }
  return list;
}

function regionRelations(example, regions, light) {
  const at = new Map(regions.map((region) => [region.index, region]));
  const list = element("ul", {class: "chips", "aria-label": "Relations between regions"});
  for (const [subject, predicate, object, score] of example.links) {
    const ends = [at.get(subject), at.get(object)];
    if (ends.some((end) => !end)) continue;
    const text = `${ends[0].name} ${predicate} ${ends[1].name}`;
    const chip = element("button", {type: "button", class: "region", "aria-pressed": "false"}, text,
      element("span", {class: "reason"}, score.toFixed(2)));
    lighting(chip, () => light.regions(ends, text), light);
    list.append(element("li", {}, chip));
  }
  return element("details", {}, element("summary", {}, `Predicted relations (${list.children.length})`), list);
}

function captionCard(caption, light) {
  const card = element("section", {class: "card"}, captionText(caption, light));
  if (caption.note) card.append(element("p", {class: "why"}, caption.note.replaceAll("_", " ")));
  if (caption.objects.length) {
    card.append(element("div", {class: "wide", tabindex: "0", role: "region", "aria-label": "Graph of the caption"}, drawGraph(caption)));
  }
  if (caption.phrases.length) {
    card.append(element("div", {class: "phrases"},
      ...caption.phrases.map(([text, heads]) => phraseButton(text, "positive", "", null, heads, light))));
  }
  return card;
}

function candidateCard(candidate, light) {
  const number = NUMBER_OF.get(candidate.image);
  const source = number === undefined ? element("span", {class: "source"}, `of ${candidate.image}`)
    : element("button", {type: "button", class: "source", "aria-label": `Show image ${candidate.image}`}, `of ${candidate.image} ›`);
  if (number !== undefined) source.addEventListener("click", () => openImage(number));
  return element("section", {class: "card other"},
    element("p", {class: "caption"}, candidate.text || candidate.image, " ", source),
    element("div", {class: "phrases"}, ...candidate.labels.map(([text, label, reason, confidence, heads]) =>
      phraseButton(text, label, reason, confidence, heads, light))));
}

// A false phrase made from a caption; the words under the pointer are the whole sentence.
function hardPhrase(text, sentence, reason, confidence, light) {
  const button = phraseButton(text, "negative", reason, confidence, [], light);
  button.title = `${sentence} (confidence ${confidence})`;
  return button;
}

function legend() {
  return element("p", {class: "legend"}, ...Object.entries(SIGNS).map(([label, sign]) =>
    element("span", {class: `phrase ${label}`}, element("span", {class: "sign", "aria-hidden": "true"}, sign), label)));
}
