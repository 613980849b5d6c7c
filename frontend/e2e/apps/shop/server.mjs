// A shop that nobody here would write: Express and SimpleWebAuthn, after the example of their documentation. AUTO presses
// its buttons as soon as a page is there, BREAK is one of the misconfigurations that people arrive at.
import { randomUUID } from "node:crypto"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server"
import express from "express"

const broken = process.env.BREAK
const uv = broken === "uv" ? "discouraged" : "preferred" // the verification demands it unless told otherwise
const users = new Map() // by e-mail: id, passkeys
const sessions = new Map() // by cookie: challenge, email

const page = (await readFile(new URL("page.html", import.meta.url), "utf8"))
  .replace("{{auto}}", process.env.AUTO ? "true" : "false")
  .replace("{{break}}", broken ?? "")
  .replace("{{watch}}", process.env.WATCH ? `<script src="${process.env.WATCH}"></script>` : "")
const browserBundle = fileURLToPath(new URL("../../../node_modules/@simplewebauthn/browser/dist/bundle/index.umd.min.js", import.meta.url))

const app = express()
app.use(express.json())
app.use((req, res, next) => {
  let sid = /(?:^|; )shop\.sid=([\w-]+)/.exec(req.headers.cookie ?? "")?.[1]
  if (!sid || !sessions.has(sid)) {
    sid = randomUUID()
    sessions.set(sid, {})
    res.cookie("shop.sid", sid, { httpOnly: true, sameSite: "lax" })
  }
  req.session = sessions.get(sid)
  next()
})
app.get("/simplewebauthn.js", (_, res) => res.sendFile(browserBundle))
app.get(["/", "/signup", "/login"], (_, res) => res.type("html").send(page))
app.get("/api/me", (req, res) => (req.session.email ? res.json({ email: req.session.email }) : res.status(401).json({ error: "nobody" })))

app.post("/api/signup/options", async (req, res) => {
  const { email } = req.body
  const user = users.get(email) ?? { id: randomUUID(), passkeys: [] }
  users.set(email, user)
  const options = await generateRegistrationOptions({
    rpName: "Shop",
    rpID: "localhost",
    userName: email,
    userID: new TextEncoder().encode(user.id),
    excludeCredentials: user.passkeys.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: uv },
  })
  Object.assign(req.session, { challenge: options.challenge, claims: email })
  res.json(options)
})

app.post("/api/signup", async (req, res) => {
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: req.body,
    expectedChallenge: `${req.session.challenge}`,
    expectedOrigin,
    expectedRPID,
  })
  if (verified) {
    const { credential } = registrationInfo
    if (broken === "counter") credential.counter += 1000 // restored from a backup that was mixed up
    users.get(req.session.claims).passkeys.push(credential)
    req.session.email = req.session.claims
  }
  res.json({ verified })
})

app.post("/api/login/options", async (req, res) => {
  const options = await generateAuthenticationOptions({ rpID: "localhost", userVerification: uv })
  req.session.challenge = options.challenge
  res.json(options)
})

app.post("/api/login", async (req, res) => {
  const [email, user] = [...users].find(([, u]) => u.passkeys.some((p) => p.id === req.body.id)) ?? []
  if (!user) return res.status(400).json({ error: "Passkey is not registered with this site" })
  const credential = user.passkeys.find((p) => p.id === req.body.id)
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: req.body,
    expectedChallenge: `${req.session.challenge}`,
    expectedOrigin,
    expectedRPID,
    credential,
  })
  if (verified) {
    credential.counter = authenticationInfo.newCounter
    req.session.email = email
  }
  return res.json({ verified })
})

// eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express counts: a function of four hears of errors
app.use((error, _req, res, _next) => res.status(400).json({ error: error.message }))

const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`ready http://localhost:${server.address().port}`))
const port = () => server.address().port
const expectedRPID = broken === "rp-id" ? "shop.example" : "localhost"
let expectedOrigin
server.on("listening", () => {
  expectedOrigin = `http://localhost:${port()}`
  if (broken === "origin") expectedOrigin = `http://localhost:${port() + 1}`
  if (broken === "http") expectedOrigin = `https://localhost:${port()}`
})
