import { SegmentedControl, Select } from "@mantine/core"
import { useDebouncedValue } from "@mantine/hooks"
import { useCallback, useState } from "react"

import * as icons from "../ui/icons"
import { states } from "../ui/explanation/words"
import { CeremonyDetail } from "./ceremony/CeremonyDetail"
import { CeremonyList } from "./ceremony/CeremonyList"
import { Compare } from "./ceremony/Compare"
import { Empty } from "./Empty"
import { lab, type Query } from "./lab"
import { ListBody } from "./ListBody"
import { OpenButton } from "./OpenButton"
import { Panel } from "./Panel"
import { useFresh } from "./useFresh"
import { useLive } from "./useLive"
import { tape, useList } from "./useList"

const appTopics = ["apps"] as const
const topics = ["ceremonies", "clock"] as const

const named = async () => (await lab.listApps()).items.map((app) => app.name)

/** Every ceremony while it happens and afterwards, each down to its bytes. `first` is the id of the one that is shown at first. */
export function CeremoniesPanel({ first }: { first?: string | undefined }) {
  const [q, setQ] = useState("")
  const [search] = useDebouncedValue(q.trim(), 200)
  const [which, setWhich] = useState("all")
  const [chosen, setChosen] = useState(first)
  const [ticked, setTicked] = useState<readonly string[]>([])
  // The lab searches for one word; a state is one, and the rest is sifted here.
  const [source, setSource] = useState("")
  const read = useCallback((asked: Query) => lab.ceremonies({ ...asked, source }), [source])
  const list = useList(read, search || (which === "all" ? "" : which), topics, tape)
  const [apps] = useLive(named, appTopics)
  const sources = apps.state === "ready" ? apps.data : []
  const fresh = useFresh("ceremonies", "running")
  const rows =
    list.rows.state === "ready" && which !== "all" ? { ...list.rows, data: list.rows.data.filter((c) => c.state === which) } : list.rows
  const tick = (id: string) => setTicked((old) => (old.includes(id) ? old.filter((o) => o !== id) : [...old, id].slice(-2)))
  const [left, right] = ticked
  return (
    <Panel
      title="Ceremonies"
      about="Every registration and sign-in while it happens, step by step. Tick two to compare them."
      fill
      search={{ value: q, onChange: setQ, placeholder: "Search ceremonies" }}
      actions={
        <>
          {sources.length > 0 && (
            <Select
              size="sm"
              aria-label="Whose ceremonies"
              value={source}
              onChange={(value) => setSource(value ?? "")}
              allowDeselect={false}
              data={[
                { value: "", label: "Of all" },
                { value: "lab", label: "The lab's own" },
                ...sources.map((name) => ({ value: name, label: name })),
              ]}
            />
          )}
          <SegmentedControl
            size="sm"
            aria-label="Which ceremonies"
            value={which}
            onChange={setWhich}
            data={[{ value: "all", label: "All" }, ...states.map((s) => ({ value: s.state, label: s.word }))]}
          />
        </>
      }
    >
      <ListBody
        rows={rows}
        what="ceremonies"
        damaged={list.damaged}
        reload={list.reload}
        empty={
          search !== "" || which !== "all" || source !== "" ? (
            <Empty
              icon={icons.search}
              title="No ceremony matches"
              text="Nothing on the tape is like that. The search looks at the person, the id and the code of the refusal."
            />
          ) : (
            <Empty
              icon={icons.ceremonies}
              title="No ceremonies yet"
              text="Register or sign in with a passkey in your browser. The ceremony appears here the moment it begins."
            >
              <OpenButton page="register" />
              <OpenButton page="login" variant="default" />
            </Empty>
          )
        }
      >
        {(ceremonies) => (
          <div className="split" data-chosen={chosen !== undefined || right !== undefined || undefined}>
            <CeremonyList
              rows={ceremonies}
              chosen={chosen}
              onChoose={setChosen}
              ticked={ticked}
              onTick={tick}
              fresh={fresh}
              more={list.more}
              onMore={list.loadMore}
            />
            <div className="split-detail" tabIndex={0} role="region" aria-label="The chosen ceremony">
              {left !== undefined && right !== undefined ? (
                <Compare ids={[left, right]} onClose={() => setTicked([])} />
              ) : chosen !== undefined ? (
                <CeremonyDetail key={chosen} id={chosen} />
              ) : (
                <Empty
                  icon={icons.eye}
                  title="Choose a ceremony"
                  text={
                    left === undefined
                      ? "Its verdict, steps and bytes are shown here."
                      : "One is ticked. Tick a second one to see what is different."
                  }
                />
              )}
            </div>
          </div>
        )}
      </ListBody>
    </Panel>
  )
}
