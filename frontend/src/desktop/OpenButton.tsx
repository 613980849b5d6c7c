import { Button, type ButtonProps } from "@mantine/core"

import { Glyph, type GlyphName } from "./Glyph"
import type { PageName } from "./lab"
import { useOpen } from "./opening"

const icons: Record<PageName, GlyphName> = { login: "login", register: "register", dashboard: "dashboard", settings: "passkeys" }

/** Opens one of the site's pages in the system's browser. */
export function OpenButton({ page, ...rest }: { page: PageName } & ButtonProps) {
  const { open, opening } = useOpen()
  return (
    <Button {...rest} leftSection={<Glyph name={icons[page]} />} loading={opening === page} onClick={() => open(page)}>
      Open {page}
    </Button>
  )
}
