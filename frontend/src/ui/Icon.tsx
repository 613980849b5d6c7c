/** Line icons of 20 by 20, drawn in the colour of the text around them. */
const shapes = {
  passkey:
    "M8 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 16.5v-1a4.5 4.5 0 0 1 6.8-3.9M14.5 11a2.5 2.5 0 1 0-1.2-.3V15l1.2 1.5 " +
    "1.4-1.4-.9-1 .9-1-.9-1v-1.3",
  lock: "M5.5 9h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1ZM7 9V6.500a3 3 0 0 1 6 0V9",
  device: "M3.5 4h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM7 17h6M10 14v3",
  user: "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 17a6.5 6.5 0 0 1 13 0",
  check: "M4.5 10.5 8.5 14.5 15.5 6",
  warn: "M10 3 18 16.500H2ZM10 8v4M10 14.400v.1",
  info: "M10 17.500a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 9v5M10 6.200v.1",
  stop: "M10 17.500a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 6v5M10 13.700v.1",
  plus: "M10 4v12M4 10h12",
  pencil: "M4 16l.8-3.500L13.5 3.800a1.4 1.4 0 0 1 2 0l.7.7a1.4 1.4 0 0 1 0 2L7.5 15.200Z",
  bin: "M4 6h12M8 6V4h4v2M5.5 6l.7 10.500h7.600L14.5 6M8.5 9v4.500M11.5 9v4.5",
  arrow: "M4 10h12M11 5l5 5-5 5",
  out: "M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3M12 6.5 15.5 10 12 13.500M15.5 10H8",
  eye: "M2 10s3-5.5 8-5.500S18 10 18 10s-3 5.5-8 5.500S2 10 2 10ZM10 12.300a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.600Z",
  clock: "M10 17.500a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 5.500V10l3 2",
} as const

export type IconName = keyof typeof shapes

/** One of the line icons; decorative, the text beside it says what is meant. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  )
}
