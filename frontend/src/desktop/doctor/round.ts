import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react"

import { type Fault, toFault } from "../../api/fault"
import type { Following } from "../bridge"
import { type DoctorReport, type Finding, lab } from "../lab"

/** What the doctor does right now: looks or repairs, at everything ("") or at one check. */
export interface Doing {
  verb: "examine" | "repair"
  check: string
}

/** How the last round over all checks ended. */
export interface Ended {
  /** When, RFC 3339, by the machine's clock. */
  at: string
  /** How long it took, in milliseconds. */
  took: number
  /** The person ended it before every check had its turn. */
  stopped: boolean
}

/** What a repair did; `changed` is empty where there was nothing to do. */
export interface Repaired {
  check: string
  changed: string[]
}

interface Round {
  /** One a check, the latest. */
  findings: readonly Finding[]
  /** How many checks there are, once a whole round has told. */
  total: number | undefined
  doing: Doing | undefined
  ended: Ended | undefined
  repaired: Repaired | undefined
  fault: Fault | undefined
  examine: (check?: string) => void
  repair: (check?: string) => void
  stop: () => void
}

/**
 * The doctor's round, which goes on and is kept while other panels are shown.
 * `onEnd` (keep it stable) hears of each end: a self-test has made a person and removed them again.
 */
export function useRound(onEnd: () => void): Round {
  const [findings, setFindings] = useState<readonly Finding[]>([])
  const [total, setTotal] = useState<number>()
  const [doing, setDoing] = useState<Doing>()
  const [ended, setEnded] = useState<Ended>()
  const [repaired, setRepaired] = useState<Repaired>()
  const [fault, setFault] = useState<Fault>()
  const stopped = useRef(false)
  const looking = useRef<Following>(undefined)
  useEffect(
    () => () => {
      stopped.current = true // or what was left is asked for once more
      looking.current?.stop()
    },
    [],
  )

  /** Runs the checks, or what was left of them until somebody stopped it. */
  const look = useCallback(async (check: string): Promise<DoctorReport> => {
    const part: DoctorReport = { well: true, changed: [], findings: [] }
    let whole: DoctorReport | undefined
    looking.current = lab.followDoctor({ check }, ({ finding, report }) => {
      whole = report ?? whole
      if (!finding) return
      part.findings.push(finding)
      part.well &&= finding.verdict !== "failed"
      setFindings((old) => merged(old, [finding]))
    })
    await looking.current.ended
    return whole ?? (stopped.current ? part : lab.examine({ check }))
  }, [])

  const act = useCallback(async (now: Doing) => {
    const whole = now.check === ""
    const began = Date.now()
    stopped.current = false
    setDoing(now)
    setFault(undefined)
    setRepaired(undefined)
    if (whole && now.verb === "examine") {
      setFindings([])
      setEnded(undefined)
    }
    try {
      const report = await (now.verb === "examine" ? look(now.check) : lab.repair({ check: now.check }))
      setFindings((old) => (whole ? report.findings : merged(old, report.findings)))
      if (now.verb === "repair") setRepaired({ check: now.check, changed: report.changed })
      if (whole) {
        if (!stopped.current) setTotal(report.findings.length)
        setEnded({ at: new Date().toISOString(), took: Date.now() - began, stopped: stopped.current })
      }
    } catch (thrown) {
      setFault(toFault(thrown))
    } finally {
      setDoing(undefined)
      onEnd()
    }
  }, [look, onEnd])
  const examine = useCallback((check = "") => void act({ verb: "examine", check }), [act])
  const repair = useCallback((check = "") => void act({ verb: "repair", check }), [act])
  const stop = useCallback(() => {
    stopped.current = true
    looking.current?.stop()
  }, [])
  return useMemo(
    () => ({ findings, total, doing, ended, repaired, fault, examine, repair, stop }),
    [findings, total, doing, ended, repaired, fault, examine, repair, stop],
  )
}

/** The list with what is newer in the place of what it had, in the old order. */
function merged(old: readonly Finding[], newer: readonly Finding[]): readonly Finding[] {
  const by = new Map(newer.map((f) => [f.id, f]))
  const known = new Set(old.map((f) => f.id))
  return [...old.map((f) => by.get(f.id) ?? f), ...newer.filter((f) => !known.has(f.id))]
}

/** The ids of the checks that nobody could look at because `check` is not well, near and far. */
export function hiddenBy(check: string, findings: readonly Finding[]): string[] {
  const hidden = new Set<string>()
  let before = -1
  while (hidden.size > before) {
    before = hidden.size
    for (const f of findings) {
      if (f.verdict === "skipped" && f.needs.some((need) => need === check || hidden.has(need))) hidden.add(f.id)
    }
  }
  return [...hidden]
}

/** Hands the round to the panel; the frame has it. */
export const RoundContext = createContext<Round | undefined>(undefined)

export function useDoctor(): Round {
  const round = useContext(RoundContext)
  if (!round) throw new Error("the doctor's panel stands outside of the frame")
  return round
}
