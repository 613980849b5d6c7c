import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { expect, test } from "@playwright/test"

import { startChromium } from "./chromium"
import { type Failure, failures, type Others } from "./failures"
import { serveAs, servePlain } from "./foreign"
import { type Lab, startLab } from "./lab"
import { Stage, type Told } from "./stage"

// Misconfigurations and failures, set up on purpose in a real Chromium: for each, what the person was told, and what the
// record says. `npm run e2e -- failures --update-snapshots` writes the table anew; look at what changed before it is committed.
const kept = join(import.meta.dirname, "failures.md")

interface Record {
  state: string
  fault: string
  step: string
  cause: string
  fix: string
  differs: string[]
}

const long = { tag: "@long" }

test("each failure is named, with its cause and what to do, where the person looks and in the record", long, async ({}, info) => {
  test.setTimeout(600_000) // some forty ceremonies, on a machine that may be busy
  const [usual, strict] = await Promise.all([startLab(), startLab("webauthn: {timeout: 2s, user_verification: required}\n")])
  await usual.sting("trust")
  await strict.sting("trust")
  const empty = (_: unknown, response: { setHeader: (n: string, v: string) => void; end: (s: string) => void }) => {
    response.setHeader("Content-Type", "text/html")
    response.end("<!doctype html><title>elsewhere</title>")
  }
  const [secure, plain, untrusted] = await Promise.all([
    serveAs(usual, "localhost", empty),
    servePlain(empty),
    serveAs(usual, "lab.test", empty),
  ])
  const others = { secure: `https://localhost:${secure.port}`, plainPort: plain.port, untrustedPort: untrusted.port }
  const browsers = await Promise.all([usual, strict].map((lab) => startChromium(lab.person, "--host-resolver-rules=MAP *.test 127.0.0.1")))
  const rows: string[] = []
  const only = process.env["STING_FAILURE"] // a part of a name, while one case is worked on
  try {
    for (const [i, failure] of failures.entries()) {
      if (only && !failure.name.includes(only)) continue
      await test.step(failure.name, async () => {
        const lab = failure.strict ? strict : usual
        const context = await (failure.strict ? browsers[1] : browsers[0])?.newContext()
        if (!context) throw new Error("no browser")
        const told = await provoked(failure, await Stage.set(lab, context, `person${i}@example.org`), others)
        await context.close()
        const record = JSON.parse(await lab.sting("ceremonies", told.id, "--json")) as Record
        expect.soft(record.cause, `${failure.name}: cause`).not.toBe("")
        expect.soft(record.fix, `${failure.name}: fix`).not.toBe("")
        expect.soft(record.state, failure.name).not.toBe("verified")
        expect.soft(record.differs, `${failure.name}: where the explainer and the verifier don't agree`).toEqual([])
        rows.push(row(failure, told, record, lab, others))
      })
    }
  } finally {
    await Promise.all(browsers.map((b) => b.close()))
    for (const { server } of [secure, plain, untrusted]) server.close()
    await Promise.all([usual.stop(), strict.stop()])
  }
  const table = `${head}${rows.join("\n")}\n`
  if (info.config.updateSnapshots === "all" || info.config.updateSnapshots === "changed") await writeFile(kept, table)
  expect(ownWords(table)).toBe(ownWords(await readFile(kept, "utf8")))
})

/** What a browser says changes with its version, its name for it doesn't: only the latter is compared. */
function ownWords(table: string): string {
  return table.replace(/\| (\w+Error): [^|]*/g, "| $1 ")
}

async function provoked(failure: Failure, stage: Stage, others: Others): Promise<Told> {
  try {
    return await failure.provoke(stage, others)
  } catch (thrown) {
    throw new Error(`${failure.name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown })
  }
}

const head = `# What a person is told when a ceremony fails, and what the record says

Written by \`frontend/e2e/failures.spec.ts\`, which sets each of these up on purpose in Chromium and compares. Ports, ids,
times and random values are masked: 8443 is the lab's own port, 9443 and 9080 are those of others.

| failure | what was said | state, code | step | cause | fix |
|---|---|---|---|---|---|
`

function row(failure: Failure, told: Told, record: Record, lab: Lab, others: Others): string {
  const cells = [failure.name, told.words, [record.state, record.fault].filter(Boolean).join(", "), record.step, record.cause, record.fix]
  return `| ${cells.map((cell) => masked(cell, lab, others).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`
}

/** Takes out what is another value each time. */
function masked(text: string, lab: Lab, others: Others): string {
  return text
    .replace(new RegExp(`\\b${new URL(lab.url).port}\\b`, "g"), "8443")
    .replace(new RegExp(`\\b${new URL(others.secure).port}\\b`, "g"), "9443")
    .replace(new RegExp(`\\b${others.plainPort}\\b`, "g"), "9080")
    .replace(/\b\d+ bytes?\b/g, "(n) bytes")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "(id)")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "(time)")
    .replace(/\b\d+(\.\d+)? (ms|s)\b/g, "(n) $2")
    .replace(/\b\d+m\d+s\b/g, "(n) min")
    .replace(/person\d+@/g, "ada@")
    .replace(/\b[0-9a-f]{16}\b/g, "(bytes)")
    .replace(/(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}/g, "(bytes)")
}
