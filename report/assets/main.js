// Views by the address's fragment, copy buttons, thumbnails of rejected photos.
const VIEWS = ["examples", "distributions", "rejected", "run"];

function showView() {
  const image = /^#image=(.*)$/.exec(location.hash);
  const wanted = VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "examples";
  for (const view of VIEWS) byId(`view-${view}`).hidden = view !== wanted;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === wanted) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (image) {
    const number = NUMBER_OF.get(decodeURIComponent(image[1]));
    if (number !== undefined) openImage(number);
  }
}

async function copy(button) {
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected: press Ctrl+C";
  }
}

for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button));
for (const thumb of document.querySelectorAll(".thumb")) {
  const number = NUMBER_OF.get(thumb.dataset.image);
  if (number !== undefined) fillThumb(thumb, number);
}
addEventListener("hashchange", showView);
search();
showView();
