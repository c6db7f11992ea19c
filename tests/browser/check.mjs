// Opens the page in a real browser, and uses it: node check.mjs ISPO-SCM [PART OF A CHECK'S NAME]
//
// What is asserted: nothing is asked of a network, nothing is said on the console, axe finds nothing serious, filters,
// sorting, links and printing do what they say, and names that want to be more than names are not.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "./browser.mjs";
import { decided, hostile, many } from "./worlds.mjs";

const program = path.resolve(process.argv[2]);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const folder = mkdtempSync(path.join(tmpdir(), "ispo-scm-browser-"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = ["overview", "platform", "repositories", "findings"];
// Seconds; slow machines are told, not failed.
const MEANT = 2;

/** Writes a report of a policy. */
function report(policy, name, ...more) {
  const file = path.join(folder, `${name}.html`);
  const today = more.includes("--today") ? [] : ["--today", "2026-11-20"];
  const called = ["audit", policy, ...today, "--fail-on", "never", "--format", "badge", "--report", `html=${file}`];
  const done = spawnSync(program, [...called, ...more], { cwd: root, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return pathToFileURL(file).href;
}

const browser = await open();

/** A history of some weeks: what is mended, what comes back, a time without runs. */
function moved() {
  const history = path.join(folder, "moved.db");
  let page;
  for (const [i, day] of ["2026-08-03", "2026-08-10", "2026-08-17", "2026-09-21", "2026-09-28", "2026-10-05"].entries()) {
    const place = many(folder, 40, i);
    page = report(place, "moved", "--today", day, "--history", history);
    if (i === 0) firstRun = report(place, "first", "--today", day, "--history", path.join(folder, "first.db"));
  }
  const file = path.join(folder, "trend.html");
  const done = spawnSync(program, ["trend", history, "--format", "html"], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  writeFileSync(file, done.stdout);
  const leader = report(many(folder, 40, 6), "moved-leader", "--today", "2026-10-12", "--history", history, "--audience", "leader");
  return { page, leader, own: pathToFileURL(file).href };
}
let firstRun;

/** Nothing serious that axe finds, nothing wider than the window, nothing said or asked for. */
async function harmless(on, what) {
  const wide = await on.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${what} is too wide by ${wide}`);
  await on.evaluate(axe);
  const found = await on.evaluate(() => globalThis.axe.run(document));
  const bad = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(bad.map((v) => `${v.id}: ${v.nodes[0].html}`), [], what);
  assert.deepEqual(on.wrong, [], what);
}

/** A page of which everything is heard that it should not do. */
async function page(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, ...options });
  const made = await context.newPage();
  made.wrong = [];
  made.on("console", (said) => ["error", "warning"].includes(said.type()) && made.wrong.push(said.text()));
  made.on("pageerror", (error) => made.wrong.push(String(error)));
  made.on("dialog", (dialog) => { made.wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  made.on("popup", () => made.wrong.push("a window"));
  made.on("request", (asked) => asked.url().startsWith("file:") || made.wrong.push(`asked for ${asked.url()}`));
  return made;
}

/** Opens a view as somebody does who was sent its address. */
async function show(on, report, view) {
  await on.goto("about:blank");
  await on.goto(`${report}#${view}`);
}

const rows = (on) => on.locator("#table tbody tr");
const column = (on, name) => on.locator(`#table [data-head="${name}"]`).allTextContents();

const checks = {
  async "a real report does nothing but show itself"(acme) {
    for (const [colorScheme, width] of [["light", 1366], ["dark", 1366], ["light", 390]]) {
      const on = await page({ colorScheme, viewport: { width, height: 900 } });
      for (const view of VIEWS) {
        await show(on, acme, view);
        assert.equal(await on.locator(".view:visible").getAttribute("data-view"), view);
        const wide = await on.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${view} is wider than ${width} by ${wide}`);
        await on.evaluate(axe);
        const found = await on.evaluate(() => globalThis.axe.run(document));
        const bad = found.violations.filter((v) => ["serious", "critical"].includes(v.impact));
        assert.deepEqual(bad.map((v) => `${v.id}: ${v.nodes[0].html}`), [], `${view}, ${colorScheme}`);
      }
      assert.deepEqual(on.wrong, []);
      await on.context().close();
    }
  },

  async "trends are drawn, told and printed"() {
    const trends = moved();
    for (const [colorScheme, width] of [["light", 1366], ["dark", 1366], ["light", 390]]) {
      const on = await page({ colorScheme, viewport: { width, height: 900 } });
      await show(on, trends.page, "platform");
      assert.equal(await on.locator("[data-view=platform] figure svg[role=img]").count(), 4);
      for (const chart of await on.locator("[data-view=platform] figure svg").all()) {
        const [title, told] = (await chart.getAttribute("aria-labelledby")).split(" ");
        assert.match(await on.locator(`#${title}`).textContent(), /run by run/);
        assert.match(await on.locator(`#${told}`).textContent(), /2026-08-03: .*2026-10-05: /);
      }
      assert.match(await on.locator("[data-view=platform]").innerText(), /The longest time without a run: 35 days/);
      await on.click("summary:text-is('Run by run')");
      assert.equal(await on.locator("caption:text-is('Run by run') ~ tbody tr").count(), 6);
      await harmless(on, `trends, ${colorScheme}, ${width}`);
      await show(on, trends.page, "overview");
      assert.match(await on.locator(".moved").innerText(), /Friction over 6 runs: .* was /);
      await harmless(on, `the line of trends, ${colorScheme}, ${width}`);
      await on.goto(trends.own);
      assert.equal(await on.locator("figure svg").count(), 4);
      await harmless(on, `the page of trends, ${colorScheme}, ${width}`);
      await on.context().close();
    }
    const none = await page();
    await show(none, firstRun, "platform");
    assert.match(await none.locator("[data-view=platform]").innerText(), /first run in its history/);
    assert.equal(await none.locator("figure").count(), 0);
    const printed = await page();
    await show(printed, trends.leader, "overview");
    const pages = (await printed.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
    assert.equal(pages.length, 1, "the first part with its line of trends is one page");
    if (process.env.KEEP) {
      for (const name of ["moved", "trend", "moved-leader"]) copyFileSync(path.join(folder, `${name}.html`), path.join(process.env.KEEP, `${name}.html`));
    }
  },

  async "filters and search leave what they say"(acme) {
    const on = await page();
    await show(on, acme, "findings");
    const all = await on.locator("#count").textContent();
    await on.selectOption("#severity", "critical");
    assert.deepEqual([...new Set(await column(on, "Severity"))], ["critical"]);
    await on.selectOption("#severity", "");
    await on.selectOption("#stage", "propose");
    assert.deepEqual([...new Set(await column(on, "Step"))], ["propose"]);
    await on.selectOption("#stage", "");
    await on.selectOption("#lens", "both");
    await on.selectOption("#profile", { label: "docs" });
    const docs = await rows(on).count();
    assert.ok(docs > 0);
    await on.click("#clear");
    assert.equal(await on.locator("#count").textContent(), all);
    await on.fill("#search", "allow_forking adr-library");
    await on.waitForFunction(() => document.querySelectorAll("#table tbody tr").length === 1);
    assert.match((await column(on, "Subject"))[0], /adr-library/);
    await on.click("#clear");
    await on.selectOption("#team", { label: "payments" });
    await on.click("nav >> text=Repositories");
    const owners = await on.locator(".repository .hint").allTextContents();
    assert.ok(owners.length > 0 && owners.every((text) => text.includes("payments")), String(owners));
    assert.match(on.url(), /#repositories\?team=payments$/);
    const sent = await page();
    await sent.goto(on.url());
    assert.deepEqual(await sent.locator(".repository h3").allTextContents(), await on.locator(".repository h3").allTextContents());
    assert.deepEqual([...on.wrong, ...sent.wrong], []);
  },

  async "the closed doors of a repository come first"(acme) {
    const on = await page();
    await show(on, acme, "repositories");
    for (const list of await on.locator(".repository ul").all()) {
      const doors = (await list.locator("> li").allTextContents()).map((text) => text.startsWith("closed door"));
      assert.deepEqual(doors, [...doors].sort((a, b) => Number(b) - Number(a)));
    }
    assert.ok(await on.locator(".shut-door").count() > 0);
  },

  async "a table is sorted by its heads, from the keyboard"(acme) {
    const on = await page();
    await show(on, acme, "findings");
    const head = on.locator("[data-sort=subject]");
    await head.focus();
    await on.keyboard.press("Enter");
    const up = await column(on, "Subject");
    assert.deepEqual(up, [...up].sort());
    assert.equal(await on.locator("th[aria-sort]").textContent(), "Subject");
    await on.keyboard.press("Space");
    assert.equal(await on.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
    const down = await column(on, "Subject");
    assert.deepEqual(down, [...down].sort().reverse());
    await on.locator("[data-sort=points]").click();
    const points = (await column(on, "Points")).map(Number);
    assert.deepEqual(points, [...points].sort((a, b) => b - a));
    await on.click("#table-pager >> text=Next");
    assert.match(await on.locator("#table-pager").textContent(), /Page 2 of/);
    // The way in for who cannot point: skip what is the same everywhere.
    await show(on, acme, "platform");
    await on.keyboard.press("Tab");
    assert.equal(await on.evaluate(() => document.activeElement.textContent), "Skip to the report");
    await on.keyboard.press("Enter");
    assert.equal(await on.evaluate(() => document.activeElement.id), "main");
    assert.equal(await on.locator(".view:visible").getAttribute("data-view"), "platform");
    assert.deepEqual(on.wrong, []);
  },

  async "the first part is one page, printed"(acme, large, leader) {
    const wordy = report(decided(folder), "wordy", "--snapshot", path.join(root, "fixtures/acme/acme.jsonl"));
    const seen = await page();
    await show(seen, wordy, "overview");
    assert.match(await seen.locator("#overview-title ~ *").allInnerTexts().then((all) => all.join()), /trade-off/);
    for (const [name, file] of [["acme", acme], ["large", large], ["leader", leader], ["wordy", wordy]]) {
      for (const format of ["A4", "Letter"]) {
        const on = await page();
        await show(on, file, "overview");
        const pages = (await on.pdf({ format, margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } }))
          .toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
        if (process.env.KEEP) await on.screenshot({ path: `${process.env.KEEP}/${name}.png`, fullPage: true });
        assert.equal(pages.length, 1, `${name} on ${format}`);
        await on.context().close();
      }
    }
  },

  async "what was decided reads without a script"(acme) {
    const on = await page({ javaScriptEnabled: false });
    await on.goto(acme);
    assert.match(await on.locator("#overview").innerText(), /What would help most/);
    assert.match(await on.locator("#platform").innerText(), /Root causes by layer/);
    assert.match(await on.locator("#repositories").innerText(), /drawn by a script, which is switched off/);
  },

  async "names are never more than names"() {
    for (const name of hostile.NAMES) {
      const on = await page();
      const file = report(hostile.world(folder, name), "hostile", "--all");
      for (const view of VIEWS) {
        await show(on, file, view);
        const strange = await on.evaluate(() => ({
          scripts: document.scripts.length,
          images: document.querySelectorAll("img, iframe, object, embed, form, base, link").length,
          handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
          links: [...document.links].filter((a) => !a.getAttribute("href").startsWith("#")).map((a) => a.href),
          ran: "ran" in globalThis,
        }));
        assert.deepEqual(strange, { scripts: 2, images: 0, handlers: 0, links: [], ran: false }, `${name} in ${view}`);
      }
      const shown = await on.locator("#table").innerText();
      assert.ok(shown.replaceAll("\n", "").includes("named-so"), `${name}: ${shown}`);
      assert.deepEqual(on.wrong, [], name);
      await on.context().close();
    }
  },

  async "ten thousand repositories open quickly"(acme, large) {
    const on = await page();
    for (const view of VIEWS) {
      await on.goto("about:blank");
      const began = performance.now();
      await on.goto(`${large}#${view}`, { waitUntil: "load" });
      if (view === "findings") await rows(on).first().waitFor();
      if (view === "repositories") await on.locator(".repository").first().waitFor();
      await on.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const seconds = (performance.now() - began) / 1000;
      console.log(`  ${view} of 10,000 repositories: ${seconds.toFixed(2)} s${seconds < MEANT ? "" : ", which is SLOW"}`);
    }
    const began = performance.now();
    await show(on, large, "findings");
    await on.fill("#search", "repository-9999");
    await on.waitForFunction(() => /of 1 subject$/.test(document.querySelector("#count").textContent));
    console.log(`  opened and searched: ${((performance.now() - began) / 1000).toFixed(2)} s`);
    assert.deepEqual(on.wrong, []);
  },
};

let failed = 0;
try {
  const acme = report("fixtures/acme", "acme");
  const leader = report("fixtures/acme", "leader", "--audience", "leader");
  const large = report(many(folder, 10_000), "large");
  for (const [name, check] of Object.entries(checks).filter(([name]) => name.includes(process.argv[3] || ""))) {
    const began = performance.now();
    try {
      await check(acme, large, leader);
      console.log(`ok: ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${name}\n${error.message}`);
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
