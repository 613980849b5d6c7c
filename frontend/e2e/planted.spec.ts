import { expect, password, test } from "./fixtures"
import { servePlain } from "./foreign"
import { onDashboard, registerAndSkip } from "./person"

// THREATS T29: a program at another port of localhost writes into the lab's cookies.

/** Signs somebody in with a program of their own, and returns their session. */
async function sessionOf(url: string, email: string): Promise<string> {
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"
  const answer = await fetch(`${url}/api/auth/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  })
  delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith("ory_kratos_session="))
  const token = cookie?.split(";")[0]?.split("=")[1]
  if (!token) throw new Error(`no session came with ${answer.status}`)
  return token
}

test("a session that another port planted is announced, and nothing is added to its account", async ({ page, lab, email }) => {
  await registerAndSkip(page, email)
  const token = await sessionOf(lab.url, `eve-${email}`)
  const evil = await servePlain((_, response) => {
    response.setHeader("Set-Cookie", `ory_kratos_session=${token}; Path=/; Secure; HttpOnly; SameSite=Lax`)
    response.setHeader("Content-Type", "text/html").end("<title>Free cake</title>")
  })
  try {
    await page.goto(`http://localhost:${evil.port}`)
    await page.goto("/dashboard")
    await onDashboard(page)
    const note = page.getByRole("alert").filter({ hasText: "The account of this browser is" })
    await expect(note).toContainText(`eve-${email}`)
    await expect(note).toContainText(`Before, ${email} was signed in here.`)
    for (const path of ["/settings", "/register", "/login"]) {
      await page.goto(path)
      await expect(note).toContainText(`Before, ${email} was signed in here.`)
    }
    const answers = await page.evaluate(async () => {
      const ask = async (path: string, body: object) => {
        const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
        return `${answer.status} ${((await answer.json()) as { error_code?: string }).error_code}`
      }
      return [await ask("/api/webauthn/registration/begin", {}), await ask("/api/webauthn/passkeys/add/begin", { name: "mine" })]
    })
    expect(answers).toEqual(["403 NOT_SIGNED_IN_HERE", "403 NOT_SIGNED_IN_HERE"])
    await page.goto("/settings")
    const form = page.getByRole("form", { name: "Change your password" })
    await form.getByLabel("New password", { exact: true }).fill("another horse battery staple")
    await form.getByRole("button", { name: /password/i }).last().click()
    await expect(page.getByText("NOT_SIGNED_IN_HERE")).toBeVisible()
    await note.getByRole("button", { name: /^Sign out of/ }).click()
    await expect(page.getByText("You are signed out.")).toBeVisible()
  } finally {
    evil.server.close()
  }
})
