// The images that were found, as a list to choose from; tiles are made as they come into view.
const TILES = 80;
const gallery = byId("gallery");
let shown = [];
let current = 0;

const photosInView = new IntersectionObserver((entries) => {
  for (const {isIntersecting, target} of entries) {
    if (!isIntersecting) continue;
    photosInView.unobserve(target);
    fillThumb(target, Number(target.dataset.number));
  }
}, {rootMargin: "300px"});

const endInView = new IntersectionObserver((entries) => {
  if (entries.some((entry) => entry.isIntersecting)) addTiles();
}, {rootMargin: "600px"});

function fillThumb(target, number) {
  const uri = photoOf(number);
  if (uri) target.prepend(element("img", {src: uri, alt: "", decoding: "async", loading: "lazy"}));
}

function showGallery(numbers) {
  shown = numbers;
  photosInView.disconnect();
  endInView.disconnect();
  gallery.replaceChildren();
  gallery.scrollTo(0, 0);
  addTiles();
  if (!shown.length) byId("detail").replaceChildren(element("p", {class: "hint"}, "No image is like that."));
  else choose(Math.max(0, shown.indexOf(current)));
}

function addTiles() {
  const start = gallery.children.length;
  endInView.disconnect();
  for (const number of shown.slice(start, start + TILES)) gallery.append(tile(number, gallery.children.length));
  if (gallery.children.length < shown.length) endInView.observe(gallery.lastElementChild);
}

function tile(number, position) {
  const example = EXAMPLES[number];
  const kinds = Object.keys(example.why);
  const caption = example.captions.length ? example.captions[0].text : "no caption";
  const node = element("div", {
    class: "tile", role: "option", id: `tile-${number}`, "aria-selected": "false", "data-number": number,
    "aria-setsize": shown.length, "aria-posinset": position + 1,
    "aria-label": [example.id, ...kinds, caption.slice(0, 120)].join(": "),
  }, element("span", {class: "name"}, example.id),
    kinds.length ? element("span", {class: "kinds"}, ...kinds.map((kind) => element("span", {class: `tag ${kind}`}, kind))) : null);
  node.addEventListener("click", () => choose(shown.indexOf(number)));
  photosInView.observe(node);
  return node;
}

// Shows the image at a position of what was found.
function choose(position) {
  while (gallery.children.length <= position) addTiles();
  for (const node of gallery.querySelectorAll('[aria-selected="true"]')) node.setAttribute("aria-selected", "false");
  const node = gallery.children[position];
  node.setAttribute("aria-selected", "true");
  gallery.setAttribute("aria-activedescendant", node.id);
  keepInView(node);
  current = shown[position];
  showDetail(current);
}

// Scrolls the list alone: scrollIntoView would move the page as well.
function keepInView(node) {
  const [frame, box] = [gallery.getBoundingClientRect(), node.getBoundingClientRect()];
  if (box.top < frame.top || box.bottom > frame.bottom) gallery.scrollTop += box.top - frame.top - 8;
  if (box.left < frame.left || box.right > frame.right) gallery.scrollLeft += box.left - frame.left - 8;
}

function stepGallery(by) {
  const position = shown.indexOf(current) + by;
  if (position >= 0 && position < shown.length) choose(position);
}

function openImage(number) {
  if (!shown.includes(number)) clearSearch();
  choose(shown.indexOf(number));
  byId("detail").scrollIntoView({block: "nearest"});
}

gallery.addEventListener("keydown", (event) => {
  const columns = Math.max(1, Math.round(gallery.clientWidth / (gallery.firstElementChild?.offsetWidth || 1)));
  const wide = gallery.scrollWidth > gallery.clientWidth + 1;
  const steps = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide ? 1 : columns, ArrowUp: wide ? -1 : -columns,
    Home: -shown.indexOf(current), End: shown.length - 1 - shown.indexOf(current)};
  if (!(event.key in steps)) return;
  event.preventDefault();
  stepGallery(steps[event.key]);
});
