import { type ContinueWith, ResponseError, type UiContainer } from "@ory/client-fetch"

// What every script for the SDK writes for itself: the token of a form, the messages in it, the body of an error.

export const password = "Gd7-Correct-Horse-41"
export const newPassword = "Zx9-Battery-Staple-77"

/** A script's step: what it claims, and what shows it. */
export type Step = readonly [claim: string, run: () => Promise<void>]

/** Runs steps one after another and returns their claims; the first that fails says which it was. */
export async function play(steps: readonly Step[]): Promise<string[]> {
  const kept: string[] = []
  for (const [claim, run] of steps) {
    try {
      await run()
    } catch (error) {
      throw new Error(`${claim}: ${await tell(error)}`, { cause: error })
    }
    kept.push(claim)
  }
  return kept
}

async function tell(error: unknown): Promise<string> {
  if (error instanceof ResponseError && !error.response.bodyUsed) return `${error.response.status} ${await error.response.text()}`
  return error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}` : String(error)
}

export function check(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what)
}

export function same<T>(got: T, want: T, what: string): void {
  check(JSON.stringify(got) === JSON.stringify(want), `${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}

/** The value of a form's CSRF token. */
export function csrfOf(ui: UiContainer): string {
  for (const { attributes } of ui.nodes) {
    if (attributes.node_type === "input" && attributes.name === "csrf_token") return String(attributes.value)
  }
  throw new Error("the form has no CSRF token")
}

/** The numbers of all messages of a form. */
export function messagesOf(ui: UiContainer): number[] {
  return [...(ui.messages ?? []), ...ui.nodes.flatMap((node) => node.messages)].map((message) => message.id)
}

/** What a request is refused with. */
export interface Refusal {
  status: number
  body: { error?: { id?: string; reason?: string }; use_flow_id?: string; ui?: UiContainer; redirect_browser_to?: string }
}

/** Waits for a request to be refused, and reads the refusal as the documentation does: from the ResponseError. */
export async function refusal(request: Promise<unknown>): Promise<Refusal> {
  try {
    await request
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    return { status: error.response.status, body: (await error.response.json()) as Refusal["body"] }
  }
  throw new Error("the request was not refused")
}

/** The entry of continue_with for an action. */
export function next<A extends ContinueWith["action"]>(all: ContinueWith[] | undefined, action: A): Extract<ContinueWith, { action: A }> {
  const found = all?.find((one): one is Extract<ContinueWith, { action: A }> => one.action === action)
  check(found, `continue_with has no ${action}: ${JSON.stringify(all)}`)
  return found
}

/** Another code of six digits. */
export const differing = (code: string): string => (code.startsWith("9") ? "1" : "9") + code.slice(1)
