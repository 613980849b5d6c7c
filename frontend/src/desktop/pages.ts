import type { IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"
import type { PageName } from "./lab"

/** What stands for each thing that the person's browser can open. */
export const pageIcons: Record<PageName, IconShape> = {
  login: icons.login,
  register: icons.register,
  dashboard: icons.dashboard,
  settings: icons.passkey,
  "browser-check": icons.eye,
  mail: icons.mail,
}

/** "Open login", "Open the mailbox". */
export function openWords(page: PageName): string {
  return page === "mail" ? "Open the mailbox" : `Open ${page}`
}
