// The photo with its regions, and what lights them up.
const SURE = 0.5;

function photoStage(example, number) {
  const [height, width] = example.size;
  const uri = photoOf(number);
  const regions = example.boxes
    .map(([x1, y1, x2, y2, object, score, attributes], index) => ({
      index, x1, y1, x2, y2, object, score, attributes, name: DATA.names[object] || "region",
    }))
    .filter((region) => region.x2 > region.x1 && region.y2 > region.y1);
  const stage = element("div", {class: uri ? "stage" : "stage bare"});
  if (width && height) stage.style.aspectRatio = `${width} / ${height}`;
  if (uri) stage.append(element("img", {src: uri, alt: `Photo ${example.id}`, decoding: "async"}));
  else stage.append(element("p", {class: "hint"}, "The photo is not in this page."));
  const layer = element("div", {class: "layer", "aria-hidden": "true"});
  for (const region of regions) {
    region.box = element("div", {class: `box hue${Math.abs(region.object) % 8}`}, element("span", {}, region.name));
    place(region, width || 1, height || 1);
    layer.append(region.box);
  }
  stage.append(layer);
  const status = element("p", {class: "status", role: "status"});
  return {stage, status, regions, light: lights(regions, layer, status)};
}

function place(region, width, height) {
  const percent = (value, whole) => `${Math.min(100, Math.max(0, (100 * value) / whole))}%`;
  region.box.style.left = percent(region.x1, width);
  region.box.style.top = percent(region.y1, height);
  region.box.style.width = percent(region.x2 - region.x1, width);
  region.box.style.height = percent(region.y2 - region.y1, height);
}

function lights(regions, layer, status) {
  let held = null;
  const show = (marked, words) => {
    layer.classList.add("dim");
    for (const region of regions) {
      region.box.classList.toggle("lit", marked.get(region) === 0);
      region.box.classList.toggle("lit-object", marked.get(region) === 1);
    }
    const names = [...marked.keys()].map((region) => region.name);
    status.textContent = names.length
      ? `“${words}”: ${plural(names.length, "region")} (${[...new Set(names)].join(", ")})`
      : `“${words}”: no region goes by that name`;
  };
  const clear = () => {
    layer.classList.remove("dim");
    for (const region of regions) region.box.classList.remove("lit", "lit-object");
    status.textContent = "";
  };
  return {
    heads(heads, words) {
      const marked = new Map();
      heads.forEach((head, part) => {
        const means = new Set(Object.hasOwn(DATA.means, head) ? DATA.means[head] : []);
        const named = regions.filter((region) => means.has(region.object) && !marked.has(region));
        const sure = named.filter((region) => !region.box.classList.contains("unsure"));
        for (const region of sure.length ? sure : named) marked.set(region, part); // the doubtful ones if need be
      });
      show(marked, words);
    },
    regions(chosen, words) {
      show(new Map(chosen.map((region, part) => [region, part])), words);
    },
    off() {
      if (held) held();
      else clear();
    },
    hold(on) {
      held = on;
    },
    release() {
      held = null;
      for (const node of document.querySelectorAll('[aria-pressed="true"]')) node.setAttribute("aria-pressed", "false");
    },
  };
}

// Which regions are drawn while nothing is lit: those that score enough.
function scoreSlider(regions) {
  const output = element("output", {});
  const slider = element("input", {type: "range", min: "0", max: "1", step: "0.05", value: String(SURE)});
  const update = () => {
    const least = Number(slider.value);
    let shown = 0;
    for (const region of regions) {
      const hidden = region.score < least;
      region.box.classList.toggle("unsure", hidden);
      region.chip.hidden = hidden;
      if (!hidden) shown += 1;
    }
    output.textContent = `${least.toFixed(2)} (${shown} of ${regions.length})`;
  };
  slider.addEventListener("input", update);
  return {label: element("label", {class: "slider"}, element("span", {}, "Regions that score at least"), slider, output), update};
}
