/** Grey lines where text will be; read out as one sentence. */
export function Loading({ what, lines = 3 }: { what: string; lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading {what}</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className="loading-line" aria-hidden="true" />
      ))}
    </div>
  )
}
