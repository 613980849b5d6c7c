import { Fault } from "../api/fault"

/** Who a mail is from or to. */
export interface Address {
  Name: string
  Address: string
}

/** A mail in a list. */
export interface Head {
  ID: string
  Read: boolean
  From: Address
  To: Address[]
  Subject: string
  Created: string
  Attachments: number
  Snippet: string
}

/** A stretch of the mailbox, newest first. */
export interface Stretch {
  total: number
  unread: number
  messages_count: number
  start: number
  messages: Head[]
}

/** A file or a picture that a mail brings along. */
export interface Part {
  PartID: string
  FileName: string
  ContentType: string
  Size: number
}

/** A mail that was opened. */
export interface Message {
  ID: string
  From: Address
  To: Address[]
  Cc: Address[]
  Bcc: Address[]
  ReplyTo: Address[]
  Subject: string
  Date: string
  Size: number
  Text: string
  HTML: string
  Inline: Part[]
  Attachments: Part[]
}

/** What a person is to type, recognised in a mail. */
export interface Code {
  kind: "verification" | "recovery" | ""
  code: string
  link: string
  /** The page of the site that takes the code, with it filled in; "": none. */
  page: string
}

/** How many mails a list shows at first, and how many more each time. */
export const stretch = 50

/** The mailbox as its page sees it. Each function throws a Fault. */
export const mailbox = {
  list: (query: string, limit: number) =>
    json<Stretch>(
      query.trim() === "" ? `/api/v1/messages?limit=${limit}` : `/api/v1/search?limit=${limit}&query=${encodeURIComponent(query)}`,
    ),
  message: (id: string) => json<Message>(`/api/v1/message/${encodeURIComponent(id)}`),
  headers: (id: string) => json<Record<string, string[]>>(`/api/v1/message/${encodeURIComponent(id)}/headers`),
  source: async (id: string) => (await ask("GET", sourceOf(id))).text(),
  /** The code of a mail, null for one that holds none. */
  code: async (id: string): Promise<Code | null> => {
    const answer = await ask("GET", `/code/${encodeURIComponent(id)}`, undefined, [404])
    return answer.ok ? ((await answer.json()) as Code) : null
  },
  remove: (ids: string[]) => ask("DELETE", "/api/v1/messages", { IDs: ids }),
  removeAll: () => ask("DELETE", "/api/v1/messages", {}),
  removeFound: (query: string) => ask("DELETE", `/api/v1/search?query=${encodeURIComponent(query)}`),
}

export const sourceOf = (id: string) => `/api/v1/message/${encodeURIComponent(id)}/raw`
export const partOf = (id: string, part: string) => `/api/v1/message/${encodeURIComponent(id)}/part/${encodeURIComponent(part)}`
export const drawnAt = (id: string) => `/view/${encodeURIComponent(id)}.html`

/** An address as people write it. */
export function written(a: Address): string {
  return a.Name === "" ? a.Address : `${a.Name} <${a.Address}>`
}

async function json<T>(path: string): Promise<T> {
  const answer = await ask("GET", path)
  return (await answer.json()) as T // the server is ours: backend/mail declares the same members
}

async function ask(method: "GET" | "DELETE", path: string, body?: object, also: number[] = []): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    })
  } catch {
    throw new Fault({
      code: "UNREACHABLE",
      message: "The mailbox does not answer.",
      hint: "The lab may have stopped: `sting status` says so and `sting serve` starts it. Then try again.",
    })
  }
  if (answer.ok || also.includes(answer.status)) return answer
  if (answer.status === 404) {
    throw new Fault({
      code: "MAIL_NOT_FOUND",
      status: 404,
      message: "There is no such mail.",
      hint: "It was deleted, or it made room for newer ones.",
    })
  }
  const said = (await answer.text()).replace(/^Error: /, "")
  throw new Fault({ code: "INTERNAL", status: answer.status, message: `The mailbox refused: ${said}`, hint: "`sting logs mail` says why." })
}
