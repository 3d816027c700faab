// What the page knows, as a value: the snapshot and every event since, folded together.
import { TERMINAL } from "/js/words.js";

/** How many finished jobs are kept, as in the snapshot. */
const FINISHED_KEPT = 20;

/** The state after an event; `null` in, or a snapshot, starts afresh. Events carry whole resources, so nothing is patched. */
export function fold(state, name, data) {
  if (name === "snapshot") return data;
  if (!state) return null;
  switch (name) {
    case "job-state-changed":
      return { ...state, seq: data.seq, at: data.at, jobs: trimmed(replaced(state.jobs, withProgress(data.job, state.jobs))) };
    case "job-progress":
      return { ...state, at: data.at, jobs: state.jobs.map((job) => (job.id === data.job ? { ...job, progress: data } : job)) };
    // An event of a drive that answers no more, and is plugged in, is followed by one that tells of it.
    case "drive-removed":
      return { ...state, seq: data.seq, at: data.at, drives: state.drives.filter((drive) => drive.id !== data.drive.id) };
    case "drive-added":
    case "drive-state-changed":
    case "drive-media-changed":
      return { ...state, seq: data.seq, at: data.at, drives: replaced(state.drives, data.drive) };
    case "heartbeat":
      return { ...state, at: data.at, seq: data.seq };
    default:
      return state;
  }
}

function replaced(items, item) {
  return items.some((old) => old.id === item.id) ? items.map((old) => (old.id === item.id ? item : old)) : [...items, item];
}

/** A job between two progress events keeps the last one, until a new phase makes it untrue. */
function withProgress(job, jobs) {
  const last = jobs.find((old) => old.id === job.id)?.progress;
  return !job.progress && last?.phase === job.state ? { ...job, progress: last } : job;
}

function trimmed(jobs) {
  const kept = new Set(finishedJobs({ jobs }).slice(0, FINISHED_KEPT));
  return jobs.filter((job) => !TERMINAL.includes(job.state) || kept.has(job));
}

/** Finished jobs, the latest first. */
export function finishedJobs(state) {
  return state.jobs
    .filter((job) => TERMINAL.includes(job.state))
    .sort((a, b) => Date.parse(b.finished_at ?? 0) - Date.parse(a.finished_at ?? 0) || b.id - a.id);
}

/** Unfinished jobs: those that need someone, those on a drive, then the others as they will come. */
export function queuedJobs(state) {
  const rank = (job) => (job.state === "waiting" ? 0 : job.state === "queued" ? 2 : 1);
  return state.jobs
    .filter((job) => !TERMINAL.includes(job.state))
    .sort((a, b) => rank(a) - rank(b) || (a.position ?? Infinity) - (b.position ?? Infinity) || a.id - b.id);
}

/** Jobs that wait for a person. */
export const needyJobs = (state) => state.jobs.filter((job) => job.state === "waiting" && job.needs);

/** The job a drive works on, if any. */
export function jobOn(state, drive) {
  return state.jobs.find((job) => !TERMINAL.includes(job.state) && job.id === drive.job) ?? null;
}

/** The job that waits for someone to do something with this drive, if any. */
export function needOn(state, drive) {
  return needyJobs(state).find((job) => job.needs.drive === drive.id) ?? null;
}
