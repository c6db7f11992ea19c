"use strict";
// Draws what is looked for, a page at a time. Texts are only ever put in as text.
(() => {
  const ROWS = 100, REPOSITORIES = 25, FIXES = 12;
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const severities = ["critical", "high", "medium", "low"];
  const verdicts = ["drift", "unknown", "waived", "not_applicable", "conforms"];
  const stages = ["discover", "read", "understand", "build", "propose", "reviewed", "merged", "reuse", "trust"];
  const order = (list) => (a, b) => list.indexOf(a) - list.indexOf(b);
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const subjects = data.subjects.map(([name, teams, profiles, friction, link, doors]) =>
    ({ name, teams, profiles, friction, link, doors }));
  const wishes = data.wishes.map(([setting, wanted, origin, layer, severity, stage, lenses, why, label]) =>
    ({ setting, wanted, origin, layer, severity, stage, lenses, why: [label, why].filter(Boolean).join(": ") }));
  const findings = data.findings.map(([subject, wish, verdict, seen, points, shut]) =>
    ({ subject: subjects[subject], wish: wishes[wish], verdict, seen: data.seen[seen], points, shut: shut === 1 }));

  const make = (tag, name, ...inside) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...inside);
    return element;
  };

  // A name that is too long for its place goes on in the next line where its parts meet.
  const name = (text, tag = "span") => {
    const parts = text.split(/(?<=[/._])/);
    return make(tag, "name", ...parts.flatMap((part, i) => (i ? [document.createElement("wbr"), part] : [part])));
  };

  // Filters, which both lists share.
  const kept = { search: "", team: "", profile: "", severity: "", lens: "", stage: "", verdict: "" };
  const offered = {
    team: data.teams.map((name, i) => [String(i), name]).sort((a, b) => compare(a[1], b[1])).concat([["none", "(none known)"]]),
    profile: data.profiles.map((name, i) => [String(i), name]).sort((a, b) => compare(a[1], b[1])).concat([["none", "(none)"]]),
    severity: severities.map((word) => [word, word]),
    lens: [["openness", "openness"], ["security", "security"], ["both", "both at once"]],
    stage: stages.map((word) => [word, word]),
    verdict: [...new Set(findings.map((f) => f.verdict))].sort(order(verdicts)).map((word) => [word, word.replace("_", " ")]),
  };
  for (const [id, options] of Object.entries(offered)) {
    for (const [value, name] of options) {
      const option = make("option", "", name);
      option.value = value;
      by(id).append(option);
    }
  }
  const named = (list, wanted) => !wanted || (wanted === "none" ? list.length === 0 : list.includes(Number(wanted)));
  const passes = () => {
    const words = kept.search.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (f) => `${f.subject.name} ${f.wish.setting} ${f.seen} ${f.wish.wanted} ${f.wish.origin} ${f.wish.why}`.toLowerCase();
    return (f) =>
      (!kept.severity || f.wish.severity === kept.severity) &&
      (!kept.stage || f.wish.stage === kept.stage) &&
      (!kept.verdict || f.verdict === kept.verdict) &&
      (!kept.lens || (kept.lens === "both" ? f.wish.lenses.length === 2 : f.wish.lenses.includes(kept.lens))) &&
      named(f.subject.teams, kept.team) &&
      named(f.subject.profiles, kept.profile) &&
      (words.length === 0 || ((t) => words.every((word) => t.includes(word)))(text(f)));
  };

  // The table.
  const sorts = {
    severity: (a, b) => order(severities)(a.wish.severity, b.wish.severity),
    verdict: (a, b) => order(verdicts)(a.verdict, b.verdict),
    subject: (a, b) => compare(a.subject.name, b.subject.name),
    setting: (a, b) => compare(a.wish.setting, b.wish.setting),
    seen: (a, b) => compare(a.seen, b.seen),
    wanted: (a, b) => compare(a.wish.wanted, b.wish.wanted),
    origin: (a, b) => a.wish.origin.localeCompare(b.wish.origin, "en", { numeric: true }),
    stage: (a, b) => order(stages)(a.wish.stage, b.wish.stage),
    points: (a, b) => b.points - a.points,
  };
  let sorted = { by: "severity", down: false };
  let shown = [], page = 0, repositories = [], fixesPage = 0;

  const address = (subject) => {
    if (!subject.link || !/^https?:\/\//.test(subject.link)) return name(subject.name);
    const link = name(subject.name, "a");
    link.href = subject.link;
    link.rel = "noreferrer noopener";
    return link;
  };
  const tag = (severity) => make("span", `tag ${severity}`, severity);
  // Cells say what they are: on a phone they stand below each other, and are no table to the browser then.
  const heads = [...document.querySelectorAll("[data-sort]")].map((button) => button.textContent);
  const row = (f) => {
    const why = f.wish.why ? [make("span", "line", f.wish.why)] : [];
    const points = f.points ? [f.points.toFixed(1)] : [];
    const cells = [
      [tag(f.wish.severity)], [f.verdict.replace("_", " ")], [address(f.subject)], [name(f.wish.setting), ...why], [f.seen],
      [name(f.wish.wanted)], [name(f.wish.origin)], [f.wish.stage], points,
    ].map((inside, i) => {
      const cell = make(i === 2 ? "th" : "td", i === 8 ? "number" : "", ...inside);
      cell.dataset.head = heads[i];
      cell.setAttribute("role", i === 2 ? "rowheader" : "cell");
      if (i === 2) cell.scope = "row";
      return cell;
    });
    const made = make("tr", "", ...cells);
    made.setAttribute("role", "row");
    return made;
  };
  const pager = (place, current, pages, go) => {
    place.replaceChildren();
    if (pages < 2) return;
    const button = (name, to) => {
      const made = make("button", "", name);
      made.type = "button";
      made.disabled = to < 0 || to >= pages;
      made.addEventListener("click", () => {
        go(to);
        const same = [...place.querySelectorAll("button")].find((b) => b.textContent === name && !b.disabled);
        (same || place.querySelector("button:not(:disabled)")).focus();
      });
      return made;
    };
    place.append(button("Previous", current - 1), make("span", "", `Page ${current + 1} of ${pages}`), button("Next", current + 1));
  };
  const drawTable = () => {
    by("table").tBodies[0].replaceChildren(...shown.slice(page * ROWS, (page + 1) * ROWS).map(row));
    pager(by("table-pager"), page, Math.ceil(shown.length / ROWS), (to) => { page = to; drawTable(); });
  };
  const sort = () => {
    const least = sorts[sorted.by], sign = sorted.down ? -1 : 1;
    shown.sort((a, b) => sign * least(a, b) || order(verdicts)(a.verdict, b.verdict)
      || b.points - a.points || compare(a.subject.name, b.subject.name) || compare(a.wish.setting, b.wish.setting));
    for (const button of document.querySelectorAll("[data-sort]")) {
      const head = button.closest("th");
      if (button.dataset.sort === sorted.by) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    page = 0;
  };

  // Repositories, each with its fixes: closed doors, then what has most points, then the graver.
  const fix = (f) => {
    const line = make("li", "", tag(f.wish.severity), " ", name(f.wish.setting), ` ${f.seen}; wanted `,
      name(f.wish.wanted), ", by ", name(f.wish.origin));
    if (f.shut) line.prepend(make("strong", "shut-door", "closed door "));
    if (f.points >= 0.5) line.append(`; friction ${f.points.toFixed(0)}`);
    return line;
  };
  const drawFixes = () => {
    const some = repositories.slice(fixesPage * REPOSITORIES, (fixesPage + 1) * REPOSITORIES);
    by("fixes").replaceChildren(...some.map(([subject, fixes]) => {
      const title = make("h3", "", address(subject));
      const about = subject.friction === null ? [] : [`friction ${subject.friction.toFixed(0)}`];
      const owners = subject.teams.map((t) => data.teams[t]);
      if (owners.length) about.push(`owned by ${owners.join(", ")}`);
      const lines = subject.doors.map((told) => make("li", "", make("strong", "shut-door", "closed door "), told));
      const list = make("ul", "", ...lines, ...fixes.slice(0, FIXES).map(fix));
      const part = make("div", "repository", title, make("p", "hint", about.join("; ")), list);
      if (fixes.length > FIXES) {
        const rest = make("details", "", make("summary", "", `and ${fixes.length - FIXES} more`));
        rest.addEventListener("toggle", () => {
          if (rest.open && rest.children.length === 1) rest.append(make("ul", "", ...fixes.slice(FIXES).map(fix)));
        });
        part.append(rest);
      }
      return part;
    }));
    pager(by("fixes-pager"), fixesPage, Math.ceil(repositories.length / REPOSITORIES), (to) => { fixesPage = to; drawFixes(); });
  };
  const group = () => {
    const of = new Map();
    for (const f of shown) {
      if (!of.has(f.subject)) of.set(f.subject, []);
      of.get(f.subject).push(f);
    }
    const only = kept.search || kept.severity || kept.lens || kept.stage || kept.verdict;
    if (!only) {
      for (const s of subjects) {
        if (s.doors.length && !of.has(s) && named(s.teams, kept.team) && named(s.profiles, kept.profile)) of.set(s, []);
      }
    }
    for (const fixes of of.values()) {
      fixes.sort((a, b) => b.shut - a.shut || b.points - a.points || order(verdicts)(a.verdict, b.verdict)
        || order(severities)(a.wish.severity, b.wish.severity) || compare(a.wish.setting, b.wish.setting));
    }
    repositories = [...of].sort((a, b) => compare(a[0].name, b[0].name));
    fixesPage = 0;
  };

  const number = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const apply = () => {
    shown = findings.filter(passes());
    sort();
    group();
    by("count").textContent =
      `${number(shown.length, "finding", "findings")} of ${number(repositories.length, "subject", "subjects")}`;
    draw();
    remember();
  };
  let view = "";
  const draw = () => {
    if (view === "findings") drawTable();
    if (view === "repositories") drawFixes();
  };

  // The address keeps what is looked at, so that it can be sent to somebody.
  const names = { team: data.teams, profile: data.profiles };
  const remember = () => {
    const query = new URLSearchParams();
    for (const [id, value] of Object.entries(kept)) {
      if (value) query.set(id, names[id] && value !== "none" ? names[id][Number(value)] : value);
    }
    const text = query.toString();
    try { history.replaceState(null, "", `#${view}${text ? `?${text}` : ""}`); } catch { /* a page without an address */ }
  };
  const views = [...document.querySelectorAll(".view")];
  // Without these the browser does not scroll to the view whose name the address has.
  for (const one of views) one.removeAttribute("id");
  const go = (focus) => {
    const [wanted, query] = location.hash.slice(1).split("?");
    if (wanted === "main" && view) {
      remember();
      return by("main").focus();
    }
    view = views.some((v) => v.dataset.view === wanted) ? wanted : document.body.dataset.first;
    if (query !== undefined) {
      const asked = new URLSearchParams(query);
      for (const id of Object.keys(kept)) {
        const value = asked.get(id) || "";
        const at = names[id] ? names[id].indexOf(value) : -1;
        kept[id] = at >= 0 ? String(at) : value;
        by(id).value = kept[id];
        if (by(id).value !== kept[id]) kept[id] = by(id).value = "";
      }
      apply();
    }
    for (const one of views) one.hidden = one.dataset.view !== view;
    by("filters").hidden = view !== "findings" && view !== "repositories";
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    draw();
    if (query === undefined) remember();
    if (focus) { document.querySelector("main").focus({ preventScroll: true }); scrollTo(0, 0); }
  };

  let later;
  by("search").addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(() => { kept.search = by("search").value.trim(); apply(); }, 120);
  });
  for (const id of Object.keys(offered)) by(id).addEventListener("change", () => { kept[id] = by(id).value; apply(); });
  by("clear").addEventListener("click", () => {
    for (const id of Object.keys(kept)) kept[id] = by(id).value = "";
    apply();
    by("search").focus();
  });
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      sorted = { by: button.dataset.sort, down: sorted.by === button.dataset.sort && !sorted.down };
      sort();
      drawTable();
    });
  }
  addEventListener("hashchange", () => go(true));
  shown = [...findings];
  const first = location.hash.includes("?");
  if (!first) { sort(); group(); }
  go(false);
  scrollTo(0, 0);
  by("count").textContent =
    `${number(shown.length, "finding", "findings")} of ${number(repositories.length, "subject", "subjects")}`;
})();
