// The dependency map: subsystems in their layers; one chosen subsystem opens into its files.
const MARGIN = { left: 54, right: 54, top: 26, bottom: 44 };

function dependencyMap() {
  if (!shownSystems.length) return;
  const names = new Set(shownSystems.map((s) => s.name));
  const edges = R.dependencies.edges.filter((e) => names.has(e.source) && names.has(e.target));
  const against = new Set(R.dependencies.violations.map((v) => `${v.source}\0${v.target}`));
  const box = el("div", { class: "chart", role: "img", tabindex: "-1", id: "map-chart" });
  const side = el("div", { class: "panel side", id: "map-side" });
  const back = el("button", { type: "button", class: "plain", hidden: true, onclick: () => choose(null) }, "← All subsystems");
  const where = el("strong", {}, "All subsystems");
  let strength = 1, chosen = null, chart = null;
  const weights = edges.map((e) => e.weight).sort((a, b) => a - b);
  const cuts = [0, 0.5, 0.8].map((q) => weights[Math.floor(q * weights.length)] || 1);
  const tools = el("div", { class: "tools" }, where, back, el("span", { class: "grow" }),
    choice([["0", "Every dependency"], ["1", "Stronger half"], ["2", "Strongest fifth"]], edges.length > 40 ? "1" : "0",
      (key) => { strength = cuts[Number(key)]; draw(); }, "How strong a dependency must be to be drawn"));
  strength = edges.length > 40 ? cuts[1] : cuts[0];
  section("map", "Dependency map", "Subsystems found from imports and calls. Each stands on what it uses; a dashed arrow runs against the layering.",
    tools, el("div", { class: "map" }, el("div", { class: "panel canvas" }, box), side));

  function layered() {
    const levels = [...new Set(shownSystems.map((s) => s.level))].sort((a, b) => a - b);
    const most = box.clientWidth > 560 ? 7 : 3, rows = [];
    for (const level of levels) {
      const members = shownSystems.filter((s) => s.level === level).sort((a, b) => b.code_lines - a.code_lines);
      for (let n = 0; n < members.length; n += most) rows.push(members.slice(n, n + most));
    }
    box.style.height = `${Math.max(420, Math.min(1100, rows.length * 74 + 90))}px`;
    side.style.maxHeight = `${box.clientHeight + 18}px`;
    // in pixels of the drawing, so that nothing is stretched
    const wide = Math.max(200, box.clientWidth - MARGIN.left - MARGIN.right), high = box.clientHeight - MARGIN.top - MARGIN.bottom, spots = new Map();
    const shift = rows.length > 1 ? 0.12 : 0;  // rows are staggered, so that arrows do not run through what lies between
    rows.forEach((row, r) => {
      const order = row.map((s, n) => (n % 2 ? row[row.length - ((n + 1) / 2)] : row[n / 2])).filter(Boolean);
      const members = new Set(order).size === row.length ? order : row;
      members.forEach((s, n) => spots.set(s.name, [((n + 0.5 + (r % 2 ? shift : -shift)) / members.length) * wide, high - ((r + 0.5) / rows.length) * high]));
    });
    return { spots, wide, high };
  }

  // nothing to see: they span the drawing, so that its scale is one
  const corner = (x, y, n) => (
    { name: `\0${n}`, x, y, symbolSize: 0.01, silent: true, label: { show: false }, tooltip: { show: false }, itemStyle: { opacity: 0 } });
  const largest = Math.max(1, ...shownSystems.map((s) => s.code_lines));
  const tail = (name) => (name.length > 22 ? "…" + name.slice(-21) : name);

  function systemsOption() {
    const hues = HUES();
    const { spots, wide, high } = layered();
    const corners = [corner(0, 0, 0), corner(wide, high, 1)];
    return {
      data: [...corners, ...shownSystems.map((s) => ({
        name: s.name, x: spots.get(s.name)[0], y: spots.get(s.name)[1], symbolSize: 14 + 34 * Math.sqrt(s.code_lines / largest),
        itemStyle: { color: hues[s.level % hues.length] }, label: { formatter: () => tail(s.name) }, system: s,
      }))],
      links: edges.filter((e) => e.weight >= strength).map((e) => link(e, against.has(`${e.source}\0${e.target}`))),
    };
  }

  function link(e, wrong) {
    return {
      source: e.source, target: e.target, value: e.weight, wrong,
      lineStyle: { width: 0.8 + Math.min(5, Math.log2(1 + e.weight) * 0.45), type: wrong ? "dashed" : "solid", curveness: wrong ? 0.28 : 0.12,
        color: wrong ? colour("warn") : colour("faint"), opacity: wrong ? 0.8 : edges.length > 60 ? 0.26 : 0.4 },
    };
  }

  function filesOption(system) {
    const inside = new Set(system.files.map((f) => f.path));
    const files = [...system.files].sort((a, b) => b.code_lines - a.code_lines).slice(0, 120);
    const kept = new Set(files.map((f) => f.path));
    const most = Math.max(1, ...files.map((f) => f.code_lines)), worst = Math.max(1, ...files.map((f) => f.complexity));
    const hues = HUES();
    return {
      data: files.map((f) => ({ name: f.path, symbolSize: 9 + 30 * Math.sqrt(f.code_lines / most), file: f,
        itemStyle: { color: hues[system.level % hues.length], opacity: 0.45 + 0.55 * (f.complexity / worst) },
        label: { formatter: () => tail(f.path.split("/").pop()), show: files.length <= 60 || f.code_lines > most / 6 } })),
      links: R.dependencies.files.filter((l) => kept.has(l.source) && kept.has(l.target) && inside.has(l.source)).map((l) => link(l, false)),
    };
  }

  function tooltip(p) {
    if (p.dataType === "edge") return `${escaped(p.data.source)} → ${escaped(p.data.target)}<br>${escaped(count(p.data.value, "reference"))}${p.data.wrong ? "<br>against the layering" : ""}`;
    if (p.data.file) return `<b>${escaped(p.data.file.path)}</b><br>${escaped(count(p.data.file.code_lines, "line"))} of code, complexity ${p.data.file.complexity}, ${escaped(count(p.data.file.commits, "commit"))}`;
    const s = p.data.system;
    return `<b>${escaped(s.name)}</b><br>${escaped(count(s.code_lines, "line"))} of code in ${escaped(count(s.files.length, "file"))}<br>level ${s.level}, ${percent(s.cohesion)} of its references stay inside`;
  }

  function draw(moving = true) {
    const system = chosen && shownSystems.find((s) => s.name === chosen);
    const graph = system ? filesOption(system) : systemsOption();
    if (chart) chart.dispose();
    chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption({
      animation: moving && !calm, animationDuration: 300, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { formatter: tooltip, backgroundColor: colour("panel"), borderColor: colour("line-strong"), textStyle: { color: colour("ink"), fontSize: 13 }, confine: true },
      series: [{
        type: "graph", layout: system ? "force" : "none", roam: true, scaleLimit: { min: 0.4, max: 6 }, edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7,
        force: { repulsion: system ? Math.max(160, 14000 / system.files.length) : 0, edgeLength: [50, 170], gravity: 0.08, layoutAnimation: false }, ...MARGIN,
        label: { show: true, position: "bottom", color: colour("ink"), fontSize: 11.5, textBorderColor: colour("panel"), textBorderWidth: 3 },
        itemStyle: { borderColor: colour("panel"), borderWidth: 1.5 }, labelLayout: { hideOverlap: true },
        emphasis: { focus: "adjacency", label: { show: true }, lineStyle: { opacity: 0.95 } }, blur: { itemStyle: { opacity: 0.2 }, lineStyle: { opacity: 0.05 }, label: { opacity: 0.2 } },
        data: graph.data, links: graph.links,
      }],
    });
    chart.on("click", (p) => { if (p.dataType === "node" && p.data.system) choose(p.data.system.name); });
    box.setAttribute("aria-label", system ? `Files of ${system.name} and how they use each other; the list beside it says the same`
      : `${count(shownSystems.length, "subsystem")} and ${count(graph.links.length, "dependency")} between them; the list beside it says the same`);
  }

  function entry(text, extra, action, pressed) {
    return el("li", {}, el("button", { type: "button", onclick: action, "aria-pressed": pressed }, el("b", {}, text), el("span", {}, extra)));
  }

  function list() {
    const system = chosen && shownSystems.find((s) => s.name === chosen);
    if (!system) {
      const ordered = [...shownSystems].sort((a, b) => b.level - a.level || b.code_lines - a.code_lines);
      const parts = [];
      for (const level of [...new Set(ordered.map((s) => s.level))]) {
        parts.push(el("h3", {}, `Level ${level}`), el("ul", {}, ordered.filter((s) => s.level === level)
          .map((s) => entry(s.name, number(s.code_lines), () => choose(s.name)))));
      }
      side.replaceChildren(...parts);
      return;
    }
    const group = (title, items) => (items.length ? [el("h3", {}, title), el("ul", {}, items)] : []);
    side.replaceChildren(
      el("p", { class: "chosen", tabindex: "-1" }, system.name),
      el("p", { class: "none" }, `${count(system.code_lines, "line")} of code, ${system.languages.map(language).join(", ")}, level ${system.level}; ${percent(system.cohesion)} of its references stay inside`),
      ...group("Uses", edges.filter((e) => e.source === system.name).map((e) => entry(e.target, number(e.weight), () => choose(e.target)))),
      ...group("Used by", edges.filter((e) => e.target === system.name).map((e) => entry(e.source, number(e.weight), () => choose(e.source)))),
      ...group("Files", [...system.files].sort((a, b) => b.code_lines - a.code_lines).slice(0, 60)
        .map((f) => entry(f.path, number(f.code_lines), () => highlight(f.path)))));
  }

  function highlight(path) {
    chart.dispatchAction({ type: "downplay", seriesIndex: 0 });
    chart.dispatchAction({ type: "highlight", seriesIndex: 0, name: path });
    chart.dispatchAction({ type: "showTip", seriesIndex: 0, name: path });
  }

  function choose(name) {
    chosen = name;
    back.hidden = !name;
    where.textContent = name || "All subsystems";
    say(name ? `${name}: its files` : "All subsystems");
    draw();
    list();
    if (name) side.querySelector(".chosen").focus({ preventScroll: true });
  }

  list();
  draw();
  redraws.push(() => draw(false));
  addEventListener("resize", () => draw(false));
  box.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) choose(null); });
  side.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) choose(null); });
}
