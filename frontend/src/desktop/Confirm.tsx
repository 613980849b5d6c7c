import { Button, Group, Modal, Stack } from "@mantine/core"
import { type ReactNode, useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { FaultNote } from "../ui/FaultNote"
import css from "./Confirm.module.css"

interface Props {
  title: string
  /** What goes, in words. */
  children: ReactNode
  /** The verb on the button: "Revoke session". */
  verb: string
  /** The harmless answer. */
  keep?: string
  /** Does it; a failure is shown here and the question stays open. */
  onConfirm: () => Promise<unknown>
  onClose: () => void
}

/** A question before something that can't be undone. Opens with the focus on the harmless answer. */
export function Confirm({ title, children, verb, keep = "Keep it", onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const confirm = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (thrown) {
      setFault(toFault(thrown))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={title} centered size="md" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="md">
        <div className={css.prose}>{children}</div>
        {fault && <FaultNote fault={fault} focus />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep}
          </Button>
          <Button className="danger" loading={busy} onClick={() => void confirm()}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
