import { SegmentedControl } from "@mantine/core"
import { useState } from "react"

import { CopyButton } from "../../ui/CopyButton"
import type { PasskeyDetails } from "../lab"
import { Json } from "./Json"
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
        (p.pem === "" ? <p className="faint">This key has no form as PEM.</p> : <Text value={p.pem} what="the key as PEM" />)}
      {form === "cose" && <Text value={p.cose} what="the COSE key in base64url" />}
      {form === "attestation" && <Text value={p.attestation_object} what="the attestation object in base64url" />}
    </div>
  )
}

function Text({ value, what }: { value: string; what: string }) {
  return (
    <div className="code-box">
      <div className="code-copy">
        <CopyButton text={value} what={what} />
      </div>
      <pre className="code" tabIndex={0} aria-label={what}>
        {value}
      </pre>
    </div>
  )
}
