// The events of this server for this tab: shared with other tabs where the browser can, and only while it is looked at.
import { Stream } from "/js/stream.js";

const STILL_HERE = 20000;

/** Calls `onEvent(name, data)` and `onConnection(isOpen)` from now on. */
export function follow(onEvent, onConnection) {
  const source = shared(onEvent, onConnection) ?? direct(onEvent, onConnection);
  const look = () => (document.visibilityState === "hidden" ? source.hide() : source.show());
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => source.hide());
  addEventListener("pageshow", look);
  look();
}

function direct(onEvent, onConnection) {
  const stream = new Stream(onEvent, onConnection);
  return { show: () => stream.open(), hide: () => stream.close() };
}

function shared(onEvent, onConnection) {
  if (typeof SharedWorker === "undefined") return null;
  let port, timer, fallback, visible = false;
  const worker = new SharedWorker("/js/shared-stream.js", { type: "module", name: "burnd" });
  port = worker.port;
  port.onmessage = ({ data }) => (data.name ? onEvent(data.name, data.data) : onConnection(data.connected));
  port.start();
  // A browser that has shared workers but no modules in them reports it here.
  worker.onerror = () => {
    fallback ??= direct(onEvent, onConnection);
    clearInterval(timer);
    if (visible) fallback.show();
  };
  return {
    show() {
      visible = true;
      if (fallback) return fallback.show();
      port.postMessage("visible");
      clearInterval(timer);
      timer = setInterval(() => port.postMessage("visible"), STILL_HERE);
    },
    hide() {
      visible = false;
      if (fallback) return fallback.hide();
      clearInterval(timer);
      port.postMessage("hidden");
    },
  };
}
