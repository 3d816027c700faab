// One drive: what it does, what is in it, whether it may be opened, and its buttons.
import { post, Refused } from "/js/api.js";
import { cancelButton } from "/js/cancel-button.js";
import { el, svg, text } from "/js/dom.js";
import { driveFacts } from "/js/drive-facts.js";
import { setIcon } from "/js/icons.js";
import { showProblem } from "/js/problem.js";
import { actionWord, clock, dangerSentence, driveSign, driveWord, jobSign, jobWord, mediaSentence, memorySentence,
  modeSentence, needSentence, ON_DRIVE, reasonList, timeLeft } from "/js/words.js";

/** Radii of the drawn disc: a recorder writes from the inside out. */
const INNER = 16, OUTER = 44;

/** A card with `update({drive, job, need, now})`: `job` is on the drive, `need` waits for someone to come to it. */
export function driveCard() {
  const sign = el("span", { class: "sign" }), word = el("span", { class: "word" });
  const label = el("h3"), model = el("p", { class: "model" });
  const written = svg("circle", { cx: 50, cy: 50, r: INNER, class: "written" });
  const disc = svg("svg", { viewBox: "0 0 100 100", class: "disc", "aria-hidden": "true" },
    svg("circle", { cx: 50, cy: 50, r: OUTER + 2, class: "face" }), written,
    svg("circle", { cx: 50, cy: 50, r: INNER - 1, class: "hub" }), svg("circle", { cx: 50, cy: 50, r: 6, class: "hole" }));
  const media = el("p", { class: "media" }), title = el("p", { class: "job-title" }), prompt = el("p", { class: "prompt" });
  const reasons = el("p", { class: "small" }), memory = el("p", { class: "small memory" });
  const outOfService = el("p", { class: "out-of-service", role: "alert" });
  const fill = el("span");
  const bar = el("div", { class: "progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  const percent = el("strong"), step = el("span"), finish = el("span"), how = el("p", { class: "small" });
  const danger = el("p", { class: "small danger" });
  const progress = el("div", { class: "progress-block" }, bar, el("p", { class: "figures" }, percent, step), el("p", { class: "finish" }, finish), how, danger);
  const safeSign = el("span", { class: "sign" }), safeWord = el("span"), safe = el("p", { class: "safe" }, safeSign, safeWord);
  const trouble = el("div", { role: "alert" });
  const eject = el("button", { type: "button", "data-action": "eject", onclick: () => act("eject") }, "Eject");
  const load = el("button", { type: "button", "data-action": "load", onclick: () => act("load") }, "Load");
  const identify = el("button", { type: "button", "data-action": "identify", title: "An empty tray goes out and in; with a disc in it, its light blinks", onclick: () => act("identify") }, "Which one?");
  const about = driveFacts();
  const erase = el("button", { type: "button", "data-action": "erase", onclick: () => act("erase") }, "Erase");
  const close = el("button", { type: "button", "data-action": "close", onclick: () => act("close") }, "Close disc");
  const enable = el("button", { type: "button", "data-action": "enable", onclick: () => act("enable") }, "Enable");
  const cancel = cancelButton((problem) => showProblem(trouble, problem));
  const card = el("article", { class: "drive" },
    el("header", {}, el("div", {}, label, model), el("p", { class: "state" }, sign, word)),
    el("div", { class: "body" }, disc, el("div", { class: "facts" }, prompt, title, media, reasons, memory)),
    progress, outOfService, safe, trouble, el("div", { class: "buttons" }, enable, eject, load, identify, erase, close, el("span", { class: "gap" }), cancel), about);
  let drive = null, last = null, pending = false;

  async function act(verb) {
    pending = true;
    card.update(last);
    let problem = null;
    try {
      await post(`/api/v1/drives/${encodeURIComponent(drive.id)}/${verb}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem = error.problem;
    }
    pending = false;
    showProblem(trouble, problem);
    card.update(last);
  }

  function showProgress(job, now) {
    const at = job?.progress;
    progress.hidden = !at;
    const part = at?.percent == null ? null : Math.min(100, Math.max(0, at.percent));
    const share = job ? (job.state === "burning" ? (part ?? 0) / 100 : 1) : drive.media && drive.media.status !== "blank" ? 1 : 0;
    written.setAttribute("r", Math.sqrt(INNER ** 2 + share * (OUTER ** 2 - INNER ** 2)).toFixed(2));
    if (!at) return;
    fill.style.setProperty("width", `${part ?? 0}%`);
    if (part == null) bar.removeAttribute("aria-valuenow");
    else bar.setAttribute("aria-valuenow", Math.round(part));
    bar.setAttribute("aria-label", `${jobWord(job.state)}, ${job.title || `job ${job.id}`}`);
    text(percent, part == null ? "" : `${Math.floor(part)} %`);
    text(how, modeSentence(job));
    text(danger, dangerSentence(job));
    // Why, and what would help, for whoever looks after the machine.
    danger.title = [job.inhibitor?.detail, job.inhibitor?.hint].filter(Boolean).join(" ");
    const parts = [at.track ? `track ${at.track} of ${at.tracks}` : "", actionWord(at.action), at.rate_x ? `${at.rate_x.toFixed(1)}×` : ""];
    text(step, parts.filter(Boolean).join(" · "));
    text(finish, at.eta ? `done ${clock(at.eta)} · ${timeLeft(at.eta, now)}` : "");
  }

  card.update = (facts) => {
    last = facts;
    drive = facts.drive;
    const { job, need, now } = facts;
    card.dataset.drive = drive.id;
    card.dataset.state = need || drive.reasons.includes("drive-failing") && !job ? "needs" : job ? job.state : drive.state;
    card.dataset.media = drive.media?.status ?? "none";
    card.dataset.tray = drive.tray;
    text(label, drive.label);
    text(model, [[drive.vendor, drive.product].filter(Boolean).join(" "), drive.node].filter(Boolean).join(" · "));
    const failing = drive.reasons.includes("drive-failing");
    setIcon(sign, need || failing && !job ? "needs" : job ? jobSign(job.state) : driveSign(drive.state));
    text(word, need ? "Needs you" : job ? jobWord(job.state) : failing ? "Out of service" : driveWord(drive.state));
    const shown = job ?? need;
    text(title, shown ? `${shown.title || "Untitled"} · job ${shown.id}${shown.owner ? ` · for ${shown.owner}` : ""}` : "");
    text(prompt, need ? needSentence(need.needs) : "");
    // What was blank before the burn is neither blank nor written in the middle of it.
    text(media, job && ON_DRIVE.includes(job.state) ? "" : mediaSentence(drive));
    // An open tray is said above.
    const others = drive.reasons.filter((one) => one !== "door-open" && one !== "drive-disabled" && one !== "drive-failing");
    text(outOfService, failing ? drive.service?.out_of_service ?? "Out of service" : "");
    outOfService.hidden = !failing;
    text(memory, memorySentence(drive.service));
    text(reasons, need ? "" : drive.enabled || failing ? reasonList(others) : ["disabled: takes no new jobs", reasonList(others)].filter(Boolean).join(", "));
    showProgress(job, now);
    safe.hidden = !drive.present;
    // What was safe when the server was last heard may have begun to burn since.
    const stale = document.body.classList.contains("stale");
    safe.dataset.safe = drive.safe_to_open && !stale;
    setIcon(safeSign, drive.safe_to_open && !stale ? "check" : "stop");
    text(safeWord, stale ? "NOT KNOWN: DO NOT OPEN" : drive.safe_to_open ? "SAFE TO OPEN" : "DO NOT OPEN");
    const stuck = pending || !drive.present || !drive.safe_to_open || stale;
    eject.disabled = stuck || drive.tray === "open";
    load.disabled = stuck || drive.tray !== "open";
    identify.disabled = eject.disabled;
    // Both are jobs: a drive that has one, or a need for one, is not asked twice.
    const idle = !stuck && !job && !need && drive.tray === "closed";
    erase.hidden = !(drive.media?.erasable && drive.media.status !== "blank");
    erase.disabled = !idle;
    close.hidden = drive.media?.status !== "appendable";
    close.disabled = !idle;
    enable.hidden = drive.enabled;
    enable.disabled = pending || stale;
    cancel.update(job ?? need);
    about.update(drive);
  };
  return card;
}
