// Lines of a terminal as a picture.

// The colours of the sequences that reports use.
const COLOURS = { 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#56d4dd", 90: "#9aa4af" };
const [LINE, LETTER, TOP, LEFT] = [19, 8.43, 56, 18];

// A blank that stays one wherever the picture is shown.
const safe = (text) => text.replaceAll(" ", "\u00a0").replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

/** One line, whose colours are escape sequences. */
function spans(line) {
  let style = {};
  let out = "";
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const codes = /^\u001b\[([0-9;]*)m$/.exec(part);
    if (codes) {
      for (const code of codes[1].split(";").map(Number)) {
        if (code === 0) style = {};
        else if (code === 1) style.bold = true;
        else if (code === 2) style.dim = true;
        else if (code === 39) style.colour = undefined;
        else if (code === 22) style = { colour: style.colour };
        else if (COLOURS[code]) style.colour = COLOURS[code];
        else throw new Error(`the picture does not know the sequence ${code}`);
      }
    } else if (part) {
      const fill = style.colour || (style.dim && COLOURS[90]);
      out += `<tspan${fill ? ` fill="${fill}"` : ""}${style.bold ? ' font-weight="700"' : ""}>${safe(part)}</tspan>`;
    }
  }
  return out;
}

/** A picture of a terminal in which a command was called, with what it said. */
export function svg(command, lines, columns) {
  const width = Math.ceil(columns * LETTER + 2 * LEFT);
  const all = [`\u001b[32m$\u001b[0m \u001b[1m${command}\u001b[0m`, "", ...lines];
  const height = TOP + all.length * LINE + 8;
  const text = all.map((line, i) => `<text x="${LEFT}" y="${TOP + i * LINE}">${spans(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What ${command} says">
<rect width="${width}" height="${height}" rx="9" fill="#12161b"/>
<g><circle cx="22" cy="19" r="6" fill="#ff5f57"/><circle cx="42" cy="19" r="6" fill="#febc2e"/><circle cx="62" cy="19" r="6" fill="#28c840"/></g>
<g fill="#e6eaef" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${text.join("\n")}
</g>
</svg>
`;
}
