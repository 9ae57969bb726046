// Phrases as buttons: a sign and a word for the label besides its colour, the reason, and the regions they may mean.
const SIGNS = {positive: "✓", negative: "✗", unknown: "?"};

function phraseButton(text, label, reason, confidence, heads, light) {
  const button = element("button", {type: "button", class: `phrase ${label}`, "aria-pressed": "false"},
    element("span", {class: "sign", "aria-hidden": "true"}, SIGNS[label] || "?"),
    element("span", {class: "quiet"}, `${label}: `),
    element("span", {class: "words"}, text),
    reason ? element("span", {class: "reason"}, reason.replaceAll("_", " ")) : null);
  if (confidence !== null) button.title = `${label}, confidence ${confidence}`;
  lighting(button, () => light.heads(heads, text), light);
  return button;
}

// Hover or focus lights regions up; a press keeps them lit, which is how a touch screen shows them.
function lighting(node, on, light) {
  node.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && on());
  node.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && light.off());
  node.addEventListener("focus", on);
  node.addEventListener("blur", () => light.off());
  if (!node.hasAttribute("aria-pressed")) return;
  node.addEventListener("click", () => {
    const pressed = node.getAttribute("aria-pressed") === "true";
    light.release();
    node.setAttribute("aria-pressed", String(!pressed));
    light.hold(pressed ? null : on);
    if (pressed) light.off();
    else on();
  });
}

// The caption's words, those of its objects marked; where spans overlap the first one wins.
function captionText(caption, light) {
  const line = element("p", {class: "caption"});
  let at = 0;
  for (const [head, , , start, end] of [...caption.objects].sort((a, b) => a[3] - b[3])) {
    if (start < at || end <= start || end > caption.text.length) continue;
    line.append(caption.text.slice(at, start));
    const mark = element("mark", {}, caption.text.slice(start, end));
    mark.addEventListener("pointerenter", () => light.heads([head], head));
    mark.addEventListener("pointerleave", () => light.off());
    line.append(mark);
    at = end;
  }
  line.append(caption.text.slice(at));
  return line;
}
