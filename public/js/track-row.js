// One track of a new disc: how far its upload is, what was recognised, its names and its place.
import { el, text } from "/js/dom.js";
import { icon } from "/js/icons.js";
import { showProblem } from "/js/problem.js";
import { bytes, minutes } from "/js/words.js";

/** A list item with `update({track, index, count})`; `actions` has `remove`, `retry` and `move(track, place)`. */
export function trackRow(actions) {
  let track = null, place = 0;
  const button = (sign, name, act) => el("button", { type: "button", class: "small-button", onclick: act, "data-action": name }, icon(sign));
  const grip = el("span", { class: "grip", "aria-hidden": "true", onpointerdown: drag }, icon("grip"));
  const number = el("span", { class: "number" }), name = el("p", { class: "file" }), facts = el("p", { class: "small" });
  const fill = el("span"), bar = el("div", { class: "progress thin", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  const field = (name, label, more) => {
    const input = el("input", { placeholder: label, maxlength: 200, autocomplete: "off", "data-field": name, ...more,
      oninput: () => (track.texts[name] = input.value) });
    return input;
  };
  const fields = { title: field("title", "Track title"), performer: field("performer", "Performer") };
  const more = { songwriter: field("songwriter", "Words by"), composer: field("composer", "Music by"),
    isrc: field("isrc", "ISRC, such as DE-A45-06-12345", { maxlength: 15 }) };
  const trouble = el("div", { role: "alert" });
  const again = el("button", { type: "button", onclick: () => actions.retry(track) }, "Try again");
  const up = button("up", "up", () => step(up, -1)), down = button("down", "down", () => step(down, 1));
  const remove = button("cross", "remove", () => actions.remove(track));
  const names = el("div", {}, el("div", { class: "names" }, ...Object.values(fields)),
    el("details", {}, el("summary", {}, "More"), el("div", { class: "names" }, ...Object.values(more))));
  const row = el("li", { class: "track" }, grip, number,
    el("div", { class: "what" }, name, facts, bar, names, trouble, again), el("div", { class: "moves" }, up, down, remove));

  // Moving the row in the document takes the focus away; a keyboard goes on from where it was.
  function step(from, by) {
    actions.move(track, place + by);
    (from.disabled ? (from === up ? down : up) : from).focus();
  }

  /** Pointer events rather than drag and drop: the latter does not exist on touch screens. */
  function drag(start) {
    start.preventDefault();
    const list = row.parentElement;
    row.classList.add("dragged");
    const move = (event) => {
      const others = [...list.children].filter((other) => other !== row);
      const before = others.filter((other) => {
        const box = other.getBoundingClientRect();
        return event.clientY > box.top + box.height / 2;
      }).length;
      if (before !== place) actions.move(track, before);
    };
    const end = () => {
      row.classList.remove("dragged");
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
      removeEventListener("pointermove", move);
    };
    addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
  }

  row.update = (facts_) => {
    track = facts_.track;
    place = facts_.index;
    row.dataset.state = track.state;
    text(number, String(place + 1));
    text(name, track.name);
    const audio = track.file?.audio;
    text(facts, {
      waiting: "waits for its turn", uploading: `uploading, ${Math.round(track.part * 100)} % of ${bytes(track.blob.size)}`,
      ready: !audio ? `data, ${bytes(track.file?.bytes ?? 0)}` : `${minutes(audio.seconds)} · ${codecWord(audio.codec)} · ${(audio.sample_rate / 1000).toFixed(1)} kHz · ${channels(audio.channels)}`,
    }[track.state]);
    if (track.state === "uploading" && track.part === 1) text(facts, "uploaded, being looked at");
    bar.hidden = track.state !== "uploading";
    bar.setAttribute("aria-valuenow", Math.round(track.part * 100));
    bar.setAttribute("aria-label", `Upload of ${track.name}`);
    fill.style.setProperty("width", `${track.part * 100}%`);
    // Data has no name of its own on the disc.
    names.hidden = track.state === "refused" || (track.state === "ready" && !audio);
    for (const input of Object.values({ ...fields, ...more })) input.setAttribute("aria-label", `${input.placeholder} of track ${place + 1}`);
    showProblem(trouble, track.problem);
    again.hidden = track.state !== "refused" || track.problem.status !== 0;
    up.disabled = place === 0;
    down.disabled = place === facts_.count - 1;
    up.setAttribute("aria-label", `Move ${track.name} up`);
    down.setAttribute("aria-label", `Move ${track.name} down`);
    remove.setAttribute("aria-label", `Remove ${track.name}`);
  };
  return row;
}

const codecWord = (codec) => (codec.startsWith("pcm") ? "PCM" : codec.toUpperCase());
const channels = (count) => (count === 1 ? "mono" : count === 2 ? "stereo" : `${count} channels`);
