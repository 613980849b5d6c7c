import { count } from "../../ui/format"
import type { VirtualKey, VirtualState } from "../lab"
import { KeyRow } from "./KeyRow"
import css from "./KeysCard.module.css"

/** The keys that are kept for the virtual authenticator. */
export function KeysCard({ keys, onTold }: { keys: VirtualKey[]; onTold: (state: VirtualState) => void }) {
  return (
    <section className="card" aria-labelledby="keys-title">
      <div className="card-head">
        <h2 id="keys-title">Keys</h2>
        {keys.length > 0 && <span className="faint">{count(keys.length, "key")}, kept in the home folder</span>}
      </div>
      {keys.length === 0 ? (
        <p className={css.keysNone}>It holds no key. Register in its browser: the passkey that is made there appears here.</p>
      ) : (
        <table className="keys" aria-labelledby="keys-title">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Here</th>
              <th scope="col" title="Flag BE, backup eligible: it may be copied to other devices.">
                BE
              </th>
              <th scope="col" title="Flag BS, backup state: it is copied to other devices.">
                BS
              </th>
              <th scope="col" title="Of its last answer; the next one shows one more.">
                Counter
              </th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.map((k) => (
              <KeyRow key={k.id} virtualKey={k} onTold={onTold} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
