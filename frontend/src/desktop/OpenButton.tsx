import { Button, type ButtonProps } from "@mantine/core"

import { Icon, type IconShape } from "../ui/Icon"
import * as icons from "../ui/icons"
import type { PageName } from "./lab"
import { useOpen } from "./opening"

const shapes: Record<PageName, IconShape> = {
  login: icons.login,
  register: icons.register,
  dashboard: icons.dashboard,
  settings: icons.passkey,
  "browser-check": icons.eye,
  mail: icons.open,
}

/** Opens one of the site's pages, or the mailbox, in the system's browser; with `virtual`, in the one with the virtual authenticator. */
export function OpenButton({ page, virtual = false, ...rest }: { page: PageName; virtual?: boolean } & ButtonProps) {
  const { open, openVirtual, opening } = useOpen()
  const there = virtual && page !== "mail"
  return (
    <Button
      {...rest}
      leftSection={<Icon icon={shapes[page]} />}
      loading={opening === (there ? `virtual ${page}` : page)}
      onClick={() => (there ? openVirtual(page) : open(page))}
    >
      {page === "mail" ? "Open the mailbox" : `Open ${page}`}
    </Button>
  )
}
