#!/usr/bin/env python3
"""A server with the shapes of openapi.yaml and no recorder, to work on the page without building anything.

    python3 Tests/Page/mock_server.py --port 8099 [--scene idle|busy] [--pace 0.2]

It knows WAV by its header and takes every other file for no audio. A job runs through its states in about 12 steps of
`--pace` seconds. The scene `busy` starts with one of each kind of drive and job, standing still.
"""
import argparse
import datetime
import hashlib
import http.server
import json
import pathlib
import queue
import re
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
CAPACITY = 359849


def now(offset=0.0):
    time_ = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset)
    return time_.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_.microsecond // 1000:03d}Z"


def media(status="blank", tracks=0):
    free = CAPACITY if status == "blank" else 0
    return {"kind": "CD-R", "status": status, "erasable": False, "capacity_sectors": CAPACITY, "free_sectors": free,
            "tracks": tracks, "sessions": 1 if tracks else 0, "manufacturer": "CMC Magnetics",
            "blank": status == "blank", "appendable": status == "appendable",
            "atip": {"manufacturer": "CMC Magnetics", "lead_in": {"lba": -11635, "msf": "97:26:65"},
                     "last_lead_out": {"lba": 359849, "msf": "79:59:74"}, "erasable": False, "unrestricted_use": False,
                     "sub_type": None, "strategy": "short", "lowest_speed": None, "highest_speed": None}}


def service(burns=0, failures=0, row=0, out=None):
    return {"burns": burns, "failures": failures, "failures_in_a_row": row, "last_good_at": None, "last_failure_at": None,
            "last_failure": "write-error" if failures else None, "out_of_service_since": out and now(), "out_of_service": out}


def drive(label, **changes):
    return {"id": f"burnd-virtual-{label.lower()}", "label": label, "vendor": "burnd", "product": "Virtual Recorder",
            "firmware": "1.0", "firmware_date": "2026-11-21T00:00:00", "serial": label, "interface": "sata", "loading": "tray",
            "write_speeds": [{"sectors_per_second": 75 * x, "pure_cav": False} for x in (48, 32, 16, 8)],
            "max_write_sectors_per_second": 3900, "max_read_sectors_per_second": 3600,
            "supports": {"tao": True, "sao": True, "raw": True, "erase": True, "test_write": True, "cd_text": True,
                         "rw_sub_code": True, "underrun_protection": True},
            "quirks": [{"id": "reload-after-test", "reason": "After a test write it writes nothing until its tray was open.",
                        "source": "a note on this drive"}], "state": "idle", "reasons": [], "enabled": True, "present": True,
            "tray": "closed", "safe_to_open": True, "media": media(), "job": None, "service": service(),
            "address": f"unix:/run/burnd/{label.lower()}.socket", "node": None, "sg_node": None, "port": None, "bus": None,
            "pools": []} | changes


def job(number, title, tracks, **changes):
    return {"id": number, "uid": f"01JD4T6Q2N8Z5XW3V9K1M7R{number:03d}", "title": title, "owner": "", "mode": "dao",
            "task": "burn", "performer": None, "client_name": "burnd", "sector_type": None, "gap": None, "verify": "full",
            "test_write": False, "media": {"blank": "required", "erase": "quick"}, "start_of_leadout_limit": None,
            "buffer_underrun_free_disabled": False,
            "state": "queued", "state_reasons": [], "needs": None, "drive": "any", "requested_drive": "any",
            "position": None, "eta": None, "speed": "max", "close": "disc", "eject": False,
            "source": {"tracks": tracks}, "total_sectors": sum(track["sectors"] for track in tracks),
            "created_at": now(), "started_at": None, "finished_at": None, "burns": [], "proven": [], "problem": None,
            "progress": None, "inhibited": None, "inhibitor": None} | changes


def progress(number, drive_id, phase, action, percent, track, tracks, remaining):
    return {"job": number, "burn": number, "drive": drive_id, "phase": phase, "action": action, "track": track,
            "tracks": tracks, "percent": percent, "sectors_done": int(percent * 2000), "sectors_total": 200000,
            "start_lba": 0, "sector_count": 200000, "last_read_lba": int(percent * 2000) + 900,
            "last_written_lba": int(percent * 2000), "buffer": {"total": 67108864, "used": 65000000, "free": 2108864},
            "buffer_percent": 97, "drive_buffer_percent": 96, "rate_x": 23.8, "elapsed_seconds": 60,
            "remaining_seconds": remaining, "eta": now(remaining), "at": now()}


