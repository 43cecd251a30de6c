// Sortable, filterable tables: real tables, with buttons in their headings, that keep what `find` asks for.
const tables = [];
const ROWS = 12;

function sortable(rows, columns, options = {}) {
  const body = el("tbody", {});
  const state = { column: -1, down: false, all: false, text: "", only: options.only || (() => true) };
  const heads = columns.map((column, n) => {
    const press = () => {
      state.down = state.column === n ? !state.down : Boolean(column.num);
      state.column = n;
      draw();
      say(`${options.name || "table"} sorted by ${column.name}, ${state.down ? "descending" : "ascending"}`);
    };
    return el("th", { scope: "col", "aria-sort": "none", class: classes(column) },
      column.sort === false ? column.name : el("button", { type: "button", onclick: press }, column.name));
  });
  const more = el("button", { type: "button", class: "plain more", onclick: () => { state.all = !state.all; draw(); } });
  const none = el("p", { class: "none", hidden: true }, "Nothing here fits the filter.");
  const texts = rows.map((row) => columns.map((c) => String(c.text ? c.text(row) : value(c, row))).join(" ").toLowerCase());

  function value(column, row) { return typeof column.value === "function" ? column.value(row) : row[column.value]; }
  function classes(column) { return [column.num ? "num" : "", column.rare ? "rare" : ""].join(" ").trim() || undefined; }

  function draw() {
    let found = rows.map((row, n) => n).filter((n) => state.only(rows[n]) && texts[n].includes(state.text));
    if (state.column >= 0) {
      const column = columns[state.column];
      const sign = state.down ? -1 : 1;
      found.sort((a, b) => {
        const x = value(column, rows[a]), y = value(column, rows[b]);
        return (typeof x === "number" ? x - y : String(x).localeCompare(String(y))) * sign || a - b;
      });
    }
    heads.forEach((head, n) => head.setAttribute("aria-sort", n !== state.column ? "none" : state.down ? "descending" : "ascending"));
    const total = found.length;
    const most = options.rows || ROWS;
    if (!state.all && total > most) found = found.slice(0, most);
    body.replaceChildren(...found.map((n) => el("tr", {}, columns.map((column) => {
      const shown = column.cell ? column.cell(rows[n]) : column.num ? number(value(column, rows[n])) : value(column, rows[n]);
      return el("td", { class: classes(column) }, shown);
    }))));
    none.hidden = total > 0;
    more.hidden = total <= most;
    more.textContent = state.all ? "Show fewer" : `Show all ${number(total)}`;
    if (options.counted) options.counted(total);
  }

  const node = el("div", {}, el("div", { class: "scroll", tabindex: "-1" },
    el("table", { "aria-label": options.name }, el("thead", {}, el("tr", {}, heads)), body)), none, more);
  const control = {
    node,
    find(text) { state.text = text.toLowerCase(); draw(); return body.children.length; },
    restrict(only) { state.only = only; draw(); },
  };
  tables.push(control);
  draw();
  return control;
}

const pathColumn = (name, path, line) => ({
  name, value: (row) => row[path], text: (row) => row[path],
  cell: (row) => mono(row[path], line === undefined ? undefined : row[line]),
});

function choice(options, chosen, pick, label) {
  const group = el("div", { class: "seg", role: "group", "aria-label": label });
  for (const [key, text] of options) {
    group.append(el("button", { type: "button", "aria-pressed": String(key === chosen), onclick: (event) => {
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === event.currentTarget));
      pick(key);
    } }, text));
  }
  return group;
}
