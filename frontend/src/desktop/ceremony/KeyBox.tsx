import { SegmentedControl } from "@mantine/core"
import { useState } from "react"

import { CodeBox } from "../../ui/CodeBox"
import { Json } from "../../ui/explanation/Json"
import type { PasskeyDetails } from "../lab"
import css from "./KeyBox.module.css"

/** The public key in each of the forms that other tools read. */
export function KeyBox({ passkey: p }: { passkey: PasskeyDetails }) {
  const [form, setForm] = useState("jwk")
  return (
    <div className={css.keyBox}>
      <SegmentedControl
        size="xs"
        aria-label="Form of the key"
        value={form}
        onChange={setForm}
        data={[
          { value: "jwk", label: "JWK" },
          { value: "pem", label: "PEM" },
          { value: "cose", label: "COSE" },
          ...(p.attestation_object === "" ? [] : [{ value: "attestation", label: "Attestation" }]),
        ]}
      />
      {form === "jwk" &&
        (p.jwk === null ? <p className="faint">This key has no form as JWK.</p> : <Json value={p.jwk} what="the key as JWK" />)}
      {form === "pem" &&
        (p.pem === "" ? <p className="faint">This key has no form as PEM.</p> : <CodeBox text={p.pem} what="the key as PEM" />)}
      {form === "cose" && <CodeBox text={p.cose} what="the COSE key in base64url" />}
      {form === "attestation" && <CodeBox text={p.attestation_object} what="the attestation object in base64url" />}
    </div>
  )
}
