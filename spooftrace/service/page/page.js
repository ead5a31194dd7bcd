// What the page does. A picture stays in this tab until it goes to POST v1/analyze, and to nobody else.
"use strict";

const spooftrace = (() => {
  const CLIP_MS = 3000;
  const CLIP_EVERY = 3; // a camera's clip is short: about thirty of its frames are looked at
  const STEP = 0.0005; // half a step of the slider: as near as it can come to a threshold
  let key = "", model = null, threshold = null; // null: the bundle's own
  let held = null, answer = null, stream = null, asked = 0;

  const at = (id) => document.getElementById(`st-${id}`);
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const limit = () => threshold ?? model?.bundle.threshold.value ?? 0.5;

  // Texts of an answer go in as text, never as markup.
  function node(tag, attributes = {}, ...children) {
    const namespace = ["svg", "g", "path", "line", "rect", "circle", "text"].includes(tag)
      ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
    const made = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  async function api(path, request = {}) {
    const response = await fetch(path, { ...request, headers: key ? { "X-API-Key": key } : {} });
    const body = await response.json();
    if (!response.ok) throw new Error(body.error.message);
    return body;
  }

  function complain(error) {
    at("answer").replaceChildren(node("p", { class: "st-advice" }, error.message));
    at("curve").replaceChildren();
    at("panel").replaceChildren();
  }

  // The bundle's threshold, for the slider; called when the page is there, and with each new key.
  async function begin(given) {
    key = given.trim();
    try {
      model = await api("v1/model");
    } catch (error) {
      model = null;
      if (key) complain(error);
    }
    threshold = null;
    showMeaning();
    return Number(limit().toFixed(4));
  }

  function moveTo(value) {
    const own = model?.bundle.threshold.value;
    threshold = own !== undefined && Math.abs(value - own) <= STEP ? null : value;
    showMeaning();
    if (answer) showAnswer();
  }

  // What a threshold means, by the scores that the bundle's own was chosen on.
  function showMeaning() {
    at("meaning").replaceChildren(...(model ? meaning() : []).map((line) => node("p", {}, line)));
  }

  function meaning() {
    const own = model.bundle.threshold, rates = model.bundle.development;
    const said = threshold === null
      ? [`The bundle's own threshold: ${own.value.toFixed(4)}, ${own.rule}.`]
      : [`The bundle's own threshold is ${own.value.toFixed(4)}, ${own.rule}.`];
    if (rates) {
      // Between two entries the worse of both: no rate is said to be better than was seen.
      const above = rates.thresholds.findIndex((value) => value >= limit());
      const after = above < 0 ? rates.thresholds.length - 1 : above;
      const before = rates.thresholds[after] === limit() ? after : Math.max(0, after - 1);
      said.push(`On the scores that it was chosen on, ${limit().toFixed(4)} calls at most `
        + `${percent(rates.bpcer[before])} of ${rates.live} living ${rates.presentations} a spoof`
        + (rates.apcer ? `, and lets at most ${percent(rates.apcer[after])} of the attacks pass `
          + `(${rates.attacks} ${rates.presentations}, the medium that passes most often).` : "."));
    } else {
      said.push("The bundle does not say what other thresholds mean; spooftrace calibrate writes one "
        + "that does, from recordings of your own.");
    }
    for (const seen of threshold === null ? model.figures : []) {
      said.push(`Of ${seen.count} faces (${seen.faces}) it calls ${percent(seen.bpcer[0])} of the `
        + `living a spoof, and lets ${percent(seen.apcer[0])} of the attacks pass.`);
    }
    return said;
  }

  function hold(blob, every = null) {
    if (held) URL.revokeObjectURL(held.url);
    held = { blob, every, url: URL.createObjectURL(blob) };
    const shown = blob.type.startsWith("video/")
      ? node("video", { src: held.url, controls: "", muted: "", playsinline: "" })
      : node("img", { src: held.url, alt: "What is judged" });
    at("source").replaceChildren(shown);
    return judge();
  }

  async function judge() {
    const number = ++asked, body = new FormData();
    body.append("files", held.blob, "file");
    at("answer").replaceChildren(node("p", { class: "st-faint" }, "Judging ..."));
    try {
      const query = new URLSearchParams({ panel: true });
      if (threshold !== null) query.set("threshold", threshold);
      if (held.every !== null) query.set("every", held.every);
      const come = await api(`v1/analyze?${query}`, { method: "POST", body });
      if (number !== asked) return; // another one was asked for meanwhile
      answer = come.results[0];
      showAnswer();
    } catch (error) {
      if (number !== asked) return; // nor does its failure take a later answer away
      answer = null;
      complain(error);
    }
  }

  function judgeAgain() {
    if (held && answer) judge();
  }

  function decided() {
    return answer.reason ? "no_answer" : answer.score >= limit() ? "spoof" : "live";
  }

  function showAnswer() {
    const decision = decided(), isClip = answer.kind === "video";
    const words = { live: "LIVE", spoof: "SPOOF", no_answer: "NO ANSWER" };
    const score = answer.score === null ? "" :
      `score ${answer.score.toFixed(4)} ${answer.score >= limit() ? ">=" : "<"} ${limit().toFixed(4)}`;
    const advice = answer.advice && answer.advice[0].toUpperCase() + answer.advice.slice(1) + ".";
    const faint = (text) => text ? node("p", { class: "st-faint" }, text) : null;
    at("answer").replaceChildren(
      node("div", { class: "st-head" },
        node("span", { class: `st-decision ${decision}` }, words[decision]), node("span", {}, score)),
      ...[
        advice ? node("p", { class: "st-advice" }, advice) : null,
        faint(answer.detail),
        isClip ? faint(`${answer.answered} of ${answer.frames_seen} frames that were looked at have `
          + "an answer; the median of their scores decides.") : null,
        faint(answer.explanation),
        faint(answer.doubt ?? (isClip ? answer.frames[0]?.doubt : null)),
      ].filter((line) => line !== null),
    );
    at("curve").replaceChildren(...(isClip && answer.frames.length ? [curve(answer.frames)] : []));
    at("panel").replaceChildren(...(answer.panel ? [panel(answer.panel)] : []));
  }

  function panel(png) {
    const alt = "Face, trace, live counterpart and map, and the four elements of the trace";
    return node("div", { class: "st-scroll", tabindex: "0" },
      node("img", { src: `data:image/png;base64,${png}`, alt }));
  }

  // Scores over time; a frame without an answer is a tick below.
  function curve(frames) {
    const [left, top, right, bottom] = [8, 10, 632, 150];
    const seconds = (one) => one.time_s ?? one.frame / 25;
    const end = Math.max(seconds(frames.at(-1)), 0.1);
    const scored = frames.filter((one) => one.score !== null);
    const most = Math.max(2 * limit(), ...scored.map((one) => one.score));
    const x = (one) => left + 8 + (right - left - 16) * seconds(one) / end;
    const y = (score) => bottom - (bottom - top) * score / most;
    const way = scored.map((one, i) => `${i ? "L" : "M"}${x(one)} ${y(one.score)}`).join("");
    return node("svg", { viewBox: "0 0 640 172", role: "img", "aria-label": "Scores over time" },
      node("rect", { class: "frame", x: left, y: top, width: right - left, height: bottom - top }),
      node("line", { class: "limit", x1: left, x2: right, y1: y(limit()), y2: y(limit()) }),
      node("text", { x: left + 4, y: y(limit()) - 5 }, `threshold ${limit().toFixed(4)}`),
      node("text", { x: left, y: 168 }, "0 s"),
      node("text", { x: right, y: 168, "text-anchor": "end" }, `${end.toFixed(1)} s`),
      node("path", { class: "path", d: way }),
      ...frames.map((one) => one.score === null
        ? node("line", { class: "none", x1: x(one), x2: x(one), y1: bottom - 8, y2: bottom })
        : node("circle", { class: one.score >= limit() ? "spoof" : "live", r: 4, cx: x(one),
          cy: y(one.score) })));
  }

  function choose() {
    const input = at("file");
    input.onchange = () => {
      if (input.files.length) { stopCamera(); hold(input.files[0]); }
      input.value = "";
    };
    input.click();
  }

  async function switchCamera() {
    if (stream) return stopCamera();
    try {
      if (!navigator.mediaDevices) throw new Error("Cameras need https, or this machine's own address.");
      const wanted = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    } catch (error) {
      return complain(error);
    }
    const shown = node("video", { class: "st-mirror", autoplay: "", muted: "", playsinline: "" });
    shown.muted = true;
    shown.srcObject = stream;
    at("source").replaceChildren(shown);
    at("taking").classList.add("st-on");
  }

  function stopCamera() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    at("taking").classList.remove("st-on");
  }

  // Without loss: compression would add a trace of its own.
  function takePicture() {
    const seen = at("source").querySelector("video");
    if (!seen?.videoWidth) return;
    const canvas = node("canvas", { width: seen.videoWidth, height: seen.videoHeight });
    canvas.getContext("2d").drawImage(seen, 0, 0);
    stopCamera();
    canvas.toBlob((blob) => hold(blob), "image/png");
  }

  function takeClip() {
    const type = ["video/webm", "video/mp4"].find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 8e6 });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => { stopCamera(); hold(new Blob(parts, { type }), CLIP_EVERY); };
    recorder.start();
    at("answer").replaceChildren(node("p", { class: "st-faint" }, "Recording ..."));
    setTimeout(() => recorder.stop(), CLIP_MS);
  }

  return { begin, choose, judgeAgain, moveTo, switchCamera, takeClip, takePicture };
})();
window.spooftrace = spooftrace;
