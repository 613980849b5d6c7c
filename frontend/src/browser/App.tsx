import { useEffect, useRef } from "react"

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
import { usePlace } from "./router"
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

function Page({ path }: { path: string }) {
  switch (path) {
    case "/":
      return <Home />
    case "/login":
      return <Login />
    case "/register":
      return <Register />
    case "/dashboard":
      return <Dashboard />
    case "/settings":
      return <Settings />
    case "/recovery":
      return <Recovery />
    case "/verification":
      return <Verification />
    case "/browser-check":
      return <BrowserCheck />
    case "/error":
      return <ErrorPage />
  }
  const record = /^\/ceremonies\/([^/]+)$/.exec(path)?.[1]
  if (record !== undefined) return <CeremonyPage id={decodeURIComponent(record)} />
  const code = /^\/help\/([^/]+)$/.exec(path)?.[1]
  return code === undefined ? <Missing path={path} /> : <Help code={decodeURIComponent(code)} />
}

/** After a move inside the page the heading gets the focus, as a new document would read it out. */
function useFocusOnArrival(path: string): void {
  const first = useRef(true)
  useEffect(() => {
    if (first.current) first.current = false
    else document.querySelector<HTMLElement>("main h1")?.focus()
  }, [path])
}
