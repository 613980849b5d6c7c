import type { BrowserPassport, ConfigReport, Finding, Imported, Snapshot } from "../lab"

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
  platform_authenticator: null,
  conditional_mediation: true,
  capabilities: {},
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  at: new Date().toISOString(),
  ...more,
})

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  name: "two-people",
  taken_at: new Date(Date.now() - 600_000).toISOString(),
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

export const imported = (more: Partial<Imported> = {}): Imported => ({ identities: 1, credentials: 2, sessions: 0, skipped: [], path: "/home/ada/in.json", ...more })
