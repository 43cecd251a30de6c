// The page put together, in the order in which a newcomer asks.
const PURPOSES = { install: "Install", build: "Build", run: "Run", test: "Test", lint: "Lint", format: "Format", docs: "Docs" };
const KINDS = { "console-script": "command", service: "service", main: "program", "cli-command": "subcommand", route: "route", plugin: "plug-in", package: "package", script: "script" };
const WHEN = { load: "at load", deferred: "deferred", "": "compiled" };
const RULES = { "import-cycle": "Import circles", "god-module": "God modules", "complex-function": "Complex functions", "duplicate-code": "Duplicated code", "dead-code": "Dead code", "unreachable-code": "Unreachable code", "unused-import": "Unused imports", "unused-value": "Unused values" };

function hero() {
  const r = R.repository;
  byId("lead").textContent = r.description;
  byId("facts").append(...R.facts.map((fact) => el("li", {}, fact)));
  byId("notes").append(...r.notes.map((note) => el("p", { class: "note" }, note)));
  const cards = [[number(r.code_lines), r.code_lines === 1 ? "line of code" : "lines of code", "#is"], [number(r.code_files), r.code_files === 1 ? "code file" : "code files", "#is"]];
  if (product.length) cards.push([number(product.length), product.length === 1 ? "subsystem" : "subsystems", "#map"]);
  if (R.cycles.length) cards.push([number(R.cycles.length), R.cycles.length === 1 ? "import circle" : "import circles", "#circles"]);
  if (R.tests.files) cards.push([`${R.coverage.resolved < 0.7 ? "≥ " : ""}${percent(R.tests.reached)}`, "of functions reached by tests", "#tests"]);
  if (R.ownership.bus_factor) cards.push([number(R.ownership.bus_factor), `of ${count(R.ownership.author_count, "person").replace("persons", "people")} made half the commits`, "#people"]);
  if (R.findings.length) cards.push([number(R.findings.length), R.findings.length === 1 ? "finding" : "findings", "#findings"]);
  byId("cards").append(...cards.map(([big, small, to]) => el("a", { class: "card", href: to }, el("b", {}, big), el("span", {}, small))));
}

function surface() {
  const code = R.languages.filter((l) => l.share > 0), hues = HUES();
  const strip = el("div", { class: "strip", "aria-hidden": "true" }, code.slice(0, 8).map((l, n) => el("i", { style: { flex: String(l.share), background: hues[n] } })));
  const legend = el("ul", { class: "legend" }, code.slice(0, 8).map((l, n) => el("li", {}, el("i", { style: { background: hues[n] } }), language(l.name), el("span", {}, `${percent(l.share)}, ${count(l.code_lines, "line")}`))));
  const data = R.languages.filter((l) => !l.share);
  const others = data.length ? el("p", { class: "none", style: { marginTop: "10px" } }, "and ", data.slice(0, 8).map((l) => `${language(l.name)} (${number(l.files)})`).join(", ")) : null;
  const groups = new Map();
  for (const t of R.stack) groups.set(t.category, [...(groups.get(t.category) || []), t]);
  const stack = el("dl", { class: "stack" }, [...groups].flatMap(([category, items]) => [el("dt", {}, category), el("dd", {}, items.map((t) =>
    el("span", { class: "chip", title: t.evidence.map((e) => place(e.path, e.line)).join("\n") }, t.name, t.version && t.version.length < 18 ? el("em", {}, t.version) : null, el("span", { class: "quiet" }, `, named in ${place(t.evidence[0].path, t.evidence[0].line)}`))))]));
  const seen = {};
  const runs = R.commands.filter((c) => (seen[c.purpose] = (seen[c.purpose] || 0) + 1) <= 3).map((c, n, all) => el("div", { class: "run" },
    el("span", { class: "why" }, n && all[n - 1].purpose === c.purpose ? "" : PURPOSES[c.purpose] || c.purpose), el("code", {}, c.command + (c.directory ? `   # in ${c.directory}` : "")),
    el("button", { type: "button", "aria-label": `Copy ${c.command}`, onclick: (event) => copy(c.command, event.currentTarget) }, "Copy"), el("small", {}, place(c.evidence.path, c.evidence.line))));
  const entries = sortable(R.entry_points.map((e) => ({ ...e, path: e.evidence.path, line: e.evidence.line })), [
    { name: "Name", value: "name", cell: (e) => el("b", {}, breakable(e.name)) }, { name: "Kind", value: (e) => KINDS[e.kind] || e.kind, cell: (e) => [KINDS[e.kind] || e.kind, e.framework ? el("span", { class: "none" }, ` ${e.framework}`) : null] },
    pathColumn("Where", "path", "line"), { name: "Runs", value: (e) => (e.target ? shortSymbol(e.target) : ""), rare: true, cell: (e) => spelt(e.target ? shortSymbol(e.target) : "") }], { name: "Entry points", rows: 10 });
  section("is", "What it is", "",
    panel("Languages", "by lines of code", code.length ? strip : null, code.length ? legend : null, others),
    el("div", { class: "two", style: { marginTop: "14px" } }, panel("Stack", "as its own files name it", R.stack.length ? stack : el("p", { class: "none" }, "no manifest names any")),
      panel("How to", "from manifests, task files and CI", ...(runs.length ? runs : [el("p", { class: "none" }, "no manifest, Makefile or CI file says")]))),
    R.entry_points.length ? el("div", { style: { marginTop: "14px" } }, panel("Where it starts", count(R.entry_points.length, "entry point"), entries.node)) : null);
}

