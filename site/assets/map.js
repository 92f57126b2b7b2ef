/* The map: draws graph.json on a canvas and walks it by the address (#claim:id).

   Own drawing instead of a library, after trying three side by side on 2,000 nodes without a graphics card:
   cytoscape.js 3.34 and vis-network 9.1 are some twenty times this file's size, start later and draw fewer frames,
   sigma.js 3.0 needs WebGL hardware to be smooth. None of them ships in a Python package that is kept up, and a build
   fetches nothing. The layout comes with the data.
   Text reaches the page as text nodes only.
   The canvas is for eyes and pointers; the ring, the panel and the list are links, for keyboards and screen readers. */
(() => {
  "use strict";
  const root = document.querySelector(".map");
  if (!root) return;

  const FOLDERS = { claim: "claims", inquiry: "inquiries", paper: "papers", experiment: "experiments" };
  const ROW = 40, NARROW = 560, FOLD = 12, HIT = 12, SLOW = 30;
  const find = (selector) => root.querySelector(selector);
  const stage = find(".map__stage"), canvas = find("canvas"), ring = find(".map__ring"), form = find("form");
  const said = find(".map__said"), title = find("#map-title"), about = find(".map__about"), kicker = find(".kicker");
  const pen = canvas.getContext("2d", { alpha: false });
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const view = { x: 0, y: 0, scale: 1, least: 0.1 };
  const sprites = new Map(), pointers = new Map();
  const site = document.title;
  let nodes = [], edges = [], islands = [], links = [], entries = new Map(), places = new Map();
  let colour = {}, width = 0, height = 0, ratio = 1, focus = null, hover = null, near = [], due = 0, dragged = false;
  let moving = false, slow = false, last = 0, rested = 0;

  /* The graph */

  function read(file) {
    nodes = file.nodes.map(([kind, id, name, lead, note, status, topics, x, y]) => ({
      kind: file.kinds[kind], id, name, lead, note, status: file.statuses[status] || "",
      topics: topics.map((t) => file.topics[t]), x, y, edges: [], shown: true,
      key: `${file.kinds[kind]}:${id}`, words: `${name} ${id} ${note}`.toLowerCase(),
    }));
    edges = file.edges.map(([one, other, kind, why]) => {
      const edge = { one: nodes[one], other: nodes[other], kind, why, weak: kind === file.weak, shown: true };
      edge.far = Math.hypot(edge.one.x - edge.other.x, edge.one.y - edge.other.y) > 120;
      edge.one.edges.push(edge);
      edge.other.edges.push(edge);
      return edge;
    });
    islands = file.islands.map(([name, x, y, radius]) => ({ name, x, y, radius }));
    if (stage.clientHeight > stage.clientWidth) for (const it of [...nodes, ...islands]) [it.x, it.y] = [it.y, it.x];
    links = file.links;
    places = new Map(nodes.map((node) => [node.key, node]));
  }

  const end = (edge, node) => (edge.one === node ? edge.other : edge.one);
  const word = (edge, node) => links[edge.kind][edge.one === node ? 0 : 1];

  /* Neighbours that the filter shows, each once, with the edges that lead there. */
  function neighbours(node) {
    const found = new Map();
    for (const edge of node.edges) {
      const there = end(edge, node);
      if (edge.shown && there.shown && there !== node) found.set(there, [...(found.get(there) || []), edge]);
    }
    return [...found];
  }

  /* Drawing */

  function palette() {
    const style = getComputedStyle(document.body);
    const of = (name) => style.getPropertyValue(name).trim();
    colour = {
      paper: of("--md-default-bg-color"), ink: of("--fig-ink"), muted: of("--fig-muted"),
      faint: of("--md-default-fg-color--lighter"),
      held: of("--c-held"), fell: of("--c-fell"), open: of("--c-open"), panel: of("--c-panel"),
      accent: of("--md-accent-fg-color"), font: of("--md-text-font") || "sans-serif",
    };
    sprites.clear();
    draw();
  }

  const tone = (node) =>
    node.status.endsWith("supported") ? colour.held : node.status.endsWith("refuted") ? colour.fell : colour.open;

  function outline(g, kind, r) {
    g.beginPath();
    const through = (...points) => points.forEach(([x, y]) => g.lineTo(x * r, y * r));
    if (kind === "inquiry") through([0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]);
    else if (kind === "paper") g.rect(-r * 0.72, -r * 0.95, r * 1.44, r * 1.9);
    else if (kind === "experiment") through([0, -1.1], [1.1, 0.85], [-1.1, 0.85]);
    else g.arc(0, 0, r, 0, 7);
    g.closePath();
  }

  /* The same signs as `.sign` in claims.css: shape says the kind, what is in it the verdict. */
  function mark(g, node, r) {
    const status = node.status;
    g.lineWidth = Math.max(1, r * 0.28);
    g.strokeStyle = g.fillStyle = tone(node);
    outline(g, node.kind, r);
    g.save();
    g.fillStyle = status === "supported" || status === "withdrawn" ? tone(node) : colour.paper;
    g.fill();
    g.clip();
    g.fillStyle = tone(node);
    if (status === "leaning-supported") g.fillRect(-r, -r, r, 2 * r);
    if (status === "inconclusive" || status === "withdrawn") g.fillRect(-r, -r * 0.17, 2 * r, r * 0.34);
    if (status.endsWith("refuted")) { g.rotate(Math.PI / 4); g.fillRect(-r, -r * 0.17, 2 * r, r * 0.34); }
    g.restore();
    const dots = status === "untested" || status === "leaning-refuted", dashes = status === "void";
    g.setLineDash(dots ? [r * 0.35, r * 0.35] : dashes ? [r * 0.8, r * 0.5] : []);
    g.stroke();
    g.setLineDash([]);
  }

  function sprite(node, r) {
    const name = `${node.kind} ${node.status} ${r}`;
    let image = sprites.get(name);
    if (!image) {
      image = document.createElement("canvas");
      image.width = image.height = Math.ceil((r * 3 + 2) * ratio);
      const g = image.getContext("2d");
      g.scale(ratio, ratio);
      g.translate(r * 1.5 + 1, r * 1.5 + 1);
      mark(g, node, r);
      sprites.set(name, image);
    }
    return image;
  }

  const across = (x) => (x - view.x) * view.scale + width / 2;
  const down = (y) => (y - view.y) * view.scale + height / 2;
  const size = () => Math.max(3, Math.min(9, Math.round(3.2 * Math.sqrt(view.scale))));

  function lines(chosen, style, wide, within) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.beginPath();
    for (const edge of chosen) {
      if (!edge.shown || !edge.one.shown || !edge.other.shown || !within(edge)) continue;
      pen.moveTo(across(edge.one.x), down(edge.one.y));
      pen.lineTo(across(edge.other.x), down(edge.other.y));
    }
    pen.stroke();
  }

  function text(words, x, y, fill, font) {
    pen.font = `${font} ${colour.font}`;
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeStyle = colour.paper;
    pen.strokeText(words, x, y);
    pen.fillStyle = fill;
    pen.fillText(words, x, y);
  }

  const short = (words, most) => (words.length > most ? `${words.slice(0, most - 1).trimEnd()}…` : words);

  /* Whether a name of this width has room; if so, it is taken. */
  function room(taken, x, y, wide) {
    if (taken.some(([a, b, w]) => Math.abs(a - x) < (wide + w) / 2 && Math.abs(b - y) < 17)) return false;
    taken.push([x, y, wide]);
    return true;
  }

  /* Names of islands, then of nodes once there is room: the largest first, none over another. */
  function names() {
    const taken = [], r = size();
    pen.font = `13px ${colour.font}`;
    for (const i of islands) {
      if (i.radius * view.scale < 10) continue;
      const wide = pen.measureText(i.name).width, edge = wide / 2 + 4;
      const x = Math.max(edge, Math.min(width - edge, across(i.x)));
      const y = [down(i.y - i.radius) - 6, down(i.y + i.radius) + 14].find((y) => room(taken, x, y, wide));
      if (y !== undefined) text(i.name, x, y, colour.muted, "13px");
    }
    if (view.scale < 2.2) return;
    const inside = (x, y) => x > 0 && x < width && y > 0 && y < height;
    const seen = nodes.filter((n) => n.shown && inside(across(n.x), down(n.y)));
    for (const node of seen.sort((a, b) => b.edges.length - a.edges.length).slice(0, 120)) {
      const x = across(node.x), y = down(node.y) + r + 13;
      if (room(taken, x, y, 190)) text(short(node.name, 32), x, y, colour.ink, "12px");
    }
  }

  function whole() {
    pen.fillStyle = colour.panel;
    pen.beginPath();
    for (const i of islands) {
      const r = (i.radius + 9) * view.scale;
      pen.moveTo(across(i.x) + r, down(i.y));
      pen.arc(across(i.x), down(i.y), r, 0, 7);
    }
    pen.fill();
    if (!(moving && slow)) {
      pen.globalAlpha = 0.3;
      lines(edges, colour.faint, 1, (edge) => !edge.weak && edge.far);
      pen.globalAlpha = 1;
    }
    lines(edges, colour.faint, 1, (edge) => !edge.weak && !edge.far);
    if (hover) lines(hover.edges, colour.muted, 1.5, () => true);
    dots();
    pen.textAlign = "center";
    names();
    if (hover) {
      pen.drawImage(...placed(hover, size() + 2));
      pen.textAlign = across(hover.x) < width / 2 ? "left" : "right";
      const name = short(hover.name, width < NARROW ? 38 : 80);
      text(name, across(hover.x), down(hover.y) - size() - 9, colour.ink, "600 13px");
    }
  }

  function placed(node, r) {
    const image = sprite(node, r), side = image.width / ratio;
    return [image, across(node.x) - side / 2, down(node.y) - side / 2, side, side];
  }

  function dots() {
    const r = size();
    for (const node of nodes) {
      const x = across(node.x), y = down(node.y);
      if (node.shown && x > -20 && y > -20 && x < width + 20 && y < height + 20) pen.drawImage(...placed(node, r));
    }
  }

  /* The node in the middle and the lines to its ring; the rest of the map stays behind it, pale. */
  function walk() {
    pen.globalAlpha = 0.16;
    dots();
    pen.globalAlpha = 1;
    const x = across(focus.x), y = down(focus.y);
    for (const place of near) {
      const weak = place.edges.every((edge) => edge.weak);
      pen.strokeStyle = colour.muted;
      pen.lineWidth = weak ? 1 : 1.5;
      pen.setLineDash(weak ? [2, 4] : []);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.quadraticCurveTo(x + place.x * 0.35, y + place.y * 0.9, x + place.x, y + place.y);
      pen.stroke();
    }
    pen.setLineDash([]);
    pen.fillStyle = colour.paper;
    pen.beginPath();
    pen.arc(x, y, 20, 0, 7);
    pen.fill();
    pen.drawImage(...placed(focus, 13));
    for (const place of near) {
      const image = sprite(place.node, 7), side = image.width / ratio;
      pen.drawImage(image, x + place.x - side / 2, y + place.y - side / 2, side, side);
    }
  }

  function draw() {
    if (due) return;
    due = requestAnimationFrame((now) => {
      due = 0;
      slow = slow || (moving && now - last > SLOW && now - last < 10 * SLOW);
      last = now;
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.fillStyle = colour.paper;
      pen.fillRect(0, 0, width, height);
      if (focus) walk(); else whole();
      ring.style.transform = focus ? `translate(${across(focus.x)}px, ${down(focus.y)}px)` : "";
    });
  }

  /* Moving about */

  /* Where a frame takes long, the links between islands wait until the map is at rest. */
  function stir() {
    moving = true;
    clearTimeout(rested);
    rested = setTimeout(() => { moving = false; draw(); }, 160);
  }

  function resize() {
    width = stage.clientWidth;
    height = stage.clientHeight;
    ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    sprites.clear();
    fit();
    if (focus) { view.x = focus.x; view.y = focus.y; surround(); }
    draw();
  }

  function fit() {
    const shown = nodes.filter((node) => node.shown);
    if (!shown.length || !width) return;
    const reach = (of) => [Math.min(...shown.map(of)), Math.max(...shown.map(of))];
    const [left, right] = reach((n) => n.x), [top, bottom] = reach((n) => n.y);
    view.scale = Math.min((width - 60) / (right - left + 40), (height - 90) / (bottom - top + 40), 3);
    view.least = Math.min(view.least, view.scale * 0.7);
    view.x = (left + right) / 2;
    view.y = (top + bottom) / 2;
  }

  /* Returns whether there was anything left to zoom: a wheel at the end of its way scrolls the page. */
  function zoom(factor, x = width / 2, y = height / 2) {
    const before = view.scale;
    view.scale = Math.max(view.least, Math.min(12, view.scale * factor));
    if (view.scale === before) return false;
    stir();
    if (!focus) {
      view.x += (x - width / 2) * (1 / before - 1 / view.scale);
      view.y += (y - height / 2) * (1 / before - 1 / view.scale);
    }
    draw();
    return true;
  }

  function glide(x, y, scale) {
    const from = { ...view }, start = performance.now(), time = calm.matches ? 0 : 280;
    const step = (now) => {
      const t = time ? Math.min(1, Math.max(0, (now - start) / time)) : 1, eased = 1 - (1 - t) ** 3;
      view.x = from.x + (x - from.x) * eased;
      view.y = from.y + (y - from.y) * eased;
      view.scale = from.scale + (scale - from.scale) * eased;
      draw();
      if (t < 1) requestAnimationFrame(step);
    };
    step(start);
  }

  function under(event) {
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    let best = null, least = Math.max(HIT, size() + 4) ** 2;
    for (const node of nodes) {
      if (!node.shown) continue;
      const away = (across(node.x) - x) ** 2 + (down(node.y) - y) ** 2;
      if (away < least) { least = away; best = node; }
    }
    return best;
  }

  function press(event) {
    pointers.set(event.pointerId, event);
    if (event.isPrimary) dragged = false;
    canvas.setPointerCapture(event.pointerId);
  }

  function move(event) {
    const last = pointers.get(event.pointerId);
    if (!last) {
      const now = under(event);
      if (now !== hover) { hover = now; canvas.style.cursor = now ? "pointer" : ""; draw(); }
      return;
    }
    const others = [...pointers.values()].filter((p) => p.pointerId !== event.pointerId);
    if (others.length) {
      const gap = (p) => Math.hypot(p.clientX - others[0].clientX, p.clientY - others[0].clientY);
      zoom(gap(event) / Math.max(1, gap(last)));
    }
    const x = event.clientX - last.clientX, y = event.clientY - last.clientY;
    if (!dragged && !others.length && Math.hypot(x, y) < 4) return;
    dragged = true;
    stir();
    view.x -= x / view.scale;
    view.y -= y / view.scale;
    pointers.set(event.pointerId, event);
    draw();
  }

  function release(event) {
    pointers.delete(event.pointerId);
    const node = event.type === "pointerup" && !dragged ? under(event) : null;
    if (node && node !== focus) location.hash = node.key;
  }

  /* Walking */

  function element(name, className, ...inside) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...inside);
    return made;
  }

  const named = (node) => (node.status === "withdrawn" ? element("s", "", node.name) : node.name);

  function anchor(href, ...inside) {
    const made = element("a", "", ...inside);
    made.href = href;
    return made;
  }

  const page = (node) => `../${FOLDERS[node.kind]}/${encodeURIComponent(node.id)}/`;
  const address = (node) => `#${node.key}`;
  const sign = (node) =>
    node.status
      ? element("span", `mark verdict verdict--${node.status}`, element("i", "sign"), node.status)
      : element("span", "mark", element("i", `shape shape--${node.kind}`), node.kind);

  /* The ring: neighbours left and right of the middle, as far as there is room for a line of text each. */
  function surround() {
    const found = neighbours(focus), narrow = width < NARROW;
    const half = narrow ? 16 : Math.max(3, Math.floor((height - 100) / ROW));
    const chosen = found.slice(0, 2 * half), left = Math.ceil(chosen.length / 2);
    near = chosen.map(([node, found], i) => {
      const side = i < left ? -1 : 1, rows = side < 0 ? left : chosen.length - left, row = side < 0 ? i : i - left;
      const turn = rows > 1 ? (row / (rows - 1)) * 2 - 1 : 0, tall = Math.min((rows - 1) * ROW, height - 100) / 2;
      const bow = Math.sqrt(1 - 0.75 * turn * turn);
      return { node, edges: found, x: side * bow * (narrow ? width * 0.38 : width * 0.17), y: turn * tall };
    });
    ring.replaceChildren(...near.map((place) => {
      const why = element("small", "", word(place.edges[0], focus));
      const made = anchor(address(place.node), why, element("span", "", named(place.node)));
      made.className = `map__near map__near--${place.x < 0 ? "left" : "right"}`;
      made.style.left = `${place.x}px`;
      made.style.top = `${place.y}px`;
      if (!narrow) made.style.width = `${Math.min(330, width / 2 - Math.abs(place.x) - 6)}px`;
      return made;
    }));
    ring.classList.toggle("map__ring--bare", narrow);
  }

  function reasons(heading, rows) {
    const items = rows.map(([node, edge]) => {
      const item = element("li", "", anchor(address(node), named(node)), " ", sign(node));
      if (edge.why) item.append(element("p", "because", edge.why));
      return item;
    });
    const name = element("h3", "", `${heading[0].toUpperCase()}${heading.slice(1)}`);
    const first = element("ul", "", ...items.slice(0, FOLD)), others = items.slice(FOLD);
    if (!others.length) return [name, first];
    const more = element("summary", "", `${others.length} more`);
    return [name, first, element("details", "", more, element("ul", "", ...others))];
  }

  function describe() {
    const groups = new Map(), hidden = focus.edges.filter((e) => !(e.shown && end(e, focus).shown)).length;
    for (const [node, found] of neighbours(focus)) {
      for (const edge of found) {
        const heading = word(edge, focus);
        groups.set(heading, [...(groups.get(heading) || []), [node, edge]]);
      }
    }
    kicker.replaceChildren(focus.kind);
    title.replaceChildren(named(focus));
    const facts = element("p", "map__facts", ...(focus.status ? [sign(focus), " "] : []), focus.note);
    const open = element("p", "", anchor(page(focus), `Open the page of this ${focus.kind}`));
    about.replaceChildren(...(focus.lead ? [element("p", "", focus.lead)] : []), facts, open);
    for (const [heading, rows] of groups) about.append(...reasons(heading, rows));
    const lead = hidden === 1 ? "1 more link leads" : `${hidden} more links lead`;
    if (hidden) about.append(element("p", "note", `${lead} to what is filtered out.`));
    if (!focus.edges.length) about.append(element("p", "note", "Nothing is linked to it."));
    return `${focus.name}: ${focus.kind}${focus.status ? `, ${focus.status}` : ""}, ${focus.edges.length} links.`;
  }

  function rest() {
    const shown = nodes.filter((node) => node.shown).length;
    kicker.replaceChildren();
    title.replaceChildren("Whole map");
    about.replaceChildren(
      element("p", "", "Topics lie apart as islands. Choose a sign on the map, or an entry of the list below, to put ",
        "it in the middle and see what it is linked to, and why."),
      element("p", "note", `${shown} of ${nodes.length} shown.`),
    );
    return "Whole map.";
  }

  /* Back to where all of it is seen. */
  function back() {
    const before = { ...view };
    fit();
    const after = { ...view };
    Object.assign(view, before, { least: after.least });
    glide(after.x, after.y, after.scale);
  }

  /* Go where the address says. The keyboard goes along: what it stood on may be gone. */
  function go(first) {
    /* Other pages link with a query: a fragment would be an anchor of this page, and there is none by that name. */
    const asked = first && !location.hash && new URLSearchParams(location.search).get("at");
    if (places.has(asked)) history.replaceState(null, "", `${location.pathname}#${asked}`);
    const key = location.hash.slice(1), held = document.activeElement;
    const inside = ring.contains(held) || about.contains(held) || held === document.body;
    focus = places.get(key) || null;
    hover = null;
    root.classList.toggle("map--walking", Boolean(focus));
    ring.replaceChildren();
    near = [];
    const words = focus ? describe() : rest();
    if (focus) { surround(); glide(focus.x, focus.y, Math.max(view.scale, view.least)); }
    else back();
    if (!first) said.textContent = words;
    if (!first && (inside || entries.has(held))) title.focus({ preventScroll: !entries.has(held) });
    document.title = `${focus ? `${focus.name} - ` : ""}${site}`;
  }

  function home() {
    history.pushState(null, "", location.pathname + location.search);
    go(false);
  }

  /* Filters, for the map, the panel and the list alike */

  function filter() {
    const data = new FormData(form), kinds = new Set(data.getAll("kind"));
    const words = data.get("text").trim().toLowerCase(), topic = data.get("topic"), status = data.get("status");
    for (const edge of edges) edge.shown = !edge.weak || data.has("weak");
    const fits = (node) =>
      node.kind === "claim" && (!topic || node.topics.includes(topic)) && (!status || node.status === status);
    const beside = (node) => node.kind !== "claim" && node.edges.some((e) => !e.weak && fits(end(e, node)));
    for (const node of nodes) {
      const kept = !(topic || status) || fits(node) || beside(node);
      node.shown = kept && kinds.has(node.kind) && node.words.includes(words);
    }
    for (const [link, node] of entries) link.closest("li").hidden = !node.shown;
    for (const group of document.querySelectorAll(".map__group")) {
      const shown = group.querySelectorAll("li:not([hidden])").length;
      group.hidden = !shown;
      group.querySelector(".number").textContent = `(${shown})`;
    }
    if (focus) { describe(); surround(); } else { rest(); fit(); }
    const shown = nodes.filter((node) => node.shown).length;
    said.textContent = `${shown} of ${nodes.length} shown.`;
    draw();
  }

  function options(name, words) {
    const select = form.elements[name];
    for (const each of words) select.append(new Option(each, each));
  }

  /* With the map there, an entry of the list leads to its place on it; the way to its page is in the panel. */
  function list() {
    const kinds = Object.fromEntries(Object.entries(FOLDERS).map(([kind, folder]) => [folder, kind]));
    for (const link of document.querySelectorAll(".map__list a")) {
      const [folder, id] = link.getAttribute("href").split("/").slice(-3);
      const node = places.get(`${kinds[folder]}:${decodeURIComponent(id)}`);
      if (!node) continue;
      link.href = address(node);
      entries.set(link, node);
    }
    document.querySelector(".map__without").textContent = "Each entry leads to its place on the map.";
  }

  function listen() {
    canvas.addEventListener("pointerdown", press);
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", () => { hover = null; draw(); });
    canvas.addEventListener("wheel", (event) => {
      const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      if (zoom(Math.exp(-event.deltaY / 400), x, y)) event.preventDefault();
    }, { passive: false });
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const first = nodes.find((node) => node.shown);
      if (first && form.elements.text.value) { location.hash = first.key; title.focus(); }
    });
    find("[name=closer]").addEventListener("click", () => zoom(1.5));
    find("[name=farther]").addEventListener("click", () => zoom(1 / 1.5));
    find("[name=whole]").addEventListener("click", home);
    root.addEventListener("keydown", (event) => { if (event.key === "Escape" && focus) home(); });
    addEventListener("hashchange", () => go(false));
    new ResizeObserver(resize).observe(stage);
    new MutationObserver(palette).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  }

  async function start() {
    const answer = await fetch(root.dataset.graph);
    if (!answer.ok) return;
    const file = await answer.json();
    root.hidden = false;
    read(file);
    options("topic", file.topics);
    options("status", file.statuses.filter((status) => nodes.some((node) => node.status === status)));
    list();
    palette();
    resize();
    listen();
    go(true);
    root.dataset.ready = "true";
  }

  start();
})();
