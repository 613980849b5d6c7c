import { useEffect, useState } from "react"

/** Copies a text; says for a moment that it did, or that the browser wouldn't. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState<"" | "copied" | "refused">("")
  useEffect(() => {
    if (said === "") return
    const timer = setTimeout(() => setSaid(""), 3_000)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid("copied")
    } catch {
      setSaid("refused")
    }
  }
  return (
    <>
      <button type="button" className="copy" aria-label={`Copy ${what}`} onClick={() => void copy()}>
        {said === "" ? "Copy" : said === "copied" ? "Copied" : "Select and copy it"}
      </button>
      <span className="visually-hidden" role="status">
        {said === "" ? "" : said === "copied" ? `Copied ${what}.` : "The browser does not allow copying; select the text instead."}
      </span>
    </>
  )
}
