import { useCallback } from "react"

import { lab } from "../api/http"
import { Button } from "../ui/Button"
import { FaultNote } from "../ui/FaultNote"
import { useLoad } from "../ui/load"
import { Loading } from "../ui/Loading"
import { Screen } from "./Screen"

/** The record of one ceremony. What draws it comes along with it: it is for developers, whoever signs in doesn't wait for it. */
export function CeremonyPage({ id }: { id: string }) {
  const [loaded, reload] = useLoad(useCallback(() => Promise.all([lab.ceremony(id), import("./CeremonyRecord")]), [id]))
  switch (loaded.state) {
    case "loading":
      return (
        <Screen title="Record of a ceremony">
          <section className="card">
            <Loading what="the record" lines={6} />
          </section>
        </Screen>
      )
    case "failed":
      return (
        <Screen title="Record of a ceremony" lead={<code>{id}</code>}>
          <FaultNote fault={loaded.fault}>
            <Button size="small" onClick={reload}>
              Try again
            </Button>
          </FaultNote>
        </Screen>
      )
    case "ready": {
      const [ceremony, { CeremonyRecord }] = loaded.data
      return <CeremonyRecord ceremony={ceremony} reload={reload} />
    }
  }
}
