"use strict";
// Shared ground: data, safe DOM building, theme, sections. Text from the repository only ever becomes text nodes.
const R = JSON.parse(document.getElementById("data").textContent);
const NUMBER = new Intl.NumberFormat("en");
const LANGUAGE = { python: "Python", javascript: "JavaScript", typescript: "TypeScript", tsx: "TSX", jsx: "JSX", go: "Go", rust: "Rust",
  java: "Java", c: "C", cpp: "C++", csharp: "C#", ruby: "Ruby", php: "PHP", kotlin: "Kotlin", swift: "Swift", scala: "Scala", bash: "Bash",
  html: "HTML", css: "CSS", json: "JSON", yaml: "YAML", toml: "TOML", sql: "SQL", lua: "Lua" };
const number = (n) => NUMBER.format(n);
const percent = (s) => (s > 0 && s < 0.005 ? "<1%" : s < 1 && s > 0.995 ? ">99%" : `${Math.round(s * 100)}%`);
const count = (n, noun) => `${number(n)} ${n === 1 ? noun : noun.endsWith("y") ? noun.slice(0, -1) + "ies" : noun + "s"}`;
const language = (name) => LANGUAGE[name] || name.charAt(0).toUpperCase() + name.slice(1);
const shortSymbol = (id) => (id.includes("::") ? id.slice(id.indexOf("::") + 2) : id);
const place = (path, line) => `${path}:${line}`;
const escaped = (text) => echarts.format.encodeHTML(String(text));
const byId = (id) => document.getElementById(id);

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "style") Object.assign(node.style, value);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
  return node;
}

const say = (text) => { byId("live").textContent = text; };
// a long name breaks behind its marks, not before the suffix of a file; within a word only where that does not do
const breakable = (text) => text.split(/(?<=\/|[a-z0-9]_(?=[a-z])|\.(?=\w{5}))/).flatMap((part) => [part, el("wbr")]).slice(0, -1);
const spelt = (text) => el("span", { class: "path" }, breakable(text));
const mono = (path, line) => spelt(line === undefined ? path : place(path, line));

function gauge(share, colour, text) {
  return el("span", {}, el("span", { class: "gauge", "aria-hidden": "true" },
    el("i", { style: { width: `${Math.max(2, share * 100)}%`, background: colour || "" } })), text === undefined ? percent(share) : text);
}

function section(id, title, remark, ...content) {
  const node = el("section", { class: "part", id, "aria-labelledby": `${id}-title` },
    el("header", {}, el("h2", { id: `${id}-title` }, title), remark ? el("p", {}, remark) : null), ...content);
  byId("main").append(node);
  return node;
}

function panel(title, remark, ...content) {
  return el("div", { class: "panel" }, title ? el("h3", {}, title, remark ? el("small", {}, remark) : null) : null, ...content);
}

// --- theme -----------------------------------------------------------------------------------------------
const THEMES = ["auto", "light", "dark"];
const SIGN = { auto: "◐", light: "☀", dark: "☾" };
const dark = matchMedia("(prefers-color-scheme: dark)");
const redraws = [];

function remembered(value) {
  try {
    if (value === undefined) return localStorage.getItem("codeagent-theme");
    localStorage.setItem("codeagent-theme", value);
  } catch { /* a file opened from disk may have no storage */ }
  return value;
}

function setTheme(theme) {
  const root = document.documentElement;
  root.dataset.theme = theme;
  root.dataset.mode = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  const button = byId("theme");
  button.textContent = SIGN[theme];
  button.setAttribute("aria-label", `Colours: ${theme === "auto" ? "automatic" : theme}`);
  for (const redraw of redraws) redraw();
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const isDark = () => document.documentElement.dataset.mode === "dark";
const HUES = () => (isDark()
  ? ["#8fb0ff", "#6fd3a0", "#e6a6ff", "#f0b65c", "#6fd6e0", "#ff938a", "#b5c26a", "#c9a38a"]
  : ["#3d67d6", "#2c8a5c", "#9a4fc2", "#c07a12", "#1b8a99", "#c4473d", "#73822b", "#8b6248"]);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const product = R.subsystems.filter((s) => s.role === "product");
const shownSystems = product.length ? product : R.subsystems;
const homeOf = new Map();
for (const system of R.subsystems) for (const file of system.files) homeOf.set(file.path, system.name);
