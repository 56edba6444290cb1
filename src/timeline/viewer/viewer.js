"use strict";
// The viewer of a timeline: a canvas with a lane for each thread, and no library.
//
// The data (`timeline/html.rs` writes it), with times in nanoseconds since the beginning:
//   texts: names and places, by number          classes: names of classes, by number
//   lanes: {process, thread, pid, tid, start, end, ending, killed,
//           slices: [class, start, length, text, site, count, busy, first message, last message],
//           marks: [time, text, site, failed]}
//   flows: [0 message | 1 lock | 2 start | 3 signal, lane, time, lane, time]
//   counters: {text, points: [time, messages]}

const data = JSON.parse(document.getElementById("data").textContent);
const element = (id) => document.getElementById(id);
const [STARTING, SPAN, TASK, HOLD, PUT, GOT, LAUNCH, SIGNAL, WAITS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const MESSAGE_FLOW = 0, LOCK_FLOW = 1, START_FLOW = 2;

// ---- Words and colours ---------------------------------------------------------------------------------------------------------------

const COLORS = {
  "starting": "#a3a9b8", "span": "#7c8cf0", "task": "#4dabf7", "lock held": "#e8590c", "put": "#2b8a3e", "get": "#1864ab",
  "start": "#868e96", "signal": "#7048e8", "message": "#f2c14e", "room": "#e07a5f", "lock": "#e03131", "semaphore": "#f06595", "event": "#9775fa",
  "condition": "#cc5de8", "barrier": "#5c7cfa", "tasks done": "#fab005", "process": "#c9b79c", "thread": "#b197a0",
  "sleep": "#9cb4c8", "input, output": "#63b7af", "other": "#adb5bd",
};
const color = (number) => COLORS[data.classes[number]] || "#adb5bd";

function described(slice) {
  const text = data.texts[slice[3]];
  switch (data.classes[slice[0]]) {
    case "starting": return "starting";
    case "span": case "task": return text;
    case "lock held": return `holds ${text}`;
    case "put": return `puts into ${text}`;
    case "get": return `gets from ${text}`;
    case "start": return `starts ${text}`;
    case "signal": return `signals ${text}`;
    case "room": return `waits for room in ${text}`;
    case "tasks done": return `waits for the tasks of ${text}`;
    case "process": case "thread": return `waits for ${text} to end`;
    case "sleep": return "sleeps";
    default: return `waits for ${text}`;
  }
}

function duration(ns) {
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) {
    if (ns >= size) return `${Number((ns / size).toPrecision(4))} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}

// ---- The lanes -----------------------------------------------------------------------------------------------------------------------

const NAMES = 200, AXIS = 26, ROW = 20, SPAN_ROW = 17, HOLD_ROW = 6, GAP = 12;
const lanes = data.lanes.map((lane, number) => {
  const open = [];
  // Spans and tasks are above each other; each slice knows its row.
  for (const slice of lane.slices) {
    if (slice[0] !== SPAN && slice[0] !== TASK) continue;
    const end = slice[1] + slice[2];
    let row = open.findIndex((until) => until <= slice[1]);
    if (row < 0) row = open.length;
    // A span inside another is below it.
    const inside = open.findLastIndex((until) => until > slice[1]);
    row = Math.max(row, inside + 1);
    open[row] = end;
    slice.row = row;
  }
  const longest = lane.slices.reduce((most, slice) => Math.max(most, slice[2]), 0);
  const holds = lane.slices.some((slice) => slice[0] === HOLD);
  const name = lane.thread ? `${lane.process} | ${lane.thread}` : lane.process;
  return { ...lane, number, name, rows: open.length, holds, longest };
});
let below = 0;
for (const lane of lanes) {
  lane.top = below;
  lane.stateTop = below + GAP / 2 + lane.rows * SPAN_ROW;
  lane.height = GAP + lane.rows * SPAN_ROW + ROW + (lane.holds ? HOLD_ROW : 0);
  below += lane.height;
}

// Below the lanes: how many messages wait in queues.
const COUNTER = 34;
const counters = data.counters.map((counter) => {
  const most = counter.points.reduce((most, point) => Math.max(most, point[1]), 0);
  const top = below;
  below += COUNTER;
  return { ...counter, top, most };
});

// ---- What is shown -------------------------------------------------------------------------------------------------------------------

const whole = Math.max(data.length, 1000);
const view = { from: 0, to: whole, hidden: new Set(), hover: null, selected: null, matches: [], match: -1, query: "" };
const box = element("view"), canvas = element("canvas"), pen = canvas.getContext("2d");
let width = 0, height = 0, theme = {};

const margin = whole * 0.01;
const x = (time) => NAMES + (time - view.from) / (view.to - view.from) * (width - NAMES);
const timeAt = (x) => view.from + (x - NAMES) / (width - NAMES) * (view.to - view.from);

function setRange(from, to) {
  const least = 200, most = whole + 2 * margin;
  const length = Math.min(Math.max(to - from, least), most);
  const middle = (from + to) / 2;
  view.from = Math.min(Math.max(middle - length / 2, -margin), whole + margin - length);
  view.to = view.from + length;
  draw();
}
const zoom = (factor, around = (view.from + view.to) / 2) =>
  setRange(around - (around - view.from) * factor, around + (view.to - around) * factor);
const pan = (part) => {
  const by = (view.to - view.from) * part;
  setRange(view.from + by, view.to + by);
};
const showAll = () => setRange(-margin, whole + margin);

function showSlice(lane, slice) {
  const length = Math.max(slice[2], 1000);
  setRange(slice[1] - length, slice[1] + 2 * length);
  if (lane.top < box.scrollTop || lane.top + lane.height > box.scrollTop + height - AXIS) {
    box.scrollTop = lane.top - (height - AXIS - lane.height) / 2;
  }
}

// ---- Drawing -------------------------------------------------------------------------------------------------------------------------

let asked = false;
function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; paint(); });
}

function paint() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["back", "panel", "text", "soft", "line", "stripe", "accent", "bad", "run", "arrow"]) {
    theme[name] = style.getPropertyValue(`--${name}`).trim();
  }
  const scale = window.devicePixelRatio || 1;
  width = box.clientWidth; height = box.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale); canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
  }
  element("space").style.height = `${Math.max(below + AXIS + 40 - height, 0)}px`;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "12px system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif";
  pen.textBaseline = "middle";
  const offset = AXIS - box.scrollTop;
  const seen = lanes.filter((lane) => lane.top + offset < height && lane.top + lane.height + offset > AXIS);
  pen.save();
  pen.translate(0, offset);
  for (const lane of seen) paintBack(lane);
  grid(offset);
  pen.save();
  pen.beginPath(); pen.rect(NAMES, -offset, width - NAMES, height); pen.clip();
  for (const lane of seen) paintLane(lane);
  paintFlows(offset);
  for (const lane of seen) paintMoments(lane);
  for (const counter of counters) paintCounter(counter);
  pen.restore();
  for (const lane of seen) paintName(lane);
  for (const counter of counters) paintCounterName(counter);
  pen.restore();
  axis();
}

function paintBack(lane) {
  if (lane.number % 2) {
    pen.fillStyle = theme.stripe;
    pen.fillRect(0, lane.top, width, lane.height);
  }
}

function paintName(lane) {
  const middle = lane.stateTop + ROW / 2;
  pen.fillStyle = lane.number % 2 ? theme.stripe : theme.back;
  pen.fillRect(0, lane.top, NAMES, lane.height);
  pen.fillStyle = theme.line;
  pen.fillRect(NAMES - 1, lane.top, 1, lane.height);
  const text = lane.thread || lane.process, indent = lane.thread ? 28 : 14;
  pen.fillStyle = lane.killed ? theme.bad : lane.thread ? theme.soft : theme.text;
  pen.font = `${lane.thread ? 400 : 600} 12.5px system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif`;
  pen.fillText(fit(text, NAMES - indent - 12), indent, middle);
  pen.font = "12px system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif";
}

function paintCounter(counter) {
  const bottom = counter.top + COUNTER - 4, high = COUNTER - 10;
  const y = (count) => bottom - (counter.most ? count / counter.most * high : 0);
  const points = counter.points;
  let index = points.findIndex((point) => point[0] > view.from);
  index = Math.max((index < 0 ? points.length : index) - 1, 0);
  pen.fillStyle = color(PUT);
  pen.globalAlpha = 0.55;
  pen.beginPath();
  pen.moveTo(x(view.from), bottom);
  let count = points.length && points[index][0] <= view.from ? points[index][1] : 0;
  for (; index < points.length && points[index][0] <= view.to; index += 1) {
    const at = Math.max(x(points[index][0]), NAMES);
    pen.lineTo(at, y(count));
    count = points[index][1];
    pen.lineTo(at, y(count));
  }
  const end = Math.min(x(Math.min(view.to, whole)), width);
  pen.lineTo(end, y(count)); pen.lineTo(end, bottom);
  pen.fill();
  pen.globalAlpha = 1;
}

function paintCounterName(counter) {
  pen.fillStyle = theme.back;
  pen.fillRect(0, counter.top, NAMES, COUNTER);
  pen.fillStyle = theme.line;
  pen.fillRect(NAMES - 1, counter.top, 1, COUNTER);
  pen.fillRect(0, counter.top, width, 1);
  pen.fillStyle = theme.soft;
  const text = `${data.texts[counter.text]}: ${counter.most} at most`;
  pen.fillText(fit(text, NAMES - 26), 14, counter.top + COUNTER / 2);
}

function fit(text, room) {
  if (pen.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && pen.measureText(text.slice(0, length) + "…").width > room) length -= 1;
  return length > 1 ? text.slice(0, length) + "…" : "";
}

// The slices of a lane that may be seen: they are sorted by their beginnings.
function visible(lane) {
  const first = lowerBound(lane.slices, view.from - lane.longest);
  const last = lowerBound(lane.slices, view.to);
  return lane.slices.slice(first, last);
}

function lowerBound(slices, time) {
  let low = 0, high = slices.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (slices[middle][1] < time) low = middle + 1; else high = middle;
  }
  return low;
}

function place(lane, slice) {
  switch (slice[0]) {
    case SPAN: case TASK: return [lane.top + GAP / 2 + slice.row * SPAN_ROW, SPAN_ROW - 2];
    case HOLD: return [lane.stateTop + ROW + 2, HOLD_ROW - 2];
    case PUT: return [lane.stateTop + ROW - 9, 9];
    case GOT: return [lane.stateTop, 9];
    case LAUNCH: case SIGNAL: return [lane.stateTop + ROW / 2 - 3, 6];
    default: return [lane.stateTop, ROW];
  }
}

const isDimmed = (slice) => view.query !== "" && !slice.isMatch;

function paintLane(lane) {
  const [left, right] = [x(lane.start), x(lane.end)];
  pen.fillStyle = theme.run;
  pen.globalAlpha = view.query ? 0.4 : 1;
  round(left, lane.stateTop, Math.max(right - left, 1), ROW, 3);
  pen.globalAlpha = 1;
  const painted = new Map();
  for (const slice of visible(lane)) {
    const kind = slice[0];
    if (view.hidden.has(kind)) continue;
    const from = x(slice[1]), to = x(slice[1] + slice[2]);
    if (to < NAMES) continue;
    const row = kind >= WAITS ? "w" : kind === SPAN || kind === TASK ? `s${slice.row}` : kind;
    // What is narrower than a pixel is painted once a pixel.
    if (to - from < 1 && painted.get(row) === Math.floor(to) && !slice.isMatch) continue;
    painted.set(row, Math.floor(to));
    pen.globalAlpha = isDimmed(slice) ? 0.15 : 1;
    paintSlice(lane, slice, from, to);
  }
  pen.globalAlpha = 1;
  for (const chosen of [view.hover, view.selected]) {
    if (chosen && chosen.lane === lane && chosen.slice) outline(lane, chosen.slice);
  }
}

function paintSlice(lane, slice, from, to) {
  const [top, high] = place(lane, slice);
  const kind = slice[0];
  pen.fillStyle = color(kind);
  if (kind === PUT || kind === GOT) {
    const tip = kind === PUT ? top : top + high, base = kind === PUT ? top + high : top;
    pen.beginPath();
    pen.moveTo(from, tip); pen.lineTo(to + 4, base); pen.lineTo(from - 4, base);
    pen.fill();
    return;
  }
  const wide = Math.max(to - from, 1);
  if (kind === STARTING) {
    pen.fillStyle = stripes();
    round(from, top, wide, high, 3);
    return;
  }
  if (slice[5] > 1 && kind >= WAITS) {
    // Many short waits: as strong as the part of the time that they take.
    pen.globalAlpha *= 0.25 + 0.75 * Math.min(slice[6] / Math.max(slice[2], 1), 1);
  }
  round(from, top, wide, high, kind >= WAITS || kind === HOLD ? 2 : 3);
  const left = Math.max(from, NAMES), room = to - left - 10;
  if (room > 24 && high >= 14) {
    const text = fit(described(slice) + (slice[5] > 1 ? ` ×${slice[5]}` : ""), room);
    pen.fillStyle = dark(color(kind)) ? "#fff" : "#20242e";
    pen.fillText(text, left + 5, top + high / 2 + 0.5);
  }
}

const dark = (hex) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return r * 0.299 + g * 0.587 + b * 0.114 < 140;
};

let pattern = null;
function stripes() {
  if (!pattern) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const ink = tile.getContext("2d");
    ink.fillStyle = "#c5cad6"; ink.fillRect(0, 0, 8, 8);
    ink.strokeStyle = "#98a0b3"; ink.lineWidth = 2;
    ink.beginPath();
    for (const at of [-8, 0, 8]) { ink.moveTo(at, 8); ink.lineTo(at + 8, 0); }
    ink.stroke();
    pattern = pen.createPattern(tile, "repeat");
  }
  return pattern;
}

function round(left, top, wide, high, radius) {
  // A canvas has trouble with what reaches far beyond it.
  const from = Math.max(left, -10), to = Math.min(left + wide, width + 10);
  pen.beginPath();
  pen.roundRect(from, top, Math.max(to - from, 0.5), high, Math.min(radius, wide / 2));
  pen.fill();
}

function outline(lane, slice) {
  const [top, high] = place(lane, slice);
  const from = x(slice[1]), to = x(slice[1] + slice[2]);
  pen.strokeStyle = theme.text; pen.lineWidth = 1.5;
  pen.strokeRect(from - 1, top - 1, Math.max(to - from, 2) + 2, high + 2);
}

// Marks, failures, and how the lane ended.
function paintMoments(lane) {
  const top = lane.stateTop;
  for (const mark of lane.marks) {
    const at = x(mark[0]);
    if (at < NAMES || at > width) continue;
    pen.fillStyle = mark[3] ? theme.bad : theme.accent;
    pen.fillRect(at - 0.75, top - 4, 1.5, ROW + 8);
    pen.beginPath();
    if (mark[3]) { pen.moveTo(at, top - 5); pen.lineTo(at + 9, top - 1); pen.lineTo(at, top + 3); } else pen.arc(at, top - 3, 3.5, 0, 7);
    pen.fill();
  }
  const end = x(lane.end), middle = top + ROW / 2;
  if (lane.killed && end >= NAMES) {
    pen.strokeStyle = theme.bad; pen.lineWidth = 2.5;
    pen.beginPath();
    pen.moveTo(end - 5, middle - 5); pen.lineTo(end + 5, middle + 5);
    pen.moveTo(end - 5, middle + 5); pen.lineTo(end + 5, middle - 5);
    pen.stroke();
  } else if (lane.ending.includes("exit code")) {
    pen.fillStyle = theme.bad;
    pen.fillRect(end - 1.5, top - 2, 3, ROW + 4);
  }
}

const FLOWS_SHOWN = 1500;
function paintFlows(offset) {
  if (view.hidden.has("arrows")) return;
  const selected = view.selected || view.hover;
  let shown = [];
  for (const flow of data.flows) {
    if (flow[4] < view.from || flow[2] > view.to) continue;
    shown.push(flow);
  }
  const ofChosen = (flow) => selected && selected.slice && touches(flow, selected);
  // Too many arrows say nothing: then only some are drawn, evenly.
  const every = Math.ceil(shown.length / FLOWS_SHOWN);
  shown = shown.filter((flow, index) => index % every === 0 || ofChosen(flow));
  for (const flow of shown) {
    const from = lanes[flow[1]], to = lanes[flow[3]];
    const chosen = ofChosen(flow);
    if (view.selected && !chosen) continue;
    const y1 = from.stateTop + ROW / 2, y2 = to.stateTop + ROW / 2;
    if (Math.max(y1, y2) + offset < AXIS || Math.min(y1, y2) + offset > height) continue;
    const x1 = x(flow[2]), x2 = x(flow[4]);
    const bend = Math.min(Math.max((x2 - x1) / 2, 14), 90);
    pen.strokeStyle = chosen ? theme.accent : flow[0] === LOCK_FLOW ? "#e8590c" : flow[0] > START_FLOW ? color(SIGNAL) : theme.arrow;
    pen.globalAlpha = chosen ? 1 : view.query ? 0.12 : flow[0] === MESSAGE_FLOW ? 0.5 : 0.65;
    pen.lineWidth = chosen ? 2 : 1.1;
    pen.setLineDash(flow[0] === START_FLOW ? [4, 3] : []);
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = pen.strokeStyle;
    pen.beginPath();
    pen.moveTo(x2, y2); pen.lineTo(x2 - 6, y2 - 3.2); pen.lineTo(x2 - 6, y2 + 3.2);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

const touches = (flow, { lane, slice }) => {
  const within = (time) => time >= slice[1] && time <= slice[1] + slice[2];
  return flow[1] === lane.number && within(flow[2]) || flow[3] === lane.number && within(flow[4]);
};

// ---- The axis ------------------------------------------------------------------------------------------------------------------------

function steps() {
  const aim = (view.to - view.from) / Math.max((width - NAMES) / 110, 1);
  const power = 10 ** Math.floor(Math.log10(aim));
  const step = [1, 2, 5, 10].map((by) => by * power).find((step) => step >= aim);
  const all = [];
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) all.push(at);
  return all;
}

function grid(offset) {
  pen.fillStyle = theme.line;
  for (const at of steps()) if (at >= 0) pen.fillRect(Math.round(x(at)), -offset, 1, height);
}

function axis() {
  pen.fillStyle = theme.panel;
  pen.fillRect(0, 0, width, AXIS);
  pen.fillStyle = theme.line;
  pen.fillRect(0, AXIS - 1, width, 1);
  pen.fillStyle = theme.soft;
  for (const at of steps()) {
    if (at >= -1e-6 && x(at) >= NAMES - 1) pen.fillText(at ? duration(at) : "0", Math.round(x(at)) + 4, AXIS / 2);
  }
  pen.fillText(`${lanes.length} lane${lanes.length === 1 ? "" : "s"}`, 14, AXIS / 2);
}

// ---- Finding things ------------------------------------------------------------------------------------------------------------------

// What is at a point of the canvas: the last that was painted there.
function find(px, py) {
  if (px < NAMES || py < AXIS) return null;
  const y = py - AXIS + box.scrollTop;
  const lane = lanes.find((lane) => y >= lane.top && y < lane.top + lane.height);
  if (!lane) return null;
  for (const mark of lane.marks) if (Math.abs(x(mark[0]) - px) < 5) return { lane, mark };
  if (lane.ending && Math.abs(x(lane.end) - px) < 5) return { lane, isEnd: true };
  let best = null;
  for (const slice of visible(lane)) {
    if (view.hidden.has(slice[0])) continue;
    const [top, high] = place(lane, slice);
    const from = x(slice[1]), to = x(slice[1] + slice[2]);
    const slack = slice[0] === PUT || slice[0] === GOT ? 4 : 1.5;
    if (y < top - 1 || y > top + high + 1 || px < from - slack || px > to + slack) continue;
    if (!best || slice[0] === PUT || slice[0] === GOT || slice[2] <= best[2]) best = slice;
  }
  return { lane, slice: best };
}

function told(found, time) {
  const { lane, slice, mark, isEnd } = found;
  const lines = [];
  const pid = lane.thread ? `thread ${lane.tid}` : `process ${lane.pid}`;
  if (isEnd) return [lane.ending, `${lane.name}, ${pid}`, `at ${duration(lane.end)}`];
  if (mark) {
    lines.push((mark[3] ? "failed: " : "") + data.texts[mark[1]], `at ${duration(mark[0])}`);
    if (mark[2]) lines.push(data.texts[mark[2]]);
    return [...lines, lane.name];
  }
  if (!slice) {
    const lives = time >= lane.start && time <= lane.end;
    return lives ? ["running", `${lane.name}, ${pid}`, `at ${duration(time)}`] : null;
  }
  lines.push(described(slice));
  if (slice[0] === PUT || slice[0] === GOT) {
    const [first, last] = [slice[7], slice[8]];
    lines.push(slice[5] === 1 ? `message ${first}` : `${slice[5]} messages, from ${first} to ${last}`);
    if (slice[2]) lines.push(`${duration(slice[2])} from ${duration(slice[1])} on`); else lines.push(`at ${duration(slice[1])}`);
  } else {
    lines.push(`${duration(slice[2])} from ${duration(slice[1])} on`);
    if (slice[5] > 1) lines.push(`${slice[5]} times, ${duration(slice[6])} in all`);
  }
  if (slice[4]) lines.push(data.texts[slice[4]]);
  for (const flow of data.flows) {
    if (lines.length > 8) break;
    if (flow[3] === lane.number && touches(flow, found) && flow[4] >= slice[1]) {
      const from = lanes[flow[1]].name;
      lines.push([`message from ${from}`, `released by ${from}`, `started by ${from}`, `signalled by ${from}`][flow[0]]);
      break;
    }
  }
  return [...lines, `${lane.name}, ${pid}`];
}

function showTip(found, px, py) {
  const tip = element("tip");
  const lines = found && told(found, timeAt(px));
  tip.hidden = !lines;
  if (!lines) return;
  tip.replaceChildren(...lines.map((line, index) => {
    const row = document.createElement(index ? "div" : "b");
    row.textContent = line;
    return row;
  }));
  const { left, top } = canvas.getBoundingClientRect();
  const { offsetWidth: wide, offsetHeight: high } = tip;
  tip.style.left = `${Math.min(left + px + 14, innerWidth - wide - 8)}px`;
  tip.style.top = `${top + py + 18 + high > innerHeight ? top + py - high - 10 : top + py + 18}px`;
}

function search(query) {
  view.query = query.trim().toLowerCase();
  view.matches = []; view.match = -1;
  for (const lane of lanes) {
    const inLane = lane.name.toLowerCase().includes(view.query);
    for (const slice of lane.slices) {
      const isFound = () => `${described(slice)} ${data.texts[slice[4]]}`.toLowerCase().includes(view.query);
      slice.isMatch = view.query !== "" && (inLane || isFound());
      if (slice.isMatch) view.matches.push({ lane, slice });
    }
  }
  say();
  draw();
}

function say() {
  const count = view.matches.length;
  element("found").textContent = view.query === "" ? ""
    : view.match < 0 ? `${count} found` : `${view.match + 1} of ${count}`;
}

function nextMatch(by) {
  const count = view.matches.length;
  if (!count) return;
  view.match = view.match < 0 ? (by > 0 ? 0 : count - 1) : (view.match + by + count) % count;
  view.selected = view.matches[view.match];
  showSlice(view.selected.lane, view.selected.slice);
  say();
}

function step(by) {
  const { lane, slice } = view.selected || { lane: lanes[0], slice: null };
  if (!lane || !lane.slices.length) return;
  let at = slice ? lane.slices.indexOf(slice) + by : 0;
  while (lane.slices[at] && view.hidden.has(lane.slices[at][0])) at += by;
  if (!lane.slices[at]) return;
  view.selected = { lane, slice: lane.slices[at] };
  const [from, to] = [lane.slices[at][1], lane.slices[at][1] + lane.slices[at][2]];
  if (to < view.from || from > view.to) showSlice(lane, lane.slices[at]); else draw();
  showTip(view.selected, Math.min(Math.max(x(from), NAMES), width), lane.stateTop - box.scrollTop + AXIS + ROW);
}

// ---- Mouse and keys ------------------------------------------------------------------------------------------------------------------

const point = (event) => {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
};

canvas.addEventListener("wheel", (event) => {
  const [px] = point(event);
  if (px < NAMES) return;
  event.preventDefault();
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    pan((event.deltaX || event.deltaY) / 1000);
  } else {
    zoom(Math.exp(Math.min(Math.max(event.deltaY, -300), 300) / 400), timeAt(px));
  }
}, { passive: false });

let drag = null;
canvas.addEventListener("pointerdown", (event) => {
  const [px, py] = point(event);
  drag = { px, py, from: view.from, to: view.to, scroll: box.scrollTop, moved: false };
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  const [px, py] = point(event);
  if (drag) {
    const by = (drag.px - px) / (width - NAMES) * (drag.to - drag.from);
    drag.moved ||= Math.abs(drag.px - px) + Math.abs(drag.py - py) > 3;
    if (drag.moved) {
      setRange(drag.from + by, drag.to + by);
      box.scrollTop = drag.scroll + drag.py - py;
      element("tip").hidden = true;
    }
    return;
  }
  const found = find(px, py);
  const changed = (found && found.slice) !== (view.hover && view.hover.slice);
  view.hover = found;
  showTip(found, px, py);
  if (changed) draw();
});
canvas.addEventListener("pointerup", (event) => {
  if (drag && !drag.moved) {
    const found = find(...point(event));
    view.selected = found && found.slice ? found : null;
    draw();
  }
  drag = null;
});
canvas.addEventListener("pointerleave", () => { view.hover = null; element("tip").hidden = true; draw(); });
canvas.addEventListener("dblclick", (event) => {
  const found = find(...point(event));
  if (found && found.slice) showSlice(found.lane, found.slice);
});
box.addEventListener("scroll", draw);
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

const keys = {
  w: () => zoom(0.7), "+": () => zoom(0.7), "=": () => zoom(0.7), s: () => zoom(1 / 0.7), "-": () => zoom(1 / 0.7),
  a: () => pan(-0.15), ArrowLeft: () => pan(-0.15), d: () => pan(0.15), ArrowRight: () => pan(0.15),
  ArrowUp: () => { box.scrollTop -= 48; }, ArrowDown: () => { box.scrollTop += 48; },
  0: showAll, n: () => step(1), p: () => step(-1), "?": () => element("help").showModal(),
  Enter: () => view.selected && showSlice(view.selected.lane, view.selected.slice),
  "/": () => element("query").focus(),
  Escape: () => { view.selected = null; element("tip").hidden = true; element("query").value = ""; search(""); },
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
  if (event.target === element("query")) {
    if (event.key === "Escape") { keys.Escape(); box.focus(); }
    return;
  }
  if (event.target.tagName === "BUTTON" && event.key === "Enter") return;
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
});
element("search").addEventListener("submit", (event) => { event.preventDefault(); nextMatch(1); });
element("query").addEventListener("input", (event) => search(event.target.value));
element("query").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); nextMatch(-1); }
});
element("in").addEventListener("click", keys.w);
element("out").addEventListener("click", keys.s);
element("all").addEventListener("click", showAll);
element("keys").addEventListener("click", keys["?"]);

// ---- The rest of the page ------------------------------------------------------------------------------------------------------------

element("length").textContent = duration(data.length);
element("summary").replaceChildren(...[...data.notes.map((note) => [note, "note"]), ...data.summary.map((line) => [line, ""])]
  .map(([text, kind]) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.className = kind;
    return item;
  }));
element("about").addEventListener("toggle", draw);

function legend() {
  const used = new Set(lanes.flatMap((lane) => lane.slices.map((slice) => slice[0])));
  const entries = [["running", null, theme.run || "#b9e4c4"]];
  data.classes.forEach((name, number) => {
    if (used.has(number)) entries.push([number >= WAITS && name !== "sleep" ? `waits: ${name}` : name, number, color(number)]);
  });
  if (data.flows.length) entries.push(["arrows", "arrows", theme.arrow || "#4c5b7a"]);
  element("legend").replaceChildren(...entries.map(([name, key, hue]) => {
    const button = document.createElement("button"), chip = document.createElement("i");
    chip.style.background = hue;
    button.append(chip, name);
    if (key === null) { button.disabled = true; return button; }
    button.setAttribute("aria-pressed", "true");
    button.title = "Show or hide";
    button.addEventListener("click", () => {
      const shown = view.hidden.delete(key);
      if (!shown) view.hidden.add(key);
      button.setAttribute("aria-pressed", String(shown));
      draw();
    });
    return button;
  }));
}

setRange(-margin, whole + margin);
paint();
legend();
// For tests of the page.
window.timeline = { data, lanes, counters, view, x, find, described, place };
