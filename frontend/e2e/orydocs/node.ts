import { Configuration, CourierApi, FrontendApi, IdentityApi, MetadataApi } from "@ory/client-fetch"

import { check, csrfOf, password, play, refusal, same, type Step } from "./forms"
import { browserSteps, login, nativeSteps, register } from "./native"

// A program for Node, as Ory's documentation has them: ORY_SDK_URL, ORY_ADMIN_URL and MAILBOX_URL say where things are.

const asked = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
const sdk = asked("ORY_SDK_URL")
const administration = asked("ORY_ADMIN_URL")
const mailbox = asked("MAILBOX_URL")

const headers = { Accept: "application/json" }
const app = new FrontendApi(new Configuration({ basePath: sdk, headers }))
const bearer = (accessToken: string) =>
  new FrontendApi(new Configuration({ basePath: sdk, headers: { ...headers, Authorization: `Bearer ${accessToken}` } }))

/** A FrontendApi that keeps cookies, as a server does that renders pages for one browser. */
function browser(): FrontendApi {
  const cookies = new Map<string, string>()
  return new FrontendApi(
    new Configuration({
      basePath: sdk,
      headers,
      fetchApi: async (url, init) => {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
        const answer = await fetch(url, {
          ...init,
          headers: { ...(init?.headers as Record<string, string>), ...(cookie && { Cookie: cookie }) },
        })
        for (const line of answer.headers.getSetCookie()) {
          const [pair = "", ...attributes] = line.split(";")
          const at = pair.indexOf("=")
          if (attributes.some((one) => /^\s*max-age=(0|-\d+)$/i.test(one))) cookies.delete(pair.slice(0, at))
          else cookies.set(pair.slice(0, at), pair.slice(at + 1))
        }
        return answer
      },
    }),
  )
}

interface Mails {
  messages: { ID: string; Subject: string }[]
}

/** The mails whose code was taken: the next one asked for is a newer one. */
const taken = new Set<string>()

async function codeOf(address: string, word: string): Promise<string> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await new Promise((go) => setTimeout(go, 50))) {
    const found = (await (await fetch(`${mailbox}/api/v1/search?query=${encodeURIComponent(`to:"${address}"`)}`)).json()) as Mails
    const mail = found.messages.find((one) => one.Subject.toLowerCase().includes(word) && !taken.has(one.ID))
    if (!mail) continue
    taken.add(mail.ID)
    const { Text } = (await (await fetch(`${mailbox}/api/v1/message/${mail.ID}`)).json()) as { Text: string }
    const code = /^\s*(\d{6})\s*$/m.exec(Text)?.[1]
    check(code, `no code in ${Text}`)
    return code
  }
  throw new Error(`no mail to ${address} about ${word}`)
}

