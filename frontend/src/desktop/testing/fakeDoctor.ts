import type { BrowserPassport, ConfigReport, Finding, Imported, Preflight, Snapshot } from "../lab"

export const finding = (more: Partial<Finding> = {}): Finding => ({
  id: "TLS-03",
  title: "the certificate names the site",
  verdict: "ok",
  evidence: ["names: localhost"],
  cause: "",
  fix: "",
  command: "",
  fixable: false,
  needs: [],
  took_ms: 1.2,
  help: `/help/${more.id ?? "TLS-03"}`,
  ...more,
})

export const mailDown = (more: Partial<Finding> = {}): Finding =>
  finding({
    id: "ML-01",
    title: "the catcher answers",
    verdict: "failed",
    evidence: ["localhost:1025: connection refused"],
    cause: "The mail service is stopped.",
    fix: "Start it.",
    command: "sting start mail",
    fixable: true,
    needs: ["SV-01"],
    ...more,
  })

export const passport = (more: Partial<BrowserPassport> = {}): BrowserPassport => ({
  secure_context: true,
  webauthn: true,
  cookies: true,
  host_cookie: null,
  storage: null,
  platform_authenticator: null,
  replaced: [],
  conditional_mediation: true,
  capabilities: {},
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  at: new Date().toISOString(),
  ...more,
})

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  name: "two-people",
  taken_at: new Date(Date.now() - 630_000).toISOString(),
  reason: "",
  version: "v1",
  bytes: 131_072,
  ...more,
})

export const config = (more: Partial<ConfigReport> = {}): ConfigReport => ({
  path: "/home/ada/sting/sting.yml",
  effective: "ports:\n  site: 8443 # default\n",
  problems: [],
  ...more,
})

export const imported = (more: Partial<Imported> = {}): Imported => ({
  identities: 1,
  credentials: 2,
  sessions: 0,
  skipped: [],
  path: "/home/ada/in.json",
  ...more,
})

export const preflight = (more: Partial<Preflight> = {}): Preflight => ({
  origin: "https://127.0.0.1:8443",
  rp_id: "127.0.0.1",
  own_rp: false,
  verdict: "refused",
  says: "An address can never be an RP ID.",
  fix: "Open https://localhost:8443.",
  differs: true,
  families: [
    {
      family: "chromium",
      covers: ["Chrome", "Edge"],
      verdict: "refused",
      gets: "SecurityError",
      says: "It refuses.",
      rule: "rp-id-is-a-domain",
      section: "Web Authentication Level 3, §5.1.3",
      tried: true,
      source: "Tried: a test of the lab asks one.",
    },
    {
      family: "firefox",
      covers: ["Firefox"],
      verdict: "depends",
      gets: "",
      says: "It depends.",
      rule: "",
      section: "",
      tried: false,
      source: "From its documentation.",
    },
  ],
  rules: [
    {
      id: "rp-id-is-a-domain",
      title: "the RP ID is a domain",
      outcome: "refused",
      says: "127.0.0.1 is an address.",
      section: "§5.1.3",
      fix: "Use localhost.",
    },
  ],
  ...more,
})
