import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { Authenticator } from "../e2e/authenticator"
import { onDashboard, registerWithPasskey, signInByButton, signOut } from "../e2e/person"
import { expect, test } from "./fixtures"
import { shoot, Window } from "./window"

test("the window that people get shows the session and the passkey that a browser made", async ({ home, visit }) => {
  const window = await Window.open(home)
  await expect.poll(async () => (await home.sting("status")).status, { timeout: 20_000 }).toBe(0)
  const { origin } = JSON.parse((await home.sting("status", "--json")).stdout) as { origin: string }
  expect((await home.sting("trust")).status).toBe(0)

  const page = await visit(origin)
  const authenticator = await Authenticator.plugIn(page)
  await registerWithPasskey(page, "ada@example.org")
  await authenticator.present(false)
  await signOut(page)
  await signInByButton(page, authenticator)
  await onDashboard(page)

  const shots = [
    ["ctrl+1", "window-home"],
    ["ctrl+2", "window-ceremonies"],
    ["ctrl+3", "window-explain"],
    ["ctrl+4", "window-sessions"],
    ["ctrl+5", "window-passkeys"],
    ["ctrl+6", "window-people"],
    ["ctrl+7", "window-services"],
  ] as const
  const taken: string[] = []
  for (const [keys, name] of shots) {
    await window.press(keys)
    taken.push((await shoot(name, taken)).digest)
  }
  expect(window.log).not.toContain("level=ERROR")
  expect(await window.close()).toBe(0)
  expect((await home.sting("status")).status).toBe(3)
})

test("what the web view keeps in the lab's home is closed to others", async ({ home }) => {
  const usual = join(home.person, ".local/share/sting")
  await mkdir(usual, { recursive: true, mode: 0o700 })
  await writeFile(join(usual, "sting.yml"), "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n", {
    mode: 0o600,
  })
  const named = join(home.person, "sting") // the web view's folder is called as the program's file is
  await copyFile(Window.program, named)
  const window = await Window.open({ ...home, env: { ...home.env, STING_HOME: "" } }, named)
  await expect.poll(async () => (await home.sting("status", "--home", usual)).status, { timeout: 20_000 }).toBe(0)
  await shoot("window-usual-place")
  await expect.poll(() => readdir(usual), "the web view keeps its files here").toContain("storage")
  const { status, stdout } = await home.sting("doctor", "SV-07", "--home", usual)
  expect(status, stdout).toBe(0)
  expect(await window.close()).toBe(0)
})
