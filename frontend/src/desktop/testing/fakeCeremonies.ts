import type { Watched } from "../../api/types"
import type { Ceremony, CeremonySummary, Explanation, Step } from "../lab"

/** Ten bytes of client data and thirty-seven of authenticator data, flags UP and UV. */
const clientData = btoa(`{"type":1}`)
const authData = btoa(String.fromCharCode(...new Array<number>(32).fill(0xaa), 0x05, 0, 0, 0, 7))

const at = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

export const step = (more: Partial<Step> = {}): Step => ({
  id: "7.2.12",
  title: "challenge",
  verdict: "passed",
  expected: "abc",
  received: "abc",
  note: "",
  ...more,
})

/** The origin's step, failed. */
export const wrongOrigin = step({
  id: "7.2.13",
  title: "origin",
  verdict: "failed",
  expected: "https://localhost:8443",
  received: "http://localhost:5173",
  fault: "ORIGIN_MISMATCH",
  cause: "The page was at http://localhost:5173.",
  fix: "Open https://localhost:8443/login.",
})

export const explanation = (more: Partial<Explanation> = {}): Explanation => ({
  verdict: "rejected",
  fault: "ORIGIN_MISMATCH",
  cause: "The page was at http://localhost:5173.",
  fix: "Open https://localhost:8443/login.",
  kind: "authentication",
  steps: [
    step(),
    wrongOrigin,
    step({ id: "7.2.14", title: "topOrigin", verdict: "skipped", expected: "", received: "", note: "Nobody embeds it." }),
  ],
  decoded: {
    clientData: {},
    authenticatorData: { flags: { value: "0x05", names: "UP UV" }, signCount: 7 },
    attestation: {},
    publicKey: {},
  },
  ranges: [
    { field: "clientData.type", of: "clientDataJSON", offset: 8, length: 1 },
    { field: "authenticatorData.rpIdHash", of: "authenticatorData", offset: 0, length: 32 },
    { field: "authenticatorData.flags", of: "authenticatorData", offset: 32, length: 1 },
    { field: "authenticatorData.signCount", of: "authenticatorData", offset: 33, length: 4 },
  ],
  notes: [],
  ...more,
})

export const summary = (more: Partial<CeremonySummary> = {}): CeremonySummary => ({
  id: "c1",
  kind: "authentication",
  state: "rejected",
  email: "ada@example.org",
  source: "",
  fault: "ORIGIN_MISMATCH",
  began_at: at(60),
  ended_at: at(58),
  ...more,
})

export const ceremony = (more: Partial<Ceremony> = {}): Ceremony => ({
  ...summary(),
  origin: "http://localhost:5173",
  user_agent: "curl/8.9.1",
  address: "127.0.0.1",
  passkey_id: "key-1",
  session_id: "",
  cause: "The page was at http://localhost:5173.",
  fix: "Open https://localhost:8443/login.",
  ignored: [],
  record: {
    kind: "authentication",
    rp_id: "localhost",
    options: { challenge: "abc" },
    credential: { id: "x", response: { clientDataJSON: clientData, authenticatorData: authData, signature: "AQID" } },
  },
  curl: "curl https://localhost:8443/api/webauthn/authentication/complete",
  explanation: explanation(),
  differs: [],
  step: "7.2.12",
  withheld: false,
  ...more,
})

/** A sign-in at an app whose server refused the right answer. */
export const watched = (more: Partial<Watched> = {}): Watched => ({
  page: "http://localhost:3000/login",
  top_origin: "",
  mediation: "",
  secure: true,
  duration_ms: 12,
  complete: {
    method: "POST",
    url: "http://localhost:3000/login",
    form: false,
    status: 400,
    type: "application/json",
    body: '{"error":"Unexpected origin"}',
    encoding: "base64url",
    at: at(59),
    cookies: 1,
    set: 0,
  },
  verdict: { ours: "accepted", server: "refused", step: "", says: "", gains: "", fix: "" },
  options: [{ option: "timeout", level: "advice", why: "1000 ms is short.", write: "300000 ms." }],
  ...more,
})
