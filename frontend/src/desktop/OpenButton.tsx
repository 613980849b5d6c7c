import { Button, type ButtonProps } from "@mantine/core"

import { Glyph, type GlyphName } from "./Glyph"
import type { PageName } from "./lab"
import { useOpen } from "./opening"

const icons: Record<PageName, GlyphName> = {
  login: "login",
  register: "register",
  dashboard: "dashboard",
  settings: "passkeys",
  "browser-check": "eye",
  mail: "open",
}

/** Opens one of the site's pages, or the mailbox, in the system's browser; with `virtual`, in the one with the virtual authenticator. */
export function OpenButton({ page, virtual = false, ...rest }: { page: PageName; virtual?: boolean } & ButtonProps) {
  const { open, openVirtual, opening } = useOpen()
  const there = virtual && page !== "mail"
  return (
    <Button
      {...rest}
      leftSection={<Glyph name={icons[page]} />}
      loading={opening === (there ? `virtual ${page}` : page)}
      onClick={() => (there ? openVirtual(page) : open(page))}
    >
      {page === "mail" ? "Open the mailbox" : `Open ${page}`}
    </Button>
  )
}
