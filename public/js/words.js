// States, needs and numbers as words. Everything here is a function of its arguments alone.

export const TERMINAL = ["completed", "failed", "cancelled"];
/** States in which a drive works on the job. */
export const ON_DRIVE = ["burning", "finalizing", "verifying", "cancelling"];
/** States in which no laser has been on, so that cancelling costs nothing. */
export const FREE_TO_CANCEL = ["queued", "preparing", "waiting"];

const jobWords = {
  queued: "Queued", preparing: "Preparing", waiting: "Needs you", burning: "Burning", finalizing: "Finishing the disc",
  verifying: "Checking the disc", cancelling: "Stopping", completed: "Completed", failed: "Failed",
  cancelled: "Cancelled",
};
const jobSigns = {
  queued: "clock", preparing: "clock", waiting: "needs", burning: "busy", finalizing: "busy", verifying: "read",
  cancelling: "stop", completed: "check", failed: "cross", cancelled: "stop",
};
const driveWords = { idle: "Ready", loading: "Loading", busy: "Busy", stopped: "Stopped", offline: "Offline" };
const driveSigns = { idle: "idle", loading: "clock", busy: "busy", stopped: "needs", offline: "offline" };
const actionWords = {
  opening: "opening the drive", calibrating: "calibrating the laser", erasing: "erasing", writing: "writing",
  "writing-lead-in": "writing the lead-in", "writing-lead-out": "writing the lead-out", flushing: "emptying the drive's buffer",
  "closing-track": "closing the track", "closing-session": "closing the disc", reloading: "reloading the disc",
  reading: "reading back",
};
const reasonWords = {
  "media-needed": "it needs a disc", "media-not-blank": "the disc is written already",
  "media-too-small": "the disc is too small", "media-incompatible": "this kind of disc cannot be written here",
  "media-unreadable": "the disc cannot be read", "door-open": "the tray is open", "drive-offline": "the drive is offline",
  "drive-disabled": "the drive is disabled", "drive-busy-elsewhere": "another program uses the drive",
  "media-not-open": "the disc is not open", "mode-not-supported": "the drive cannot write this way",
  "drive-failing": "out of service: three discs in a row failed", "drive-busy": "another job uses the drive", draining: "the server is going down",
};
const provenWords = {
  toc: "table of contents read back", tracks: "track list read back", audio: "every sample compared",
  data: "every byte of data compared", indexes: "pauses and indexes in place", mcn: "catalogue number read back",
  isrc: "recording codes read back", "cd-text": "CD-TEXT read back", "sub-code": "graphics compared",
  image: "every sector of the image compared", blank: "the drive calls it blank",
};
const discWords = {
  untouched: "The disc is untouched and can be used.", spoiled: "The disc is spoiled: throw it away.",
  unsure: "The disc was not proven good: do not hand it out.", good: "The disc is good.",
  open: "The disc is readable by recorders and still open.", blank: "The disc is blank again.",
  written: "The disc was written without an error; nothing was read back, as ordered.",
};

const modeWords = { tao: "track by track", sao: "session at once", raw: "raw", dao: "disc at once" };
const modeReasonWords = {
  demanded: "as ordered", "session-at-once": "it holds all of this album", "no-session-at-once": "the drive has no session at once",
  "session-at-once-unreliable": "drives of this kind do session at once badly",
  image: "an image is written raw", "sub-code": "sub-code is written raw", "sector-type": "raw sectors were ordered",
  graphics: "the drive takes graphics only raw", text: "the drive takes CD-TEXT only raw",
};
const adjustedWords = { speed: "speed", rotation: "rotation" };

/** How a burn is written and why; of a job without a burn, what was ordered. */
export function modeSentence(job) {
  if (job.task === "erase") return job.media?.erase === "full" ? "erases every sector" : "erases";
  if (job.task === "close") return "closes the disc";
  const burn = job.burns.at(-1), test = job.test_write ? "test, laser off: " : "";
  if (!burn?.mode) return test + (modeWords[job.mode] ?? job.mode);
  const why = modeReasonWords[burn.mode_reason];
  return `${test}${modeWords[burn.mode] ?? burn.mode}${why ? ` (${why})` : ""}`;
}

/** That the machine may sleep or shut down in the middle of a burn; empty when it may not. */
export const dangerSentence = (job) => (job.inhibitor && !job.inhibited ? "Keep this computer awake and on: nothing else does." : "");

