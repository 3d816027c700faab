// A problem as words on the page.
import { el } from "/js/dom.js";
import { discSentence } from "/js/words.js";

/** An element that shows a problem: what, the details, what became of the disc, what to do, and where to read more. */
export function problemElement(problem) {
  const node = el("div", { class: "problem" }, el("strong", {}, problem.title));
  if (problem.detail) node.append(el("p", {}, problem.detail));
  for (const error of problem.errors ?? []) {
    const where = error.field ?? error.pointer;
    node.append(el("p", { class: "small" }, where ? `${where}: ${error.detail}` : error.detail));
  }
  if (problem.disc) node.append(el("p", {}, discSentence(problem.disc)));
  if (problem.hint) node.append(el("p", { class: "hint" }, problem.hint));
  // Only a page of this server is linked: `type` may be any URI.
  if (/^\/problems\/[a-z-]+$/.test(problem.type ?? "")) {
    node.append(el("a", { href: problem.type, target: "_blank" }, "What does this mean?"));
  }
  return node;
}

/** Shows the problem in `holder`, or nothing when there is none. */
export function showProblem(holder, problem) {
  const mark = problem ? JSON.stringify(problem) : "";
  if (holder.dataset.shown === mark) return;
  holder.dataset.shown = mark;
  holder.replaceChildren(...(problem ? [problemElement(problem)] : []));
}
