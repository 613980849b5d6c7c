import { Prose } from "./Prose"

/** Paragraphs are parted by an empty line; one that is indented by four blanks is a command or code. */
export function Paragraphs({ text }: { text: string }) {
  return text.split(/\n{2,}/).map((paragraph, i) =>
    paragraph.startsWith("    ") ? (
      <pre key={i} tabIndex={0}>
        {paragraph.replace(/^ {4}/gm, "")}
      </pre>
    ) : (
      <p key={i}>
        <Prose text={paragraph} />
      </p>
    ),
  )
}
