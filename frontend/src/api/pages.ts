// Generated from the pages of the Go package backend/origin by build/bindings; don't edit.

/** The pages of the site: where each is, what opens it by name ("": nothing), and what it is for. */
export const pages = [
  { path: "/", name: "", about: "" },
  { path: "/login", name: "login", about: "Sign in with a passkey or a password" },
  { path: "/register", name: "register", about: "Make an account and its first passkey" },
  { path: "/dashboard", name: "dashboard", about: "What a person sees who is signed in" },
  { path: "/settings", name: "settings", about: "One's own passkeys and sessions" },
  { path: "/browser-check", name: "browser-check", about: "What this browser and device can do" },
  { path: "/recovery", name: "", about: "" },
  { path: "/verification", name: "", about: "" },
  { path: "/error", name: "", about: "" },
  { path: "/help/{code}", name: "", about: "" },
  { path: "/ceremonies/{id}", name: "", about: "" },
] as const

/** The path of a page, with a name in braces for what differs. */
export type PagePath = (typeof pages)[number]["path"]

/** What opens a page of the site by name. */
export type SitePage = Exclude<(typeof pages)[number]["name"], "">
