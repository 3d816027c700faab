// One job as a line of the queue or of the finished ones.
import { cancelButton } from "/js/cancel-button.js";
import { el, text } from "/js/dom.js";
import { setIcon } from "/js/icons.js";
import { showProblem } from "/js/problem.js";
import { clock, discSentence, foundSentence, jobSign, jobWord, modeSentence, needSentence, provenList, reasonList,
  sectorsAsMinutes, speedSentence, TERMINAL, timeLeft } from "/js/words.js";

/** A list item with `update({job, ahead, driveLabel, now})`; `ahead` is the number of queued jobs before this one. */
export function jobRow() {
  const sign = el("span", { class: "sign" }), title = el("h3"), word = el("span", { class: "word" });
  const facts = el("p", { class: "small" }), reason = el("p", { class: "reason" }), proof = el("p", { class: "proof" });
  const trouble = el("div"), refusal = el("div", { role: "alert" });
  const cancel = cancelButton((problem) => showProblem(refusal, problem));
  const row = el("li", { class: "job" }, sign,
    el("div", { class: "what" }, el("div", { class: "line" }, title, word), facts, reason, proof, trouble, refusal), cancel);

  row.update = ({ job, ahead, driveLabel, now }) => {
    const ended = TERMINAL.includes(job.state);
    row.dataset.job = job.id;
    row.dataset.state = job.state;
    setIcon(sign, jobSign(job.state));
    text(title, job.title || "Untitled");
    text(word, jobWord(job.state));
    const count = job.source.tracks.length, isBurn = (job.task ?? "burn") === "burn";
    text(facts, [
      `job ${job.id}`, job.owner && `for ${job.owner}`,
      isBurn && (count ? `${count} ${count === 1 ? "track" : "tracks"}` : "image"), isBurn && sectorsAsMinutes(job.total_sectors),
      modeSentence(job), speedSentence(job.burns.at(-1)), driveLabel, ended && job.finished_at && clock(job.finished_at),
    ].filter(Boolean).join(" · "));
    text(reason, reasonFor(job, ahead, now));
    text(proof, job.proven.length ? `Proven: ${provenList(job.proven)}.` : "");
    const disc = job.burns.at(-1)?.disc;
    const problem = job.problem && { ...job.problem, disc: job.problem.disc ?? disc };
    showProblem(trouble, ended && job.state !== "completed" ? problem : null);
    if (job.state === "cancelled" && !problem) text(reason, disc ? discSentence(disc) : "");
    // A disc that was proven says so itself; of the others somebody has to know what they are now.
    if (job.state === "completed" && disc && disc !== "good") text(reason, discSentence(disc));
    // A burning disc is cancelled at its drive, where the price is in sight.
    cancel.update(job.state === "burning" ? null : job);
  };
  return row;
}

/** Why it is not moving, or when it will be done. */
function reasonFor(job, ahead, now) {
  if (job.state === "waiting" && job.needs) {
    return [`${needSentence(job.needs)}.`, foundSentence(job.needs.found), "It goes on by itself then."].filter(Boolean).join(" ");
  }
  if (job.state === "queued") {
    const place = ahead === 0 ? "Next." : `After ${ahead} ${ahead === 1 ? "other" : "others"}.`;
    const why = reasonList(job.state_reasons);
    return [place, why && `Waits: ${why}.`, job.eta && `Done about ${clock(job.eta)}.`].filter(Boolean).join(" ");
  }
  if (TERMINAL.includes(job.state)) return "";
  const eta = job.progress?.eta ?? job.eta;
  const why = reasonList(job.state_reasons);
  return [eta && `Done ${clock(eta)}, ${timeLeft(eta, now)}.`, why && `${why}.`].filter(Boolean).join(" ");
}
