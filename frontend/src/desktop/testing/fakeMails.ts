import type { Mail, MailText } from "../lab"

const at = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

export const mail = (more: Partial<Mail> = {}): Mail => ({
  id: "m1",
  from: "Lab <no-reply@lab.local>",
  to: ["ada@example.org"],
  subject: "Please verify your email address",
  received_at: at(60),
  read: false,
  size: 1210,
  attachments: 0,
  snippet: "Hi, please verify",
  code: "249583",
  ...more,
})

export const mailText = (more: Partial<MailText> = {}): MailText => ({
  ...mail(),
  read: true,
  cc: [],
  bcc: [],
  message_id: "<1@lab.local>",
  text: "Hi,\n\nplease verify with 249583",
  found: { mail_id: "m1", kind: "verification", code: "249583", page: "https://localhost:8443/verification?code=249583&flow=f", link: "" },
  parts: [],
  ...more,
})