function adminSteps(): Step[] {
  const configuration = new Configuration({ basePath: administration, headers })
  const identities = new IdentityApi(configuration)
  const courier = new CourierApi(configuration)
  const metadata = new MetadataApi(configuration)
  return [
    [
      "metadata and schemas",
      async () => {
        check((await metadata.getVersion()).version, "no version")
        const schemas = await new IdentityApi(new Configuration({ basePath: sdk, headers })).listIdentitySchemas()
        check(schemas.length > 0, "no schemas")
        check(await identities.getIdentitySchema({ id: schemas[0]?.id ?? "" }), "no schema")
      },
    ],
    [
      "an administrator keeps identities",
      async () => {
        const email = "ts-made@example.org"
        const made = await identities.createIdentity({
          createIdentityBody: {
            schema_id: "default",
            traits: { email },
            metadata_admin: { note: "vip" },
            credentials: { password: { config: { password } } },
          },
        })
        await login(app, email)
        same(
          (await refusal(identities.createIdentity({ createIdentityBody: { schema_id: "default", traits: { email } } }))).status,
          409,
          "made twice",
        )
        same(
          (await identities.listIdentities({ credentialsIdentifier: email })).map((one) => one.id),
          [made.id],
          "by identifier",
        )
        const patched = await identities.patchIdentity({ id: made.id, jsonPatch: [{ op: "replace", path: "/state", value: "inactive" }] })
        same(patched.state, "inactive", "state")
        same((await refusal(login(app, email))).status, 401, "login of a disabled person")
        check(
          (await identities.getIdentity({ id: made.id, includeCredential: ["password"] })).credentials?.["password"]?.config,
          "no credentials",
        )
        const put = await identities.updateIdentity({
          id: made.id,
          updateIdentityBody: { schema_id: "default", state: "active", traits: { email, name: { last: "L" } } },
        })
        same(put.state, "active", "state")
        await identities.deleteIdentity({ id: made.id })
        same((await refusal(identities.getIdentity({ id: made.id }))).status, 404, "after the deletion")
      },
    ],
    [
      "an administrator goes through pages",
      async () => {
        const want: string[] = []
        for (let i = 0; i < 5; i++)
          want.push(
            (
              await identities.createIdentity({
                createIdentityBody: { schema_id: "default", traits: { email: `ts-page-${i}@example.org` } },
              })
            ).id,
          )
        const seen: string[] = []
        for (let pageToken: string | undefined, pages = 0; pages < 50; pages++) {
          const page = await identities.listIdentitiesRaw({ pageSize: 2, ...(pageToken && { pageToken }) })
          seen.push(...(await page.value()).map((one) => one.id))
          const link = /<([^>]*)>; ?rel="next"/.exec(page.raw.headers.get("Link") ?? "")?.[1]
          if (!link) break
          pageToken = new URL(link, administration).searchParams.get("page_token") ?? ""
        }
        same(new Set(seen).size, seen.length, "identities that are on one page only")
        check(
          want.every((id) => seen.includes(id)),
          "an identity is on no page",
        )
      },
    ],
    [
      "an administrator recovers an account",
      async () => {
        const id = (await register(app, "ts-helped@example.org")).identity.id
        const made = await identities.createRecoveryCodeForIdentity({
          createRecoveryCodeForIdentityBody: { identity_id: id, expires_in: "1h" },
        })
        const visitor = browser()
        const flow = await visitor.getRecoveryFlow({ id: new URL(made.recovery_link).searchParams.get("flow") ?? "" })
        await visitor.updateRecoveryFlow({
          flow: flow.id,
          updateRecoveryFlowBody: { method: "code", code: made.recovery_code, csrf_token: csrfOf(flow.ui) },
        })
        same((await visitor.toSession()).identity?.id, id, "whoami")
      },
    ],
    [
      "an administrator keeps sessions and reads the courier",
      async () => {
        const email = "ts-watched@example.org"
        const { identity, session, session_token } = await register(app, email)
        same(
          (await identities.listIdentitySessions({ id: identity.id, active: true })).map((one) => one.id),
          [session.id],
          "sessions",
        )
        check(
          (await identities.listSessions({ active: true, pageSize: 1000, expand: ["identity"] })).some(
            (one) => one.identity?.id === identity.id,
          ),
          "not listed",
        )
        const extended = await identities.extendSession({ id: session.id })
        check(extended?.expires_at, "extending answers no session")
        await identities.disableSession({ id: session.id })
        same((await refusal(app.toSession({ xSessionToken: session_token }))).status, 401, "whoami of a disabled session")
        await identities.deleteIdentitySessions({ id: identity.id })
        const mails = await courier.listCourierMessages({ recipient: email })
        same(mails[0]?.template_type, "verification_code_valid", "template")
        same((await courier.getCourierMessage({ id: mails[0]?.id ?? "" })).recipient, email, "recipient")
      },
    ],
  ]
}

const claims = await play([
  ...nativeSteps(app, bearer, codeOf),
  ...browserSteps(browser(), browser(), codeOf, "ts-node@example.org"),
  ...adminSteps(),
])
console.log(claims.map((claim) => `ok ${claim}`).join("\n"))
