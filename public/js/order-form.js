// The form for a new disc: files are uploaded as they are chosen, then ordered, named and sent as one job.
import { post, Refused, upload } from "/js/api.js";
import { keyed, text } from "/js/dom.js";
import { showProblem } from "/js/problem.js";
import { trackRow } from "/js/track-row.js";
import { minutes, sectorsAsMinutes } from "/js/words.js";

/**
 * Room on the usual 80-minute CD-R, 79:57: the last possible lead-out at 79:59:74, less the two seconds before the first
 * track. Only said here: the server decides, and the very disc in the drive has the last word.
 */
const USUAL_DISC = 359849;
/** Sectors between two tracks: track by track two seconds of silence and two of run-out, else what was chosen. */
const BETWEEN_TRACKS = { tao: 152, "dao silence": 150 };
/** A data track takes 2048 bytes a sector, and two seconds before it and behind it where audio is next to it. */
const DATA_BYTES = 2048;
const MOST_TRACKS = 99;

const $ = (id) => document.getElementById(id);

/** Wires the form in the page; `update(state)` follows the drives and whether the server takes jobs. */
export function orderForm() {
  let tracks = [], serial = 0, sending = false, uploading = false, draining = false;

  function add(files) {
    for (const file of files) tracks.push({ key: ++serial, name: file.name, blob: file, state: "waiting", part: 0, texts: {} });
    draw();
    uploadNext();
  }

  // One at a time: a browser has six connections to a host, and the events need one.
  async function uploadNext() {
    const track = tracks.find((one) => one.state === "waiting");
    if (uploading || !track) return;
    uploading = true;
    track.state = "uploading";
    const transfer = upload(track.blob, (part) => {
      track.part = part;
      draw();
    });
    track.abort = transfer.abort;
    draw();
    try {
      track.file = await transfer.done;
      track.state = "ready";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      track.state = "refused";
      track.problem = error.problem;
    }
    uploading = false;
    draw();
    uploadNext();
  }

  const actions = {
    remove(track) {
      tracks = tracks.filter((one) => one !== track);
      if (track.state === "uploading") track.abort();
      draw();
    },
    retry(track) {
      Object.assign(track, { state: "waiting", part: 0, problem: null });
      draw();
      uploadNext();
    },
    /** Puts the track at that place in the list. */
    move(track, place) {
      const rest = tracks.filter((one) => one !== track);
      rest.splice(Math.max(0, Math.min(rest.length, place)), 0, track);
      tracks = rest;
      draw();
    },
  };

  function draw() {
    keyed($("tracks"), tracks.map((track, index) => ({ track, index, count: tracks.length })), ({ track }) => track.key, () => trackRow(actions));
    const sectors = tracks.reduce((sum, { file }) => sum + (file ? file.audio?.sectors ?? Math.ceil(file.bytes / DATA_BYTES) : 0), 0);
    const total = sectors + Math.max(0, tracks.length - 1) * (BETWEEN_TRACKS[$("way").value] ?? 0);
    const over = total > USUAL_DISC;
    $("length").hidden = tracks.length === 0;
    $("length").classList.toggle("over", over);
    $("length-fill").style.setProperty("width", `${Math.min(100, (100 * total) / USUAL_DISC)}%`);
    $("length-text").textContent = `${sectorsAsMinutes(total)} of 79:57 with the gaps between tracks` +
      (over ? `: ${minutes(Math.ceil((total - USUAL_DISC) / 75))} too long for an 80-minute disc` : "");
    const why = blocker();
    $("burn").disabled = why !== null || document.body.classList.contains("stale");
    $("burn").textContent = sending ? "Sending…" : "Burn this disc";
    if (why !== null) $("burn-note").textContent = why;
    else if ($("burn-note").dataset.job === undefined) $("burn-note").textContent = "";
  }

  /** Why it cannot be sent now; null when it can. An empty form needs no reason beside it. */
  function blocker() {
    if (sending) return "";
    if (tracks.length === 0) return $("burn-note").dataset.job ?? "";
    if (draining) return "The server is going down and takes no new jobs.";
    if (tracks.some((track) => track.state === "refused")) return "Remove the files that cannot be used.";
    if (tracks.some((track) => track.state !== "ready")) return "Uploading…";
    if (tracks.length > MOST_TRACKS) return "A disc holds 99 tracks.";
    return null;
  }

  async function send(event) {
    event.preventDefault();
    if (sending || $("burn").disabled) return;
    sending = true;
    delete $("burn-note").dataset.job;
    showProblem($("order-problem"), null);
    draw();
    try {
      const job = await post("/api/v1/jobs", order());
      tracks = [];
      for (const id of ["title", "performer", "owner"]) $(id).value = "";
      $("burn-note").dataset.job = `Job ${job.id} is accepted.`;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      showProblem($("order-problem"), error.problem);
    }
    sending = false;
    draw();
  }

  function order() {
    const speed = $("speed").value;
    const [mode, gap] = $("way").value.split(" ");
    const wanted = {
      title: $("title").value.trim(), owner: $("owner").value.trim(), mode, drive: $("drive").value,
      speed: speed === "max" ? speed : Number(speed), close: $("close").value, eject: $("eject").checked,
      test_write: $("test").checked, media: { blank: $("blank").value }, source: { tracks: tracks.map(named) },
    };
    if (gap) wanted.gap = gap;
    if ($("performer").value.trim()) wanted.performer = $("performer").value.trim();
    return wanted;
  }

  /** The track with the texts that somebody typed. */
  function named({ file, texts }) {
    const typed = Object.entries(texts).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== "");
    return { file: file.id, ...Object.fromEntries(typed) };
  }

  // What goes together: only an open disc takes further tracks, and only track by track.
  function suit() {
    const open = $("way").value === "tao";
    for (const [id, value] of [["close", "none"], ["blank", "append-if-open"]]) {
      const option = $(id).querySelector(`[value="${value}"]`);
      option.disabled = !open;
      if (!open && $(id).value === value) $(id).value = $(id).options[0].value;
    }
    draw();
  }

  $("order").addEventListener("submit", send);
  $("way").addEventListener("change", suit);
  suit();
  $("choose").addEventListener("change", () => {
    delete $("burn-note").dataset.job;
    add([...$("choose").files]);
    $("choose").value = "";
  });
  // Dropping beside the field must not make the browser leave the page for the file.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  addEventListener("dragover", () => $("drop").classList.add("over"));
  for (const name of ["dragleave", "drop"]) addEventListener(name, () => $("drop").classList.remove("over"));
  addEventListener("drop", (event) => event.dataTransfer?.files.length && add([...event.dataTransfer.files]));
  addEventListener("beforeunload", (event) => tracks.length > 0 && event.preventDefault());

  return {
    update(state) {
      draining = state.server.draining;
      const chosen = $("drive").value;
      const pools = [...new Set(state.drives.flatMap((drive) => drive.pools ?? []))].sort();
      const drives = [["any", "Any drive"], ...pools.map((pool) => [`pool:${pool}`, `Any of pool ${pool}`]),
        ...state.drives.map((drive) => [drive.id, drive.label])];
      keyed($("drive"), drives, ([id]) => id, ([id]) => {
        const option = document.createElement("option");
        option.value = id;
        option.update = ([, label]) => text(option, label);
        return option;
      });
      $("drive").value = drives.some(([id]) => id === chosen) ? chosen : "any";
      draw();
    },
  };
}
