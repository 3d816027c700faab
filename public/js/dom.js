// Making and updating elements. Every text goes through textContent: titles and names come from strangers.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties (`class`, `on…`, `data-…`, attributes) and children; strings become text nodes. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** An SVG element with attributes. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Sets the text if it differs, so that a selection or a screen reader is not disturbed without need. */
export function text(node, value) {
  const wanted = value ?? "";
  if (node.textContent !== wanted) node.textContent = wanted;
  node.hidden = wanted === "";
}

/**
 * Makes the children of `list` show `items` in their order, keeping the element of every item that stays: a button that
 * is being held down is never replaced. `make(item)` returns an element with an `update(item)` of its own.
 */
export function keyed(list, items, key, make) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let place = list.firstElementChild;
  for (const item of items) {
    const id = String(key(item));
    let node = old.get(id);
    old.delete(id);
    if (!node) {
      node = make(item);
      node.dataset.key = id;
    }
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
    node.update(item);
  }
  for (const node of old.values()) node.remove();
}
