import { Loader } from "@mantine/core"

import { Mark } from "../ui/Mark"

/** What the window shows until the lab answers. */
export function StartingScreen() {
  return (
    <main className="screen" role="status" aria-label="Starting the lab">
      <Mark size={56} />
      <p className="screen-title">Starting the lab</p>
      <Loader type="dots" size="sm" />
    </main>
  )
}
