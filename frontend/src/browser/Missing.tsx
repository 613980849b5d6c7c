import { Link } from "./router"
import { Screen } from "./Screen"

/** An address that is none of ours. */
export function Missing({ path }: { path: string }) {
  return (
    <Screen title="There is no such page" lead={<>Nothing is at {path}. Check the address, or start from the first page.</>}>
      <div>
        <Link className="button button-primary" href="/">
          First page
        </Link>
      </div>
    </Screen>
  )
}
