import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import "../ui/tokens.css"
import "../ui/parts.css"
import "../ui/notes.css"
import "./mail.css"
import { App } from "./App"

const root = document.getElementById("root")
if (!root) throw new Error("mail.html has an element with the id root")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
