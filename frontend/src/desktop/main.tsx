import "@mantine/core/styles.css"
import "@mantine/notifications/styles.css"
import "@mantine/spotlight/styles.css"
import "../ui/tokens.css"
import "../ui/parts.css"
import "../ui/notes.css"
import "./desktop.css"
import "./content.css"
import "./ceremony/ceremony.css"
import "./ceremony/detail.css"
import "./data/data.css"
import "./doctor/doctor.css"
import "./mails/mails.css"
import "./virtual/virtual.css"

import { MantineProvider } from "@mantine/core"
import { Notifications } from "@mantine/notifications"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import { App } from "./App"
import { resolver, theme } from "./theme"

const root = document.getElementById("root")
if (!root) throw new Error("index.html has no element with the id root")
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <Notifications position="bottom-right" autoClose={5000} limit={3} />
      <App />
    </MantineProvider>
  </StrictMode>,
)
