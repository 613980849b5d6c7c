import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Notification } from "@mantine/core"

/** The brand's violet in ten steps around `--color-primary`. */
const violet: MantineColorsTuple = [
  "#f0f0fe",
  "#dedefb",
  "#c3c5ff",
  "#abadff",
  "#8886f4",
  "#6f6cf0",
  "#5f5ce6",
  "#3f3cbb",
  "#33309f",
  "#26275a",
]

/** Mantine's own dark surfaces, from ink to the back, in the hue of tokens.css. */
const dark: MantineColorsTuple = [
  "#ecedf8",
  "#c9cbe3",
  "#b9bcd9",
  "#989cbf",
  "#3a3d63",
  "#2b2e4c",
  "#171930",
  "#0e0f1c",
  "#0b0c17",
  "#080912",
]

/** Mantine with the measures of tokens.css. */
export const theme = createTheme({
  fontFamily: "var(--font-sans)",
  fontFamilyMonospace: "var(--font-mono)",
  headings: { fontFamily: "var(--font-sans)", fontWeight: "620" },
  colors: { violet, dark },
  primaryColor: "violet",
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: "sm",
  radius: { xs: "4px", sm: "var(--radius-s)", md: "var(--radius-m)", lg: "var(--radius-l)", xl: "2rem" },
  fontSizes: { xs: "var(--text-xs)", sm: "var(--text-s)", md: "var(--text-m)", lg: "var(--text-l)", xl: "var(--text-xl)" },
  spacing: { xs: "var(--space-2)", sm: "var(--space-3)", md: "var(--space-4)", lg: "var(--space-6)", xl: "var(--space-8)" },
  focusRing: "auto",
  cursorType: "pointer",
  components: {
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } } }),
  },
})

/** Every colour of Mantine that a screen shows comes from tokens.css, which knows both schemes. */
const colours = {
  "--mantine-color-body": "var(--color-bg)",
  "--mantine-color-text": "var(--color-ink)",
  "--mantine-color-dimmed": "var(--color-ink-faint)",
  "--mantine-color-placeholder": "var(--color-ink-faint)",
  "--mantine-color-anchor": "var(--color-link)",
  "--mantine-color-default": "var(--color-surface)",
  "--mantine-color-default-hover": "var(--color-sunken)",
  "--mantine-color-default-color": "var(--color-ink)",
  "--mantine-color-default-border": "var(--color-line)",
  "--mantine-color-error": "var(--color-bad)",
  "--mantine-color-violet-filled": "var(--color-primary)",
  "--mantine-color-violet-filled-hover": "var(--color-primary-hover)",
  "--mantine-color-violet-light": "var(--color-primary-soft)",
  "--mantine-color-violet-light-color": "var(--color-link)",
  "--mantine-color-violet-outline": "var(--color-link)",
}

export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: colours, dark: colours })