async function copy(text, button) {
  try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch { button.textContent = "Select it"; }
  setTimeout(() => { button.textContent = "Copy"; }, 1600);
}

function structure() {
  if (!R.key_symbols.length && !R.reading_order.length) return;
  const tour = el("ol", { class: "tour" }, R.reading_order.map((s) => el("li", {}, mono(s.path, s.line), el("span", {}, s.why + (s.symbols.length ? `: ${s.symbols.map(shortSymbol).join(", ")}` : "")))));
  const keys = sortable(R.key_symbols, [{ name: "Symbol", value: (k) => shortSymbol(k.symbol), text: (k) => k.symbol, cell: (k) => [el("b", {}, shortSymbol(k.symbol)), el("br"), mono(k.path, k.line)] },
    { name: "Weight", value: "score", num: true, cell: (k) => gauge(k.score, "", "") }, { name: "Used in files", value: "users", num: true }], { name: "Key symbols", rows: 9 });
  section("read", "Start reading here", "", el("div", { class: "two" }, panel("Reading order", "from the outside in, then from the ground up", tour),
    panel("Key symbols", "what the rest leans on, by PageRank and how many files use it", R.key_symbols.length ? keys.node : el("p", { class: "none" }, "none is used from another file"))));
  const parts = [];
  if (R.cycles.length) {
    parts.push(panel("Import circles", "and the cheapest edge to cut", sortable(R.cycles.map((c) => ({ ...c, size: c.files.length })), [
      { name: "Files", value: "size", num: true }, { name: "A way round", value: (c) => c.path.join(" "), cell: (c) => spelt([...c.path.slice(0, 5), c.path.length > 5 ? "…" : c.path[0]].join(" → ")) },
      { name: "Cut", value: "cut_source", cell: (c) => [mono(c.cut_source, c.cut_line), spelt(` → ${c.cut_target}`)] }, { name: "References", value: "cut_weight", num: true },
      { name: "Still circling", value: "cut_left", num: true, rare: true }, { name: "When", value: (c) => WHEN[c.when], rare: true, cell: (c) => el("span", { class: `tag ${c.when === "load" ? "warning" : ""}` }, WHEN[c.when]) }], { name: "Import circles", rows: 6 }).node));
  }
  if (R.dependencies.violations.length) {
    parts.push(panel("Against the layering", "the most accidental first", sortable(R.dependencies.violations, [{ name: "From", value: "source", cell: (v) => el("b", {}, v.source) }, { name: "Up to", value: "target" },
      { name: "References", value: "weight", num: true }, pathColumn("For example", "path", "line")], { name: "Against the layering", rows: 8 }).node));
  }
  if (R.dependencies.external.length) {
    parts.push(panel("Packages it leans on", "", sortable(R.dependencies.external, [{ name: "Package", value: "name", cell: (e) => el("b", {}, e.name) }, { name: "Files", value: "files", num: true }, pathColumn("For example", "path", "line")], { name: "Packages", rows: 8 }).node));
  }
  if (parts.length) section("circles", "Circles, layers, packages", "", ...parts);
}

