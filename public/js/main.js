// The page: events in, elements out.
import { driveCard } from "/js/drive-card.js";
import { el, keyed, text } from "/js/dom.js";
import { icon } from "/js/icons.js";
import { jobRow } from "/js/job-row.js";
import { follow } from "/js/live.js";
import { orderForm } from "/js/order-form.js";
import { finishedJobs, fold, jobOn, needOn, needyJobs, queuedJobs } from "/js/state.js";
import { bytes, driveName, foundSentence, needSentence, ON_DRIVE } from "/js/words.js";

/** Two heartbeats of 15 s and a bit: after that, what is shown may be untrue. */
const STALE_AFTER = 40000;

const $ = (id) => document.getElementById(id);
let state = null, connected = false, heard = Date.now(), skew = 0;
const form = orderForm();

document.body.classList.toggle("kiosk", new URLSearchParams(location.search).get("kiosk") === "1");

follow(
  (name, data) => {
    heard = Date.now();
    connected = true;
    if (data.at) skew = Date.parse(data.at) - heard;
    const before = state;
    state = fold(state, name, data);
    if (state !== before) schedule();
  },
  (isOpen) => {
    connected = isOpen;
    schedule();
  },
);
setInterval(schedule, 1000);

let scheduled = false;
/** Draws once per frame however many events arrive; a timer too, since a page in the background has no frames. */
function schedule() {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    draw();
  }, 16);
}

function draw() {
  drawTruth();
  if (!state) return;
  const now = Date.now() + skew;
  const labels = new Map(state.drives.map((drive) => [drive.id, drive.label]));
  drawNeeds();
  keyed($("drives"), sortedDrives().map((drive) => ({ drive, job: jobOn(state, drive), need: needOn(state, drive), now })),
    (facts) => facts.drive.id, driveCard);
  $("no-drives").hidden = state.drives.length > 0;
  const queue = queuedJobs(state);
  const queued = queue.filter((job) => job.state === "queued");
  const row = (job) => ({
    job, now, ahead: queued.indexOf(job),
    driveLabel: labels.get(job.drive) ?? driveName(job.drive),
  });
  keyed($("queue"), queue.map(row), ({ job }) => job.id, jobRow);
  $("no-queue").hidden = queue.length > 0;
  const finished = finishedJobs(state);
  keyed($("finished"), finished.map(row), ({ job }) => job.id, jobRow);
  $("no-finished").hidden = finished.length > 0;
  form.update(state);
}

/** Whoever needs someone first, then what works, then the rest; by label among equals, so that cards stay in place. */
function sortedDrives() {
  const rank = (drive) => {
    if (needOn(state, drive) || drive.state === "stopped") return 0;
    return ON_DRIVE.includes(jobOn(state, drive)?.state) ? 1 : drive.present ? 2 : 3;
  };
  return [...state.drives].sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label));
}

function drawNeeds() {
  const needy = needyJobs(state);
  keyed($("needs"), needy, (job) => job.id, () => {
    const what = el("strong"), why = el("p");
    const line = el("div", { class: "need" }, icon("needs"), el("div", {}, what, why));
    line.update = (job) => {
      text(what, needSentence(job.needs));
      text(why, [`For “${job.title || "Untitled"}”, job ${job.id}.`, foundSentence(job.needs.found)].filter(Boolean).join(" "));
    };
    return line;
  });
  $("need-count").hidden = needy.length === 0;
  text($("need-count"), needy.length ? `${needy.length} ${needy.length === 1 ? "needs" : "need"} you` : "");
  document.title = `${needy.length ? `(${needy.length}) ` : ""}${state.server.name || "burnd"}`;
}

/** The header tells the truth about the data itself. */
function drawTruth() {
  const silent = Date.now() - heard;
  const stale = silent > STALE_AFTER;
  document.body.classList.toggle("stale", stale || !state);
  $("live").dataset.live = stale ? "stale" : connected ? "live" : "connecting";
  text($("live-text"), stale ? "not live" : connected ? "live" : state ? "reconnecting" : "connecting");
  text($("stale"), stale ? `No news from the server for ${Math.round(silent / 1000)} s. What you see may be out of date; the buttons are off until it is back.` : "");
  text($("clock"), new Date(Date.now() + skew).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  if (!state) return;
  text($("server-name"), state.server.name || "burnd");
  text($("disk"), `${bytes(state.server.disk.free)} free`);
  text($("version"), `burnd ${state.server.version}`);
  $("draining").hidden = !state.server.draining;
}
