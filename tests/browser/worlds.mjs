// Snapshots that the page is tried with.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

function laidOut(folder, name, policy, lines) {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "policy.toml"), policy);
  const header = { format: "ispo-scm-snapshot", version: 1, forge: "f", kind: "github" };
  writeFileSync(path.join(place, "world.jsonl"), [header, ...lines].map((line) => JSON.stringify(line)).join("\n"));
  return place;
}

const FORGE = `version = 1
[[forge]]
name = "f"
kind = "snapshot"
path = "world.jsonl"
`;

/** An organization of so many repositories, of which a part departs in each of six ways; another part at another time. */
export function many(folder, count, time = 0) {
  const policy = `${FORGE}
[repository]
allow_forking = { equals = true, severity = "critical", why = "the fork is how a stranger proposes a change" }
has_issues = true
delete_branch_on_merge = true
description = { length = { at_least = 30 }, why = "a description is what search shows" }
allow_auto_merge = true
has_wiki = false
[profile.library]
select = { topics = ["library"] }
[profile.library.repository]
visibility = "internal"
[profile.service]
select = { topics = ["service"] }
`;
  const repositories = Array.from({ length: count }, (_, i) => ({
    repository: `acme/repository-${i}`,
    settings: {
      archived: false, default_branch: "main", topics: [i % 3 ? "library" : "service"],
      visibility: i % 11 ? "internal" : "private", allow_forking: i % 7 !== 0, has_issues: (i + time % 2) % 5 !== 0,
      delete_branch_on_merge: i % 2 === 0, allow_auto_merge: i % 4 !== 0, has_wiki: i % 13 === 0,
      description: i % (6 + time) ? "what this repository is for, in a few words" : "short",
    },
  }));
  return laidOut(folder, "many", policy, [{ organization: "acme", settings: {}, kinds: {} }, ...repositories]);
}

/** The packs that pull apart, decided, with reasons that go on and on, and waivers as long. */
export function decided(folder) {
  const long = "a reason that goes on for longer than anybody would read, and then for a while more, ".repeat(6);
  const one = (value, more) => `{ equals = ${value}, owner = "@acme/a-team-with-a-name-that-is-long", why = "${long}"${more || ""} }`;
  const waivers = Array.from({ length: 6 }, (_, i) => `[[waiver]]
subject = "acme/*${"abcdefghi"[i]}*"
settings = ["repository.*"]
owner = "@acme/another-team-with-a-name-that-is-long"
reason = "${long}"
expires = 2027-01-0${i + 1}
`);
  const policy = `version = 1
extends = ["pack:innersource", "pack:openssf-scm"]
[organization]
default_repository_permission = ${one('"read"')}
prevent_forking_outside_group = ${one("false")}
[repository]
contributing = ${one("true")}
readme = ${one("true")}
[branch."~default"]
require_up_to_date = ${one("true", ", healthy = true")}
${waivers.join("")}`;
  const place = path.join(folder, "decided");
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "policy.toml"), policy);
  return place;
}

/** Names that would do something if they were taken for more than names; each does \`ran\` if it can. */
const NAMES = [
  "</script><script>ran=1</script>named-so",
  "<!--<script>named-so",
  "<img src=x onerror=ran=1>named-so",
  "\"><svg onload=ran=1>named-so",
  "' onmouseover='ran=1' named-so",
  "javascript:ran=1//named-so",
  "<style>*{display:none}</style>named-so",
  "<base href=https://evil.example/>named-so",
  "https://evil.example/named-so",
  "\u2028ran=1\u2029named-so",
  "${ran=1}{{ran=1}}named-so",
  "__proto__ constructor named-so",
];

export const hostile = {
  NAMES,
  /** Six repositories in which everything that others may name has that name. */
  world(folder, name) {
    const text = JSON.stringify(name);
    const policy = `${FORGE}
[repository]
has_issues = true
description = { equals = "something else", why = ${text} }
[profile.${text}]
select = { topics = ["innersource"] }
[profile.${text}.repository]
homepage = "https://acme.example"
[team.${text}]
github = ["f:acme/t"]
[team.${text}.repository]
has_wiki = false
[[waiver]]
subject = "f:acme/*"
settings = ["repository.homepage"]
owner = ${text}
reason = ${text}
expires = 2027-01-01
`;
    const repositories = Array.from({ length: 6 }, (_, i) => ({
      repository: `acme/${i}${name.replaceAll("/", "\u2215")}`,
      settings: {
        archived: false, default_branch: "main", topics: ["innersource"], teams: { t: "admin" }, has_issues: i % 2 === 0,
        has_wiki: true, description: name, homepage: name, html_url: name,
      },
      unknown: i === 0 ? { has_issues: name } : {},
    }));
    return laidOut(folder, "hostile", policy, [{ organization: "acme", settings: {}, kinds: {} }, ...repositories]);
  },
};
