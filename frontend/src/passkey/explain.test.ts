import { WebAuthnError } from "@simplewebauthn/browser"
import { expect, test } from "vitest"

import { Fault } from "../api/fault"
import { type CeremonyFacts, explainCeremony } from "./explain"

const facts: CeremonyFacts = { kind: "get", rpId: "localhost", origin: "https://localhost:8443", elapsed: 5_000, timeout: 60_000 }

const cases: [claim: string, name: string, message: string, more: Partial<CeremonyFacts>, code: string, said: RegExp][] = [
  ["a prompt that was closed", "NotAllowedError", "", {}, "NOT_ALLOWED", /was closed, or nothing that fits/],
  ["a prompt that nobody answered", "NotAllowedError", "", { elapsed: 60_010 }, "CEREMONY_TIMED_OUT", /within 60 seconds/],
  ["a refusal before anybody was asked", "NotAllowedError", "", { elapsed: 12 }, "REFUSED_AT_ONCE", /before it asked/],
  ["a call that was never answered", "TimeoutError", "", { elapsed: 63_000 }, "CEREMONY_UNANSWERED", /sting open register --virtual/],
  [
    "a call through an extension",
    "NotAllowedError",
    "",
    { replaced: ["navigator.credentials.get"] },
    "NOT_ALLOWED",
    /navigator\.credentials\.get is not the browser's own/,
  ],
  [
    "a limit of the browser's own is no time-out of ours",
    "NotAllowedError",
    "",
    { elapsed: 90_000, timeout: undefined },
    "NOT_ALLOWED",
    /was closed/,
  ],
  [
    "a certificate that isn't trusted",
    "NotAllowedError",
    "WebAuthn is not supported on sites with TLS certificate errors.",
    { elapsed: 3 },
    "CERTIFICATE_NOT_TRUSTED",
    /sting trust/,
  ],
  ["an authenticator that has one already", "InvalidStateError", "", { kind: "create" }, "ALREADY_REGISTERED", /already holds a passkey/],
  [
    "an RP ID that isn't the page's",
    "SecurityError",
    "",
    { rpId: "example.org" },
    "RPID_NOT_ALLOWED_HERE",
    /example\.org on a page at https:\/\/localhost:8443/,
  ],
  ["a ceremony that another one replaced", "AbortError", "", {}, "CEREMONY_ABORTED", /another one began/],
  ["no common algorithm", "NotSupportedError", "", { kind: "create" }, "NO_COMMON_ALGORITHM", /ES256/],
  ["an authenticator that can't do what is required", "ConstraintError", "", { kind: "create" }, "AUTHENTICATOR_TOO_SIMPLE", /PIN/],
  ["a ceremony that is still pending", "OperationError", "", {}, "CEREMONY_PENDING", /still busy/],
  ["an authenticator that failed", "UnknownError", "", {}, "AUTHENTICATOR_FAILED", /security key/],
  ["options that can't be read", "TypeError", "bad challenge", {}, "OPTIONS_UNREADABLE", /bad challenge/],
  ["an error that nobody listed", "FutureError", "new in 2030", {}, "CEREMONY_FAILED", /FutureError.*new in 2030/],
]

test.each(cases)("%s is explained", (_, name, message, more, code, said) => {
  const got = explainCeremony(new DOMException(message, name), { ...facts, ...more })
  expect(got.code).toBe(code)
  expect(`${got.message} ${got.hint}`).toMatch(said)
})

test("the exception inside the library's error decides", () => {
  const inner = new DOMException("", "InvalidStateError")
  const outer = new WebAuthnError({ message: "wrapped", code: "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED", cause: inner })
  expect(explainCeremony(outer, facts).code).toBe("ALREADY_REGISTERED")
})

test("a fault of the lab passes through", () => {
  const fault = new Fault({ code: "EXPIRED_CHALLENGE", message: "Too late." })
  expect(explainCeremony(fault, facts)).toBe(fault)
})

test("making and using a passkey are told apart", () => {
  const error = new DOMException("", "NotAllowedError")
  expect(explainCeremony(error, { ...facts, elapsed: 1 }).hint).toMatch(/no passkey for this site/)
  expect(explainCeremony(error, { ...facts, kind: "create", elapsed: 1 }).hint).toMatch(/no authenticator is there/)
})

test("a ceremony that the person stopped is told from one that something else stopped", () => {
  const error = new DOMException("", "AbortError")
  expect(explainCeremony(error, { ...facts, cancelled: true }).code).toBe("CEREMONY_CANCELLED")
  expect(explainCeremony(new DOMException("", "NotAllowedError"), { ...facts, cancelled: true }).code).toBe("NOT_ALLOWED")
})

test("each explanation leads to its page of help", () => {
  for (const [, name, message, more, code] of cases) {
    expect(explainCeremony(new DOMException(message, name), { ...facts, ...more }).help).toBe(`/help/${code}`)
  }
})
