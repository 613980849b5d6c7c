import { type AnchorHTMLAttributes, useEffect, useState } from "react"

import { type PagePath, pages } from "../api/pages"

/** What one page tells the next. It belongs to that one arrival: a reload doesn't say it again. */
export interface Baggage {
  /** A sentence to show above the content, such as "You are signed out." */
  note?: string
}

export interface Place {
  path: string
  query: URLSearchParams
  baggage: Baggage
}

/** A page of the site, and what stands in its path where it is one of many; "" otherwise. */
export interface Found {
  page: PagePath
  named: string
}

const paths = pages.map(({ path }) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/, "([^/]+)")}$`) }))

/** The page of the site that is at a path; undefined: none. */
export function pageAt(path: string): Found | undefined {
  for (const { path: page, pattern } of paths) {
    const hit = pattern.exec(path)
    if (hit) return { page, named: hit[1] ?? "" }
  }
  return undefined
}

const moved = "sting:moved"

/**
 * Goes to an address that the lab named or that is written in this program. Our
 * own pages are shown without a reload; any other address is left for the
 * browser, and anything but http and https is not followed.
 */
export function visit(to: string, options: Baggage & { replace?: boolean } = {}): void {
  const url = new URL(to, location.href)
  if (url.protocol !== "https:" && url.protocol !== "http:") return
  if (url.origin !== location.origin || !pageAt(url.pathname)) {
    location.assign(url)
    return
  }
  const { replace, ...baggage } = options
  const state = { ...baggage, document: thisDocument() }
  if (replace) history.replaceState(state, "", url)
  else history.pushState(state, "", url)
  dispatchEvent(new Event(moved))
}

/** The place that the address bar shows, followed as it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here)
  useEffect(() => {
    const follow = () => setPlace(here())
    addEventListener("popstate", follow)
    addEventListener(moved, follow)
    return () => {
      removeEventListener("popstate", follow)
      removeEventListener(moved, follow)
    }
  }, [])
  return place
}

/** A link; to one of our own pages it does not reload. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event)
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
        if (!plain || event.defaultPrevented) return
        event.preventDefault()
        visit(href)
      }}
    />
  )
}

/** The address of the sign-in page that comes back to `to`; with `refresh` it asks for a fresh proof. */
export function loginPath(to: string, refresh = false): string {
  const query = new URLSearchParams(refresh ? { refresh: "1", return_to: to } : { return_to: to })
  return `/login?${query}`
}

function here(): Place {
  const state: unknown = history.state
  const mine = typeof state === "object" && state !== null && "document" in state && state.document === thisDocument()
  const note = mine && "note" in state && typeof state.note === "string" ? state.note : undefined
  return { path: location.pathname, query: new URLSearchParams(location.search), baggage: note === undefined ? {} : { note } }
}

/** Tells this document from the one before a reload: the moment at which it was begun. */
function thisDocument(): number {
  return performance.timeOrigin
}
