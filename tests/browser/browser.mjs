// Debian's Chromium, or the one that CHROMIUM names.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts the browser. A container's root may not use its sandbox. */
export function open() {
  const executablePath = process.env.CHROMIUM || places.find((place) => existsSync(place));
  if (!executablePath) throw new Error("there is no Chromium: apt-get install chromium, or set CHROMIUM");
  const root = process.getuid && process.getuid() === 0;
  return chromium.launch({ executablePath, args: root ? ["--no-sandbox"] : [] });
}
