import { Button, Group, Modal, Stack } from "@mantine/core"

import type { Fault } from "../api/fault"
import { CopyButton } from "../ui/CopyButton"
import { FaultNote } from "../ui/FaultNote"

interface Props {
  /** There is a browser; it shows something else. */
  shown: boolean
  /** The address that a person can open themselves, or "" where not even that is known. */
  url: string
  fault: Fault
  onClose: () => void
}

/** What to do when a browser did not come up, or not as it was meant: the reason, and the address to copy. */
export function NotOpened({ shown, url, fault, onClose }: Props) {
  const title = shown ? "The browser is open, and shows something else" : "No browser came up"
  return (
    <Modal opened onClose={onClose} title={title} centered size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="md">
        <FaultNote fault={fault} focus />
        {url !== "" && (
          <div>
            <p className="label">Open this address in a browser on this machine</p>
            <div className="address">
              <code>{url}</code>
              <CopyButton text={url} what="the address" />
            </div>
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
