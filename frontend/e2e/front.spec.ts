import { createHash } from "node:crypto"
import { createServer, type Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"

import { startChromium } from "./chromium"
import { expect, password, test } from "./fixtures"
import { startLab } from "./lab"

// `front:`: a developer's front end at the lab's own origin, with the web socket that reloads it.

/** A development server: a page with an inline script, a module, and a socket that tells of changes. */
interface DevServer {
  url: string
  server: Server
  /** Cookie headers and socket origins that came. */
  cookies: string[]
  origins: string[]
  /** Says over every open socket that the module has changed. */
  change: () => void
  stop: () => void
}

async function serveDev(port = 0): Promise<DevServer> {
  const open = new Set<Socket>()
  let version = 1
  const dev: DevServer = {
    url: "",
    cookies: [],
    origins: [],
    server: createServer((request, response) => {
      dev.cookies.push(request.headers.cookie ?? "")
      if (request.url?.startsWith("/src/main.js")) {
        response.setHeader("Content-Type", "text/javascript").end(`document.title = "version ${version}"`)
        return
      }
      response.setHeader("Set-Cookie", "theme=dark; Path=/")
      response.setHeader("Content-Type", "text/html").end(shell)
    }),
    change: () => {
      version++
      for (const socket of open) socket.write(textFrame("update"))
    },
    stop: () => {
      for (const socket of open) socket.destroy()
      dev.server.close()
      dev.server.closeAllConnections()
    },
  }
  dev.server.on("upgrade", (request, socket: Socket) => {
    dev.origins.push(request.headers.origin ?? "")
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    open.add(socket)
    socket.on("error", () => undefined).on("close", () => open.delete(socket))
  })
  await new Promise<void>((resolve) => dev.server.listen(port, "127.0.0.1", resolve))
  dev.url = `http://localhost:${(dev.server.address() as AddressInfo).port}`
  return dev
}

const shell = `<!doctype html><title>loading</title><h1>My shop</h1><script>
  let n = 0
  const load = () => import("/src/main.js?t=" + n++)
  const socket = new WebSocket("wss://" + location.host + "/hmr")
  socket.onmessage = load
  socket.onopen = () => { document.body.dataset.hot = "yes" }
  load()
</script>`

/** A frame of RFC 6455 with a short text. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)])
}

test("a front end behind the lab is one origin with it: signed in, reloaded, kept apart from its cookies", async ({ email }) => {
  const dev = await serveDev()
  const lab = await startLab(`front: {url: "${dev.url}"}\n`)
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage()
    const broken: string[] = []
    page.on("pageerror", (error) => broken.push(error.message))
    page.on("console", (message) => message.type() === "error" && broken.push(message.text()))
    await page.goto(lab.url)
    await expect(page.getByRole("heading", { name: "My shop" })).toBeVisible()
    await expect(page).toHaveTitle("version 1")
    await expect(page.locator("body[data-hot]")).toBeAttached()
    dev.change()
    await expect(page).toHaveTitle("version 2")
    expect(dev.origins).toEqual([lab.url])

    const session = await page.evaluate(registerAndLook, { email, password })
    expect(session).toEqual({ authenticated: true, email })
    dev.cookies.length = 0
    await page.goto(`${lab.url}/cart?n=1`)
    await expect(page.getByRole("heading", { name: "My shop" })).toBeVisible()
    expect(dev.cookies[0]).toBe("theme=dark")
    expect(broken).toEqual([])

    // pages of the lab that aren't named stay the lab's
    await page.goto(`${lab.url}/dashboard`)
    await expect(page.getByRole("heading", { name: "Dashboard" })).toBeVisible()
    expect(await lab.sting("doctor", "RP-15", "--json")).toContain(dev.url)
  } finally {
    await browser.close()
    dev.stop()
    await lab.stop()
  }
})

test("a front end that is down is named by a page, which finds it once it is up", async () => {
  const first = await serveDev()
  first.stop()
  const lab = await startLab(`front: {url: "${first.url}", paths: [/, /login]}\n`)
  await lab.sting("trust")
  const browser = await startChromium(lab.person)
  try {
    const page = await browser.newPage()
    await page.goto(`${lab.url}/login`)
    await expect(page.getByRole("heading", { name: "The front end doesn't answer" })).toBeVisible()
    await expect(page.getByText(first.url)).toBeVisible()
    const fetched = await page.evaluate(async () => (await (await fetch("/data.json")).json()) as { error_code: string })
    expect(fetched.error_code).toBe("FRONT_DOWN")
    const dev = await serveDev(Number(new URL(first.url).port))
    await expect(page.getByRole("heading", { name: "My shop" })).toBeVisible()
    dev.stop()
  } finally {
    await browser.close()
    await lab.stop()
  }
})

/** Registers at the lab, as the front end's code would, and asks who is signed in. */
async function registerAndLook({ email, password }: { email: string; password: string }) {
  const headers = { "Content-Type": "application/json" }
  await fetch("/api/auth/register", { method: "POST", headers, body: JSON.stringify({ email, password }) })
  const session = (await (await fetch("/api/auth/session")).json()) as { authenticated: boolean; user: { email: string } | null }
  return { authenticated: session.authenticated, email: session.user?.email }
}
