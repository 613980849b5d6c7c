import { Fault } from "./fault"

/** The self-service flows of Kratos that our pages drive. */
export type FlowKind = "recovery" | "settings" | "verification"

/** A message of Kratos: its number never changes, its text may be translated by it. */
export interface UiText {
  id: number
  text: string
  type: "info" | "error" | "success"
}

/** One element of a flow's form. */
export interface UiNode {
  type: string
  group: string
  attributes: {
    name?: string
    type?: string
    value?: unknown
    required?: boolean
    autocomplete?: string
    disabled?: boolean
    href?: string
  }
  messages: UiText[]
  meta: { label?: UiText }
}

/** What a flow leads to: another flow of Kratos, or an address. */
export interface NextStep {
  action: string
  flow?: { id: string; url?: string; verifiable_address?: string }
  redirect_browser_to?: string
}

/** One attempt of a person to get back in, to prove an address, or to change something. */
export interface Flow {
  id: string
  state: string
  expires_at: string
  return_to?: string
  ui: { nodes: UiNode[]; messages?: UiText[] }
  continue_with?: NextStep[]
  /** Of settings: the person whose they are. */
  identity?: KratosIdentity
}

/** An address of a person, and whether they proved that they read its mails. */
export interface VerifiableAddress {
  value: string
  verified: boolean
  status: string
}

/** A person, as far as our pages need them. */
export interface KratosIdentity {
  id: string
  traits: Record<string, unknown>
  verifiable_addresses?: VerifiableAddress[]
}

/** Kratos' own session, as its whoami tells it. */
export interface KratosSession {
  identity?: KratosIdentity
}

/** What Kratos kept about a failure that ended at /error?id=. */
export interface KratosError {
  id: string
  error: { code?: number; id?: string; message?: string; reason?: string; status?: string }
}

/** A flow is over, and another one takes its place: `next` is its id, if Kratos said it. */
export class FlowEnded extends Fault {
  readonly next: string | undefined

  constructor(reason: string | undefined, next: string | undefined) {
    super({
      code: "FLOW_EXPIRED",
      message: reason ?? "This form is too old.",
      hint: "Begin again: the old form and its code are worth nothing any more.",
      help: "/help/FLOW_EXPIRED",
      status: 410,
    })
    this.next = next
  }
}

const root = "/.ory"

/** Longest wait for an answer, in milliseconds. */
const patience = 15_000

/** Kratos as our pages see it, under /.ory/ of the site. A wrong value is no Fault: it stands in the flow that comes back. */
export const kratos = {
  begin: (kind: FlowKind, returnTo?: string) =>
    flow("GET", `/self-service/${kind}/browser${returnTo === undefined ? "" : `?return_to=${encodeURIComponent(returnTo)}`}`),
  read: (kind: FlowKind, id: string) => flow("GET", `/self-service/${kind}/flows?id=${encodeURIComponent(id)}`),
  submit,
  whoami: async () => (await ask("GET", "/sessions/whoami")).body as KratosSession,
  /** Ends the person's other sessions of Kratos, and says how many. */
  endOthers: async () => {
    const { count } = (await ask("DELETE", "/sessions")).body as { count?: number }
    return count ?? 0
  },
  error: async (id: string) => (await ask("GET", `/self-service/errors?id=${encodeURIComponent(id)}`)).body as KratosError,
}

/** Sends a form. A Kratos that sends browsers on with 422 is read as one that says it in continue_with. */
async function submit(kind: FlowKind, current: Flow, values: Record<string, unknown>): Promise<Flow> {
  const path = `/self-service/${kind}?flow=${encodeURIComponent(current.id)}`
  const { status, body } = await ask("POST", path, { ...values, csrf_token: csrfOf(current) })
  if (isFlow(body)) return body
  const to = redirectOf(body)
  if (status !== 422 || to === undefined) throw nonsense(status)
  return { ...current, state: "passed_challenge", continue_with: [{ action: "redirect_browser_to", redirect_browser_to: to }] }
}

/** The token that ties a flow to this browser; it is drawn anew each time the flow is shown. */
function csrfOf({ ui }: Flow): unknown {
  return ui.nodes.find((node) => node.attributes.name === "csrf_token")?.attributes.value ?? ""
}

