// Pictures of a report at three widths, in the dark, and printed: node shots.mjs REPORT.html FOLDER
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { open } from "./browser.mjs";

const [report, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await open();
for (const [name, width, height, colorScheme] of [
  ["phone", 390, 1400, "light"], ["laptop", 1366, 1100, "light"], ["dark", 1366, 1100, "dark"],
]) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  for (const view of ["overview", "platform", "repositories", "findings"]) {
    await page.goto(`${pathToFileURL(path.resolve(report))}#${view}`);
    await page.reload();
    await page.screenshot({ path: path.join(folder, `${name}-${view}.png`), fullPage: view === "overview" });
  }
  await page.close();
}
const page = await browser.newPage({ viewport: { width: 718, height: 1032 } });
await page.goto(`${pathToFileURL(path.resolve(report))}`);
await page.pdf({ path: path.join(folder, "print.pdf"), preferCSSPageSize: true });
await page.emulateMedia({ media: "print" });
await page.screenshot({ path: path.join(folder, "print.png"), fullPage: true });
await browser.close();
