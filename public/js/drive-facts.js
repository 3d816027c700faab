// What a drive and the disc in it say of themselves, folded away below its card.
import { el } from "/js/dom.js";

const times = (sectorsPerSecond) => `${Math.round(sectorsPerSecond / 75)}×`;

/** What the drive can do, by the members of `supports` that are true. */
const abilities = [
  ["tao", "track at once"], ["sao", "session at once"], ["raw", "raw"], ["test_write", "test write"], ["cd_text", "CD-TEXT"],
  ["rw_sub_code", "CD+G"], ["underrun_protection", "underrun protection"], ["erase", "blanking"],
];

function speeds(drive) {
  const offered = (drive.write_speeds ?? []).map((one) => one.sectors_per_second);
  const most = drive.max_write_sectors_per_second;
  const words = [...new Set(offered.map(times))].join(" ");
  return most && most > Math.max(0, ...offered) ? `${words} (with other discs up to ${times(most)})` : words;
}

function disc(media) {
  if (!media) return "";
  const groove = media.atip;
  return [
    `${media.kind === "unknown" ? "disc" : media.kind}${media.manufacturer ? ` by ${media.manufacturer}` : ""}`,
    groove && `lead-in ${groove.lead_in.msf}, room to ${groove.last_lead_out.msf}`, groove?.sub_type,
  ].filter(Boolean).join(", ");
}

/** Name and value of each fact that there is; a value may be a list. */
function facts(drive) {
  const made = drive.firmware_date ? `, of ${drive.firmware_date.slice(0, 10)}` : "";
  return [
    ["Firmware", drive.firmware && `${drive.firmware}${made}`], ["Serial", drive.serial],
    ["Connected", [drive.interface ?? drive.bus, drive.node, drive.sg_node, drive.port].filter(Boolean).join(", ")],
    ["Writes", abilities.filter(([name]) => drive.supports?.[name]).map(([, word]) => word).join(", ")],
    ["Speeds", speeds(drive)], ["Disc", disc(drive.media)],
    ["Quirks", (drive.quirks ?? []).map((quirk) => `${quirk.reason} (${quirk.source})`)],
  ].filter(([, value]) => value?.length);
}

/** A folded list with `update(drive)`; it is drawn anew only when it says something else, so that it can be read and copied. */
export function driveFacts() {
  const list = el("dl");
  const details = el("details", { class: "about" }, el("summary", {}, "About this drive"), list);
  let shown = "";
  details.update = (drive) => {
    const known = facts(drive);
    const now = JSON.stringify(known);
    if (now === shown) return;
    shown = now;
    details.hidden = known.length === 0;
    list.replaceChildren(...known.flatMap(([name, value]) =>
      [el("dt", {}, name), ...[value].flat().map((text) => el("dd", {}, text))]));
  };
  return details;
}