async function flow(method: "GET" | "POST", path: string, body?: object): Promise<Flow> {
  const answer = await ask(method, path, body)
  if (isFlow(answer.body)) return answer.body
  throw nonsense(answer.status)
}

/** Asks, and turns a refusal into a Fault. The 400 of a form with a mistake in it is a flow, and passes. */
async function ask(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<{ status: number; body: unknown }> {
  let answer: Response
  try {
    answer = await fetch(root + path, {
      method,
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Fault({
      code: "KRATOS_UNAVAILABLE",
      message: "Kratos does not answer.",
      hint: "`sting status` says whether it runs and why not. Passkeys go on working meanwhile.",
      help: "/help/KRATOS_UNAVAILABLE",
    })
  }
  const json: unknown = await answer.json().catch(() => undefined)
  const form = answer.status === 400 && isFlow(json)
  const sentOn = answer.status === 422 && redirectOf(json) !== undefined
  if (answer.ok || form || sentOn) return { status: answer.status, body: json }
  throw refusalOf(answer.status, json)
}

interface Refusal {
  error?: { id?: string; message?: string; reason?: string; details?: { continue_with?: NextStep[]; error_code?: string } }
  error_code?: string
  use_flow_id?: string
}

function refusalOf(status: number, body: unknown): Fault {
  if (typeof body !== "object" || body === null || !("error" in body)) return nonsense(status)
  const { error, use_flow_id: successor } = body as Refusal
  const said = error?.reason || error?.message || `Kratos answered with HTTP ${status}.`
  const next = successor ?? error?.details?.continue_with?.[0]?.flow?.id
  if (status === 410 || status === 404) return new FlowEnded(status === 410 ? said : undefined, next)
  if (next !== undefined) return new FlowEnded(said, next)
  const known = (code: string, message: string, hint: string) => new Fault({ code, message, hint, status, help: `/help/${code}` })
  switch (error?.id) {
    case "session_refresh_required":
      if (error.details?.error_code === "NOT_SIGNED_IN_HERE") {
        return known(
          "NOT_SIGNED_IN_HERE",
          error.message ?? said,
          "Sign out if the account isn't yours; if it is, sign in again and repeat the step.",
        )
      }
      return known("REAUTH_REQUIRED", "This needs a fresh proof that it is you.", "Sign in once more; afterwards you come back here.")
    case "security_csrf_violation":
      return known("FLOW_NOT_YOURS", "This form was begun in another browser, or this browser lost its cookies.", "Begin it here.")
    case "security_identity_mismatch":
      return known("FLOW_NOT_YOURS", "This form was begun by another person.", "Begin it anew as yourself.")
    case "cookie_ambiguous":
      return known("COOKIE_AMBIGUOUS", said, "Clear this site's cookies and sign in again.")
  }
  if (status === 401) {
    return known(
      "KRATOS_SESSION_MISSING",
      "Kratos knows no session of this browser.",
      "Sign in with your password, or with a code by e-mail; a passkey makes no session in a Kratos that runs elsewhere.",
    )
  }
  if (status >= 500) return known("KRATOS_UNAVAILABLE", said, "`sting status` says how Kratos is, `sting logs kratos` what it said last.")
  return known("KRATOS_REFUSED", said, "Correct what it names and try again; `sting logs kratos` tells more.")
}

function nonsense(status: number): Fault {
  return new Fault({
    code: "KRATOS_UNAVAILABLE",
    status,
    message: `What answers in Kratos' place (HTTP ${status}) does not speak as a Kratos does.`,
    hint: "`kratos.public_url` in sting.yml may name another program, or a proxy answers for it. `sting status` tells more.",
    help: "/help/KRATOS_UNAVAILABLE",
  })
}

function redirectOf(body: unknown): string | undefined {
  const to = typeof body === "object" && body !== null && "redirect_browser_to" in body ? body.redirect_browser_to : undefined
  return typeof to === "string" ? to : undefined
}

function isFlow(body: unknown): body is Flow {
  return typeof body === "object" && body !== null && "ui" in body && "id" in body && typeof body.id === "string"
}
