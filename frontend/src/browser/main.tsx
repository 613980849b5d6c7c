import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import "../ui/tokens.css"
import "../ui/parts.css"
import "../ui/notes.css"
import "./frame.css"
import "./screen.css"
import "./doorway.css"
import "./home.css"
import "./check.css"
import { App } from "./App"

const root = document.getElementById("root")
if (!root) throw new Error("browser.html has an element with the id root")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
