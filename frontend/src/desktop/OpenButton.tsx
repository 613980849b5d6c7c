import { Button, type ButtonProps } from "@mantine/core"

import { Icon } from "../ui/Icon"
import type { PageName } from "./lab"
import { useOpen } from "./opening"
import { openWords, pageIcons } from "./pages"

/** Opens one of the site's pages, or the mailbox, in the system's browser; with `virtual`, in the one with the virtual authenticator. */
export function OpenButton({ page, virtual = false, ...rest }: { page: PageName; virtual?: boolean } & ButtonProps) {
  const { open, openVirtual, opening } = useOpen()
  const there = virtual && page !== "mail"
  return (
    <Button
      {...rest}
      leftSection={<Icon icon={pageIcons[page]} />}
      loading={opening === (there ? `virtual ${page}` : page)}
      onClick={() => (there ? openVirtual(page) : open(page))}
    >
      {openWords(page)}
    </Button>
  )
}
