import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** The built program of an environment variable, or one of the usual place. */
export function program(variable: string, name: string): string {
  return resolve(process.env[variable] ?? join(import.meta.dirname, "../../build/cache/test", name))
}

/** A home folder of the lab, and a HOME for it and for the browsers that are to trust it. */
export interface Home {
  /** The lab's folder. */
  lab: string
  /** HOME. */
  person: string
  /** What the programs of this home find in their environment. */
  env: NodeJS.ProcessEnv
  /** Runs `sting ARGS` with this home; never throws. */
  sting: (...args: string[]) => Promise<{ status: number; stdout: string; stderr: string }>
  remove: () => Promise<void>
}

/** Makes a home whose lab listens on free ports, or on `site` where it is given. */
export async function makeHome(site = 0): Promise<Home> {
  const root = await mkdtemp(join(tmpdir(), "sting-window-"))
  const [lab, person] = [join(root, "home"), join(root, "person")]
  await mkdir(lab, { mode: 0o700 })
  await mkdir(person, { mode: 0o700 })
  await writeFile(join(lab, "sting.yml"), `ports: {site: ${site}, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n`, {
    mode: 0o600,
  })
  const env = { ...process.env, HOME: person, STING_HOME: lab, XDG_DATA_HOME: "", XDG_CONFIG_HOME: "", XDG_CACHE_HOME: "" }
  return {
    lab,
    person,
    env,
    sting: (...args) =>
      run(program("STING_BIN", "sting"), args, { env }).then(
        ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
        (failed: { code: number; stdout: string; stderr: string }) => ({
          status: failed.code,
          stdout: failed.stdout,
          stderr: failed.stderr,
        }),
      ),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** A port of 127.0.0.1 that nobody holds. */
export async function freePort(): Promise<number> {
  const { port, release } = await holdPort()
  await release()
  return port
}

/** Holds a port of 127.0.0.1 until it is released. */
export function holdPort(): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((held, failed) => {
    const server = createServer()
    server.once("error", failed)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      if (address === null || typeof address === "string") return failed(new Error("the system gave no port"))
      held({ port: address.port, release: () => new Promise((done) => server.close(() => done())) })
    })
  })
}
