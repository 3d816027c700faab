// The signs that go with every state, so that colour is never the only difference.
import { svg } from "/js/dom.js";

const paths = {
  needs: "M12 3 2 20h20L12 3zm0 7v5m0 2.5v.5",
  busy: "M12 3v4m0 10v4M3 12h4m10 0h4M5.6 5.6l2.9 2.9m7 7 2.9 2.9m0-12.8-2.9 2.9m-7 7-2.9 2.9",
  check: "M4 12.5 9.5 18 20 6.5",
  cross: "M6 6l12 12M18 6 6 18",
  idle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  offline: "M5 5l14 14M12 4a8 8 0 0 1 8 8M4.5 9A8 8 0 0 0 15 19.4",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 4v4.5l3 2",
  read: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21M8 10.5l2 2 3.5-4",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8l5-5zm0 9h8",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  grip: "M9 6v.01M9 12v.01M9 18v.01M15 6v.01M15 12v.01M15 18v.01",
  tray: "M12 5l7 8H5l7-8zM5 18h14",
};

/** The icon of that name; it says nothing to screen readers, the word beside it does. */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: paths[name] }));
}

/** Shows another icon in an element that holds one. */
export function setIcon(holder, name) {
  if (holder.dataset.icon === name) return;
  holder.dataset.icon = name;
  holder.replaceChildren(icon(name));
}
