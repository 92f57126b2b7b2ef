/* Tables of claims: filter, sort and link to what is shown. Without this file they are plain tables; everything that
   is added is made here. All choices come from the table's own cells, and stand in the address (?verdict=refuted). */
(() => {
  "use strict";
  const FEWEST = 6;
  const MOST = 100; // rows at once: laying out a table of a thousand takes the browser a third of a second a keystroke
  const ORDERED = new Set(["verdict", "grade", "grounding"]);
  const GRADES = ["replicated", "exact", "standard", "preliminary", "smoke", "planned", ""];
  const GROUNDINGS = ["faithful", "overstated", "misattributed", "inverted", "unsupported"];
  const VERDICTS = [
    "supported", "refuted", "inconclusive", "leaning-supported", "leaning-refuted", "void", "untested", "withdrawn",
  ];
  const RANKS = { verdict: VERDICTS, grade: GRADES, grounding: GROUNDINGS };
  const NAMES = { text: "Find", topic: "Topic", verdict: "Verdict", grade: "Grade", grounding: "Grounding" };

  const cards = matchMedia("(max-width: 62.4375em)"); // as in overview.css

  const words = (cell, selector) => [...cell.querySelectorAll(selector)].map((part) => part.textContent.trim());
  const element = (name, className, ...inside) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...inside);
    return made;
  };

  function read(line) {
    const cell = (name) => line.querySelector(`[data-cell="${name}"]`);
    const question = cell("question").querySelector("a").textContent.trim();
    return {
      line, question,
      text: cell("question").textContent.toLowerCase(),
      verdict: words(cell("verdict"), ".verdict")[0] || "",
      grade: cell("grade").textContent.trim(),
      grounding: words(cell("grounding"), ".grounding")[0] || "",
      topic: words(cell("topic"), ".topic"),
      date: cell("date").querySelector("time") ? cell("date").textContent.trim() : "",
    };
  }

  const rank = (name, value) => {
    const place = RANKS[name].indexOf(value);
    return place < 0 ? RANKS[name].length : place;
  };

  /* Rows without a date stand last whichever way the others go. */
  function compare(name, sign) {
    if (name === "date") {
      return (a, b) => !a.date - !b.date || sign * (a.date < b.date ? -1 : a.date > b.date ? 1 : 0);
    }
    if (ORDERED.has(name)) return (a, b) => sign * (rank(name, a[name]) - rank(name, b[name]));
    const collator = new Intl.Collator("en");
    return (a, b) => sign * collator.compare(a.question, b.question);
  }

  function enhance(table, place) {
    const next = table.nextElementSibling, fold = next && next.matches(".claims-fold") ? next : null;
    const bodies = [...table.tBodies, ...(fold ? fold.querySelector("table").tBodies : [])];
    const rows = bodies.flatMap((body) => [...body.querySelectorAll("tr[data-claim]")]).map(read);
    if (rows.length < FEWEST) return;
    const groups = bodies.map((body) => ({
      body, home: body.parentElement, head: body.querySelector(".claims__group"),
      rows: rows.filter((row) => body.contains(row.line)),
    }));
    const apart = new Set(groups.filter((group) => group.home !== table).flatMap((group) => group.rows));
    const flat = element("tbody"), state = {}, controls = {}, buttons = {}, sorting = element("select");
    const more = element("button", "claims-more");
    const count = element("p", "claims-tools__count");
    let ordered = rows, all = false, soon = 0;
    count.setAttribute("role", "status");

    function choices(name) {
      const number = new Map();
      for (const value of rows.flatMap((row) => row[name])) if (value) number.set(value, (number.get(value) || 0) + 1);
      const ranked = (a, b) => rank(name, a[0]) - rank(name, b[0]);
      const commonest = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
      return [...number].sort(RANKS[name] ? ranked : commonest);
    }

    function field(words, control) {
      const label = element("label", "", words);
      control.id = label.htmlFor = `claims-${place}-${words.toLowerCase()}`;
      return element("div", "claims-tools__field", label, control);
    }

    function tools() {
      const form = element("form", "claims-tools");
      form.setAttribute("role", "search");
      form.setAttribute("aria-label", "Claims");
      for (const name of Object.keys(NAMES)) {
        const found = name === "text" ? [] : choices(name);
        if (name !== "text" && found.length < 2) continue;
        const control = element(name === "text" ? "input" : "select");
        if (name === "text") { control.type = "search"; control.autocomplete = "off"; }
        else control.append(new Option("any", ""), ...found.map(([value, n]) => new Option(`${value} (${n})`, value)));
        control.name = name;
        controls[name] = control;
        form.append(field(NAMES[name], control));
      }
      form.append(sorter());
      const reset = element("button", "", "Reset");
      reset.type = "reset";
      form.append(reset, count);
      form.addEventListener("input", () => { take(); show(true); });
      form.addEventListener("reset", (event) => { event.preventDefault(); put({}); show(true); });
      form.addEventListener("submit", (event) => event.preventDefault());
      table.before(form);
    }

    /* Where rows are cards, a choice takes the place of the header's buttons. */
    function sorter() {
      const heads = [...table.tHead.querySelectorAll("[data-sort]")];
      sorting.append(new Option("by group", ""), ...heads.map((h) => new Option(h.textContent, h.dataset.sort)));
      sorting.addEventListener("input", (event) => {
        event.stopPropagation();
        sort(sorting.value, first(sorting.value));
      });
      const made = field("Sort", sorting);
      made.classList.add("claims-tools__sort");
      return made;
    }

    const first = (name) => (name === "date" ? "descending" : "ascending");

    function sort(name, way) {
      state.sort = way && name;
      state.way = name && way;
      show(true);
    }

    function unfolding() {
      more.type = "button";
      more.addEventListener("click", () => { all = true; show(false); });
      table.after(more);
    }

    /* Where rows are cards the header is out of sight, and no place for the keyboard. */
    function reach() {
      for (const head of Object.values(buttons)) head.querySelector("button").tabIndex = cards.matches ? -1 : 0;
    }

    function headers() {
      cards.addEventListener("change", reach);
      for (const head of table.tHead.querySelectorAll("[data-sort]")) {
        const button = element("button", "claims-sort", ...head.childNodes);
        button.type = "button";
        head.append(button);
        buttons[head.dataset.sort] = head;
        button.addEventListener("click", () => {
          const name = head.dataset.sort, other = first(name) === "ascending" ? "descending" : "ascending";
          sort(name, state.sort !== name ? first(name) : state.way === other ? "" : other);
        });
      }
      reach();
    }

    function take() {
      all = false;
      for (const [name, control] of Object.entries(controls)) state[name] = control.value.trim();
    }

    function put(given) {
      for (const [name, control] of Object.entries(controls)) {
        control.value = given[name] || "";
        if (control.selectedIndex === -1) control.value = "";
      }
      take();
      state.sort = Object.hasOwn(buttons, given.sort) ? given.sort : "";
      state.way = state.sort ? (given.way === "descending" ? "descending" : "ascending") : "";
    }

    function fits(row, text) {
      return (!text || text.every((part) => row.text.includes(part)))
        && (!state.topic || row.topic.includes(state.topic))
        && ["verdict", "grade", "grounding"].every((name) => !state[name] || row[name] === state[name]);
    }

    /* What is folded away joins the table while the reader looks for something, and goes back afterwards. */
    const looking = () => Boolean(state.sort) || Object.keys(NAMES).some((name) => state[name]);

    /* Rows are moved only when the order changes: hiding them is all that a keystroke costs. */
    function order() {
      const wanted = `${state.sort} ${state.way} ${looking()}`;
      if (table.dataset.order === wanted) return;
      table.dataset.order = wanted;
      ordered = state.sort ? [...rows].sort(compare(state.sort, state.way === "descending" ? -1 : 1)) : rows;
      for (const body of [flat, ...bodies]) body.remove(); // while out of the page, moving rows costs nothing
      if (state.sort) {
        flat.append(...ordered.map((row) => row.line));
        table.append(flat);
      } else {
        for (const group of groups) group.body.append(...group.rows.map((row) => row.line));
        for (const group of groups) (looking() ? table : group.home).append(group.body);
      }
      if (fold) fold.hidden = looking();
    }

    function show(remember) {
      const text = state.text ? state.text.toLowerCase().split(/\s+/) : [];
      let fitting = 0, shown = 0;
      order();
      for (const row of ordered) {
        const kept = fits(row, text), away = !looking() && apart.has(row);
        const visible = kept && (away || shown < MOST || all);
        fitting += kept;
        shown += kept && !away;
        if (row.line.hidden === visible) row.line.hidden = !visible;
      }
      for (const group of groups) if (group.head) group.body.hidden = group.rows.every((row) => row.line.hidden);
      more.hidden = all || shown <= MOST;
      more.textContent = `Show all ${fitting}`;
      for (const [name, head] of Object.entries(buttons)) {
        if (name === state.sort) head.setAttribute("aria-sort", state.way);
        else head.removeAttribute("aria-sort");
      }
      sorting.value = state.sort;
      const part = more.hidden ? "" : `, the first ${MOST} here`;
      count.textContent = `${fitting} of ${rows.length} claims${part}`;
      if (remember) address();
    }

    /* A view with a filter can be linked; it replaces the entry in the history, so that Back leaves the page.
       A moment later, because the browser lays the page out for it. */
    function address() {
      clearTimeout(soon);
      soon = setTimeout(write, 150);
    }

    function write() {
      const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
      history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    }

    tools();
    headers();
    unfolding();
    put(Object.fromEntries(new URLSearchParams(location.search)));
    show(false);
    table.dataset.ready = "true";
  }

  document.querySelectorAll("table.claims:not(.claims-fold table)").forEach(enhance);
})();
