// One EventSource that lives as long as it is wanted. Browsers return by themselves after a cut connection, and never
// after an answer other than 200: then this makes a new one, later and later.

const EVENTS = [
  "snapshot", "job-state-changed", "job-progress", "drive-state-changed", "drive-media-changed", "drive-added",
  "drive-removed", "heartbeat", "reset",
];
const FIRST_PAUSE = 1000;
/** A server that comes back is seen within this time. */
const LONGEST_PAUSE = 30000;

export class Stream {
  #source = null;
  #pause = FIRST_PAUSE;
  #timer = null;

  /** `onEvent(name, data)` gets every event; `onConnection(isOpen)` every change of the connection. */
  constructor(onEvent, onConnection) {
    this.onEvent = onEvent;
    this.onConnection = onConnection;
  }

  open() {
    if (this.#source || this.#timer) return;
    const source = new EventSource("/api/v1/events");
    this.#source = source;
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        this.#pause = FIRST_PAUSE;
        this.onEvent(name, JSON.parse(event.data));
      });
    }
    source.onopen = () => this.onConnection(true);
    source.onerror = () => {
      this.onConnection(false);
      if (source.readyState === EventSource.CLOSED && this.#source === source) this.#again();
    };
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#source?.close();
    this.#source = null;
    this.#pause = FIRST_PAUSE;
  }

  #again() {
    this.#source = null;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.open();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
