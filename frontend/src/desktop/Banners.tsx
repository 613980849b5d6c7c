import { Button } from "@mantine/core"
import { useState } from "react"

import { type Fault, toFault } from "../api/fault"
import { FaultNote } from "../ui/FaultNote"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import type { Load } from "../ui/load"
import { offset } from "../ui/format"
import { lab, type Status } from "./lab"
import css from "./Banners.module.css"

interface Props {
  status: Load<Status>
  attached: boolean
  onMoved: () => void
}

/** What must not be missed while it lasts, above every panel. */
export function Banners({ status, attached, onMoved }: Props) {
  const [fault, setFault] = useState<Fault>()
  if (status.state !== "ready") return null
  const { clock_offset_seconds: moved, mock_user: mock, pid } = status.data
  const reset = () =>
    lab.moveClock({ by: "reset" }).then(
      () => {
        setFault(undefined)
        onMoved()
      },
      (thrown: unknown) => setFault(toFault(thrown)),
    )
  return (
    <div className={css.banners}>
      {attached && (
        <p className="banner" data-tone="info" role="note">
          <span>This window is attached to the lab of process {pid}, which ran already. Closing the window leaves it running.</span>
        </p>
      )}
      {moved !== 0 && (
        <p className="banner" data-tone="warn" role="note">
          <Icon icon={icons.clock} />
          <span>The lab's clock is {offset(moved)}.</span>
          <Button size="compact-xs" variant="default" onClick={() => void reset()}>
            Reset
          </Button>
        </p>
      )}
      {mock && (
        <p className="banner" data-tone="bad" role="note">
          <span>The mock user is on: every visitor of the site counts as signed in.</span>
        </p>
      )}
      {fault && <FaultNote fault={fault} />}
    </div>
  )
}
