import { Loader } from "@mantine/core"

import { Mark } from "../ui/Mark"
import css from "./StartingScreen.module.css"

/** What the window shows until the lab answers. */
export function StartingScreen() {
  return (
    <main className="screen" role="status" aria-label="Starting the lab">
      <Mark size={56} />
      <p className={css.screenTitle}>Starting the lab</p>
      <Loader type="dots" size="sm" />
    </main>
  )
}
