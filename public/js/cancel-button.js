// Cancelling. A job without a disc just ends; one that burns costs a disc, so its button must be held for two seconds.
import { el } from "/js/dom.js";
import { post, Refused } from "/js/api.js";
import { FREE_TO_CANCEL } from "/js/words.js";

/** Long enough that no stray touch does it. */
const HOLD = 2000;
/** How long a screen reader's second press may take. */
const SECOND_PRESS = 10000;

/** A button for `job`; `onProblem(problem or null)` is told what came of it. Call `update(job)` when the job changes. */
export function cancelButton(onProblem) {
  let job = null, timer = null, armed = null, pending = false, held = false;
  const label = el("span", {}, "Cancel");
  const button = el("button", { type: "button", class: "cancel" }, el("span", { class: "fill", "aria-hidden": "true" }), label);
  const costs = () => job?.state === "burning";

  async function send() {
    if (pending) return;
    pending = true;
    button.disabled = true;
    onProblem(null);
    try {
      await post(`/api/v1/jobs/${job.id}/cancel${costs() ? "?spoil=yes" : ""}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onProblem(error.problem);
    }
    pending = false;
    show();
  }

  function press(event) {
    if (!costs() || button.disabled || timer) return;
    if (event.type === "keydown" && (event.repeat || (event.key !== " " && event.key !== "Enter"))) return;
    event.preventDefault();
    held = event.type === "pointerdown";
    button.classList.add("held");
    timer = setTimeout(() => {
      release();
      send();
    }, HOLD);
  }

  function release() {
    clearTimeout(timer);
    timer = null;
    button.classList.remove("held");
  }

  // Screen readers press without touching: they get a click and nothing before it, and are asked a second time.
  function click() {
    if (!costs()) return send();
    if (held) return (held = false);
    if (armed) return disarm(), send();
    armed = setTimeout(disarm, SECOND_PRESS);
    label.textContent = "Press again to cancel and waste this disc";
    button.setAttribute("aria-label", label.textContent);
  }

  function disarm() {
    clearTimeout(armed);
    armed = null;
    show();
  }

  button.addEventListener("pointerdown", press);
  button.addEventListener("keydown", press);
  for (const end of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) button.addEventListener(end, release);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("click", click);

  function show() {
    const offered = job !== null && (costs() || FREE_TO_CANCEL.includes(job.state));
    button.hidden = !offered;
    button.classList.toggle("costs", costs());
    button.disabled = pending || document.body.classList.contains("stale");
    if (!armed) label.textContent = costs() ? "Hold to cancel and waste this disc" : "Cancel";
    if (offered && !armed) button.setAttribute("aria-label", `${label.textContent}: job ${job.id}`);
    if (!costs()) release();
  }

  button.update = (next) => {
    job = next;
    show();
  };
  return button;
}
