import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { createServer, type IncomingMessage, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"

import { type Lab, program } from "./lab"

/** A program that stands in for Kratos' own: the commands, the file and the ports of a real one, the embedded provider behind them. */
export interface StandIn {
  /** Where the program is, for kratos.binary. */
  binary: string
  /** Kills the running one as a crash would, and lets none start until `release`. */
  crash: () => Promise<void>
  /** Lets it start again. Nobody starts it: the lab does. */
  release: () => Promise<void>
}

/** Writes the stand-in into a folder. */
export async function standIn(folder: string): Promise<StandIn> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const [binary, held, pid] = ["kratos", "held", "pid"].map((name) => join(folder, name)) as [string, string, string]
  // Kratos' configuration names the admin's port first: JSON with its members in order.
  await writeFile(
    binary,
    `#!/bin/sh
[ "$1" = migrate ] && exit 0
if [ -e '${held}' ]; then
    echo 'fatal: disk I/O error' >&2
    exit 1
fi
ports=$(sed -n 's/.*"port": \\([0-9]*\\).*/\\1/p' "$3")
home=$(dirname "$3")/standin
mkdir -p -m 700 "$home"
printf 'ports: {site: 0, kratos_admin: %s, kratos_public: %s, smtp: off, smtp_plain: off, mail: off}\\n' $ports >"$home/sting.yml"
echo $$ >'${pid}'
unset STING_HOME
exec '${program}' serve --home "$home"
`,
  )
  await chmod(binary, 0o700)
  return {
    binary,
    crash: async () => {
      await writeFile(held, "")
      process.kill(Number(await readFile(pid, "utf8")), "SIGKILL")
    },
    release: () => rm(held),
  }
}

/** What `sting status` says of the service kratos: Healthy, Unhealthy, Starting or Stopped. */
export async function kratosState(lab: Lab): Promise<string | undefined> {
  const said = await lab.sting("status", "--json").catch((failed: { stdout: string }) => failed.stdout) // 1: something is not healthy
  const { services } = JSON.parse(said) as { services: { name: string; state: string }[] }
  return services.find((service) => service.name === "kratos")?.state
}

/** A Kratos as one without `use_continue_with_transitions` answers: it sends browsers on with 422, to `site`. */
export async function sendingOn(upstream: string, site: () => string): Promise<{ url: string; sent: string[]; stop: () => Promise<void> }> {
  const sent: string[] = []
  const server = createServer((asked, answer) => {
    const to = new URL(asked.url ?? "/", upstream)
    const passed = request(to, { method: asked.method ?? "GET", headers: { ...asked.headers, host: to.host } }, (got) => {
      void whole(got).then((body) => {
        const next = asked.method === "POST" ? settingsOf(body) : undefined
        const headers = { ...got.headers }
        delete headers["content-length"]
        if (next === undefined) return answer.writeHead(got.statusCode ?? 502, headers).end(body)
        const where = `${site()}/settings?flow=${next}`
        sent.push(where)
        const reason = `In order to complete this flow please redirect the browser to: ${where}`
        const error = {
          id: "browser_location_change_required",
          code: 422,
          status: "Unprocessable Entity",
          reason,
          message: "browser location change required",
        }
        return answer.writeHead(422, headers).end(JSON.stringify({ error, redirect_browser_to: where }))
      })
    })
    passed.on("error", () => answer.writeHead(502).end())
    asked.pipe(passed)
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent, stop: () => closed(server) }
}

async function whole(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

/** The settings flow that an answer leads to, or undefined. */
function settingsOf(body: string): string | undefined {
  try {
    const { continue_with: next } = JSON.parse(body) as { continue_with?: { action: string; flow?: { id: string } }[] }
    return next?.find((step) => step.action === "show_settings_ui")?.flow?.id
  } catch {
    return undefined
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((done) => server.close(() => done()))
}
