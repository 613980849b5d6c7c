import type { VirtualKey, VirtualState } from "../lab"

export const virtualKey = (more: Partial<VirtualKey> = {}): VirtualKey => ({
  id: "Vk3dY0Zr9aQmmw",
  passkey_id: "key-1",
  status: "active",
  rp_id: "localhost",
  user_name: "ada@example.org",
  backup_eligible: true,
  backup_state: false,
  sign_count: 9,
  ...more,
})

/** An authenticator whose browser does not run. */
export const stopped = (more: Partial<VirtualState> = {}): VirtualState => ({
  running: false,
  browser: "",
  pid: 0,
  pages: 0,
  started_at: "",
  user_verification: "",
  user_presence: "",
  signature: "",
  note: "",
  keys: [],
  ...more,
})

/** One that runs and does everything right. */
export const running = (more: Partial<VirtualState> = {}): VirtualState =>
  stopped({
    running: true,
    browser: "Chromium",
    pid: 5123,
    pages: 1,
    started_at: new Date(Date.now() - 120_000).toISOString(),
    user_verification: "on",
    user_presence: "on",
    signature: "good",
    ...more,
  })
