import { type ReactNode, useEffect, useRef } from "react"

import type { PagePath } from "../api/pages"
import { BrowserCheck } from "./BrowserCheck"
import { CeremonyPage } from "./CeremonyPage"
import { Dashboard } from "./Dashboard"
import { ErrorPage } from "./ErrorPage"
import { Frame } from "./Frame"
import { Help } from "./Help"
import { Home } from "./Home"
import { LabProvider } from "./labstate"
import { Login } from "./Login"
import { Missing } from "./Missing"
import { Recovery } from "./Recovery"
import { Register } from "./Register"
import { pageAt, usePlace } from "./router"
import { SessionProvider } from "./session"
import { Settings } from "./Settings"
import { Verification } from "./Verification"

/** Every page of the site, one at a time. */
export function App() {
  const { path } = usePlace()
  useFocusOnArrival(path)
  return (
    <SessionProvider>
      <LabProvider>
        <Frame>
          <Page key={path} path={path} />
        </Frame>
      </LabProvider>
    </SessionProvider>
  )
}

const drawn: Record<PagePath, (named: string) => ReactNode> = {
  "/": () => <Home />,
  "/login": () => <Login />,
  "/register": () => <Register />,
  "/dashboard": () => <Dashboard />,
  "/settings": () => <Settings />,
  "/recovery": () => <Recovery />,
  "/verification": () => <Verification />,
  "/browser-check": () => <BrowserCheck />,
  "/error": () => <ErrorPage />,
  "/help/{code}": (code) => <Help code={code} />,
  "/ceremonies/{id}": (id) => <CeremonyPage id={id} />,
}

function Page({ path }: { path: string }) {
  const found = pageAt(path)
  return found ? drawn[found.page](decodeURIComponent(found.named)) : <Missing path={path} />
}

/** After a move inside the page the heading gets the focus, as a new document would read it out. */
function useFocusOnArrival(path: string): void {
  const first = useRef(true)
  useEffect(() => {
    if (first.current) first.current = false
    else document.querySelector<HTMLElement>("main h1")?.focus()
  }, [path])
}
