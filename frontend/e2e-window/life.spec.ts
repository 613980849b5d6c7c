import { execFile, spawn } from "node:child_process"
import { chmod, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"

import { expect, healthy, test } from "./fixtures"
import { holdPort, program } from "./home"
import { shoot, Window } from "./window"

test("a port that is taken shows in the window, with who holds it, and the site comes once it is free", async ({ home, panels }) => {
  const { port, release } = await holdPort()
  await writeFile(
    join(home.lab, "sting.yml"),
    `ports: {site: ${port}, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n`,
    { mode: 0o600 },
  )
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(panels.getByRole("main").getByText("site is unhealthy")).toBeVisible()
  await panels.getByRole("button", { name: /^Services/ }).click()
  const site = panels.getByRole("listitem", { name: "site: Unhealthy" })
  await expect(site).toContainText(`Port ${port}`)
  await expect(site).toContainText("PORT_TAKEN")
  await expect(site).toContainText("sting.yml")
  await expect(panels.getByRole("listitem", { name: "mail: Healthy" })).toBeVisible()
  await shoot("window-port-taken")
  await release()
  await expect(panels.getByRole("listitem", { name: "site: Healthy" })).toBeVisible({ timeout: 15_000 })
  await panels.getByRole("button", { name: /^Home/ }).click()
  await expect(healthy(panels)).toBeVisible()
  expect(await window.signal("SIGTERM")).toBe(0)
})

test("a damaged database shows in the window, with its cause and its fix", async ({ home, panels }) => {
  await writeFile(join(home.lab, "sting.db"), "this was a database once ".repeat(400), { mode: 0o600 })
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  const failure = panels.getByRole("alert", { name: "The lab did not start" })
  await expect(failure).toContainText("sting.db")
  await expect(failure).toContainText("What to do")
  await window.end()
})

test("another instance that answers nobody shows in the window", async ({ home, panels }) => {
  const holder = spawn("flock", ["--no-fork", join(home.lab, "sting.lock"), "sleep", "60"], { stdio: "ignore" })
  await chmod(home.lab, 0o700)
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  const failure = panels.getByRole("alert", { name: "The lab did not start" })
  await expect(failure).toContainText("ALREADY_RUNNING")
  await expect(failure).toContainText("answers nobody")
  holder.kill("SIGTERM")
  await panels.getByRole("button", { name: "Try again" }).click()
  await expect(healthy(panels)).toBeVisible()
  await window.end()
})

test("with `sting serve` running the window attaches, says so, and leaves it running", async ({ home, panels }) => {
  const serve = spawn(program("STING_BIN", "sting"), ["serve"], { env: home.env, stdio: ["ignore", "pipe", "ignore"] })
  await new Promise((ready) => serve.stdout.once("data", ready))
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(panels.getByText(`This window is attached to the lab of process ${serve.pid}`)).toBeVisible()
  expect(await window.close()).toBe(0)
  expect((await home.sting("status")).status).toBe(0)

  const again = await Window.openForDevelopment(home)
  await panels.goto(again.address)
  await expect(panels.getByText(`This window is attached to the lab of process ${serve.pid}`)).toBeVisible()
  expect((await home.sting("stop")).status).toBe(0)
  await expect(panels.getByRole("heading", { name: "The lab that this window showed has stopped" })).toBeVisible()
  await panels.getByRole("button", { name: "Start the lab" }).click()
  await expect(healthy(panels)).toBeVisible()
  expect((await home.sting("status", "--json")).stdout).toContain(`"pid": ${again.window.pid}`)
  await again.window.end()
})

test("a signal right after the start ends the window and its lab", async ({ home }) => {
  const child = spawn(program("STING_WINDOW_BIN", "sting-window"), [], { env: home.env, stdio: ["ignore", "ignore", "pipe"] })
  await new Promise((begun) => child.stderr.once("data", begun))
  const gone = new Promise((done) => child.once("exit", done))
  child.kill("SIGTERM")
  expect(await gone).toBe(0)
  expect((await home.sting("status")).status).toBe(3)
})

test("without a display the program says so and names `sting serve`", async ({ home }) => {
  const child = spawn(program("STING_WINDOW_BIN", "sting-window"), [], {
    env: { ...home.env, DISPLAY: "", WAYLAND_DISPLAY: "" },
    stdio: ["ignore", "ignore", "pipe"],
  })
  let said = ""
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString()
  })
  expect(await new Promise((done) => child.once("exit", done))).toBe(1)
  expect(said).toContain("NO_DISPLAY")
  expect(said).toContain("sting serve")
})

test("a second start brings the window to the front that is open already, and ends", async ({ home, panels }) => {
  const { window, address } = await Window.openForDevelopment(home)
  await panels.goto(address)
  await expect(healthy(panels)).toBeVisible()
  await window.minimise()
  const { stdout } = await promisify(execFile)(program("STING_DEV_BIN", "sting-dev"), [], {
    env: { ...home.env, devserver: "localhost:0" },
    timeout: 20_000,
  })
  expect(stdout).toContain("open already")
  await expect.poll(() => window.inFront()).toBe(true)
  expect((await home.sting("status", "--json")).stdout).toContain(`"pid": ${window.pid}`)
  await window.end()
})
