import { Button, TextInput } from "@mantine/core"
import { type FormEvent, useState } from "react"

import { Badge } from "../../ui/Badge"
import { Icon } from "../../ui/Icon"
import * as icons from "../../ui/icons"
import { FaultNote } from "../../ui/FaultNote"
import { lab, type MockUser } from "../lab"
import type { Doing } from "./useDoing"
import css from "./MockCard.module.css"

/** The mock user: every browser is shown as signed in, for front-end work without a ceremony. */
export function MockCard({ doing, on, onChanged }: { doing: Doing; on: boolean; onChanged: () => void }) {
  const [email, setEmail] = useState("")
  const [role, setRole] = useState("")
  const [user, setUser] = useState<MockUser>()
  const turn = async (to: boolean) => {
    const now = await doing.run("mock", () => lab.mock({ on: to, email: email.trim(), role: role.trim() }))
    if (!now) return
    setUser(now.on ? now : undefined)
    onChanged()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void turn(true)
  }
  return (
    <section className="card data-card" aria-labelledby="mock-title">
      <div className="card-head">
        <span className="tile-icon">
          <Icon icon={icons.people} />
        </span>
        <div className="card-words">
          <h2 id="mock-title">
            Mock user <Badge tone={on ? "bad" : "plain"}>{on ? "on" : "off"}</Badge>
          </h2>
          <p className="faint">
            While it is on, every visitor of the site is shown as signed in, for front-end work without a ceremony. It opens nothing, its
            role is a label, and it ends with the lab. Every page carries a banner.
          </p>
        </div>
      </div>
      <form className={css.mockForm} onSubmit={submit}>
        <TextInput
          size="sm"
          label="E-mail"
          placeholder="as configured"
          disabled={on}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <TextInput
          size="sm"
          label="Role"
          placeholder="as configured"
          disabled={on}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
        />
        {on ? (
          <Button size="sm" loading={doing.busy === "mock"} disabled={doing.busy !== undefined} onClick={() => void turn(false)}>
            Turn the mock user off
          </Button>
        ) : (
          <Button size="sm" variant="default" type="submit" loading={doing.busy === "mock"} disabled={doing.busy !== undefined}>
            Turn the mock user on
          </Button>
        )}
      </form>
      {on && user && (
        <p role="status">
          Every browser is shown as <strong>{user.email}</strong>
          {user.role !== "" && <>, role {user.role}</>}.
        </p>
      )}
      {doing.failed?.what === "mock" && <FaultNote fault={doing.failed.fault} focus />}
    </section>
  )
}
