// Holds XML from standard input against a schema: node xsd.mjs SCHEMA.xsd < FILE.xml; ends with 1 where it is not as that
// says, and with 2 where it could not be looked at.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { memoryPages, validateXML } = createRequire(import.meta.url)("xmllint-wasm");
try {
  const looked = await validateXML({
    xml: [{ fileName: "report.xml", contents: readFileSync(0, "utf8") }],
    schema: [readFileSync(process.argv[2], "utf8")],
    initialMemoryPages: 64 * memoryPages.MiB,
    maxMemoryPages: memoryPages.GiB,
  });
  looked.errors.slice(0, 10).forEach((error) => console.log(error.rawMessage));
  process.exitCode = looked.valid ? 0 : 1;
} catch (error) {
  console.log(String(error));
  process.exitCode = 2;
}
