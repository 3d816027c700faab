// A SharedWorker: one EventSource for all tabs of a browser. HTTP/1.1 gives a browser six connections to a host, so a
// stream in every tab would make the seventh tab hang.
import { fold } from "/js/state.js";
import { Stream } from "/js/stream.js";

/** A tab that is looked at says so every 20 s; one that was silent for longer than this is gone. */
const LEASE = 60000;

const seen = new Map();
let state = null;
let connected = false;

const tell = (message) => {
  for (const port of seen.keys()) port.postMessage(message);
};

const stream = new Stream(
  (name, data) => {
    state = fold(state, name, data);
    tell({ name, data });
  },
  (isOpen) => {
    connected = isOpen;
    tell({ connected });
  },
);

function drop(port) {
  seen.delete(port);
  if (seen.size > 0) return;
  stream.close();
  state = null;
  connected = false;
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data === "hidden") return drop(port);
    const isNew = !seen.has(port);
    seen.set(port, Date.now());
    if (isNew) port.postMessage({ connected });
    if (isNew && state) port.postMessage({ name: "snapshot", data: state });
    stream.open();
  };
};

setInterval(() => {
  for (const [port, last] of seen) if (Date.now() - last > LEASE) drop(port);
}, LEASE / 4);
