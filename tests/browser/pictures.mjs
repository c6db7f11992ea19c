// Makes the pictures of docs/pictures anew, from what the program really writes: npm run --prefix tests/browser pictures
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "./browser.mjs";
import { svg } from "./terminal.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const pictures = path.join(root, "docs/pictures");
const program = path.join(process.env.CARGO_TARGET_DIR || path.join(root, "target"), "debug/ispo-scm");
// No more lines of the terminal report than these are shown before what is left out.
const [MOST, WIDTH] = [32, 88];

/** What an audit of the example says. */
function audit(...more) {
  return execFileSync(program, ["audit", "fixtures/acme", "--today", "2026-11-20", "--fail-on", "never", ...more], {
    cwd: root, encoding: "utf8", maxBuffer: 1 << 26,
    env: { ...process.env, CLICOLOR_FORCE: "1", COLUMNS: String(WIDTH), NO_COLOR: undefined, TERM: "xterm" },
  });
}

mkdirSync(pictures, { recursive: true });
const lines = audit().trimEnd().split("\n");
const shown = [...lines.slice(0, lines.lastIndexOf("", MOST)), "", "  …", ...lines.slice(lines.lastIndexOf(""))];
writeFileSync(path.join(pictures, "audit.svg"), svg("ispo-scm audit fixtures/acme", shown, WIDTH));

const folder = mkdtempSync(path.join(tmpdir(), "ispo-scm-pictures-"));
const file = path.join(folder, "report.html");
writeFileSync(file, audit("--format", "html"));
const browser = await open();
const page = await browser.newPage({ viewport: { width: 1200, height: 920 } });
await page.goto(pathToFileURL(file).href);
await page.screenshot({ path: path.join(pictures, "report.png"), fullPage: true });
await browser.close();
rmSync(folder, { recursive: true, force: true });
