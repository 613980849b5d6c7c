import { Button, Group, Modal, Stack, TextInput } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { type FormEvent, useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import { FaultNote } from "../../ui/FaultNote"
import { lab } from "../lab"

const fields = [
  { name: "name", label: "Name", placeholder: "shop", required: true },
  { name: "url", label: "Address", placeholder: "http://localhost:3000", required: true },
  { name: "login", label: "Path of the login page", placeholder: "/login", required: false },
  { name: "register", label: "Path of the register page", placeholder: "/register", required: false },
] as const

const blank = { name: "", url: "", login: "", register: "" }

/** Asks for one more app. What the lab finds wrong stands at the field that it is about. */
export function AddApp({ onAdded, onClose }: { onAdded: () => void; onClose: () => void }) {
  const [app, setApp] = useState(blank)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const placed = fields.some((f) => f.name === fault?.field)
  const add = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      const added = await lab.addApp(app)
      notifications.show({ message: `${added.name} is in sting.yml now.` })
      onAdded()
      onClose()
    } catch (thrown) {
      setFault(toFault(thrown))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title="Add an app" centered size="md" closeButtonProps={{ "aria-label": "Close" }}>
      <form noValidate onSubmit={(event) => void add(event)}>
        <Stack gap="md">
          {fields.map(({ name, label, placeholder, required }, i) => (
            <TextInput
              key={name}
              label={label}
              placeholder={placeholder}
              withAsterisk={required}
              data-autofocus={i === 0 || undefined}
              value={app[name]}
              error={fault?.field === name && `${fault.message} ${fault.hint ?? ""}`}
              onChange={(event) => setApp({ ...app, [name]: event.currentTarget.value.trim() })}
            />
          ))}
          {fault && !placed && <FaultNote fault={fault} focus />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Add app
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
