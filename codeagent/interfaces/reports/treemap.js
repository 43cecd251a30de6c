// The treemap: area is size, colour is how complex, how often changed, or both.
function sizeMap() {
  const files = shownSystems.flatMap((s) => s.files.map((f) => ({ ...f, system: s.name }))).filter((f) => f.code_lines > 0 && !f.test);
  if (files.length < 2) return;
  const history = files.some((f) => f.commits > 1);
  const most = (pick) => Math.max(1, ...files.map(pick));
  const topCommits = Math.log1p(most((f) => f.commits)), topComplexity = Math.log1p(most((f) => f.complexity));
  const MEASURES = {
    heat: ["churn × complexity", (f) => (Math.log1p(f.commits) / topCommits) * (Math.log1p(f.complexity) / topComplexity)],
    complexity: ["complexity for its size", (f) => Math.min(1, f.complexity / Math.max(12, f.code_lines) / 0.3)],
    churn: ["commits", (f) => Math.log1p(f.commits) / topCommits],
  };
  let measure = history ? "heat" : "complexity", chart = null;
  const box = el("div", { class: "chart", role: "img", id: "tree-chart",
    "aria-label": `${count(files.length, "file")} by size and colour; the table of hotspots below lists the worst` });
  const offered = Object.entries(MEASURES).filter(([key]) => history || key === "complexity").map(([key, [name]]) => [key, name]);
  section("sizes", "Size, churn and complexity", "Every box is a file: its area is lines of code, its colour what you choose. Click a subsystem to go in.",
    el("div", { class: "tools" }, choice(offered, measure, (key) => { measure = key; draw(); }, "What colour means"),
      el("span", { class: "grow" }), el("span", { class: "none" }, "pale: little · deep: much")),
    el("div", { class: "panel canvas", style: { padding: "8px" } }, box));

  function shade(share) {
    const stops = isDark() ? [[42, 49, 66], [124, 92, 60], [242, 120, 84]] : [[226, 232, 244], [244, 198, 130], [196, 62, 44]];
    const [a, b, t] = share < 0.5 ? [stops[0], stops[1], share * 2] : [stops[1], stops[2], share * 2 - 1];
    return `rgb(${a.map((x, n) => Math.round(x + (b[n] - x) * Math.min(1, Math.max(0, t)))).join(",")})`;
  }

  function tree() {
    const value = MEASURES[measure][1];
    const ranked = files.map(value).sort((a, b) => a - b);
    const share = (v) => 0.35 * (v / (ranked[ranked.length - 1] || 1)) + 0.65 * (ranked.findIndex((x) => x >= v) / Math.max(1, ranked.length - 1));
    return shownSystems.map((s) => ({
      name: s.name, children: files.filter((f) => f.system === s.name).map((f) => {
        const warm = share(value(f));
        return { name: f.path.split("/").pop(), value: f.code_lines, file: f, itemStyle: { color: shade(warm) },
          label: { color: isDark() ? (warm > 0.75 ? "#1b1410" : "#eceae5") : warm > 0.75 ? "#fff" : "#2a2722" } };
      }),
    })).filter((s) => s.children.length);
  }

  function draw() {
    if (chart) chart.dispose();
    chart = echarts.init(box);
    chart.setOption({
      animation: !calm, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { confine: true, backgroundColor: colour("panel"), borderColor: colour("line-strong"), textStyle: { color: colour("ink"), fontSize: 13 },
        formatter: (p) => { const f = p.data && p.data.file; return f ? `<b>${escaped(f.path)}</b><br>${escaped(count(f.code_lines, "line"))} of code<br>complexity ${f.complexity}${history ? `<br>${escaped(count(f.commits, "commit"))}` : ""}` : `<b>${escaped(p.name)}</b><br>${escaped(count(p.value, "line"))} of code`; } },
      series: [{
        type: "treemap", name: R.repository.name, roam: false, left: 4, right: 4, top: 4, bottom: 36, leafDepth: null, nodeClick: "zoomToNode", visibleMin: 60,
        breadcrumb: { bottom: 2, height: 24, itemStyle: { color: colour("raised"), borderColor: colour("line"), textStyle: { color: colour("soft") } }, emphasis: { itemStyle: { color: colour("accent-soft"), textStyle: { color: colour("accent") } } } },
        label: { fontSize: 11, overflow: "truncate" },
        upperLabel: { show: true, height: 21, color: colour("ink"), fontSize: 12, fontWeight: 600, overflow: "truncate" },
        levels: [{ itemStyle: { gapWidth: 4, borderWidth: 0, borderColor: colour("panel") }, upperLabel: { show: false } }, { itemStyle: { gapWidth: 1, borderWidth: 1, borderColor: colour("panel"), color: colour("panel") } }, { itemStyle: { gapWidth: 1, borderColor: colour("panel") } }],
        data: tree(),
      }],
    });
  }
  draw();
  redraws.push(draw);
  addEventListener("resize", () => chart.resize());
}
