import { Configuration, FrontendApi } from "@ory/client-fetch"

import { play } from "./forms"
import { browserSteps, type CodeOf } from "./native"

declare global {
  interface Window {
    runOryScript: (basePath: string, email: string) => Promise<string[]>
    codeOf: CodeOf
  }
}

// A single-page app, as Ory's documentation has them: the browser keeps the cookies.
window.runOryScript = (basePath, email) => {
  const headers = { Accept: "application/json" }
  const ory = new FrontendApi(new Configuration({ basePath, headers, credentials: "include" }))
  const elsewhere = new FrontendApi(new Configuration({ basePath, headers, credentials: "omit" }))
  return play(browserSteps(ory, elsewhere, window.codeOf, email))
}
