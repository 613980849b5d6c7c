// A club with a server of its own on node:http, fido2-lib, and an encoding of its own: base64 with padding, members in other
// words, a ticket in place of a cookie. AUTO presses its buttons, BREAK is one of the misconfigurations that people arrive at.
import { randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"

import { Fido2Lib } from "fido2-lib"

const broken = process.env.BREAK
const members = new Map() // by passkey, in base64: name, key, counter
const tickets = new Map() // challenge and name, until used

const fido = new Fido2Lib({
  rpId: "localhost",
  rpName: "Club",
  challengeSize: 32,
  attestation: "none",
  cryptoParams: [-7, -257],
  authenticatorRequireResidentKey: true,
  authenticatorUserVerification: broken === "uv" ? "discouraged" : "required",
})
const text = (buffer) => Buffer.from(buffer).toString("base64")
const bytes = (base64) => new Uint8Array(Buffer.from(base64, "base64")).buffer

/** Hands out a challenge. What stands at the same place of the ticket before is overwritten. */
function issue(challenge, { name, ticket = randomBytes(12).toString("hex") }) {
  tickets.set(ticket, { challenge: Buffer.from(challenge).toString("base64url"), name })
  if (broken === "session") tickets.clear() // as a restart does
  return ticket
}

function redeem(ticket) {
  const held = tickets.get(ticket)
  tickets.delete(ticket)
  if (!held) throw new Error("session expired, please start again")
  return held
}

function expected(challenge) {
  const { port } = server.address()
  const origin = { origin: `http://localhost:${port + 1}`, http: `https://localhost:${port}` }[broken] ?? `http://localhost:${port}`
  return { challenge, origin, factor: "first", ...(broken === "rp-id" ? { rpId: "club.example" } : {}) }
}

const answers = {
  "/join/start": async ({ name, ticket }) => {
    const o = await fido.attestationOptions()
    const user = { id: text(Buffer.from(`member ${name}`)), name, displayName: name }
    return { ...o, challenge: text(o.challenge), user, ticket: issue(o.challenge, { name, ticket }) }
  },
  "/join/finish": async ({ ticket, key, client, proof }) => {
    const { challenge, name } = redeem(ticket)
    const answer = { rawId: bytes(key), id: bytes(key), response: { clientDataJSON: bytes(client), attestationObject: bytes(proof) } }
    const { authnrData } = await fido.attestationResult(answer, expected(challenge))
    const counter = authnrData.get("counter") + (broken === "counter" ? 500 : 0)
    members.set(text(authnrData.get("credId")), { name, key: authnrData.get("credentialPublicKeyPem"), counter })
    return { welcome: name }
  },
  "/enter/start": async ({ ticket }) => {
    const o = await fido.assertionOptions()
    return { ...o, challenge: text(o.challenge), ticket: issue(o.challenge, { ticket }) }
  },
  "/enter/finish": async ({ ticket, key, client, data, signature, whose }) => {
    const { challenge } = redeem(ticket)
    const member = members.get(key)
    if (!member) throw new Error("no member has this key")
    const answer = {
      rawId: bytes(key),
      id: bytes(key),
      response: { clientDataJSON: bytes(client), authenticatorData: bytes(data), signature: bytes(signature), userHandle: bytes(whose) },
    }
    const expects = { ...expected(challenge), publicKey: member.key, prevCounter: member.counter, userHandle: text(bytes(whose)) }
    const { authnrData } = await fido.assertionResult(answer, expects)
    member.counter = authnrData.get("counter")
    return { welcome: member.name }
  },
}

const page = (await readFile(new URL("page.html", import.meta.url), "utf8"))
  .replace("{{auto}}", process.env.AUTO ? "true" : "false")
  .replace("{{break}}", broken ?? "")
  .replace("{{watch}}", process.env.WATCH ? `<script src="${process.env.WATCH}"></script>` : "")

const server = createServer(async (request, response) => {
  const answer = request.method === "POST" && answers[request.url]
  if (!answer) return response.setHeader("Content-Type", "text/html").end(page)
  response.setHeader("Content-Type", "application/json")
  try {
    let body = ""
    for await (const chunk of request) body += chunk
    response.end(JSON.stringify(await answer(JSON.parse(body))))
  } catch (e) {
    response.statusCode = 403
    response.end(JSON.stringify({ reason: e.message }))
  }
})
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`ready http://localhost:${server.address().port}`))
