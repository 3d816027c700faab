// Requests that change something. Whatever goes wrong comes back as a problem (RFC 9457), also when no answer came.

/** Thrown with the problem the server answered, or one that says that it did not. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

const silence = (detail) => ({ title: "The server did not answer", detail, status: 0 });

function problemOf(status, body) {
  try {
    const problem = JSON.parse(body);
    if (problem && problem.title) return problem;
  } catch {
    // Not JSON: said below.
  }
  return { title: `The server answered ${status}`, status };
}

/** POSTs, with a JSON body where there is one, and returns the JSON that is answered. */
export async function post(path, json) {
  let response, body;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: json === undefined ? {} : { "Content-Type": "application/json" },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    body = await response.text();
  } catch {
    throw new Refused(silence("The connection broke before the answer. Look whether it happened before you try again."));
  }
  if (!response.ok) throw new Refused(problemOf(response.status, body));
  return JSON.parse(body);
}

/** Uploads one file; `onProgress(fraction)` is called on the way. Returns `{done, abort}`, `done` a promise of the File. */
export function upload(file, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText).items[0]);
      else reject(new Refused(problemOf(request.status, request.responseText)));
    };
    request.onerror = () => reject(new Refused(silence("The upload was cut off. Nothing of it was kept; try again.")));
    request.onabort = () => reject(new Refused({ title: "Upload stopped", status: 0 }));
  });
  const form = new FormData();
  form.append("file", file, file.name);
  request.open("POST", "/api/v1/files");
  request.send(form);
  return { done, abort: () => request.abort() };
}
