// Files are sent while the form is filled in: in chunks, with a bar, and on from where a broken connection stopped.
// Without this script the form sends its files itself.
"use strict";
(() => {
  const CHUNK = 256 * 1024;
  const PAUSES = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];
  const KEPT_MS = 60 * 60 * 1000;

  const element = (tag, className, text = "") => {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  };

  const refusal = (error) => {
    try {
      const problem = JSON.parse(error.originalResponse.getBody());
      return (problem.errors && problem.errors[0].message) || problem.detail || "";
    } catch { return ""; }
  };

  const setUp = (field) => {
    const text = field.dataset;
    const input = field.querySelector("input[type=file]");
    const list = field.querySelector(".upload__list");
    const form = input.form;
    const running = new Set();
    const needed = input.required;
    let waiting = null;

    const settle = () => {
      input.required = needed && !list.querySelector("input[type=hidden]") && !running.size;
      if (!waiting || running.size) return;
      const submitter = waiting;
      waiting = null;
      form.requestSubmit(submitter === true ? undefined : submitter);
    };

    const row = (file) => {
      const node = element("li", "upload__row");
      const bar = element("progress", "progress__bar upload__bar");
      const state = element("span", "upload__state", `${text.textSending} 0 %`);
      const remove = element("button", "button button--quiet button--small upload__remove", text.textRemove);
      bar.max = file.size;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      remove.type = "button";
      remove.setAttribute("aria-label", `${text.textRemove} ${file.name}`);
      const name = element("span", "upload__name");
      name.append(element("bdi", "", file.name));
      node.append(name, bar, state, remove);
      if (!input.multiple) list.replaceChildren();
      list.append(node);
      return { node, bar, state, remove };
    };

    const fail = (shown, sentence) => {
      shown.bar.remove();
      shown.node.classList.add("upload__row--failed");
      shown.state.textContent = sentence || text.textFailed;
    };

    const start = (file) => {
      const shown = row(file);
      shown.remove.addEventListener("click", () => { shown.node.remove(); settle(); input.focus(); });
      if (!file.size) return fail(shown, text.textEmpty);
      if (file.size > Number(text.max)) return fail(shown, text.textLarge);
      const upload = new tus.Upload(file, {
        endpoint: text.endpoint,
        chunkSize: CHUNK,
        retryDelays: PAUSES,
        metadata: { filename: file.name, purpose: text.purpose },
        headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
        removeFingerprintOnSuccess: true,
        onShouldRetry: (error) => {
          const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
          shown.node.classList.add("upload__row--waiting");
          if (!status) shown.state.textContent = text.textWaiting;
          return !status || status === 409 || status >= 500;
        },
        onProgress: (sent, total) => {
          shown.node.classList.remove("upload__row--waiting");
          shown.bar.value = sent;
          shown.state.textContent = `${text.textSending} ${Math.floor((100 * sent) / total)} %`;
        },
        onError: (error) => {
          running.delete(upload);
          fail(shown, refusal(error));
          waiting = null;
          settle();
        },
        onSuccess: () => {
          running.delete(upload);
          shown.bar.value = file.size;
          shown.node.classList.add("upload__row--done");
          shown.state.textContent = text.textSent;
          const sent = document.createElement("input");
          sent.type = "hidden";
          sent.name = text.name;
          sent.value = upload.url.split("/").pop();
          shown.node.append(sent);
          settle();
        },
      });
      running.add(upload);
      shown.remove.addEventListener("click", () => { running.delete(upload); upload.abort(true).catch(() => {}); settle(); });
      addEventListener("online", () => {
        if (running.has(upload) && shown.node.classList.contains("upload__row--waiting")) {
          upload.abort().then(() => upload.start());
        }
      });
      // A file that was being sent before the page was loaded again goes on where it stopped.
      return upload.findPreviousUploads().then((earlier) => {
        const fresh = earlier.find((one) => Date.now() - new Date(one.creationTime).getTime() < KEPT_MS);
        if (fresh) upload.resumeFromPreviousUpload(fresh);
        upload.start();
      });
    };

    input.addEventListener("change", () => {
      const files = [...input.files];
      files.forEach(start);
      input.value = ""; // the form would send them a second time
      settle();
    });
    form.addEventListener("submit", (event) => {
      if (!running.size) return;
      event.preventDefault();
      waiting = event.submitter || true;
    });
  };

  if (window.tus && tus.isSupported) document.querySelectorAll("[data-upload]").forEach(setUp);
})();