/** The speed that the drive took where it is not the one that was asked for; empty when it is. */
export function speedSentence(burn) {
  if (!burn?.adjusted?.length) return "";
  const what = burn.adjusted.map((one) => adjustedWords[one] ?? one).join(" and ");
  const speed = burn.write_speed ? ` ${(burn.write_speed.sectors_per_second / 75).toFixed(0)}×` : "";
  return `${what} adjusted by the drive${speed && `:${speed}`}`;
}

export const jobWord = (state) => jobWords[state] ?? state;
export const jobSign = (state) => jobSigns[state] ?? "clock";
/** What an order named, where that is no drive that is there. */
export const driveName = (name) => (name === "any" ? "any drive" : name.startsWith("pool:") ? `any of pool ${name.slice(5)}` : name);
export const driveWord = (state) => driveWords[state] ?? state;
export const driveSign = (state) => driveSigns[state] ?? "idle";
export const discSentence = (disc) => discWords[disc] ?? "";
const spaced = (word) => String(word).replaceAll("-", " ");
export const actionWord = (action) => actionWords[action] ?? spaced(action ?? "");
export const reasonList = (reasons) => (reasons ?? []).map((reason) => reasonWords[reason] ?? spaced(reason)).join(", ");
export const provenList = (proven) => (proven ?? []).map((what) => provenWords[what] ?? spaced(what)).join(", ");

/** Whole seconds as `m:ss`; minutes run on above 59, as on a disc. */
export function minutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Sectors (75 a second) as `m:ss`. */
export const sectorsAsMinutes = (sectors) => minutes(sectors / 75);

/** The clock time of an RFC 3339 instant, as this browser's user reads clocks. */
export function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** How long until then: `less than a minute`, `3 min`. */
export function timeLeft(time, now) {
  const seconds = (Date.parse(time) - now) / 1000;
  return seconds < 45 ? "less than a minute left" : `${Math.round(seconds / 60)} min left`;
}

/** Bytes, in the unit a person would say. */
export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count, unit = 0;
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** What someone must do, in one line. */
export function needSentence(needs) {
  const drive = needs.drive_label ?? needs.drive;
  const into = drive ? `drive ${drive}` : "any drive";
  const minimum = needs.media?.min_sectors ? ` with room for ${minutes(Math.ceil(needs.media.min_sectors / 75))}` : "";
  switch (needs.action) {
    case "load-blank": return `Put a blank ${needs.media?.kind ?? "CD-R"}${minimum} into ${into}`;
    case "load-rewritable": return `Put a CD-RW into ${into}`;
    case "load-open-disc": return `Put the open disc into ${into}`;
    case "attach-drive": return drive ? `Attach drive ${drive} or switch it on` : "Attach a drive";
    case "fix-drive": return drive ? `Look at drive ${drive} and its discs, then enable it` : "Look at the drives and their discs, then enable them";
    default: return `${spaced(needs.action)}: ${into}`;
  }
}

/** What is in the drive instead of what is needed; empty when nothing is. */
export function foundSentence(found) {
  if (!found) return "";
  const what = { blank: "a blank", appendable: "an open", complete: "a written", unreadable: "an unreadable" };
  return `In it now: ${what[found.status] ?? "a"} ${kindWord(found.kind)}.`;
}

const kindWord = (kind) => (kind === "unknown" ? "disc" : kind);

/** How the burns of a drive have gone, in a few words; empty when there were none. */
export function memorySentence(service) {
  if (!service?.burns) return "";
  const discs = `${service.burns} ${service.burns === 1 ? "disc" : "discs"} burned`;
  const row = service.failures_in_a_row > 1 ? `, the last ${service.failures_in_a_row} in a row` : "";
  return `${discs}, ${service.failures ? `${service.failures} failed${row}` : "none failed"}`;
}

/** What is in the tray. */
export function mediaSentence(drive) {
  if (!drive.present) return "Not attached";
  if (drive.tray === "open") return "Tray open";
  const media = drive.media;
  if (!media) return "No disc";
  const kind = kindWord(media.kind);
  switch (media.status) {
    case "blank": return `Blank ${kind}${media.capacity_sectors ? `, ${sectorsAsMinutes(media.capacity_sectors)}` : ""}`;
    case "appendable": return `Open ${kind}, ${media.tracks ?? 0} tracks, ${sectorsAsMinutes(media.free_sectors ?? 0)} free`;
    case "complete": return `Written ${kind}${media.tracks ? `, ${media.tracks} ${media.tracks === 1 ? "track" : "tracks"}` : ""}`;
    default: return `Unreadable ${kind}`;
  }
}