function health() {
  const parts = [];
  if (R.hotspots.length) {
    parts.push(panel("Hotspots", "complex and changed often", sortable(R.hotspots, [pathColumn("File", "path", "line"), { name: "Heat", value: "score", num: true, cell: (h) => gauge(h.score, colour("bad"), "") }, { name: "Commits", value: "commits", num: true },
      { name: "Complexity", value: "complexity", num: true }, { name: "Lines", value: "code_lines", num: true, rare: true }, { name: "Authors", value: "authors", num: true, rare: true }, { name: "Most complex", value: (h) => (h.symbol ? shortSymbol(h.symbol) : ""), rare: true, cell: (h) => spelt(h.symbol ? shortSymbol(h.symbol) : "") }], { name: "Hotspots", rows: 10 }).node));
  }
  if (R.coupling.length) {
    parts.push(panel("Change together without a dependency", "hidden coupling", sortable(R.coupling, [pathColumn("File", "first"), pathColumn("File", "second"), { name: "Commits together", value: "together", num: true }, { name: "Share", value: "share", num: true, cell: (c) => percent(c.share) }], { name: "Hidden coupling", rows: 6 }).node));
  }
  if (parts.length) section("hurts", "Where it hurts", "", ...parts);
  const names = new Set(shownSystems.map((s) => s.name));
  if (R.ownership.authors.length) {
    section("people", "Who knows it", `${count(R.ownership.bus_factor, "person").replace("persons", "people")} of ${number(R.ownership.author_count)} made half of the commits.`, el("div", { class: "two" },
      panel("People", "", sortable(R.ownership.authors, [{ name: "Name", value: "name", cell: (a) => el("b", {}, a.name) }, { name: "Commits", value: "commits", num: true }, { name: "Share", value: "share", num: true, cell: (a) => percent(a.share) }, { name: "Latest", value: "last", num: true, cell: (a) => a.last }], { name: "People", rows: 8 }).node),
      panel("Subsystems", "bus factor: how few made half of the changes", sortable(R.ownership.areas.filter((a) => names.has(a.subsystem)), [{ name: "Subsystem", value: "subsystem", cell: (a) => el("b", {}, a.subsystem) }, { name: "Mostly", value: "main_author", cell: (a) => `${a.main_author} ${percent(a.share)}` }, { name: "Bus factor", value: "bus_factor", num: true }], { name: "Ownership of subsystems", rows: 8 }).node)));
  }
  if (R.tests.areas.length) {
    section("tests", "Tests", `${count(R.tests.files, "test file")}, ${count(R.tests.cases, "test")}. Reach is read from the graph: nothing was run.`, panel("Reach by subsystem", "", sortable(R.tests.areas.filter((a) => names.has(a.subsystem)), [
      { name: "Subsystem", value: "subsystem", cell: (a) => el("b", {}, a.subsystem) }, { name: "Reached", value: "share", num: true, cell: (a) => gauge(a.share, a.share >= 0.5 ? colour("good") : a.share > 0 ? colour("warn") : colour("bad")) }, { name: "Callables", value: "callables", num: true },
      { name: "For example not", value: (a) => a.examples.join(" "), rare: true, cell: (a) => spelt(a.examples.slice(0, 3).map(shortSymbol).join(", ")) }], { name: "Test reach", rows: 12 }).node));
  }
}