def some_tracks(count, seconds=237):
    return [{"file": "sha256:" + f"{n:064x}", "name": f"{n:02d}.wav", "title": None, "performer": None,
             "sectors": seconds * 75, "seconds": seconds} for n in range(1, count + 1)]


def ended(number, title, tracks, state, disc, ago, **changes):
    burn = {"id": number, "job": number, "drive": "burnd-virtual-left", "started_at": now(-ago - 200),
            "finished_at": now(-ago), "mode": "sao", "mode_reason": "session-at-once", "adjusted": changes.pop("adjusted", []),
            "write_speed": {"sectors_per_second": 1200, "pure_cav": False}, "outcome": state, "disc": disc, "tracks_on_disc": [], "proven": [], "problem": changes.get("problem")}
    return job(number, title, tracks, state=state, drive="burnd-virtual-left", started_at=now(-ago - 200),
               finished_at=now(-ago), burns=[burn], **changes)


class Station:
    """What the server knows, and those who listen to it."""

    def __init__(self, scene, pace):
        self.lock = threading.RLock()
        self.pace, self.seq, self.started = pace, 100, now()
        self.files, self.readers, self.jobs = {}, [], {}
        self.drives = {one["id"]: one for one in (drive("Left"), drive("Right"))}
        if scene == "busy":
            self.busy_scene()
        else:
            threading.Thread(target=self.work, daemon=True).start()

    def busy_scene(self):
        left, right = "burnd-virtual-left", "burnd-virtual-right"
        written = {"kind": "CD-R", "status": "complete"}
        problem = {"type": "/problems/write-error", "title": "Writing failed",
                   "detail": "The drive reported a write error at sector 48 210, in track 3.", "sense": "3/0C/00",
                   "hint": "Put in a new disc, of another brand if it happens again, and order it once more."}
        self.drives = {one["id"]: one for one in (
            drive("Left", state="busy", tray="locked", safe_to_open=False, job=17),
            drive("Right", media=media("complete", 9), reasons=["media-not-blank"]),
            drive("Spare", tray="open", media=None),
            drive("Studio", media=media("complete", 4) | {"kind": "CD-RW", "erasable": True}), drive("Attic", present=False, state="offline", safe_to_open=False,
                                                           media=None, reasons=["drive-offline"]))}
        done = progress(17, left, "burning", "writing", 41.7, 4, 9, 134)
        self.jobs = {one["id"]: one for one in (
            job(17, "Mahler 2, disc 1", some_tracks(9), state="burning", drive=left, owner="desk 3",
                started_at=now(-60), eta=done["eta"], progress=done),
            job(18, "<b>Demo & friends</b>", some_tracks(5), state="waiting", drive=right, requested_drive="Right",
                state_reasons=["media-not-blank"],
                needs={"action": "load-blank", "drive": right, "drive_label": "Right", "found": written,
                       "media": {"kind": "CD-R", "min_sectors": 89000}, "since": now(-30), "auto": True,
                       "choices": ["cancel"]}),
            job(19, "Choir rehearsal", some_tracks(12), position=1, eta=now(900), owner="Anna"),
            job(20, "Interview", some_tracks(1, 1800), position=2, eta=now(1500)),
            ended(16, "Live 1999", some_tracks(14), "completed", "good", 600, adjusted=["speed"],
                  proven=["toc", "audio", "indexes", "mcn", "isrc", "cd-text"]),
            ended(13, "Erase", [], "completed", "blank", 5400, task="erase", proven=["blank"]),
            ended(12, "Rough mix", some_tracks(2), "completed", "untouched", 7200, test_write=True),
            ended(15, "Sketches", some_tracks(7), "failed", "spoiled", 1800, problem=problem),
            ended(14, "Wrong order", some_tracks(3), "cancelled", "untouched", 3600))}

    def status(self):
        jobs = sorted(self.jobs.values(), key=lambda one: one["id"])
        counts = {}
        for one in jobs:
            counts[one["state"]] = counts.get(one["state"], 0) + 1
        server = {"name": "burnd", "version": "0.1.0", "started_at": self.started, "draining": False,
                  "disk": {"total": 512_000_000_000, "free": 212_400_000_000}}
        return {"at": now(), "seq": self.seq, "server": server, "drives": list(self.drives.values()), "jobs": jobs,
                "counts": counts}

    def tell(self, name, data, numbered=True):
        with self.lock:
            if numbered:
                self.seq += 1
                data = {"seq": self.seq, "at": now()} | data
            frame = f"event: {name}\n" + (f"id: mock-{self.seq}\n" if numbered else "") + f"data: {json.dumps(data)}\n\n"
            for reader in self.readers:
                reader.put(frame.encode())

    def set_job(self, one, **changes):
        with self.lock:
            previous = one["state"]
            one.update(changes)
            self.tell("job-state-changed", {"job": dict(one), "previous": previous})

    def set_drive(self, one, **changes):
        with self.lock:
            previous, had = one["state"], one["media"]
            one.update(changes)
            if one["media"] != had:
                self.tell("drive-media-changed", {"drive": dict(one)})
            self.tell("drive-state-changed", {"drive": dict(one), "previous": previous})

    def plug(self, one):
        with self.lock:
            self.drives[one["id"]] = one
            self.tell("drive-added", {"drive": dict(one)})

    def unplug(self, one):
        with self.lock:
            del self.drives[one["id"]]
            self.tell("drive-removed", {"drive": one | {"state": "offline", "present": False, "media": None}})

    def work(self):
        """One job after another, on the first drive with a blank."""
        while True:
            time.sleep(self.pace)
            waiting = [one for one in self.jobs.values() if one["state"] in ("queued", "waiting")]
            for one in waiting:
                asked = one["requested_drive"]
                fit = [d for d in self.drives.values() if asked in ("any", d["id"], d["label"])]
                ready = [d for d in fit if d["tray"] == "closed" and d["media"] and d["media"]["status"] == "blank"]
                if ready:
                    self.burn(one, ready[0])
                elif one["state"] == "queued":
                    at = fit[0] if len(fit) == 1 else None
                    self.set_job(one, state="waiting", position=None, state_reasons=["media-needed"], needs={
                        "action": "load-blank", "drive": at and at["id"], "drive_label": at and at["label"],
                        "media": {"kind": "CD-R", "min_sectors": one["total_sectors"]}, "found": None,
                        "since": now(), "auto": True, "choices": ["cancel"]})

    def burn(self, one, at):
        tracks = len(one["source"]["tracks"])
        self.set_drive(at, state="busy", tray="locked", safe_to_open=False, job=one["id"])
        for phase, action, steps in (("preparing", "opening", 1), ("burning", "writing", 6),
                                     ("finalizing", "closing-session", 2), ("verifying", "reading", 3)):
            if one["state"] in ("cancelling", "cancelled"):
                break
            self.set_job(one, state=phase, drive=at["id"], position=None, needs=None, state_reasons=[],
                         started_at=one["started_at"] or now(), inhibited=False,
                         inhibitor={"result": "no-system-bus", "detail": "There is no system bus here.", "hint": None})
            for step in range(steps):
                percent = 100 * (step + 1) / steps
                at_track = min(tracks, 1 + step * tracks // steps)
                one["progress"] = progress(one["id"], at["id"], phase, action, percent, at_track, tracks, 12 - step)
                self.tell("job-progress", one["progress"], numbered=False)
                time.sleep(self.pace)
                if one["state"] == "cancelling":
                    break
        spoiled = one["state"] == "cancelling"
        burn = {"id": one["id"], "drive": at["id"], "started_at": one["started_at"], "finished_at": now(),
                "outcome": "cancelled" if spoiled else "completed", "disc": "spoiled" if spoiled else "good",
                "tracks_on_disc": [], "proven": [] if spoiled else ["toc", "audio"], "problem": None}
        self.set_drive(at, state="idle", tray="closed", safe_to_open=True, job=None, media=media("complete", tracks))
        self.set_job(one, state="cancelled" if spoiled else "completed", finished_at=now(), burns=[burn],
                     proven=burn["proven"], progress=None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    station = None

    def log_message(self, *_):
        pass

    def answer(self, code, body, kind="application/json", headers=()):
        data = body if isinstance(body, bytes) else (json.dumps(body) if kind.endswith("json") else body).encode()
        self.send_response(code)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(data))), *headers,
                            ("Content-Security-Policy", "default-src 'self'"), ("Cache-Control", "no-cache")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, code, slug, title, detail, **more):
        self.answer(code, {"type": f"/problems/{slug}", "title": title, "status": code, "detail": detail,
                           "request_id": "01JD4T6Q2N8Z5XW3V9K1M7RB0C"} | more, "application/problem+json")

    def missing(self):
        self.refuse(404, "not-found", "There is nothing here", f"{self.path} is not known.")

    def do_GET(self):
        path, station = urllib.parse.urlsplit(self.path).path, self.station
        if path == "/api/v1/events":
            return self.events()
        if path == "/healthz":
            return self.answer(200, "ok\n", "text/plain")
        if path == "/openapi.yaml":
            return self.answer(200, (ROOT / "openapi.yaml").read_bytes(), "application/yaml")
        if path == "/api/v1/status":
            return self.answer(200, station.status())
        if path == "/api/v1/status.txt":
            rows = [f"{one['label']:12} {one['state']}" for one in station.drives.values()]
            rows += [f"{one['id']:>4} {one['state']:12} {one['title']}" for one in station.jobs.values()]
            return self.answer(200, "\n".join(rows) + "\n", "text/plain; charset=utf-8")
        found = re.fullmatch(r"/api/v1/(files|jobs|drives)(?:/([^/]+))?", path)
        if found:
            kept = getattr(station, found[1])
            if not found[2]:
                more = {"next_cursor": None} if found[1] == "jobs" else {}
                return self.answer(200, {"items": list(kept.values())[::-1]} | more)
            key = urllib.parse.unquote(found[2])
            one = next((one for one in kept.values() if key in (str(one["id"]), one.get("label"))), None)
            return self.answer(200, one) if one else self.missing()
        name = re.fullmatch(r"/problems/([a-z-]+)", path)
        file = ROOT / "public" / (f"problems/{name[1]}.html" if name else path.lstrip("/") or "index.html")
        if ".." in path or not file.is_file():
            return self.missing()
        return self.answer(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))

    def events(self):
        station, reader = self.station, queue.Queue()
        self.send_response(200)
        for name, value in (("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"),
                            ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        with station.lock:
            first = f"retry: 3000\n\nevent: snapshot\nid: mock-{station.seq}\ndata: {json.dumps(station.status())}\n\n"
            station.readers.append(reader)
        try:
            self.wfile.write(first.encode())
            while True:
                try:
                    frame = reader.get(timeout=15)
                except queue.Empty:
                    frame = f"event: heartbeat\ndata: {json.dumps({'at': now(), 'seq': station.seq})}\n\n".encode()
                self.wfile.write(frame)
                self.wfile.flush()
        except OSError:
            self.close_connection = True
        finally:
            station.readers.remove(reader)

    def do_PUT(self):
        name = re.fullmatch(r"/api/v1/files/([^/]+)", urllib.parse.urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return self.answer(201, self.keep(urllib.parse.unquote(name[1]), body)) if name else self.missing()

    def do_POST(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if url.path == "/api/v1/files":
            return self.upload(body)
        if url.path == "/api/v1/jobs":
            return self.order(body)
        act = re.fullmatch(r"/api/v1/jobs/(\d+)/cancel", url.path)
        if act and int(act[1]) in self.station.jobs:
            return self.cancel(self.station.jobs[int(act[1])], "spoil=yes" in url.query)
        act = re.fullmatch(r"/api/v1/drives/([^/]+)/(erase|close)", url.path)
        if act and act[1] in self.station.drives:
            return self.task(self.station.drives[act[1]], act[2])
        act = re.fullmatch(r"/api/v1/drives/([^/]+)/enable", url.path)
        if act and act[1] in self.station.drives:
            one = self.station.drives[act[1]]
            self.station.set_drive(one, enabled=True, reasons=[], service=service(4, 3))
            return self.answer(200, one)
        act = re.fullmatch(r"/api/v1/drives/([^/]+)/(eject|load|identify)", url.path)
        if act and act[1] in self.station.drives:
            return self.tray(self.station.drives[act[1]], act[2])
        return self.missing()

    def keep(self, name, data):
        audio = None
        if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
            frames = max(1, (len(data) - 44) // 4)
            audio = {"sample_frames": frames, "sectors": -(-frames // 588), "seconds": frames / 44100,
                     "codec": "pcm_s16le", "sample_rate": 44100, "channels": 2}
        file = {"id": "sha256:" + hashlib.sha256(data).hexdigest(), "name": name, "bytes": len(data),
                "created_at": now(), "audio": audio}
        if audio or data[32769:32774] == b"CD001":
            self.station.files[file["id"]] = file
        return file

    def upload(self, body):
        boundary = self.headers["Content-Type"].split("boundary=")[1].encode()
        items = []
        for part in body.split(b"--" + boundary)[1:-1]:
            head, data = part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1)
            items.append(self.keep(re.search(rb'filename="([^"]*)"', head)[1].decode(), data.removesuffix(b"\r\n")))
        bad = next((item for item in items if item["id"] not in self.station.files), None)
        if bad:
            return self.refuse(422, "not-audio", "The file is not audio", f"'{bad['name']}' holds no audio stream.",
                               hint="Send WAV, AIFF, FLAC, MP3, M4A, Ogg or Opus.")
        return self.answer(201, {"items": items})

    def order(self, body):
        wanted, station = json.loads(body), self.station
        tracks = []
        for track in wanted["source"]["tracks"]:
            file = station.files.get(track["file"])
            if not file:
                return self.refuse(422, "file-not-found", "A file is not there", f"There is no {track['file']}.")
            tracks.append({"file": file["id"], "name": file["name"], "title": track.get("title"),
                           "performer": track.get("performer"),
                           "sectors": file["audio"]["sectors"] if file["audio"] else file["bytes"] // 2048,
                           "seconds": file["audio"]["seconds"] if file["audio"] else 0})
        with station.lock:
            number = max(station.jobs, default=0) + 1
            one = job(number, wanted.get("title", ""), tracks, owner=wanted.get("owner", ""), position=1,
                      requested_drive=wanted.get("drive", "any"), drive=wanted.get("drive", "any"),
                      speed=wanted.get("speed", "max"), close=wanted.get("close", "disc"))
            station.jobs[number] = one
            station.tell("job-state-changed", {"job": dict(one), "previous": None})
        return self.answer(201, one, headers=[("Location", f"/api/v1/jobs/{number}")])

    def task(self, at, task):
        """Done at once: the page needs to see only that there is a job and that the disc is another."""
        station = self.station
        number = max(station.jobs, default=0) + 1
        one = station.jobs[number] = job(number, task.capitalize(), [], task=task, drive=at["id"], requested_drive=at["id"])
        station.tell("job-state-changed", {"job": dict(one), "previous": None})
        station.set_drive(at, media=at["media"] | {"status": "blank" if task == "erase" else "complete"})
        station.set_job(one, state="completed", finished_at=now(), proven=["blank"] if task == "erase" else ["toc"])
        return self.answer(202, one, headers=[("Location", f"/api/v1/jobs/{number}")])

    def cancel(self, one, spoil):
        if one["state"] in ("queued", "waiting", "preparing"):
            self.station.set_job(one, state="cancelled", needs=None, finished_at=now())
            return self.answer(200, one)
        if one["state"] != "burning":
            return self.refuse(409, "job-not-cancellable", "Too late to cancel", f"Job {one['id']} is {one['state']}.")
        if not spoil:
            return self.refuse(409, "would-spoil-disc", "Cancelling now wastes the disc", "The laser is on.")
        self.station.set_job(one, state="cancelling")
        return self.answer(202, one)

    def tray(self, one, verb):
        if not one["safe_to_open"]:
            return self.refuse(409, "drive-busy", "The drive is busy", f"Job {one['job']} has drive {one['label']}.")
        if verb == "eject":
            self.station.set_drive(one, tray="open", media=None)
        else:
            self.station.set_drive(one, tray="closed", media=media())
        return self.answer(200, one)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def start(port=0, scene="idle", pace=0.2):
    """A running mock server; its `server_port` says where."""
    handler = type("StationHandler", (Handler,), {"station": Station(scene, pace)})
    server = Server(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--scene", choices=["idle", "busy"], default="idle")
    parser.add_argument("--pace", type=float, default=0.2)
    options = parser.parse_args()
    running = start(options.port, options.scene, options.pace)
    print(f"http://127.0.0.1:{running.server_port}/", flush=True)
    threading.Event().wait()
