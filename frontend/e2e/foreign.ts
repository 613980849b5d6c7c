import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer as createPlainServer, type RequestListener, type Server as PlainServer } from "node:http"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

import type { Lab } from "./lab"

const run = promisify(execFile)

/** Serves over TLS with a certificate for `host` that the stolen key of the authority signed. */
export async function serveAs(
  lab: Lab,
  host: string,
  answer: RequestListener = (_, response) => response.end("here"),
): Promise<{ server: Server; port: number }> {
  const folder = await mkdtemp(join(tmpdir(), "sting-forged-"))
  const at = (name: string) => join(folder, name)
  await writeFile(at("ext"), `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`)
  await run("openssl", [
    "req",
    "-new",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-subj",
    `/CN=${host}`,
    "-keyout",
    at("key"),
    "-out",
    at("csr"),
  ])
  const ca = [join(lab.home, "ca/ca.pem"), join(lab.home, "ca/ca-key.pem")] as const
  await run("openssl", [
    "x509",
    "-req",
    "-in",
    at("csr"),
    "-CA",
    ca[0],
    "-CAkey",
    ca[1],
    "-set_serial",
    "4711",
    "-days",
    "10",
    "-extfile",
    at("ext"),
    "-out",
    at("pem"),
  ])
  const server = createServer({ key: await readFile(at("key")), cert: await readFile(at("pem")) }, answer)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  await rm(folder, { recursive: true, force: true })
  return { server, port: (server.address() as AddressInfo).port }
}

/** Serves without TLS on a free port of the loopback address. */
export async function servePlain(answer: RequestListener): Promise<{ server: PlainServer; port: number }> {
  const server = createPlainServer(answer)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, port: (server.address() as AddressInfo).port }
}