function findings() {
  const rules = [...new Set(R.findings.map((f) => f.rule))];
  const control = sortable(R.findings, [{ name: "Rule", value: "rule", rare: true, cell: (f) => RULES[f.rule] || f.rule }, { name: "Finding", value: "message", cell: (f) => [f.message, f.certainty !== "exact" ? el("span", { class: "none" }, ` (${f.certainty})`) : null] },
    pathColumn("Where", "path", "line"), { name: "Severity", value: "severity", cell: (f) => el("span", { class: `tag ${f.severity}` }, f.severity) }, { name: "Value", value: (f) => f.value || 0, num: true, rare: true }], { name: "Findings", rows: 15 });
  const options = [["", `All ${number(R.findings.length)}`], ...rules.map((rule) => [rule, `${RULES[rule] || rule} ${number(R.findings.filter((f) => f.rule === rule).length)}`])];
  section("findings", "Findings", "", R.findings.length > 1 ? el("div", { class: "tools" }, choice(options, "", (rule) => control.restrict((f) => !rule || f.rule === rule), "Which rule")) : null,
    panel("", "", R.findings.length ? control.node : el("p", { class: "none" }, "None at the limits in force.")));
}

function chances() {
  if (!R.opportunities.length) return;
  const list = el("ol", { class: "chances" });
  const most = 12;
  const item = (o) => el("li", {}, el("h3", {}, o.title, el("span", { class: "tag op" }, o.operation), el("span", { class: `tag ${o.risk}` }, `${o.risk} risk`)),
    el("p", {}, o.evidence.join("; ")), el("p", {}, `→ ${o.effect}; ${o.fan_in ? `used by ${count(o.fan_in, "file")}` : "used by no other file"}, ${o.test_reach ? `tests reach ${percent(o.test_reach)} of it` : "no test is seen to reach it"}`), mono(o.path, o.line), el("p", {}, el("code", {}, `codeagent plan --from-opportunity ${o.id}`)));
  const more = el("button", { type: "button", class: "plain more", hidden: R.opportunities.length <= most, onclick: () => { list.append(...R.opportunities.slice(most).map(item)); more.remove(); } }, `Show all ${number(R.opportunities.length)}`);
  list.append(...R.opportunities.slice(0, most).map(item));
  section("do", "What to do", "Ranked by what it would bring against what it risks.", list, more);
}

function footer() {
  const c = R.coverage, t = R.timings.total;
  const left = R.skipped.map((s) => `${number(s.count)} ${s.reason}`).join(", ");
  byId("footer").append(el("p", {}, `Made from facts by codeagent: ${count(c.files, "file")} indexed${c.calls ? `, ${percent(c.resolved)} of ${number(c.calls)} calls resolved` : ""}, ${c.freshness}${t === undefined ? "" : `, ${t.toFixed(1)} s`}.`),
    ...c.notes.map((note) => el("p", {}, note)), left ? el("p", {}, `Left out: ${left}.`) : "", el("p", {}, "Charts: Apache ECharts 6 (Apache-2.0), inside this file."));
}

function navigation() {
  const titles = { is: "What", map: "Map", read: "Read", circles: "Circles", sizes: "Sizes", hurts: "Hotspots", people: "People", tests: "Tests", findings: "Findings", do: "To do" };
  const links = new Map();
  for (const part of document.querySelectorAll("section.part")) {
    const link = el("a", { href: `#${part.id}` }, titles[part.id] || part.id);
    links.set(part.id, link);
    byId("nav").append(link);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) for (const [id, link] of links) link.setAttribute("aria-current", String(id === entry.target.id));
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const part of document.querySelectorAll("section.part")) seen.observe(part);
}

function keys() {
  const find = byId("find");
  find.addEventListener("input", () => {
    const rows = tables.reduce((sum, table) => sum + table.find(find.value.trim()), 0);
    say(find.value.trim() ? `${count(rows, "row")} fit` : "");
  });
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); find.focus(); }
    if (event.key === "Escape" && document.activeElement === find) { find.value = ""; find.dispatchEvent(new Event("input")); find.blur(); }
  });
  byId("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    remembered(next);
    setTheme(next);
  });
  dark.addEventListener("change", () => setTheme(document.documentElement.dataset.theme));
}

const asked = new URLSearchParams(location.search).get("theme");
setTheme(THEMES.includes(asked) ? asked : THEMES.includes(remembered()) ? remembered() : "auto");
hero();
surface();
dependencyMap();
structure();
sizeMap();
health();
findings();
chances();
footer();
navigation();
keys();
document.documentElement.dataset.ready = "true";
